// Which charts are pinned, and the order in which they are shown: chosen by hand and remembered in this browser.

const KEY = 'neurite.charts';

export class Arrangement {
  /** @param {Storage | null} [storage] where it is remembered, `null` for nowhere */
  constructor(storage = usual()) {
    this.storage = storage;
    /** @type {string[]} */
    this.order = [];
    /** @type {Map<string, boolean>} what was pinned or unpinned by hand */
    this.pins = new Map();
    try {
      const saved = JSON.parse(storage?.getItem(KEY) ?? '{}');
      if (Array.isArray(saved.order)) this.order = saved.order.filter((/** @type {any} */ each) => typeof each === 'string');
      for (const [id, on] of Object.entries(saved.pins ?? {})) if (typeof on === 'boolean') this.pins.set(id, on);
    } catch {
      // damaged: as if nothing had been chosen
    }
  }

  /** Whether a chart is among those that are always seen. @param {string} id @param {boolean} usually without a choice */
  pinned(id, usually) {
    return this.pins.get(id) ?? usually;
  }

  /** @param {string} id @param {boolean} on */
  pin(id, on) {
    this.pins.set(id, on);
    this.save();
  }

  /** Charts in the order that was chosen; those that were never moved stay where they usually are. @param {string[]} ids @returns {string[]} */
  sorted(ids) {
    const moved = this.order.filter((id) => ids.includes(id));
    let next = 0;
    return ids.map((id) => (moved.includes(id) ? moved[next++] : id));
  }

  /**
   * Moves a chart before or after another one.
   * @param {string[]} shown in their present order
   * @param {string} id
   * @param {number} to its new place among them
   */
  move(shown, id, to) {
    const rest = shown.filter((each) => each !== id);
    const place = Math.max(0, Math.min(rest.length, to));
    this.order = [...rest.slice(0, place), id, ...rest.slice(place), ...this.order.filter((each) => !shown.includes(each))];
    this.save();
  }

  /** Forgets all choices. */
  reset() {
    this.order = [];
    this.pins.clear();
    this.save();
  }

  get changed() {
    return this.order.length > 0 || this.pins.size > 0;
  }

  save() {
    try {
      this.storage?.setItem(KEY, JSON.stringify({ order: this.order, pins: Object.fromEntries(this.pins) }));
    } catch {
      // without storage it lasts as long as the page
    }
  }
}

/** @returns {Storage | null} */
function usual() {
  try {
    return localStorage;
  } catch {
    return null; // switched off
  }
}
