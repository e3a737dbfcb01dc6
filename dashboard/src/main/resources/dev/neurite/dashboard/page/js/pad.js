// A pad to draw on: with mouse, touch and pen, by keyboard on a grid of pixels, or with an image that is dropped.

import { h, announce } from './dom.js';
import { decode, encode, paint } from './pixels.js';

const SIDE = 280; // pixels of the pad
const SENT = 140; // of a drawing that is sent
const PHOTO = 512; // the longer side of a photograph that is sent, at least
const MOST_SIDE = 1000; // three bytes a pixel in base64 are 4 MB
const UNDO = 40;

/** @typedef {{pixels: string, width: number, height: number}} Sent an image as the API takes it */

export class DrawingPad {
  /**
   * @param {{key: string, only: boolean, width: number, height: number, channels: number, dark: boolean, behind: string, changed: () => void, file: (file: File) => void}} options
   * `key` of the ids of its elements, `only` for the only pad, `dark` for light ink on dark paper, `behind` the color behind transparent pixels of files
   */
  constructor(options) {
    this.options = options;
    this.paper = options.dark ? '#000000' : '#ffffff';
    this.columns = options.width;
    this.rows = options.height;
    const wide = options.width / options.height;
    this.width = wide >= 1 ? SIDE : Math.round(SIDE * wide);
    this.height = wide >= 1 ? Math.round(SIDE / wide) : SIDE;
    this.size = Math.min(48, Math.round((2 * SIDE) / Math.max(options.width, options.height))); // two pixels of the data
    this.ink = options.dark ? '#ffffff' : '#111111';
    this.blank = true;
    /** @type {Sent | null} An image that is shown and was not drawn on: it is sent itself, not what the pad has of it. */
    this.shown = null;
    /** @type {{drawn: ImageData, shown: Sent | null}[]} */
    this.past = [];
    this.cell = { x: Math.floor(this.columns / 2), y: Math.floor(this.rows / 2) };
    this.canvas = h('canvas', { width: this.width, height: this.height, 'aria-hidden': 'true' });
    this.context = /** @type {CanvasRenderingContext2D} */ (this.canvas.getContext('2d', { willReadFrequently: true }));
    this.pixel = h('span', { class: 'pixel', hidden: true });
    this.invite = h('span', { class: 'invite', 'aria-hidden': 'true' }, options.channels === 1 ? 'Draw here' : 'Draw, or drop an image');
    this.area = h('div', { class: `pad-canvas ${options.dark ? 'dark' : ''}`, tabindex: 0, role: 'application', 'aria-roledescription': 'drawing pad', style: { 'aspect-ratio': `${this.width} / ${this.height}` },
      'aria-label': `Drawing pad, ${this.columns} by ${this.rows} pixels. Arrow keys move, Space draws, Shift with an arrow draws while moving, Backspace erases, U undoes, C clears.` },
    this.canvas, this.pixel, this.invite);
    const brush = h('input', { type: 'range', id: `${options.key}-brush`, min: 4, max: 48, value: this.size, on: { input: () => { this.size = Number(brush.value); } } });
    const file = h('input', { type: 'file', accept: 'image/png,image/jpeg,image/webp,image/gif', class: 'hush', on: { change: () => { if (file.files[0]) options.file(file.files[0]); file.value = ''; } } });
    this.undoButton = h('button', { type: 'button', disabled: true, on: { click: () => this.undo() } }, 'Undo');
    const color = options.channels === 3 ? h('input', { type: 'color', id: `${options.key}-ink`, value: this.ink, style: { padding: '2px', width: '3rem' }, on: { input: () => { this.ink = color.value; } } }) : null;
    this.root = h('div', { class: 'stack', style: { gap: '0.6rem' } }, this.area,
      h('div', { class: 'field' }, h('label', { for: `${options.key}-brush` }, 'Brush'), h('span', { style: { width: '7rem' } }, brush), color ? [h('label', { for: `${options.key}-ink` }, 'Colour'), color] : null),
      h('div', { class: 'field' }, this.undoButton, h('button', { type: 'button', on: { click: () => this.clear() } }, 'Clear'),
        file, h('button', { type: 'button', on: { click: () => file.click() } }, 'Upload…')),
      h('p', { class: 'muted tiny' }, 'By keyboard: ', h('kbd', null, '↑↓←→'), ' move, ', h('kbd', null, 'Space'), ' draws, ', h('kbd', null, 'Shift'), ' + arrow draws on the way, ', h('kbd', null, 'U'), ' undoes, ', h('kbd', null, 'C'), ' clears.'));
    file.tabIndex = -1;
    file.setAttribute('aria-label', 'Image file');
    this.wipe();
    this.listen();
  }

  wipe() {
    this.context.fillStyle = this.paper;
    this.context.fillRect(0, 0, this.width, this.height);
    this.blank = true;
    this.shown = null;
    this.invite.hidden = false;
  }

  listen() {
    const { area } = this;
    /** @type {{x: number, y: number} | null} */
    let last = null;
    const at = (/** @type {PointerEvent} */ event) => {
      const box = this.canvas.getBoundingClientRect();
      return { x: ((event.clientX - box.left) / box.width) * this.width, y: ((event.clientY - box.top) / box.height) * this.height };
    };
    area.addEventListener('pointerdown', (/** @type {PointerEvent} */ event) => {
      if (event.button !== 0) return;
      event.preventDefault();
      area.focus({ preventScroll: true });
      area.classList.add('mouse');
      this.pixel.hidden = true;
      area.setPointerCapture(event.pointerId);
      this.remember();
      last = at(event);
      this.stroke(last, last, event.pressure && event.pointerType === 'pen' ? 0.5 + event.pressure : 1);
    });
    area.addEventListener('pointermove', (/** @type {PointerEvent} */ event) => {
      if (!last) return;
      const all = event.getCoalescedEvents?.() ?? [];
      for (const each of all.length ? all : [event]) {
        const now = at(each);
        this.stroke(last, now, each.pressure && each.pointerType === 'pen' ? 0.5 + each.pressure : 1);
        last = now;
      }
    });
    const end = () => { last = null; };
    area.addEventListener('pointerup', end);
    area.addEventListener('pointercancel', end);
    area.addEventListener('keydown', (/** @type {KeyboardEvent} */ event) => this.key(event));
    area.addEventListener('blur', () => { this.pixel.hidden = true; });
    area.addEventListener('dragover', (/** @type {DragEvent} */ event) => { event.preventDefault(); area.classList.add('over'); });
    area.addEventListener('dragleave', () => area.classList.remove('over'));
    area.addEventListener('drop', (/** @type {DragEvent} */ event) => {
      event.preventDefault();
      area.classList.remove('over');
      const file = event.dataTransfer?.files[0];
      if (file?.type.startsWith('image/')) this.options.file(file);
    });
    this.paste = (/** @type {ClipboardEvent} */ event) => {
      if (!this.options.only && document.activeElement !== area) return;
      const file = [...(event.clipboardData?.files ?? [])].find((each) => each.type.startsWith('image/'));
      if (file) this.options.file(file);
    };
    document.addEventListener('paste', this.paste);
  }

  /** @param {{x: number, y: number}} from @param {{x: number, y: number}} to @param {number} force */
  stroke(from, to, force) {
    const { context } = this;
    context.strokeStyle = this.ink;
    context.lineWidth = this.size * force;
    context.lineCap = 'round';
    context.lineJoin = 'round';
    context.beginPath();
    context.moveTo(from.x, from.y);
    context.lineTo(to.x + (from === to ? 0.01 : 0), to.y);
    context.stroke();
    this.drawn();
  }

  drawn() {
    this.blank = false;
    this.shown = null;
    this.invite.hidden = true;
    this.options.changed();
  }

  /** @param {KeyboardEvent} event */
  key(event) {
    this.area.classList.remove('mouse');
    const moves = /** @type {Record<string, [number, number]>} */ ({ ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] });
    const move = moves[event.key];
    if (move) {
      const before = this.centre();
      this.cell.x = Math.min(this.columns - 1, Math.max(0, this.cell.x + move[0]));
      this.cell.y = Math.min(this.rows - 1, Math.max(0, this.cell.y + move[1]));
      if (event.shiftKey) {
        this.remember();
        this.stroke(before, this.centre(), 1);
      }
      announce(`column ${this.cell.x + 1}, row ${this.cell.y + 1}, ${this.isInk() ? 'ink' : 'paper'}`);
    } else if (event.key === ' ' || event.key === 'Enter') {
      this.remember();
      const centre = this.centre();
      this.stroke(centre, centre, 1);
    } else if (event.key === 'Backspace' || event.key === 'Delete') {
      this.remember();
      const { ink } = this;
      this.ink = this.paper;
      const centre = this.centre();
      this.stroke(centre, centre, 1);
      this.ink = ink;
    } else if (event.key.toLowerCase() === 'u' || (event.key.toLowerCase() === 'z' && (event.ctrlKey || event.metaKey))) this.undo();
    else if (event.key.toLowerCase() === 'c' && !event.ctrlKey && !event.metaKey) this.clear();
    else return;
    event.preventDefault();
    this.showPixel();
  }

  centre() {
    return { x: ((this.cell.x + 0.5) / this.columns) * this.width, y: ((this.cell.y + 0.5) / this.rows) * this.height };
  }

  isInk() {
    const { x, y } = this.centre();
    return (this.context.getImageData(Math.floor(x), Math.floor(y), 1, 1).data[0] < 128) !== this.options.dark;
  }

  showPixel() {
    this.pixel.hidden = false;
    this.pixel.style.left = `${(100 * this.cell.x) / this.columns}%`;
    this.pixel.style.top = `${(100 * this.cell.y) / this.rows}%`;
    this.pixel.style.width = `${100 / this.columns}%`;
    this.pixel.style.height = `${100 / this.rows}%`;
  }

  remember() {
    this.past.push({ drawn: this.context.getImageData(0, 0, this.width, this.height), shown: this.shown });
    if (this.past.length > UNDO) this.past.shift();
    this.undoButton.disabled = false;
  }

  undo() {
    const before = this.past.pop();
    this.undoButton.disabled = this.past.length === 0;
    if (!before) return;
    this.context.putImageData(before.drawn, 0, 0);
    this.shown = before.shown;
    const paper = this.options.dark ? 0 : 255;
    this.blank = !this.shown && before.drawn.data.every((value, i) => value === (i % 4 === 3 ? 255 : paper));
    this.invite.hidden = !this.blank;
    this.options.changed();
    announce('Undone');
  }

  clear() {
    if (!this.blank) this.remember();
    this.wipe();
    this.options.changed();
    announce('Cleared');
  }

  /** Shows a file, fitted into the pad, and returns the number of its pixels. @param {File} file */
  async show(file) {
    /** @type {ImageBitmap} */
    let image;
    try {
      image = await createImageBitmap(file);
    } catch {
      throw new Error('This file is no image that the browser can read.');
    }
    this.remember();
    this.wipe();
    const scale = Math.min(this.width / image.width, this.height / image.height);
    this.context.drawImage(image, (this.width - image.width * scale) / 2, (this.height - image.height * scale) / 2, image.width * scale, image.height * scale);
    const most = Math.min(MOST_SIDE, Math.max(PHOTO, this.columns, this.rows));
    const less = Math.min(1, most / Math.max(image.width, image.height));
    this.shown = this.sent(image, image.width * less, image.height * less);
    const pixels = image.width * image.height;
    image.close();
    this.blank = false;
    this.invite.hidden = true;
    return pixels;
  }

  /** Shows an image of the API. @param {Sent} image */
  paintImage(image) {
    const { width, height } = image;
    const channels = decode(image.pixels).length === width * height ? 1 : 3;
    const small = h('canvas');
    paint(small, { ...image, channels });
    this.remember();
    this.shown = { pixels: image.pixels, width, height };
    this.context.imageSmoothingEnabled = false;
    this.context.drawImage(small, 0, 0, this.width, this.height);
    this.context.imageSmoothingEnabled = true;
    this.blank = false;
    this.invite.hidden = true;
  }

  /** What is on the pad, for the API; an image that was not drawn on with its own pixels and proportions. */
  image() {
    return this.shown ?? this.sent(this.canvas, (this.width * SENT) / SIDE, (this.height * SENT) / SIDE);
  }

  /**
   * An image of another size, for the API: gray or red, green and blue, a byte each.
   * @param {CanvasImageSource} image @param {number} wide @param {number} tall @returns {Sent}
   */
  sent(image, wide, tall) {
    const width = Math.max(1, Math.round(wide));
    const height = Math.max(1, Math.round(tall));
    const small = h('canvas', { width, height });
    const context = small.getContext('2d');
    context.imageSmoothingQuality = 'high';
    context.fillStyle = this.options.behind;
    context.fillRect(0, 0, width, height);
    context.drawImage(image, 0, 0, width, height);
    const { data } = context.getImageData(0, 0, width, height);
    const channels = this.options.channels === 3 ? 3 : 1;
    const bytes = new Uint8Array(width * height * channels);
    for (let i = 0; i < width * height; i++) {
      if (channels === 1) bytes[i] = Math.round(0.299 * data[4 * i] + 0.587 * data[4 * i + 1] + 0.114 * data[4 * i + 2]);
      else for (let c = 0; c < 3; c++) bytes[3 * i + c] = data[4 * i + c];
    }
    return { pixels: encode(bytes), width, height };
  }

  close() {
    document.removeEventListener('paste', /** @type {any} */ (this.paste));
  }
}
