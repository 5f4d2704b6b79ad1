// What the candidate did and the server has not yet acknowledged. It outlives the page in localStorage, under a key of
// its own for each page load ("device"), so that two tabs never write over each other nor number their events alike.
const RETRY_MS = 3000;
const MOST_IN_A_BATCH = 400;

export class Queue {
  // `name` is bound to the account and the attempt; `talk` posts a batch and returns the reply.
  constructor({ name, talk, onChange, onReply, onOutage, onBack }) {
    Object.assign(this, { name, talk, onChange, onReply, onOutage, onBack });
    this.device = Array.from(crypto.getRandomValues(new Uint32Array(4)), (word) => word.toString(36)).join("");
    this.seq = 0;
    this.sending = null;
    this.retry = 0;
    // Held while this page lives, so that no other page sends this page's events for it.
    navigator.locks?.request(`${this.name}:${this.device}`, () => new Promise(() => {}));
  }

  get waiting() { return this.keys().reduce((sum, key) => sum + read(key).filter(isAnswer).length, 0); }

  add(position, kind, value) {
    this.seq += 1;
    const event = { seq: this.seq, position, kind, value, wall: Date.now(), tick: performance.now() };
    write(this.key(), [...read(this.key()), event]);
    this.onChange();
    this.send();
  }

  // What waits at one place, so that a look at the server does not undo it.
  hasWaiting(position, kind) {
    return this.keys().some((key) => read(key).some((event) => event.position === position && event.kind === kind));
  }

  // Everything that waits, the oldest first, for a page that comes back without a network.
  events() { return this.keys().flatMap(read).sort((one, other) => one.wall - other.wall); }

  // One batch at a time; whoever calls meanwhile waits for what is on its way.
  async send() {
    while (this.sending) await this.sending;
    clearTimeout(this.retry);
    this.sending = this.sendAll();
    try { await this.sending; } finally { this.sending = null; }
  }

  async sendAll() {
    for (const key of this.keys()) {
      const device = key.slice(key.lastIndexOf(":") + 1);
      if (device !== this.device && !(await isOrphan(`${this.name}:${device}`))) continue;
      while (read(key).length) {
        if (!(await this.sendBatch(key, device))) return;
      }
    }
  }

  async sendBatch(key, device) {
    const batch = read(key).slice(0, MOST_IN_A_BATCH);
    let reply;
    try {
      reply = await this.talk({ device, events: batch.map((event) => this.withAge(event, device)) });
    } catch {
      this.onOutage();
      return this.later();
    }
    const answer = await reply.json().catch(() => ({}));
    if (reply.ok) {
      write(key, read(key).filter((event) => event.seq > answer.stored));
      this.onBack();
      this.onReply(answer);
    } else if ([401, 403, 429].includes(reply.status) || reply.status >= 500) {
      this.onReply({ status: reply.status });
      return this.later();
    } else {
      // The server will never take these: keep them out of the way of those that it will.
      write(`${this.name}:refused:${device}`, batch);
      write(key, read(key).slice(batch.length));
      this.onReply({ status: reply.status, error: answer.error });
    }
    this.onChange();
    return true;
  }

  // An event of this page is aged by the monotonic clock; one of an earlier page by the wall clock, never below 0.
  withAge({ seq, position, kind, value, wall, tick }, device) {
    const age = device === this.device ? performance.now() - tick : Date.now() - wall;
    return { seq, position, kind, value, age_ms: Math.max(0, Math.round(age)) };
  }

  later() {
    this.onChange();
    clearTimeout(this.retry);
    this.retry = setTimeout(() => this.send(), RETRY_MS);
    return false;
  }

  key() { return `${this.name}:queue:${this.device}`; }

  keys() {
    const own = this.key();
    const all = Object.keys(localStorage).filter((key) => key.startsWith(`${this.name}:queue:`));
    return [...all.filter((key) => key !== own).sort(), own];
  }
}

const isAnswer = (event) => event.kind !== "shown";

async function isOrphan(name) {
  if (!navigator.locks) return true;
  return navigator.locks.request(name, { ifAvailable: true }, (lock) => lock !== null);
}

export function read(key) {
  try {
    return JSON.parse(localStorage.getItem(key) ?? "[]");
  } catch {
    return [];
  }
}

export function write(key, events) {
  if (events.length) localStorage.setItem(key, JSON.stringify(events));
  else localStorage.removeItem(key);
}
