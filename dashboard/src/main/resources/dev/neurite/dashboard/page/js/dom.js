// Builds elements. Text from data only ever becomes text nodes and attributes, never markup.

const SVG = 'http://www.w3.org/2000/svg';
const PROPERTIES = new Set(['value', 'checked', 'disabled', 'hidden', 'selected', 'indeterminate', 'width', 'height', 'open']);

/**
 * @typedef {Node | string | number | null | undefined | false} Child
 * @typedef {Object<string, any>} Props `on` is an object of listeners, `style` one of CSS properties; others are attributes
 */

/**
 * An HTML element.
 * @param {string} tag
 * @param {Props | null} [props]
 * @param {...any} children nodes, texts and lists of them; null and false are left out
 * @returns {any}
 */
export function h(tag, props, ...children) {
  const element = document.createElement(tag);
  for (const [key, value] of Object.entries(props ?? {})) set(element, key, value, true);
  append(element, children);
  return element;
}

/**
 * An SVG element.
 * @param {string} tag
 * @param {Props | null} [props]
 * @param {...any} children nodes, texts and lists of them; null and false are left out
 * @returns {any}
 */
export function s(tag, props, ...children) {
  const element = document.createElementNS(SVG, tag);
  for (const [key, value] of Object.entries(props ?? {})) set(element, key, value, false);
  append(element, children);
  return element;
}

/** @param {any} element @param {string} key @param {any} value @param {boolean} html */
function set(element, key, value, html) {
  if (value === null || value === undefined) return;
  if (key === 'on') {
    for (const [event, listener] of Object.entries(value)) element.addEventListener(event, listener);
  } else if (key === 'style') {
    for (const [name, text] of Object.entries(value)) element.style.setProperty(name, String(text)); // CSSOM, allowed by the CSP
  } else if (html && PROPERTIES.has(key)) {
    element[key] = value;
  } else if (value === true) {
    element.setAttribute(key, key.startsWith('aria-') ? 'true' : '');
  } else if (value === false) {
    if (key.startsWith('aria-')) element.setAttribute(key, 'false');
  } else {
    element.setAttribute(key, String(value));
  }
}

/** @param {Element} element @param {any[]} children */
function append(element, children) {
  for (const child of children.flat(Infinity)) {
    if (child === null || child === undefined || child === false) continue;
    element.append(child instanceof Node ? child : String(child));
  }
}

/** Sets the text of an element if it differs, which keeps selections. @param {Element} element @param {string} text */
export function text(element, text) {
  if (element.textContent !== text) element.textContent = text;
}

/** @param {Element} element @param {...any} children */
export function fill(element, ...children) {
  element.replaceChildren();
  append(element, children);
}

let speaking = 0;
/** Reads a text to people with a screen reader, once it has stood still. @param {string} message */
export function announce(message) {
  clearTimeout(speaking);
  speaking = window.setTimeout(() => {
    const live = document.getElementById('live');
    if (live) live.textContent = message;
  }, 250);
}

/**
 * Arrow keys move the focus within a group that is one stop of the Tab key.
 * @param {HTMLElement} group
 * @param {() => Element[]} items
 * @param {{columns?: () => number, pick?: (item: any) => void}} [options] `columns` for a grid, `pick` is called for each move
 */
export function roving(group, items, options = {}) {
  group.addEventListener('focusin', (event) => {
    const all = items();
    const at = all.indexOf(/** @type {Element} */ (event.target));
    if (at >= 0) stopAt(all, at);
  });
  group.addEventListener('keydown', (event) => {
    const all = items();
    const at = all.indexOf(/** @type {Element} */ (document.activeElement));
    if (at < 0 || event.ctrlKey || event.metaKey || event.altKey) return;
    const columns = options.columns?.() ?? 0;
    let to = at;
    switch (event.key) {
      case 'ArrowRight': to = at + 1; break;
      case 'ArrowLeft': to = at - 1; break;
      case 'ArrowDown': to = at + (columns || 1); break;
      case 'ArrowUp': to = at - (columns || 1); break;
      case 'Home': to = columns ? at - (at % columns) : 0; break;
      case 'End': to = columns ? at - (at % columns) + columns - 1 : all.length - 1; break;
      default: return;
    }
    event.preventDefault();
    if (to < 0 || to >= all.length) return;
    focusOne(all, to);
    options.pick?.(all[to]);
  });
}

/** Makes one item the group's stop of the Tab key and focuses it. @param {any[]} all @param {number} at */
export function focusOne(all, at) {
  all.forEach((item, i) => item.setAttribute('tabindex', i === at ? '0' : '-1'));
  all[at].focus();
}

/** Makes one item the group's stop of the Tab key. @param {any[]} all @param {number} at */
export function stopAt(all, at) {
  all.forEach((item, i) => item.setAttribute('tabindex', i === at ? '0' : '-1'));
}

/**
 * A strip of buttons, one of which is chosen.
 * @param {string} label
 * @param {[string, string][]} options value and text
 * @param {string} value
 * @param {(value: string) => void} changed
 */
export function choice(label, options, value, changed) {
  const buttons = options.map(([key, words]) =>
    h('button', { type: 'button', 'aria-pressed': key === value, 'data-value': key, on: { click: () => { root.set(key); changed(key); } } }, words));
  const root = h('div', { class: 'choice', role: 'group', 'aria-label': label }, buttons);
  /** @param {string} key */
  root.set = (key) => buttons.forEach((button) => button.setAttribute('aria-pressed', String(button.dataset.value === key)));
  return root;
}

/**
 * A dialog that Escape closes; the focus returns to where it was.
 * @param {string} title
 * @param {Child[]} content
 * @param {Child[]} actions
 */
export function dialog(title, content, actions) {
  const id = `dialog-${Math.random().toString(36).slice(2)}`;
  const element = h('dialog', { 'aria-labelledby': id },
    h('div', { class: 'body' }, h('h2', { id }, title), content, h('div', { class: 'actions' }, actions)));
  const before = /** @type {HTMLElement | null} */ (document.activeElement);
  element.addEventListener('close', () => { element.remove(); before?.focus(); });
  element.addEventListener('click', (/** @type {Event} */ event) => { if (event.target === element) element.close(); });
  document.body.append(element);
  element.showModal();
  return element;
}

/** Saves a file. @param {string} name @param {Blob | string} content @param {string} [type] */
export function download(name, content, type = 'text/plain') {
  const url = URL.createObjectURL(content instanceof Blob ? content : new Blob([content], { type }));
  const link = h('a', { href: url, download: name });
  document.body.append(link);
  link.click();
  link.remove();
  setTimeout(() => URL.revokeObjectURL(url), 10_000);
}

/**
 * Calls at most once in a time, the last call always.
 * @template {any[]} A
 * @param {(...args: A) => void} action
 * @param {number} millis
 * @returns {(...args: A) => void}
 */
export function throttle(action, millis) {
  let last = -Infinity;
  let timer = 0;
  return (...args) => {
    clearTimeout(timer);
    const left = last + millis - performance.now();
    const run = () => { last = performance.now(); action(...args); };
    if (left <= 0) run();
    else timer = window.setTimeout(run, left);
  };
}

/** A nothing-yet message. @param {string} title @param {string} [why] */
export function empty(title, why) {
  return h('div', { class: 'empty card' }, h('strong', null, title), why);
}
