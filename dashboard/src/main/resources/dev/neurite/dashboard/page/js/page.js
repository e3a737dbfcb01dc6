// The live page: session, runs, the run that is shown, tabs, and the address that holds the state of the view.

import { h, fill, text, announce, roving, stopAt, throttle } from './dom.js';
import { parse, format, Store, TABS, USUAL } from './state.js';
import { get, post, run as runPath, whenUnauthorized, ApiError } from './api.js';
import { RunData } from './data.js';
import { RunEvents } from './stream.js';
import { RunList } from './runs.js';
import { TopBar } from './topbar.js';
import { style } from './palette.js';
import { overview } from './overview.js';
import { layers } from './layers.js';
import { errors } from './errors.js';
import { tryIt } from './tryit.js';
import { compare } from './compare.js';
import { log } from './log.js';

/**
 * @typedef {{root: HTMLElement, update: (what: Set<string>) => void, close: () => void}} TabView
 * `what` names what changed: `lines`, `state`, `info`, `about` (score and tags), `histograms`, `notes` or `runs`
 */

/** @type {Record<string, (app: App) => TabView>} */
const VIEWS = { overview, layers, errors, try: tryIt, compare, log };
const OVER = ['finished', 'interrupted', 'failed', 'unreadable'];
const POLL = 4000; // how often the list of runs is asked for, in milliseconds

export class App {
  /** @param {Store} store */
  constructor(store) {
    this.store = store;
    /** @type {any[]} */
    this.runs = [];
    /** @type {string | null} */
    this.live = null;
    /** @type {string[]} names of searches */
    this.searches = [];
    /** @type {RunData | null} */
    this.data = null;
    /** @type {Map<string, Promise<any>>} answers that do not change while a run is shown */
    this.cache = new Map();
    /** @type {TabView | null} */
    this.view = null;
    this.panel = /** @type {HTMLElement} */ (document.getElementById('view'));
    this.banner = /** @type {HTMLElement} */ (document.getElementById('banner'));
    this.list = new RunList(this, /** @type {HTMLElement} */ (document.getElementById('runs')));
    this.top = new TopBar(this, /** @type {HTMLElement} */ (document.getElementById('topbar')));
    this.events = new RunEvents((event) => this.received(event), (state, status) => this.connection(state, status));
    /** @type {any[]} */
    this.tabButtons = [];
    this.exampleRow = -1; // the row that Try it showed last
    this.exampleTotal = 0;
    /** @type {Set<string>} */
    this.waiting = new Set();
    this.flush = throttle(() => {
      const what = this.waiting;
      this.waiting = new Set();
      this.top.update();
      this.view?.update(what);
    }, 120);
    this.tabs();
    this.address();
    this.loading = 0;
    this.lost = false; // the stream of events
    this.away = false; // the whole program
    this.locked = false; // without a session
    this.reloading = false;
    this.following = false;
    /** @type {string | undefined} */
    this.version = undefined;
    store.on((changed) => this.viewChanged(changed));
  }

  async start() {
    await this.refresh();
    if (this.locked) return; // the form for the token is shown, and loads the page again
    await this.openRun();
    setInterval(() => { if (!document.hidden) void this.refresh(); }, POLL);
    document.addEventListener('visibilitychange', () => { if (!document.hidden) void this.refresh(); });
  }

  /** Asks for the list of runs. */
  async refresh() {
    try {
      const answer = await get('/runs');
      this.runs = answer.runs;
      this.live = answer.live;
      this.searches = answer.searches ?? [];
      this.version = answer.version;
      if (this.away) {
        this.away = false;
        this.connection('open', 200);
        this.events.retry();
      }
      this.list.update();
      this.changed('runs');
      const mine = this.data && this.runs.find((each) => each.id === this.data?.id);
      if (mine && this.data?.info) this.outside(mine, this.data.info);
      if (mine && this.data?.info && mine.state !== this.data.info.state && OVER.includes(this.data.info.state) !== OVER.includes(mine.state)) await this.loadInfo();
      if (!this.data && this.runs.length) await this.openRun();
    } catch (error) {
      if (error instanceof ApiError && error.status === 0) {
        this.away = true;
        this.show('bad', 'The program behind this page does not answer. What was loaded stays; the page connects again by itself.');
      } else if (error instanceof ApiError && error.status === 401) {
        this.locked = true;
        this.banner.hidden = true; // another program answers
      } else throw error;
    }
  }

  /** Takes what the list knows better of the run that is shown: its score, and tags of another page. @param {any} run @param {any} info */
  outside(run, info) {
    const before = JSON.stringify([info.test, info.tags, info.note]);
    const now = { test: run.test ?? null, tags: run.tags ?? [], note: run.note ?? '' };
    if (JSON.stringify([now.test, now.tags, now.note]) === before) return;
    Object.assign(info, now);
    this.changed('about');
  }

  /** Tags and note were saved on this page. @param {string} id @param {{tags: string[], note: string}} now */
  tagged(id, now) {
    for (const each of [this.runs.find((run) => run.id === id), this.data?.id === id ? this.data.info : null]) if (each) Object.assign(each, now);
    this.list.update();
    this.changed('about');
  }

  /** The run that the view names, else the live one, else the newest. */
  get chosen() {
    const { run } = this.store.view;
    if (run) return run;
    if (this.live) return this.live;
    return [...this.runs].sort((a, b) => b.started - a.started)[0]?.id ?? '';
  }

  /** Loads the chosen run and shows it. */
  async openRun() {
    const id = this.chosen;
    const mine = ++this.loading;
    this.events.stop();
    this.cache = new Map();
    if (id === '') {
      this.data = null;
      this.top.update();
      this.list.update();
      this.render();
      return;
    }
    const data = new RunData(id);
    try {
      const [info, series] = await Promise.all([get(runPath(id)), get(runPath(id, '/series?points=2000'))]);
      if (mine !== this.loading) return; // another run was opened meanwhile
      data.info = info;
      data.begin(series);
      this.data = data;
      document.title = `${info.name} – Neurite`;
      this.top.update();
      this.list.update();
      this.render();
      if (!OVER.includes(info.state)) this.events.watch(id, data.lines);
    } catch (error) {
      if (mine !== this.loading) return;
      this.data = null;
      this.top.update();
      this.view?.close();
      this.view = null;
      fill(this.panel, problem('This run cannot be shown', /** @type {Error} */ (error), () => void this.openRun()));
    }
  }

  async loadInfo() {
    const { data } = this;
    if (!data) return;
    const wasOver = OVER.includes(data.info.state);
    data.info = await get(runPath(data.id));
    if (OVER.includes(data.info.state) && data.state) data.state.state = data.info.state;
    this.cache = new Map();
    this.changed('info');
    if (wasOver && !OVER.includes(data.info.state)) this.events.watch(data.id, data.lines);
  }

  /** @param {{type: string, data: any, id: string}} event */
  received(event) {
    const { data } = this;
    if (!data) return;
    switch (event.type) {
      case 'lines':
        if (data.append(event.data, event.id)) this.changed('lines');
        else void this.reload();
        break;
      case 'reset': // the log was begun again, as by a training that was resumed
        void this.openRun();
        break;
      case 'state': {
        const before = data.state?.state ?? data.info.state;
        data.told(event.data);
        if (before !== event.data.state) {
          announce(`Training: ${event.data.state}`);
          void this.loadInfo();
        }
        this.changed('state');
        break;
      }
      case 'histograms':
        if (data.sampled(event.data)) this.changed('lines');
        this.changed('histograms'); // the view asks for those that it shows
        break;
      case 'note':
        data.note(event.data);
        this.changed('notes');
        break;
      default:
    }
  }

  /** Lines are missing: asks for the whole series again. */
  async reload() {
    const { data } = this;
    if (!data || this.reloading) return;
    this.reloading = true;
    try {
      data.begin(await get(runPath(data.id, '/series?points=2000')));
      this.changed('lines');
    } finally {
      this.reloading = false;
    }
  }

  /** @param {string} what */
  changed(what) {
    this.waiting.add(what);
    this.flush();
  }

  /** @param {'open' | 'lost' | 'refused' | 'idle'} state @param {number} status */
  connection(state, status) {
    const over = OVER.includes(this.data?.state?.state ?? this.data?.info?.state);
    if (state === 'lost') {
      if (over) this.events.stop(); // nothing more will come
      else {
        this.lost = true;
        this.show('watch', 'Connection lost. Trying again…');
      }
    } else if (state === 'open') {
      if (this.lost || !this.banner.hidden) announce('Connected again');
      this.lost = false;
      this.banner.hidden = true;
    } else if (state === 'refused' && status === 401) {
      void get('/runs').catch(() => {}); // shows the form for the token
    }
  }

  /** @param {'watch' | 'bad' | 'good'} kind @param {string} words */
  show(kind, words) {
    this.banner.className = `banner ${kind}`;
    this.banner.hidden = false;
    text(this.banner, words);
  }

  /** Shows words for a few seconds. @param {'good' | 'bad'} kind @param {string} words */
  brief(kind, words) {
    this.show(kind, words);
    setTimeout(() => { if (!this.lost && !this.away) this.banner.hidden = true; }, 6000);
  }

  tabs() {
    const bar = /** @type {HTMLElement} */ (document.getElementById('tabs'));
    const list = h('div', { role: 'tablist', 'aria-label': 'Views' });
    this.tabButtons = TABS.map(([key, words]) => h('button', { class: 'tab', type: 'button', role: 'tab', id: `tab-${key}`, 'aria-controls': 'view', 'data-tab': key,
      on: { click: () => this.store.set({ tab: key }) } }, words));
    list.append(...this.tabButtons);
    roving(list, () => this.tabButtons, { pick: (tab) => this.store.set({ tab: tab.dataset.tab }) });
    bar.append(list);
    this.markTab();
  }

  markTab() {
    const at = TABS.findIndex(([key]) => key === this.store.view.tab);
    this.tabButtons.forEach((button, i) => button.setAttribute('aria-selected', String(i === at)));
    stopAt(this.tabButtons, at);
    this.panel.setAttribute('aria-labelledby', `tab-${TABS[at][0]}`);
    const tab = this.tabButtons[at];
    const strip = tab.parentElement;
    if (strip && (tab.offsetLeft < strip.scrollLeft || tab.offsetLeft + tab.offsetWidth > strip.scrollLeft + strip.clientWidth)) strip.scrollLeft = tab.offsetLeft - 40;
  }

  /** Draws the tab anew. */
  render() {
    this.view?.close();
    this.view = null;
    const { tab } = this.store.view;
    if (!this.data && tab !== 'compare') {
      fill(this.panel, welcome());
      return;
    }
    this.view = VIEWS[tab](this);
    fill(this.panel, this.view.root);
  }

  /** The address follows the view, and the view the address. */
  address() {
    let pushed = format(this.store.view);
    const write = throttle(() => {
      const hash = format(this.store.view);
      if (hash !== location.hash) history.replaceState(null, '', hash || location.pathname);
    }, 250);
    this.store.on((changed) => {
      const hash = format(this.store.view);
      if ((changed.has('tab') || changed.has('run')) && !this.following && hash !== pushed) history.pushState(null, '', hash || location.pathname);
      pushed = hash;
      write();
    });
    window.addEventListener('popstate', () => {
      this.following = true;
      this.store.set(parse(location.hash).view);
      this.following = false;
    });
  }

  /** @param {Set<string>} changed */
  viewChanged(changed) {
    if (changed.has('run')) {
      void this.openRun();
      this.list.update();
    } else if (changed.has('tab')) this.render();
    if (changed.has('tab')) this.markTab();
    if (changed.has('runs') || changed.has('q')) this.list.update();
  }

  /** Shows another run; what belongs to the run that was shown is forgotten. @param {string} id */
  choose(id) {
    const { node, of, cell, only, row, zoom, hide, part } = structuredClone(USUAL);
    this.store.set({ run: id, node, of, cell, only, row, zoom, hide, part });
  }

  /** How a run looks in lists and curves: the same for as long as no older run is added. @param {string} id */
  styleOf(id) {
    const order = this.runs.map((each) => each.id).sort((a, b) => this.started(a) - this.started(b) || a.localeCompare(b));
    return style(Math.max(0, order.indexOf(id)));
  }

  /** @param {string} id @returns {number} */
  started(id) {
    return this.runs.find((each) => each.id === id)?.started ?? Infinity; // a run without lines has just begun
  }

  /** An answer about the run that is shown, asked for once. @param {string} rest path below the run @returns {Promise<any>} */
  ask(rest) {
    const id = this.data?.id ?? '';
    const key = `${id} ${rest}`;
    let answer = this.cache.get(key);
    if (!answer) {
      answer = get(runPath(id, rest));
      this.cache.set(key, answer);
      answer.catch(() => this.cache.delete(key));
    }
    return answer;
  }

  /** Forgets answers, so that they are asked for again. @param {string} rest how their path begins */
  forget(rest) {
    for (const key of this.cache.keys()) if (key.startsWith(`${this.data?.id} ${rest}`)) this.cache.delete(key);
  }

  /** @param {string} action @param {object} [more] */
  async control(action, more = {}) {
    const { data } = this;
    if (!data) return;
    try {
      const answer = await post(runPath(data.id, '/control'), { action, ...more });
      data.told({ ...data.state, ...answer });
      this.changed('state');
      if (action === 'save') {
        this.brief('good', 'Saved a checkpoint: the log has it.');
        void this.loadInfo();
      } else announce({ pause: 'Pausing', resume: 'Training goes on', step: 'One step', stop: 'Stopping', rate: 'Learning rate changed' }[action] ?? action);
    } catch (error) {
      this.brief('bad', /** @type {Error} */ (error).message);
    }
  }
}

/** @param {string} title @param {Error} error @param {() => void} again */
export function problem(title, error, again) {
  return h('div', { class: 'empty card', role: 'alert' }, h('strong', null, title), h('p', null, error.message), h('p', null, h('button', { type: 'button', on: { click: again } }, 'Try again')));
}

function welcome() {
  return h('div', { class: 'empty card' }, h('strong', null, 'No runs yet'),
    h('p', null, 'Start one in a terminal, and it appears here within a second:'),
    h('p', null, h('code', null, './neurite train iris --ui')));
}

/** Asks for the token, where the address did not bring it. @param {string} words */
function askForToken(words) {
  const input = h('input', { type: 'text', id: 'token', autocomplete: 'off', spellcheck: 'false', 'aria-describedby': 'token-why' });
  const why = h('p', { id: 'token-why', class: 'muted' }, words);
  const form = h('form', { class: 'card pad stack', on: { submit: async (/** @type {Event} */ event) => {
    event.preventDefault();
    const given = input.value.trim();
    const token = parse(given.includes('#') ? given.slice(given.indexOf('#')) : `#token=${encodeURIComponent(given)}`).token ?? '';
    try {
      await post('/session', { token });
      location.reload();
    } catch (error) {
      text(why, /** @type {Error} */ (error).message);
      announce(/** @type {Error} */ (error).message);
    }
  } } }, h('h2', null, 'Open the address from the terminal'), why,
  h('label', { for: 'token' }, 'Address or token'), input, h('div', null, h('button', { class: 'primary', type: 'submit' }, 'Open')));
  fill(/** @type {HTMLElement} */ (document.getElementById('view')), form);
}

async function main() {
  const { view, token } = parse(location.hash);
  whenUnauthorized(() => {
    if (!document.getElementById('token')) askForToken('The program prints an address that ends in #token=…; it opens this page. Anybody without it sees nothing.');
  });
  if (token !== null) {
    history.replaceState(null, '', format(view) || location.pathname); // the token stays neither in the address nor in the history
    try {
      await post('/session', { token });
    } catch (error) {
      if (/** @type {ApiError} */ (error).status !== 401) throw error;
    }
  }
  const app = new App(new Store(view));
  drawer();
  await app.start();
}

/** On narrow screens the list of runs is a drawer. */
function drawer() {
  const button = /** @type {HTMLElement} */ (document.getElementById('drawer'));
  const runs = /** @type {HTMLElement} */ (document.getElementById('runs'));
  /** @type {HTMLElement | null} */
  let scrim = null;
  const show = (/** @type {boolean} */ on) => {
    runs.classList.toggle('open', on);
    button.setAttribute('aria-expanded', String(on));
    scrim?.remove();
    scrim = on ? h('button', { class: 'scrim', type: 'button', tabindex: -1, 'aria-label': 'Close the list of runs', on: { click: () => show(false) } }) : null;
    if (scrim) document.body.append(scrim);
    if (on) runs.querySelector('input')?.focus();
  };
  button.addEventListener('click', () => show(!runs.classList.contains('open')));
  document.addEventListener('keydown', (event) => {
    if (event.key === 'Escape' && runs.classList.contains('open')) {
      show(false);
      button.focus();
    }
  });
  runs.addEventListener('opened', () => show(false));
}

void main();
