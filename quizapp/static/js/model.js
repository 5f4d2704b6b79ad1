// What the page believes of each place on the form, and what the server has acknowledged. A copy of the belief in
// localStorage serves a reload without a network.
import { storage } from "./storage.js";

const EMPTY = { answer: "", flag: "0", certainty: "", note: "", strike: "", highlight: "" };

export class Model {
  constructor(name, count) {
    this.key = `${name}:state`;
    this.count = count;
    this.places = new Map(storage.list(this.key));
    this.acknowledged = new Map();
  }

  at(position) { return { ...EMPTY, ...this.places.get(position) }; }

  set(position, kind, value) {
    if (kind === "shown") return;
    this.places.set(position, { ...this.places.get(position), [kind]: value });
    storage.set(this.key, JSON.stringify([...this.places]));
  }

  acknowledge(position, kind, value) {
    if (kind === "answer") this.acknowledged.set(position, value);
  }

  get storedAnswers() { return [...this.acknowledged.values()].filter((answer) => answer !== "").length; }

  positions(test) {
    return Array.from({ length: this.count }, (_, index) => index + 1).filter((position) => test(this.at(position)));
  }

  forget() { storage.remove(this.key); }
}
