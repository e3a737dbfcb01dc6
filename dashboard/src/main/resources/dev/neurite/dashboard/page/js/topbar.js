// The top bar: where the training is, how fast it goes, and its controls.

import { h, s, fill, text, dialog } from './dom.js';
import { statePill } from './runs.js';
import { duration, figure, number, whole } from './math.js';

const ICONS = {
  pause: 'M5 3.500v9M11 3.500v9', resume: 'M4.500 3l8 5-8 5z', step: 'M3.500 3l6 5-6 5zM12 3v10', stop: 'M4 4h8v8H4z',
  save: 'M8 2.500v7M5 7l3 3 3-3M3 13h10', rate: 'M2 11.500c3.500 0 4-7 7-7 2 0 2.500 2 5 2',
};
/** @param {string} name */
function icon(name) {
  return s('svg', { width: 16, height: 16, viewBox: '0 0 16 16', 'aria-hidden': 'true' },
    s('path', { d: /** @type {any} */ (ICONS)[name], fill: 'none', stroke: 'currentColor', 'stroke-width': 1.8, 'stroke-linecap': 'round', 'stroke-linejoin': 'round' }));
}

export class TopBar {
  /** @param {import('./page.js').App} app @param {HTMLElement} root */
  constructor(app, root) {
    this.app = app;
    this.root = root;
    this.state = h('span');
    this.name = h('strong');
    /** @type {Record<string, HTMLElement>} */
    this.figures = {};
    this.list = h('dl');
    for (const [key, words] of [['epoch', 'Epoch'], ['step', 'Step'], ['eta', 'Time left']]) {
      this.figures[key] = h('dd', null, '–');
      this.list.append(h('div', { 'data-figure': key }, h('dt', null, words), this.figures[key]));
    }
    this.progress = h('progress', { class: 'progress', max: 1, value: 0, 'aria-label': 'Progress of the training' });
    const button = (/** @type {string} */ key, /** @type {string} */ words, /** @type {() => void} */ act, more = '') =>
      h('button', { type: 'button', class: more, 'data-control': key, on: { click: act } }, icon(key), h('span', null, words));
    this.pause = button('pause', 'Pause', () => void app.control(this.paused ? 'resume' : 'pause'));
    this.step = button('step', 'Step', () => void app.control('step', { steps: 1 }));
    this.stop = button('stop', 'Stop', () => this.askStop(), 'danger');
    this.save = button('save', 'Save', () => void app.control('save'));
    this.rate = button('rate', 'Learning rate', () => this.askRate());
    this.controls = h('div', { class: 'controls', role: 'group', 'aria-label': 'Controls of the training' }, this.pause, this.step, this.stop, this.save, this.rate);
    root.append(h('div', { class: 'title' }, h('div', null, this.state), this.name), this.list, this.controls, this.progress);
    this.update();
  }

  get now() {
    return this.app.data?.state ?? {};
  }

  get paused() {
    return (this.now.state ?? this.app.data?.info?.state) === 'paused';
  }

  update() {
    const info = this.app.data?.info;
    const { now } = this;
    this.root.hidden = !info;
    if (!info) return;
    const state = now.state ?? info.state;
    if (state !== this.shownState) {
      this.shownState = state;
      fill(this.state, statePill(state));
    }
    text(this.name, info.name);
    this.name.title = info.name;
    const mine = this.app.runs.find((run) => run.id === this.app.data?.id) ?? {};
    const epoch = now.epoch ?? mine.epoch;
    const epochs = now.epochs ?? mine.epochs;
    const step = now.step ?? mine.step;
    const steps = now.steps ?? mine.steps;
    text(this.figures.epoch, epochs ? `${whole(epoch)} / ${whole(epochs)}` : whole(epoch));
    text(this.figures.step, steps ? `${whole(step)} / ${whole(steps)}` : whole(step));
    const running = state === 'training';
    /** @type {HTMLElement} */ (this.figures.eta.parentElement).hidden = !running && state !== 'paused'; // says nothing of a run that is over
    text(this.figures.eta, running ? duration(number(now.eta)) : state === 'paused' ? 'paused' : '–');
    this.progress.value = steps > 0 ? Math.min(1, step / steps) : 0;
    this.progress.hidden = !(running || state === 'paused');
    const can = new Set(state === 'training' || state === 'paused' ? info.controls : []);
    this.controls.hidden = can.size === 0;
    const set = (/** @type {any} */ button, /** @type {boolean} */ on) => { if (button.disabled === on) button.disabled = !on; };
    set(this.pause, can.has('pause'));
    set(this.step, can.has('step') && this.paused);
    set(this.stop, can.has('stop'));
    set(this.save, can.has('save'));
    this.step.title = this.step.disabled ? 'Pause the training first' : '';
    this.save.title = this.save.disabled ? 'The program names no directory for checkpoints' : '';
    set(this.rate, can.has('rate'));
    if (this.pause.dataset.is !== String(this.paused)) {
      this.pause.dataset.is = String(this.paused);
      fill(this.pause, icon(this.paused ? 'resume' : 'pause'), h('span', null, this.paused ? 'Resume' : 'Pause'));
    }
  }

  askStop() {
    const box = dialog('Stop the training?', [h('p', null, 'It ends after this step for good; the model so far is its result. To go on later, pause it instead.')], [
      h('button', { type: 'button', on: { click: () => box.close() } }, 'Go on'),
      h('button', { type: 'button', class: 'primary', on: { click: () => { box.close(); void this.app.control('stop'); } } }, 'Stop'),
    ]);
  }

  askRate() {
    const current = number(this.now.rate ?? this.app.data?.info?.rate);
    const input = h('input', { id: 'rate', type: 'text', inputmode: 'decimal', value: String(current), autocomplete: 'off', 'aria-describedby': 'rate-why' });
    const why = h('p', { id: 'rate-why', class: 'muted small' }, `Now ${figure(current)}. The change counts from the next step, is written to the log, and is part of the run's state.`);
    const times = (/** @type {number} */ f) => () => { input.value = String(Number((Number(input.value) * f).toPrecision(3))); };
    const send = () => {
      const rate = Number(input.value);
      if (!(rate > 0) || !Number.isFinite(rate)) {
        why.textContent = 'Expects a number above 0, such as 0.001 or 3e-4.';
        input.setAttribute('aria-invalid', 'true');
        input.focus();
        return;
      }
      box.close();
      void this.app.control('rate', { rate });
    };
    input.addEventListener('keydown', (/** @type {KeyboardEvent} */ event) => {
      if (event.key !== 'Enter') return;
      event.preventDefault(); // else the button that gets the focus back is pressed, and the dialog opens again
      send();
    });
    const box = dialog('Learning rate', [h('label', { for: 'rate' }, 'Rate from the next step on'), input,
      h('div', { class: 'field' }, h('button', { type: 'button', on: { click: times(0.1) } }, '÷ 10'), h('button', { type: 'button', on: { click: times(0.5) } }, '÷ 2'),
        h('button', { type: 'button', on: { click: times(2) } }, '× 2')), why],
    [h('button', { type: 'button', on: { click: () => box.close() } }, 'Cancel'), h('button', { type: 'button', class: 'primary', on: { click: send } }, 'Set')]);
    input.select();
  }
}
