// What the exam room shows: the item, the navigator, the review, the line that says what is stored, the notices.
import * as marks from "./marks.js";
import { storage } from "./storage.js";

const byId = (id) => document.getElementById(id);

export const answers = (number) => `${number} ${number === 1 ? "answer" : "answers"}`;
export const wait = (number) => `${answers(number)} ${number === 1 ? "waits" : "wait"}`;

// `room` tells what is known: its form, count, model, items, queue, rivals, and where the candidate is.
export function createView(room) {
  const { form, count, model, items, rivals, name } = room;
  const stem = byId("stem");
  const options = byId("options");
  const heading = byId("heading");
  const saved = byId("saved");
  const note = byId("note");
  const notices = byId("notices");
  const navigator_ = byId("navigator").querySelector(".navigator");

  return { render, paintStem, refresh, turn, fillReview, showSaved, tell, reopen };

  function render({ isFirst }) {
    const item = items.get(room.position);
    options.replaceChildren(...document.importNode(item.lastElementChild, true).childNodes);
    paintStem();
    const isLast = room.position === count;
    heading.textContent = `Item ${room.position} of ${count}`;
    document.title = `Item ${room.position} of ${count} – quizapp`;
    document.querySelector(".clock .place").textContent = `${room.position} of ${count}`;
    for (const button of form.querySelectorAll("[data-go=next]")) {
      button.value = isLast ? "review" : room.position + 1;
      button.firstChild.textContent = isLast ? "Review answers" : "Next";
    }
    const previous = form.querySelector("[data-go=previous]");
    previous.value = room.position - 1;
    previous.hidden = room.position === 1;
    note.value = model.at(room.position).note;
    note.closest("details").open = note.value !== "";
    refresh();
    if (isFirst) return;
    window.scrollTo(0, 0);
    heading.focus({ preventScroll: true });
  }

  function paintStem() {
    stem.replaceChildren(...document.importNode(items.get(room.position).firstElementChild, true).childNodes);
    marks.paint(stem, marks.parse(model.at(room.position).highlight));
  }

  // What may change without a move: the choice, the flag, the marks on the navigator.
  function refresh() {
    const here = model.at(room.position);
    for (const label of options.querySelectorAll(".option")) {
      const input = label.querySelector("input");
      input.checked = input.value === here.answer;
      const isStruck = here.strike.includes(input.value);
      label.classList.toggle("struck", isStruck);
      input.toggleAttribute("aria-description", false);
      if (isStruck) input.setAttribute("aria-description", "struck out");
    }
    byId("flag").checked = here.flag === "1";
    for (const input of form.querySelectorAll("[name=certainty]")) input.checked = input.value === here.certainty;
    byId("clear").hidden = here.answer === "";
    byId("answered").textContent = model.positions((place) => place.answer !== "").length;
    for (const button of navigator_.querySelectorAll("button")) mark(button, Number(button.value));
    showRival();
    if (room.review && !room.review.hidden) fillReview();
  }

  function mark(button, place) {
    const { answer, flag } = model.at(place);
    button.classList.toggle("answered", answer !== "");
    button.classList.toggle("flagged", flag === "1");
    button.setAttribute("aria-label", `${place}, ${answer ? "answered" : "incomplete"}${flag === "1" ? ", flagged" : ""}`);
    if (place === room.position && room.review?.hidden !== false) button.setAttribute("aria-current", "step");
    else button.removeAttribute("aria-current");
  }

  function turn({ toReview }) {
    form.hidden = toReview;
    byId("toolbar").hidden = toReview;
    room.review.hidden = !toReview;
    heading.classList.toggle("visually-hidden", !toReview);
  }

  function fillReview() {
    const lists = {
      incomplete: model.positions((place) => place.answer === ""),
      flagged: model.positions((place) => place.flag === "1"),
      all: model.positions(() => true),
    };
    room.review.querySelector("[data-review=answered]").textContent = `${count - lists.incomplete.length} of ${count}`;
    room.review.querySelector("[data-review=incomplete]").textContent = lists.incomplete.length;
    room.review.querySelector("[data-review=flagged]").textContent = lists.flagged.length;
    for (const [which, places] of Object.entries(lists)) {
      const box = room.review.querySelector(`[data-list=${which}]`);
      box.hidden = places.length === 0;
      box.querySelector("ol").replaceChildren(...places.map((place) => {
        const entry = document.createElement("li");
        const button = document.createElement("button");
        Object.assign(button, { type: "button", className: "place", textContent: place });
        button.dataset.to = place;
        mark(button, place);
        entry.append(button);
        return entry;
      }));
    }
  }

  function showSaved() {
    const { queue } = room;
    const { waiting } = queue;
    const stored = model.storedAnswers;
    saved.dataset.state = waiting ? "waiting" : "saved";
    const isAway = storage.get(`${name}:outage`) !== null;
    let words = stored ? `Saved. ${answers(stored)} stored.` : "Saved.";
    if (waiting) words = isAway ? `No connection. ${wait(waiting)} here and will be sent.` : "Saving …";
    else if (isAway) words = "No connection. Nothing waits; go on.";
    else if (!stored && queue.added === 0) words = "";
    if (waiting && !queue.isKept) words += " This browser keeps nothing: do not close the page before.";
    saved.textContent = room.lastWords || words;
  }

  function showRival() {
    const rival = rivals.get(room.position);
    for (const old of notices.querySelectorAll("[data-rival]")) old.remove();
    if (!rival) return;
    const { mine, theirs, won } = rival;
    const words = won
      ? `Another tab or device had answered ${mine || "nothing"} here. Your answer ${theirs || "(none)"}, made later, stays.`
      : `Another tab or device answered ${theirs || "nothing"} here, later than this page's ${mine}.`;
    const notice = tell(words, [
      [`Take ${mine || "no answer"}`, () => { rivals.delete(room.position); room.record("answer", mine); }],
      [`Keep ${theirs || "no answer"}`, () => { rivals.delete(room.position); refresh(); }],
    ]);
    notice.dataset.rival = "1";
  }

  function tell(words, actions, forMs = 0) {
    const notice = document.createElement("div");
    notice.className = "notice note";
    notice.setAttribute("role", "status");
    const text = document.createElement("p");
    text.textContent = words;
    const buttons = document.createElement("div");
    buttons.className = "notice-actions";
    for (const [label, act] of actions) {
      const button = document.createElement("button");
      Object.assign(button, { type: "button", className: "button", textContent: label });
      button.addEventListener("click", () => { notice.remove(); act(); });
      buttons.append(button);
    }
    notice.append(text, buttons);
    notices.append(notice);
    if (forMs) setTimeout(() => notice.remove(), forMs);
    return notice;
  }

  function reopen() {
    for (const control of form.querySelectorAll(":disabled")) control.disabled = false;
  }
}
