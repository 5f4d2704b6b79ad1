// The exam room. It takes over from the plain item page once it has the whole form, and works through an outage.
import { Clock } from "./clock.js";
import { createConnection } from "./connection.js";
import { Model } from "./model.js";
import { forgetOffline, keepOffline } from "./offline.js";
import { csrfToken, documentAt } from "./session.js";
import { storage } from "./storage.js";
import { createTools } from "./tools.js";
import { createView, wait } from "./view.js";

const SYNC_MS = 30_000;
const byId = (id) => document.getElementById(id);

const clockElement = byId("clock");
const announcer = byId("announcer");
const announce = (text) => { if (announcer) announcer.textContent = text; };
const form = byId("room");

if (form) new Room(form).start();
else if (clockElement) {
  // The review page as the server sent it: only the clock runs.
  const clock = new Clock({ element: clockElement, toggle: byId("clock-toggle"), place: document.querySelector(".place"), announce, onEnd: () => location.reload() });
  clock.set(Number(clockElement.dataset.secondsLeft));
}

function Room(form) {
  const { address, attempt, user } = form.dataset;
  const count = Number(form.dataset.count);
  const isTimed = form.dataset.timed === "1";
  const isStrict = form.dataset.strict === "1";
  const name = `quizapp:${user}:${attempt}`;
  const model = new Model(name, count);
  const items = new Map();
  const rivals = new Map();

  const heading = byId("heading");
  const note = byId("note");
  const notices = byId("notices");

  // What the view, the line to the server and the tools share.
  const room = {
    form, name, address, user, count, isTimed, isStrict, model, items, rivals, record, show, showReview,
    position: placeInAddress() ?? Number(form.dataset.position), lastWords: "", review: null, isReady: false, isOver: false,
    get queue() { return queue; },
  };
  const view = createView(room);

  const clock = new Clock({
    element: clockElement, toggle: byId("clock-toggle"), place: document.querySelector(".clock .place"),
    announce: (text) => { announce(text); view.tell(text, [], 15_000); },
    onEnd: timeIsUp,
  });

  const connection = createConnection(room, { clock, view });
  const { queue } = connection;
  const tools = createTools(room, { clock, view, announce });

  this.start = async () => {
    readPage();
    for (const event of queue.events()) model.set(event.position, event.kind, event.value);
    startClock();
    listen();
    view.showSaved();
    queue.send();
    await Promise.all([connection.sync(), load()]);
    if (!items.size) return;
    room.isReady = true;
    byId("toolbar").hidden = false;
    form.dataset.ready = "1";
    if (location.pathname.endsWith("/review")) showReview({ push: false });
    else view.render({ isFirst: true });
    if (document.activeElement === document.body) heading.focus({ preventScroll: true });
    setInterval(connection.sync, SYNC_MS);
    keepOffline({ attempt, page: `${address}/items/${room.position}`, files: [`${address}/form`] });
  };

  // --- What is known ---

  // The page as it came says what is stored at its own item; an older copy of it, kept for an outage, does not.
  function readPage() {
    if (placeInAddress() !== Number(form.dataset.position) || !navigator.onLine) return;
    const data = new FormData(form);
    model.set(room.position, "answer", data.get("answer") ?? "");
    model.set(room.position, "flag", data.has("flag") ? "1" : "0");
    model.set(room.position, "certainty", data.get("certainty") ?? "");
    model.set(room.position, "note", data.get("note") ?? "");
  }

  function startClock() {
    if (!isTimed) return;
    const known = Number(storage.get(`${name}:end`));
    const isOldCopy = placeInAddress() !== Number(form.dataset.position) || !navigator.onLine;
    clock.set(isOldCopy && known ? Math.max(0, (known - Date.now()) / 1000) : Number(clockElement.dataset.secondsLeft));
    storage.set(`${name}:end`, Date.now() + clock.left * 1000);
  }

  async function load() {
    try {
      const page = await documentAt(`${address}/form`);
      for (const article of page.querySelectorAll("article")) items.set(Number(article.dataset.position), article);
      if (items.size) adopt(page.getElementById("parts"));
    } catch { /* Without the form the plain page goes on as it is. */ }
  }

  // The review, the toolbar and the dialogs come with the form.
  function adopt(parts) {
    form.parentElement.after(...document.importNode(parts, true).childNodes);
    room.review = byId("review");
    room.review.addEventListener("click", ({ target }) => {
      const { to } = target.dataset;
      if (to) show(Number(to));
    });
    byId("submit-form").addEventListener("submit", submit);
    tools.adopt();
  }

  // --- What is done ---

  function record(kind, value, place = room.position) {
    if (room.isOver) return;
    connection.add(place, kind, value);
    model.set(place, kind, value);
    if (kind === "answer") rivals.delete(place);
    view.refresh();
  }

  function listen() {
    form.addEventListener("change", ({ target }) => {
      if (target.name === "answer") record("answer", target.value);
      if (target.name === "flag") record("flag", target.checked ? "1" : "0");
      if (target.name === "certainty") record("certainty", target.value);
      if (target.name === "note") record("note", target.value.trim());
    });
    form.addEventListener("submit", go);
    byId("break-form")?.addEventListener("submit", takeBreak);
    window.addEventListener("popstate", () => {
      if (!room.isReady) location.reload();
      else if (location.pathname.endsWith("/review")) showReview({ push: false });
      else show(placeInAddress() ?? room.position, { push: false });
    });
    window.addEventListener("beforeunload", (event) => { if (queue.waiting && !room.isOver) event.preventDefault(); });
    connection.listen();
    tools.listen();
  }

  // Until the form is here, the plain form moves on, once what is on its way has arrived.
  async function go(event) {
    const target = event.submitter?.value ?? "";
    if (room.isReady) {
      event.preventDefault();
      keepNote();
      if (target === "clear") { record("answer", ""); heading.focus({ preventScroll: true }); }
      else if (target === "review") showReview({ push: true });
      else if (target) show(Number(target));
      return;
    }
    if (!queue.waiting) return;
    event.preventDefault();
    await queue.send();
    if (!queue.waiting) form.requestSubmit(event.submitter);
  }

  function keepNote() {
    const text = note.value.trim();
    if (text !== model.at(room.position).note) record("note", text);
  }

  // --- Where the candidate is ---

  function show(place, { push = true } = {}) {
    if (!items.has(place)) return;
    view.turn({ toReview: false });
    keepNote();
    room.position = place;
    queue.add(place, "shown", "");
    if (push) history.pushState(null, "", `${address}/items/${place}`);
    view.render({ isFirst: false });
  }

  function showReview({ push }) {
    keepNote();
    if (push) history.pushState(null, "", `${address}/review`);
    view.turn({ toReview: true });
    heading.textContent = "Review your answers";
    document.title = "Review your answers – quizapp";
    document.querySelector(".clock .place").textContent = "review";
    view.fillReview();
    window.scrollTo(0, 0);
    heading.focus({ preventScroll: true });
  }

  async function submit(event) {
    if (room.isOver) return;
    event.preventDefault();
    const status = byId("submit-status");
    status.textContent = "Sending what waits …";
    await queue.send();
    if (queue.waiting) { status.textContent = `${wait(queue.waiting)} for the connection. Submit when it is back; they are safe here.`; return; }
    try {
      await fetch("/healthz");
    } catch {
      status.textContent = "No connection. Submit when it is back; your answers are stored.";
      return;
    }
    room.isOver = true;
    model.forget();
    for (const key of ["end", "outage"]) storage.remove(`${name}:${key}`);
    await forgetOffline(attempt);
    byId("submit-form").csrf_token.value = csrfToken();
    byId("submit-form").submit();
  }

  // What waits arrives before the clock stops.
  async function takeBreak(event) {
    event.target.position.value = room.position;
    if (!queue.waiting) return;
    event.preventDefault();
    await queue.send();
    if (queue.waiting) view.tell("No connection. A break can begin when it is back.", [], 8000);
    else event.target.requestSubmit();
  }

  async function timeIsUp() {
    if (room.isOver) return;
    keepNote();
    await queue.send();
    if (!queue.waiting && !notices.querySelector("button")) {
      room.isOver = true;
      location.assign(`${address}/time-up`);
      return;
    }
    for (const control of form.querySelectorAll("#options input, #flag, .certainty input, #note")) control.disabled = true;
    if (queue.waiting) view.tell(`Time is up. ${wait(queue.waiting)} here; made in time, they count if they arrive ${isStrict ? "within a minute" : "within 24 hours"}.`, []);
    else view.tell("Time is up.", [["See where it stands", () => location.assign(`${address}/time-up`)]]);
  }
}

function placeInAddress() {
  const found = /\/items\/(\d+)$/.exec(location.pathname);
  return found ? Number(found[1]) : null;
}
