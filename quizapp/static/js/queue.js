// What the candidate did and the server has not yet acknowledged. It outlives the page in localStorage.
// Each page load is a device of its own, so that two tabs never number their events alike.
const RETRY_MS = 3000;

export class Queue {
  constructor({ address, name, csrfToken, onChange }) {
    Object.assign(this, { address, name, csrfToken, onChange });
    this.device = crypto.getRandomValues(new Uint32Array(4)).reduce((text, word) => text + word.toString(36), "");
    this.seq = 0;
    this.sending = null;
  }

  get waiting() { return this.read().length; }

  add(position, kind, value) {
    this.seq += 1;
    const event = { device: this.device, seq: this.seq, position, kind, value, wall: Date.now(), tick: performance.now() };
    this.write([...this.read(), event]);
    this.onChange({ waiting: this.waiting });
    this.send();
  }

  // One batch at a time; whoever calls meanwhile waits for the batch that is on its way and for its own.
  async send() {
    while (this.sending) await this.sending;
    if (this.waiting === 0) return;
    this.sending = this.sendOnce();
    await this.sending;
    this.sending = null;
  }

  async sendOnce() {
    const { device } = this.read()[0];
    const batch = this.read().filter((event) => event.device === device);
    let reply;
    try {
      reply = await fetch(this.address, {
        method: "POST",
        headers: { "Content-Type": "application/json", Accept: "application/json", "X-CSRFToken": this.csrfToken },
        body: JSON.stringify({ device, events: batch.map((event) => this.withAge(event)) }),
      });
    } catch {
      return this.later("No connection. Your answers wait here and will be sent.");
    }
    if (reply.status === 503 || reply.status === 429 || reply.status >= 500) return this.later("The server is busy. Your answers wait here.");
    const answer = await reply.json().catch(() => ({}));
    if (reply.ok) {
      this.write(this.read().filter((event) => event.device !== device || event.seq > answer.stored));
      this.onChange({ waiting: this.waiting, problem: answer.late ? "Made after the time was up: kept, but not counted." : "" });
    } else if (reply.status === 401 || reply.status === 403) {
      return this.later("Your session has ended. Sign in again in another tab; your answers wait here.");
    } else {
      // The server will never take these: keep them out of the way of those that it will.
      this.write(this.read().filter((event) => event.device !== device));
      this.onChange({ waiting: this.waiting, problem: answer.error ?? "The server refused this answer." });
    }
    if (this.waiting) setTimeout(() => this.send(), 0);
    return undefined;
  }

  // An event of this page is aged by the monotonic clock; one of an earlier page by the wall clock, never below 0.
  withAge({ device, seq, position, kind, value, wall, tick }) {
    const age = device === this.device ? performance.now() - tick : Math.max(0, Date.now() - wall);
    return { seq, position, kind, value, age_ms: Math.round(age) };
  }

  later(problem) {
    this.onChange({ waiting: this.waiting, problem });
    setTimeout(() => this.send(), RETRY_MS);
  }

  read() {
    try {
      return JSON.parse(localStorage.getItem(this.name) ?? "[]");
    } catch {
      return [];
    }
  }

  write(events) {
    if (events.length) localStorage.setItem(this.name, JSON.stringify(events));
    else localStorage.removeItem(this.name);
  }
}
