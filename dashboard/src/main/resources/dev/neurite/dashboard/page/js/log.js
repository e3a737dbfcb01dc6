// Log: what happened, the configuration, the environment, warnings, and checkpoints to download.

import { h, fill, text, download, announce, choice } from './dom.js';
import { run as runPath } from './api.js';
import { partName } from './data.js';
import { bytes, clock, csvLine, shape, whole } from './math.js';

/** @param {import('./page.js').App} app @returns {import('./page.js').TabView} */
export function log(app) {
  const { store } = app;
  const data = /** @type {import('./data.js').RunData} */ (app.data);
  const lines = h('ol', { class: 'log card', tabindex: 0, 'aria-label': 'What happened' });
  const left = h('div', { class: 'stack' });
  const right = h('div', { class: 'stack' });
  const warnings = h('div');
  let count = -1;
  const level = choice('Lines', [['', 'All'], ['warning', 'Warnings']], store.view.level, (value) => store.set({ level: value }));

  const drawLines = () => {
    const all = data.notes.filter((note) => store.view.level === '' || /warn|error/i.test(note.level));
    if (all.length === count) return;
    const atEnd = lines.scrollTop + lines.clientHeight > lines.scrollHeight - 30;
    count = all.length;
    const today = new Date().toDateString();
    const dated = all.some((note) => new Date(note.t * 1000).toDateString() !== today);
    fill(lines, all.length === 0 ? h('li', null, h('span'), h('span'), h('span', { class: 'muted' }, 'Nothing was noted.')) : all.slice(-2000).map((note) => h('li', { class: note.level },
      h('time', { datetime: new Date(note.t * 1000).toISOString() }, clock(note.t, dated)), h('span', null, note.level), h('span', null, note.text))));
    if (atEnd) lines.scrollTop = lines.scrollHeight;
  };

  const drawInfo = () => {
    const { info } = data;
    const all = info.warnings ?? [];
    warnings.hidden = all.length === 0;
    fill(warnings, all.length ? h('ul', { class: 'health', 'aria-label': 'Warnings' }, all.map((/** @type {string} */ words) => h('li', { class: 'watch' }, h('span', { class: 'mark', 'aria-hidden': 'true' }, '▲'), h('strong', null, words)))) : null);
    const copy = h('button', { type: 'button', on: { click: async () => {
      try {
        await navigator.clipboard.writeText(info.command);
        announce('Copied');
        text(copy, 'Copied');
      } catch {
        text(copy, 'Select and copy it');
      }
      setTimeout(() => text(copy, 'Copy'), 2000);
    } } }, 'Copy');
    const hash = info.data?.hash;
    fill(right,
      info.command ? card(info.state === 'interrupted' ? 'Command that continues it' : 'Command that trains it again', h('div', { class: 'command' }, h('code', null, info.command), copy)) : null,
      card('Checkpoints', info.checkpoints?.length ? h('div', { class: 'scroll', tabindex: 0, role: 'region', 'aria-label': 'Table of checkpoints' }, h('table', null, h('thead', null, h('tr', null, ['File', 'Step', 'Size', ''].map((words) => h('th', { scope: 'col' }, words || h('span', { class: 'hush' }, 'Download'))))),
        h('tbody', null, info.checkpoints.map((/** @type {any} */ each) => h('tr', null, h('th', { scope: 'row', class: 'wrap' }, each.name, each.best ? [' ', h('span', { class: 'pill good' }, 'best')] : null), h('td', null, each.step >= 0 ? whole(each.step) : '–'), h('td', null, bytes(each.bytes)),
          h('td', null, h('a', { href: `/api${runPath(data.id, `/checkpoints/${encodeURIComponent(each.name)}`)}`, download: each.name, 'aria-label': `Download ${each.name}` }, 'Download')))))))
        : h('p', { class: 'muted' }, 'None yet.')),
      card('Data', facts([['Name', info.data?.name], ['Training rows', whole(info.data?.rows)], [`Rows of ${partName(info.data?.validationName || 'val')}`, whole(info.data?.validationRows)], ['Shape of a row', info.data?.inputShape?.length ? shape(info.data.inputShape) : ''],
        ['Classes', info.data?.classes?.length ? `${info.data.classes.length}: ${info.data.classes.slice(0, 12).join(', ')}${info.data.classes.length > 12 ? ', …' : ''}` : ''], ['SHA-256 of the training rows', hash ? h('code', null, hash) : '']])),
      card('Environment', facts(flat(info.environment ?? {}))));
    const config = Object.entries(info.config ?? {});
    const words = (/** @type {unknown} */ value) => (typeof value === 'string' ? value : JSON.stringify(value));
    fill(left, h('section', { class: 'card pad stack', 'aria-labelledby': 'lines-title' }, h('div', { class: 'toolbar' }, h('h3', { id: 'lines-title' }, 'What happened'), h('span', { class: 'spacer' }), level), lines),
      h('section', { class: 'card pad stack', 'aria-labelledby': 'config-title' }, h('div', { class: 'toolbar' }, h('h3', { id: 'config-title' }, 'Configuration'), h('span', { class: 'spacer' }),
        h('button', { type: 'button', on: { click: () => download(`${data.id}-config.csv`, config.map(([key, value]) => csvLine([key, words(value)])).join('\r\n'), 'text/csv') } }, 'CSV')),
      config.length ? h('div', { class: 'scroll', tabindex: 0, role: 'region', 'aria-label': 'Table of settings' }, h('table', null, h('thead', null, h('tr', null, h('th', { scope: 'col' }, 'Setting'), h('th', { scope: 'col', class: 'left' }, 'Value'))),
        h('tbody', null, config.map(([key, value]) => h('tr', null, h('th', { scope: 'row' }, key), h('td', { class: 'left wrap' }, words(value)))))))
        : h('p', { class: 'muted' }, 'This run has no configuration file.')));
    const first = info.firstLoss;
    if (first?.text) right.prepend(card('First loss', h('p', null, first.text)));
    count = -1;
    drawLines();
  };

  const load = async () => {
    try {
      const answer = await app.ask('/log');
      for (const note of answer.text) data.note(note);
      data.notes.sort((a, b) => a.t - b.t);
      count = -1;
      drawLines();
    } catch (error) {
      fill(lines, h('li', null, /** @type {Error} */ (error).message));
    }
  };
  const off = store.on((changed) => { if (changed.has('level')) { level.set(store.view.level); count = -1; drawLines(); } });
  drawInfo();
  void load();
  return {
    root: h('div', { class: 'view' }, h('h2', { class: 'hush' }, 'Log'), warnings, h('div', { class: 'two' }, left, right)),
    update: (what) => { if (what.has('info')) drawInfo(); if (what.has('notes')) drawLines(); },
    close: off,
  };
}

/** Values by path, those of objects below the object's name. @param {Record<string, any>} values @returns {[string, string][]} */
function flat(values) {
  return Object.entries(values).flatMap(([key, value]) => (value !== null && typeof value === 'object' && !Array.isArray(value)
    ? flat(value).map(([inner, text]) => /** @type {[string, string]} */ ([`${key}.${inner}`, text]))
    : [/** @type {[string, string]} */ ([key, Array.isArray(value) ? value.join(', ') : String(value)])]));
}

/** @param {string} title @param {any} content */
function card(title, content) {
  return h('section', { class: 'card pad stack', 'aria-label': title }, h('h3', null, title), content);
}

/** @param {[string, any][]} pairs */
function facts(pairs) {
  const known = pairs.filter(([, value]) => value !== null && value !== undefined && value !== '' && value !== '–');
  return known.length ? h('dl', { class: 'facts' }, known.map(([name, value]) => [h('dt', null, name), h('dd', null, value)])) : h('p', { class: 'muted' }, 'Not known.');
}
