// Tags and a note that people give a run: shown, added, changed and taken away.

import { h, fill, text, announce } from './dom.js';
import { post, run as runPath } from './api.js';

export const MOST_TAGS = 20;
const LONGEST_TAG = 40; // characters, as in the API
const LONGEST_NOTE = 2000;

/** Small marks with the tags of a run. @param {string[]} tags */
export function tagMarks(tags) {
  return tags.map((tag) => h('span', { class: 'tag' }, tag));
}

/** All tags of some runs, the most frequent first. @param {any[]} runs @returns {string[]} */
export function knownTags(runs) {
  /** @type {Map<string, number>} */
  const counts = new Map();
  for (const run of runs) for (const tag of run.tags ?? []) counts.set(tag, (counts.get(tag) ?? 0) + 1);
  return [...counts].sort((a, b) => b[1] - a[1] || a[0].localeCompare(b[0])).map(([tag]) => tag);
}

export class TagEditor {
  /** @param {import('./page.js').App} app @param {string} id of the run */
  constructor(app, id) {
    this.app = app;
    this.id = id;
    /** @type {{tags: string[], note: string}} */
    this.now = { tags: [], note: '' };
    this.drawn = '';
    this.list = h('ul', { class: 'tags', 'aria-label': 'Tags' });
    this.known = h('datalist', { id: 'known-tags' });
    this.input = h('input', { type: 'text', id: 'new-tag', list: 'known-tags', maxlength: LONGEST_TAG, placeholder: 'Add a tag', 'aria-label': 'Add a tag', autocomplete: 'off', on: {
      keydown: (/** @type {KeyboardEvent} */ event) => { if (event.key === 'Enter') { event.preventDefault(); void this.add(); } },
      change: () => void this.add(), // picked from the list, or left
    } });
    this.noteText = h('p', { class: 'note' });
    this.edit = h('button', { type: 'button', class: 'quiet', 'data-note': 'edit', on: { click: () => this.editNote() } }, 'Add a note');
    this.form = h('form', { class: 'note-form', hidden: true, on: { submit: (/** @type {Event} */ event) => { event.preventDefault(); void this.saveNote(); } } });
    this.area = h('textarea', { id: 'note', rows: 3, maxlength: LONGEST_NOTE, 'aria-label': 'Note', on: { keydown: (/** @type {KeyboardEvent} */ event) => { if (event.key === 'Escape') this.closeNote(); } } });
    this.form.append(this.area, h('div', { class: 'field' }, h('button', { type: 'submit', class: 'primary' }, 'Save note'), h('button', { type: 'button', on: { click: () => this.closeNote() } }, 'Cancel')));
    this.problem = h('p', { class: 'problem small', role: 'alert', hidden: true });
    this.root = h('section', { class: 'about-run', 'aria-label': 'Tags and note' }, h('div', { class: 'toolbar' }, this.list, this.input, this.known, this.edit), this.noteText, this.form, this.problem);
  }

  /** Shows what the server has. @param {any} info */
  update(info) {
    this.root.hidden = info.taggable === false;
    this.now = { tags: info.tags ?? [], note: info.note ?? '' };
    this.draw();
  }

  draw() {
    const words = knownTags(this.app.runs).filter((tag) => !this.now.tags.includes(tag));
    const key = JSON.stringify([this.now, words]);
    if (key === this.drawn) return;
    this.drawn = key;
    fill(this.list, this.now.tags.map((tag) => h('li', { class: 'tag' }, h('span', null, tag),
      h('button', { type: 'button', class: 'quiet', 'aria-label': `Remove the tag ${tag}`, on: { click: () => { void this.save({ tags: this.now.tags.filter((each) => each !== tag) }); this.input.focus(); } } }, '×'))));
    fill(this.known, words.map((tag) => h('option', { value: tag })));
    this.input.hidden = this.now.tags.length >= MOST_TAGS;
    text(this.noteText, this.now.note);
    this.noteText.hidden = this.now.note === '' || !this.form.hidden;
    text(this.edit, this.now.note ? 'Edit the note' : 'Add a note');
  }

  async add() {
    const tag = this.input.value.trim().replaceAll(/\s+/g, ' ');
    if (tag === '') return;
    this.input.value = '';
    if (this.now.tags.includes(tag)) return;
    if (await this.save({ tags: [...this.now.tags, tag] })) announce(`Tagged ${tag}`);
    else this.input.value = tag;
  }

  editNote() {
    this.form.hidden = false;
    this.edit.hidden = true;
    this.noteText.hidden = true;
    this.area.value = this.now.note;
    this.area.focus();
  }

  closeNote() {
    this.form.hidden = true;
    this.edit.hidden = false;
    this.noteText.hidden = this.now.note === '';
    this.edit.focus();
  }

  async saveNote() {
    if (await this.save({ note: this.area.value })) this.closeNote();
  }

  /** @param {Partial<{tags: string[], note: string}>} part @returns {Promise<boolean>} whether it was saved */
  async save(part) {
    try {
      const saved = await post(runPath(this.id, '/tags'), { ...this.now, ...part });
      this.now = { tags: saved.tags, note: saved.note };
      this.problem.hidden = true;
      this.app.tagged(this.id, this.now);
      this.draw();
      return true;
    } catch (error) {
      this.problem.hidden = false;
      text(this.problem, /** @type {Error} */ (error).message);
      return false;
    }
  }
}
