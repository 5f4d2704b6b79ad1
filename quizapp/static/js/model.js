// What the page believes of each place on the form. A copy in localStorage serves a reload without a network.
const EMPTY = { answer: "", flag: "0", certainty: "", note: "", strike: "", highlight: "" };

export class Model {
  constructor(name, count) {
    this.key = `${name}:state`;
    this.count = count;
    this.places = new Map();
    try {
      this.places = new Map(JSON.parse(localStorage.getItem(this.key) ?? "[]"));
    } catch { /* A damaged copy is no copy. */ }
  }

  at(position) { return { ...EMPTY, ...this.places.get(position) }; }

  set(position, kind, value) {
    if (kind === "shown") return;
    this.places.set(position, { ...this.places.get(position), [kind]: value });
    localStorage.setItem(this.key, JSON.stringify([...this.places]));
  }

  positions(test) {
    return Array.from({ length: this.count }, (_, index) => index + 1).filter((position) => test(this.at(position)));
  }

  forget() { localStorage.removeItem(this.key); }
}
