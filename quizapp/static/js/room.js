// The exam room. It takes over from the plain item page once it has the whole form, and works through an outage.
import { openCalculator } from "./calculator.js";
import { Clock } from "./clock.js";
import { lettersAreOn, setUpDisplay } from "./display.js";
import * as marks from "./marks.js";
import { Model } from "./model.js";
import { Queue } from "./queue.js";
import { askToSignIn, csrfToken, documentAt, renewToken } from "./session.js";
import { forgetOffline, keepOffline } from "./offline.js";
import { offerTime } from "./outage.js";
import { storage } from "./storage.js";
import { answers, createView, wait } from "./view.js";

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
  const ownDevices = new Set(devicesOf(name));
  const rivals = new Map();
  const channel = "BroadcastChannel" in window ? new BroadcastChannel(name) : null;
  let isReady = false;
  let isOver = false;
  let striking = false;

  const stem = byId("stem");
  const options = byId("options");
  const heading = byId("heading");
  const note = byId("note");
  const notices = byId("notices");

  const room = {
    form, name, count, model, items, rivals, record,
    position: placeInAddress() ?? Number(form.dataset.position), lastWords: "", review: null,
    get queue() { return queue; },
  };
  const { render, paintStem, refresh, turn, fillReview, showSaved, tell, reopen } = createView(room);

  const clock = new Clock({
    element: clockElement, toggle: byId("clock-toggle"), place: document.querySelector(".clock .place"),
    announce: (text) => { announce(text); tell(text, [], 15_000); },
    onEnd: timeIsUp,
  });

  const queue = new Queue({
    name,
    talk: (batch) => post(`${address}/events`, batch),
    onChange: showSaved,
    onReply: heard,
    onStored: (events) => events.forEach((event) => model.acknowledge(event.position, event.kind, event.value)),
    onOutage: () => { if (!storage.get(`${name}:outage`)) storage.set(`${name}:outage`, Date.now()); },
    onBack: networkIsBack,
  });
  keepDevice();

  this.start = async () => {
    readPage();
    for (const event of queue.events()) model.set(event.position, event.kind, event.value);
    startClock();
    listen();
    showSaved();
    queue.send();
    await Promise.all([sync(), load()]);
    if (!items.size) return;
    isReady = true;
    byId("toolbar").hidden = false;
    form.dataset.ready = "1";
    if (location.pathname.endsWith("/review")) showReview({ push: false });
    else render({ isFirst: true });
    if (document.activeElement === document.body) heading.focus({ preventScroll: true });
    setInterval(sync, SYNC_MS);
    keepOffline({ attempt, page: `${address}/items/${room.position}`, files: [`${address}/form`] });
  };

  // The names under which this tab has answered, so that it is no rival to itself.
  function keepDevice() {
    if (ownDevices.has(queue.device)) return;
    ownDevices.add(queue.device);
    try { sessionStorage.setItem(name, JSON.stringify([...ownDevices])); } catch { /* Then a reload may ask once too often. */ }
  }

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
    byId("toolbar").addEventListener("mousedown", (event) => event.preventDefault());
    byId("toolbar").addEventListener("click", ({ target }) => useTool(target.closest("button")));
    setUpDisplay(byId("settings"));
    room.review.addEventListener("click", ({ target }) => {
      const { to } = target.dataset;
      if (to) show(Number(to));
    });
    byId("submit-form").addEventListener("submit", submit);
  }

  async function sync() {
    let reply;
    try {
      reply = await fetch(`${address}/state`, { headers: { Accept: "application/json" } });
    } catch {
      queue.onOutage();
      showSaved();
      return;
    }
    if (reply.status === 401) { heard({ status: 401 }); return; }
    if (!reply.ok) return;
    const state = await reply.json();
    if (queue.waiting) await queue.send();
    else networkIsBack();
    if (state.standing === "finished") { isOver = true; location.assign(`${address}/result`); return; }
    if (state.is_on_break) { location.assign(`${address}/break`); return; }
    if (isTimed && state.seconds_left !== null) {
      clock.set(state.seconds_left);
      storage.set(`${name}:end`, Date.now() + state.seconds_left * 1000);
    }
    for (const [place, kind, value, device] of state.responses) take(place, kind, value, device);
    if (isReady) { refresh(); showSaved(); }
  }

  // A value of the server's; where another page has answered otherwise, both answers are offered.
  function take(place, kind, value, device) {
    if (queue.hasWaiting(place, kind)) return;
    const mine = model.at(place)[kind];
    model.acknowledge(place, kind, value);
    if (mine === value) return;
    if (kind === "answer" && isReady && mine && device !== "form" && !ownDevices.has(device)) rivals.set(place, { mine, theirs: value });
    model.set(place, kind, value);
  }

  function heard({ status, error, late, rivals: met }) {
    room.lastWords = "";
    if (status === 403) renewToken({ user, address: location.pathname }).then((isSame) => (isSame ? queue.send() : heard({ status: 401 }))).catch(() => {});
    else if (status === 401 && !isReady) location.reload();
    else if (status === 401) askToSignIn(byId("sign-in"), { user, address: location.pathname, onDone: () => { queue.send(); sync(); } });
    else if (status === 409) { isOver = true; location.assign(`${address}/result`); }
    else if (error) room.lastWords = `Not stored: ${error}`;
    else if (status) room.lastWords = "The server is busy; it will be sent again.";
    if (late) room.lastWords = "Made after the time was up: kept, but not counted.";
    for (const [place, answer, device, stays] of met ?? []) {
      if (device === "form" || ownDevices.has(device)) continue;
      const mine = model.at(place).answer;
      if (stays) model.set(place, "answer", answer);
      rivals.set(place, stays ? { mine, theirs: answer } : { mine: answer, theirs: mine, won: true });
    }
    if (met?.length && isReady) refresh();
    channel?.postMessage("saved");
  }

  // --- What is done ---

  function record(kind, value, place = room.position) {
    if (isOver) return;
    queue.add(place, kind, value);
    model.set(place, kind, value);
    keepDevice();
    if (kind === "answer") rivals.delete(place);
    refresh();
  }

  function listen() {
    form.addEventListener("change", ({ target }) => {
      if (target.name === "answer") record("answer", target.value);
      if (target.name === "flag") record("flag", target.checked ? "1" : "0");
      if (target.name === "certainty") record("certainty", target.value);
      if (target.name === "note") record("note", target.value.trim());
    });
    form.addEventListener("submit", go);
    byId("place").addEventListener("keydown", onKey);
    // In strike-out mode a click on an option strikes it, and chooses nothing.
    options.addEventListener("click", (event) => {
      const label = event.target.closest(".option");
      if (!striking || !label) return;
      event.preventDefault();
      strike(label.querySelector("input").value);
    });
    stem.addEventListener("click", ({ target }) => {
      if (target.tagName !== "MARK") return;
      const left = marks.remove(marks.parse(model.at(room.position).highlight), Number(target.dataset.from));
      record("highlight", marks.format(left));
      paintStem();
    });
    byId("break-form")?.addEventListener("submit", takeBreak);
    window.addEventListener("popstate", () => {
      if (!isReady) location.reload();
      else if (location.pathname.endsWith("/review")) showReview({ push: false });
      else show(placeInAddress() ?? room.position, { push: false });
    });
    window.addEventListener("online", () => { queue.send(); sync(); });
    window.addEventListener("offline", () => { queue.onOutage(); showSaved(); });
    window.addEventListener("focus", sync);
    if (channel) channel.onmessage = sync;
    const unload = (event) => { if (queue.waiting && !isOver) event.preventDefault(); };
    window.addEventListener("beforeunload", unload);
  }

  // Until the form is here, the plain form moves on, once what is on its way has arrived.
  async function go(event) {
    const target = event.submitter?.value ?? "";
    if (isReady) {
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

  function onKey(event) {
    if (!isReady || !room.review.hidden || event.ctrlKey || event.metaKey || event.altKey || !lettersAreOn()) return;
    if (event.target.matches("textarea, select, input[type=text]")) return;
    const key = event.key.toUpperCase();
    const choice = options.querySelector(`input[value="${/^[A-J]$/.test(key) ? key : "-"}"]`);
    if (choice && event.shiftKey) strike(key);
    else if (choice) { choice.checked = true; choice.focus(); record("answer", key); }
    else if (key === "N") form.querySelector(".primary[data-go=next]").click();
    else if (key === "P") { if (room.position > 1) show(room.position - 1); }
    else if (key === "F") byId("flag").click();
    else if (key === "R") showReview({ push: true });
    else if (key === "T") announce(`${clock.words()}. Item ${room.position} of ${count}.`);
    else if (key === "?") byId("keys").showModal();
    else return;
    event.preventDefault();
  }

  function strike(letter) {
    const struck = new Set(model.at(room.position).strike);
    if (!struck.delete(letter)) struck.add(letter);
    record("strike", [...struck].sort().join(""));
  }

  function useTool(button) {
    const tool = button?.dataset.tool;
    if (tool === "strike") {
      striking = !striking;
      button.setAttribute("aria-pressed", String(striking));
      form.classList.toggle("striking", striking);
    } else if (tool === "highlight") highlight();
    else if (tool === "calculator") openCalculator(byId("calculator"));
    else if (tool) byId(tool).showModal();
  }

  function highlight() {
    const range = marks.selected(stem);
    if (!range) { announce("Select words of the question first."); tell("Select words of the question first, then press Highlight.", [], 6000); return; }
    record("highlight", marks.format(marks.add(marks.parse(model.at(room.position).highlight), range)));
    getSelection().removeAllRanges();
    paintStem();
  }

  // --- Where the candidate is ---

  function show(place, { push = true } = {}) {
    if (!items.has(place)) return;
    turn({ toReview: false });
    keepNote();
    room.position = place;
    queue.add(place, "shown", "");
    if (push) history.pushState(null, "", `${address}/items/${place}`);
    render({ isFirst: false });
  }

  function showReview({ push }) {
    keepNote();
    if (push) history.pushState(null, "", `${address}/review`);
    turn({ toReview: true });
    heading.textContent = "Review your answers";
    document.title = "Review your answers – quizapp";
    document.querySelector(".clock .place").textContent = "review";
    fillReview();
    window.scrollTo(0, 0);
    heading.focus({ preventScroll: true });
  }

  async function submit(event) {
    if (isOver) return;
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
    isOver = true;
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
    if (queue.waiting) tell("No connection. A break can begin when it is back.", [], 8000);
    else event.target.requestSubmit();
  }

  // --- When something is in the way ---

  function networkIsBack() {
    const since = Number(storage.get(`${name}:outage`));
    if (!since) return;
    storage.remove(`${name}:outage`);
    showSaved();
    if (isTimed && !isStrict) offerTime({ awayMs: Date.now() - since, tell, ask: (seconds) => post(`${address}/outage`, { seconds }), onGiven: timeIsGiven });
  }

  function timeIsGiven(secondsLeft) {
    clock.set(secondsLeft);
    if (secondsLeft > 0) reopen();
  }

  async function timeIsUp() {
    if (isOver) return;
    keepNote();
    await queue.send();
    if (!queue.waiting && !notices.querySelector("button")) {
      isOver = true;
      location.assign(`${address}/time-up`);
      return;
    }
    for (const control of form.querySelectorAll("#options input, #flag, .certainty input, #note")) control.disabled = true;
    if (queue.waiting) tell(`Time is up. ${wait(queue.waiting)} here; made in time, they count if they arrive ${isStrict ? "within a minute" : "within 24 hours"}.`, []);
    else tell("Time is up.", [["See where it stands", () => location.assign(`${address}/time-up`)]]);
  }

  function post(url, body) {
    return fetch(url, {
      method: "POST",
      headers: { "Content-Type": "application/json", Accept: "application/json", "X-CSRFToken": csrfToken() },
      body: JSON.stringify(body),
    });
  }

  function placeInAddress() {
    const found = /\/items\/(\d+)$/.exec(location.pathname);
    return found ? Number(found[1]) : null;
  }

}

function devicesOf(name) {
  try { return JSON.parse(sessionStorage.getItem(name) ?? "[]"); } catch { return []; }
}
