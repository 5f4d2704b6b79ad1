// What the candidate did and the server has not yet acknowledged: in memory first, and as well as this browser can in
// localStorage, so that it outlives the page. Each page load is a device of its own with a line of its own, so that two
// tabs never write over each other nor number their events alike.
import { storage } from "./storage.js";

const RETRY_MS = 3000;
const MOST_IN_A_BATCH = 200;
const RETRIED = [401, 403, 423, 429];

const newDevice = () => Array.from(crypto.getRandomValues(new Uint32Array(4)), (word) => word.toString(36)).join("");

class Line {
  constructor(name, device, events, isOwn) {
    Object.assign(this, { name, device, events, isOwn, isKept: true });
  }

  get key() { return `${this.name}:queue:${this.device}`; }

  save() {
    if (this.events.length) this.isKept = storage.set(this.key, JSON.stringify(this.events));
    else storage.remove(this.key);
  }

  // The server takes a device's events in order: what cannot follow goes under a new name, counted from 1 again.
  renumber() {
    storage.remove(this.key);
    this.device = newDevice();
    if (this.isOwn) hold(this.key);
    this.events = this.events.map((event, index) => ({ ...event, seq: index + 1 }));
    this.save();
  }
}

export class Queue {
  // `name` is bound to the account and the attempt; `talk` posts a batch and returns the reply.
  constructor({ name, talk, onChange, onReply, onStored, onOutage, onBack }) {
    Object.assign(this, { name, talk, onChange, onReply, onStored, onOutage, onBack });
    this.own = new Line(name, newDevice(), [], true);
    this.orphans = [];
    this.added = 0;
    this.most = MOST_IN_A_BATCH;
    this.sending = null;
    this.retry = 0;
    hold(this.own.key);
  }

  get device() { return this.own.device; }

  get isKept() { return this.own.isKept; }

  get waiting() { return this.events().filter((event) => event.kind !== "shown").length; }

  // Everything that waits in this browser, the oldest first: also for a page that comes back without a network.
  events() {
    const others = this.otherKeys().flatMap((key) => storage.list(key));
    return [...others, ...this.own.events].sort((one, other) => one.wall - other.wall);
  }

  // What waits at one place, so that a look at the server does not undo it.
  hasWaiting(position, kind) {
    return this.events().some((event) => event.position === position && event.kind === kind);
  }

  add(position, kind, value) {
    const seq = (this.own.events.at(-1)?.seq ?? this.own.sent ?? 0) + 1;
    this.own.events.push({ seq, position, kind, value, wall: Date.now(), tick: performance.now() });
    this.own.save();
    this.added += 1;
    this.onChange();
    this.send();
  }

  // One batch at a time; whoever calls meanwhile waits for what is on its way.
  async send() {
    while (this.sending) await this.sending;
    clearTimeout(this.retry);
    this.sending = this.sendAll();
    try { await this.sending; } finally { this.sending = null; }
  }

  async sendAll() {
    for (const line of [...(await this.orphanLines()), this.own]) {
      while (line.events.length) {
        if (!(await this.sendBatch(line))) return;
      }
    }
  }

  async sendBatch(line) {
    const batch = line.events.slice(0, this.most);
    let reply;
    try {
      reply = await this.talk({ device: line.device, events: batch.map((event) => this.withAge(event, line)) });
    } catch {
      this.onOutage();
      return this.later();
    }
    const answer = await reply.json().catch(() => ({}));
    if (RETRIED.includes(reply.status) || reply.status >= 500) {
      this.onReply({ status: reply.status, error: reply.status === 423 ? answer.error : undefined });
      return this.later();
    }
    if (reply.ok) return this.acknowledged(line, answer);
    return this.refused(line, batch, reply.status, answer.error);
  }

  acknowledged(line, answer) {
    const stored = line.events.filter((event) => event.seq <= answer.stored);
    if (!stored.length) {
      line.renumber();
      return this.later();
    }
    line.events = line.events.slice(stored.length);
    line.sent = answer.stored;
    line.save();
    this.onStored(stored);
    this.onBack();
    this.onReply(answer);
    this.onChange();
    return true;
  }

  // One event that the server will never take must not hold up the others: it is found by sending one at a time,
  // and put aside.
  refused(line, batch, status, error) {
    if (status !== 409 && batch.length > 1) {
      this.most = 1;
      return true;
    }
    const lost = status === 409 ? line.events.length : 1;
    const key = `${this.name}:refused`;
    storage.set(key, JSON.stringify([...storage.list(key), ...line.events.slice(0, lost)]));
    line.events = line.events.slice(lost);
    line.renumber();
    line.sent = 0;
    this.most = MOST_IN_A_BATCH;
    this.onReply({ status, error });
    this.onChange();
    return true;
  }

  // An event of this page is aged by the monotonic clock; one of an earlier page by the wall clock, never below 0.
  withAge({ seq, position, kind, value, wall, tick }, line) {
    const age = line.isOwn ? performance.now() - tick : Date.now() - wall;
    return { seq, position, kind, value, age_ms: Math.max(0, Math.round(age)) };
  }

  later() {
    this.onChange();
    clearTimeout(this.retry);
    this.retry = setTimeout(() => this.send(), RETRY_MS);
    return false;
  }

  otherKeys() {
    return storage.keys().filter((key) => key.startsWith(`${this.name}:queue:`) && key !== this.own.key).sort();
  }

  async orphanLines() {
    const found = [];
    for (const key of this.otherKeys()) {
      if (await isOrphan(key)) found.push(new Line(this.name, key.slice(key.lastIndexOf(":") + 1), storage.list(key), false));
    }
    return found;
  }
}

// Held while this page lives, so that no other page sends this page's events for it.
function hold(key) {
  navigator.locks?.request(key, () => new Promise(() => {}));
}

async function isOrphan(key) {
  if (!navigator.locks) return true;
  return navigator.locks.request(key, { ifAvailable: true }, (lock) => lock !== null);
}
