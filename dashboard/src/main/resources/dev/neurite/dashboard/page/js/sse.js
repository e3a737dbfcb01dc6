// Server-sent events over fetch: unlike EventSource it can begin after a given event, and it sees why it failed.

/**
 * Reads the text of an event stream as it arrives, in pieces of any size.
 */
export class EventParser {
  /** @param {(event: {type: string, data: string, id: string}) => void} emit */
  constructor(emit) {
    this.emit = emit;
    this.rest = '';
    this.data = /** @type {string[]} */ ([]);
    this.type = '';
    this.id = '';
    this.skipNewline = false;
  }

  /** @param {string} piece */
  push(piece) {
    if (this.skipNewline && piece.startsWith('\n')) piece = piece.slice(1);
    if (piece === '') return;
    this.skipNewline = piece.endsWith('\r');
    const lines = (this.rest + piece).split(/\r\n|\r|\n/);
    this.rest = lines.pop() ?? '';
    lines.forEach((line) => this.line(line));
  }

  /** @param {string} line */
  line(line) {
    if (line === '') {
      if (this.data.length) this.emit({ type: this.type || 'message', data: this.data.join('\n'), id: this.id });
      this.data = [];
      this.type = '';
      return;
    }
    const colon = line.indexOf(':');
    if (colon === 0) return; // a comment, as the ping is
    const field = colon < 0 ? line : line.slice(0, colon);
    const value = colon < 0 ? '' : line.slice(colon + (line[colon + 1] === ' ' ? 2 : 1));
    if (field === 'data') this.data.push(value);
    else if (field === 'event') this.type = value;
    else if (field === 'id' && !value.includes('\0')) this.id = value;
  }
}

/** How long to wait before attempt `n` (from 0) to connect again, in milliseconds. @param {number} n */
export function patience(n) {
  return Math.min(8000, 300 * 2 ** n);
}

/**
 * A stream that connects again by itself, after the last event that it saw.
 */
export class EventStream {
  /**
   * @param {string} url
   * @param {string} after the last event that is known, `''` for none
   * @param {(event: {type: string, data: string, id: string}) => void} emit
   * @param {(state: 'open' | 'lost' | 'refused', status: number) => void} told
   */
  constructor(url, after, emit, told) {
    this.url = url;
    this.after = after;
    this.emit = emit;
    this.told = told;
    this.attempt = 0;
    this.closed = false;
    this.abort = new AbortController();
    this.timer = /** @type {any} */ (0);
    void this.connect();
  }

  async connect() {
    const silent = { timer: /** @type {any} */ (0) };
    this.abort = new AbortController();
    try {
      const headers = /** @type {Record<string, string>} */ ({ Accept: 'text/event-stream' });
      if (this.after !== '') headers['Last-Event-ID'] = this.after;
      const response = await fetch(this.url, { headers, credentials: 'same-origin', cache: 'no-store', signal: this.abort.signal });
      if (response.status === 401 || response.status === 404) {
        this.closed = true;
        this.told('refused', response.status);
        return;
      }
      if (!response.ok || !response.body) throw new Error(`status ${response.status}`);
      this.attempt = 0;
      this.told('open', response.status);
      const parser = new EventParser((event) => {
        if (event.id !== '') this.after = event.id;
        this.emit(event);
      });
      const reader = response.body.getReader();
      const decoder = new TextDecoder();
      for (;;) {
        clearTimeout(silent.timer);
        silent.timer = setTimeout(() => this.abort.abort(), 40_000); // the server pings every 15 s
        const { done, value } = await reader.read();
        if (done) break;
        parser.push(decoder.decode(value, { stream: true }));
      }
    } catch {
      // lost: told below, and tried again
    } finally {
      clearTimeout(silent.timer);
    }
    if (this.closed) return;
    this.told('lost', 0);
    this.timer = setTimeout(() => void this.connect(), patience(this.attempt++));
  }

  /** Connects at once, if it waits to. */
  retry() {
    if (this.closed || this.attempt === 0) return;
    clearTimeout(this.timer);
    void this.connect();
  }

  close() {
    this.closed = true;
    clearTimeout(this.timer);
    this.abort.abort();
  }
}
