// SPDX-License-Identifier: Apache-2.0
// The page's one WebSocket: connects, reads frames, reconnects with 1, 2, 4, 8, 10 s and jitter.
// The clock, the timer and the socket are given, so tests need neither browser nor waiting.

const DELAYS = [1000, 2000, 4000, 8000, 10000];
const SILENCE_MS = 8000; // heartbeats come each second; this long without any byte is a dead link

export class Link {
  /**
   * @param {{url: string, open: (url: string) => any, now: () => number, random: () => number,
   *   setTimer: (f: () => void, ms: number) => any, clearTimer: (t: any) => void,
   *   onMessage: (message: any) => void, onChange: () => void}} options
   */
  constructor(options) {
    this.options = options;
    this.phase = 'idle'; // connecting, open, waiting
    this.attempt = 0;
    this.retryAt = 0;
    this.heardAt = 0;
    this.badFrames = 0;
    this.socket = null;
    this.timer = null;
  }

  start() {
    this.clear();
    this.attempt++;
    this.phase = 'connecting';
    const socket = this.options.open(this.options.url);
    this.socket = socket;
    socket.onopen = () => this.socket === socket && this.opened();
    socket.onmessage = (event) => this.socket === socket && this.message(event.data);
    socket.onclose = () => this.socket === socket && this.lost();
    socket.onerror = () => {};
    this.timer = this.options.setTimer(() => this.lost(), SILENCE_MS);
    this.options.onChange();
  }

  opened() {
    this.phase = 'open';
    this.heardAt = this.options.now();
    this.watch();
    this.options.onChange();
  }

  watch() {
    this.clear();
    this.timer = this.options.setTimer(() => {
      if (this.options.now() - this.heardAt >= SILENCE_MS) this.lost();
      else this.watch();
    }, SILENCE_MS / 4);
  }

  message(text) {
    this.heardAt = this.options.now();
    let message = null;
    try {
      message = JSON.parse(text);
    } catch { /* it stays null */ }
    if (!message || typeof message !== 'object') {
      this.badFrames++;
      return;
    }
    if (message.c === 'hello') this.attempt = 1; // only a service that speaks resets the back-off
    this.options.onMessage(message);
  }

  lost() {
    const socket = this.socket;
    this.socket = null;
    if (socket) {
      try {
        socket.close();
      } catch { /* it may never have opened */ }
    }
    const base = DELAYS[Math.min(Math.max(this.attempt - 1, 0), DELAYS.length - 1)];
    const delay = Math.round(base * (0.85 + 0.3 * this.options.random()));
    this.phase = 'waiting';
    this.retryAt = this.options.now() + delay;
    this.clear();
    this.timer = this.options.setTimer(() => this.start(), delay);
    this.options.onChange();
  }

  retryNow() {
    if (this.phase === 'waiting') this.start();
  }

  clear() {
    if (this.timer !== null) this.options.clearTimer(this.timer);
    this.timer = null;
  }
}
