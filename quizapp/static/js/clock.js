// The time left, by the page's monotonic clock between two words of the server. It does not nag: minutes until the
// last five, notices at thirty and five, and for a screen reader only when asked.
import { storage } from "./storage.js";

const NOTICES = [30 * 60, 5 * 60];

export class Clock {
  constructor({ element, toggle, place, announce, onEnd }) {
    Object.assign(this, { element, toggle, place, announce, onEnd });
    this.end = null;
    this.timer = 0;
    this.said = new Set();
    this.hidden = storage.get("quizapp:clock") === "hidden";
    if (toggle) {
      toggle.hidden = false;
      toggle.addEventListener("click", () => {
        this.hidden = !this.hidden;
        storage.set("quizapp:clock", this.hidden ? "hidden" : "shown");
        this.show();
      });
    }
  }

  // A notice for a limit that is already behind is not given.
  set(secondsLeft) {
    if (!this.element || secondsLeft === null) return;
    this.end = performance.now() + secondsLeft * 1000;
    for (const limit of NOTICES) if (secondsLeft < limit - 5) this.said.add(limit);
    this.show();
  }

  get left() { return this.end === null ? null : Math.max(0, Math.ceil((this.end - performance.now()) / 1000)); }

  words() {
    const left = this.left;
    if (left === null) return "This mock has no clock.";
    const minutes = Math.floor(left / 60);
    if (left >= 3600) return `${Math.floor(minutes / 60)} h ${minutes % 60 ? `${minutes % 60} min ` : ""}left`;
    if (left >= 300) return `${minutes} min left`;
    return `${minutes}:${String(left % 60).padStart(2, "0")} left`;
  }

  show() {
    clearTimeout(this.timer);
    const { left } = this;
    const isHidden = this.hidden && (left === null || left > 300);
    if (this.element) {
      this.element.textContent = this.words().replace(" left", "");
      this.element.parentElement.hidden = isHidden;
    }
    this.place.hidden = isHidden;
    if (this.toggle) this.toggle.textContent = isHidden ? "Show time" : "Hide time";
    if (left === null) return;
    for (const limit of NOTICES) {
      if (left <= limit && !this.said.has(limit)) {
        this.said.add(limit);
        this.announce(`${limit / 60} minutes left.`);
      }
    }
    if (left === 0) this.onEnd();
    else this.timer = setTimeout(() => this.show(), left > 310 ? 5000 : 500);
  }
}
