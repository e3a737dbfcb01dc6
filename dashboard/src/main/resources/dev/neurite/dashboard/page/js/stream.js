// The events of the run that is shown: through the shared worker where there is one; none while the tab is hidden.

import { EventStream } from './sse.js';

export class RunEvents {
  /**
   * @param {(event: {type: string, data: any, id: string}) => void} emit
   * @param {(state: 'open' | 'lost' | 'refused' | 'idle', status: number) => void} told
   */
  constructor(emit, told) {
    this.emit = emit;
    this.told = told;
    this.run = '';
    this.after = '';
    /** @type {EventStream | null} */
    this.own = null;
    /** @type {MessagePort | null} */
    this.port = null;
    if ('SharedWorker' in window) {
      try {
        const worker = new SharedWorker(new URL('./stream-worker.js', import.meta.url), { type: 'module', name: 'neurite-events' });
        worker.addEventListener('error', () => { this.port = null; this.join(); });
        this.port = worker.port;
        this.port.onmessage = ({ data }) => {
          if (data.run !== this.run) return; // of the run that was shown before
          if (data.event) this.received(data.event);
          else this.told(data.told, data.status);
        };
        this.port.start();
        setInterval(() => this.port?.postMessage({ alive: true }), 20_000);
      } catch {
        this.port = null; // a browser that has no workers of modules: an own stream does it
      }
    }
    document.addEventListener('visibilitychange', () => (document.hidden ? this.leave() : this.join()));
    window.addEventListener('pagehide', () => { this.leave(); this.port?.postMessage({ bye: true }); });
    window.addEventListener('pageshow', (event) => event.persisted && this.join());
    window.addEventListener('online', () => this.retry());
  }

  /** Shows another run, whose first `lines` lines are known. @param {string} run @param {number} lines */
  watch(run, lines) {
    this.run = run;
    this.after = String(lines);
    this.join();
  }

  /** Watches nothing. */
  stop() {
    this.run = '';
    this.leave();
  }

  join() {
    this.own?.close();
    this.own = null;
    if (this.run === '' || document.hidden) return;
    const url = `/api/runs/${encodeURIComponent(this.run)}/events`;
    if (this.port) this.port.postMessage({ join: this.run, url: new URL(url, location.href).href, after: this.after });
    else this.own = new EventStream(url, this.after, (event) => this.received(event), this.told);
  }

  leave() {
    this.own?.close();
    this.own = null;
    this.port?.postMessage({ leave: true });
    this.told('idle', 0);
  }

  retry() {
    this.own?.retry();
    this.port?.postMessage({ retry: true });
  }

  /** @param {{type: string, data: string, id: string}} event */
  received(event) {
    if (event.id !== '' && Number(event.id) > Number(this.after || 0)) this.after = event.id;
    /** @type {any} */
    let data;
    try {
      data = JSON.parse(event.data);
    } catch {
      return; // a line that was cut off
    }
    this.emit({ type: event.type, data, id: event.id });
  }
}
