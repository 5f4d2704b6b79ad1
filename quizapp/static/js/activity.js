// While an activity is entered: how many hours the amount is, where it would count, what its provider's last one was.
// The server reckons; without this, a button does the same.
const form = document.getElementById("activity");
const counts = document.getElementById("counts");
const filled = document.getElementById("filled");
const panel = document.getElementById("effects");
const minutesOf = JSON.parse(form.dataset.units);
const providers = new Map(
  Object.entries(JSON.parse(form.dataset.providers)).map(([name, usual]) => [name.toLowerCase(), usual]),
);
const SETTLE_MS = 500;
const GIVE_UP_MS = 10_000;

// --- Hours ---

function hoursText(minutes) {
  if (minutes < 60) return `${minutes} ${minutes === 1 ? "minute" : "minutes"}`;
  if (minutes % 15 === 0 || minutes % 6 === 0) return `${minutes / 60} ${minutes === 60 ? "hour" : "hours"}`;
  const hours = Math.floor(minutes / 60);
  const rest = minutes % 60;
  return `${hours} ${hours === 1 ? "hour" : "hours"} ${rest} ${rest === 1 ? "minute" : "minutes"}`;
}

function showHours() {
  const text = form.elements.amount.value.trim().replace(",", ".");
  const unit = form.elements.unit.value;
  const isNumber = /^\d{1,5}(\.\d{1,2})?$/.test(text);
  counts.hidden = !(isNumber && unit in minutesOf);
  if (counts.hidden) return;
  // In hundredths, since 1.15 * 60 is not 69 in binary fractions.
  const minutes = Math.round((Math.round(Number(text) * 100) * minutesOf[unit]) / 100);
  counts.textContent = `That is ${hoursText(minutes)}`;
}

// --- The usual of a provider ---

function tagBoxes() {
  return [...form.querySelectorAll("input[name=tags]")];
}

function fillInUsual() {
  const usual = providers.get(form.elements.provider.value.trim().toLowerCase());
  const isEmpty = !tagBoxes().some((box) => box.checked) && form.elements.delivery.value === "unknown";
  if (!usual || !isEmpty) return;
  const boxes = tagBoxes().filter((box) => usual.tags.includes(box.value));
  for (const box of boxes) box.checked = true;
  const way = form.querySelector(`input[name=delivery][value="${usual.delivery}"]`);
  if (way) way.checked = true;
  const names = boxes.map((box) => form.querySelector(`label[for="${box.id}"]`).firstChild.textContent.trim());
  if (usual.delivery !== "unknown") names.unshift(usual.delivery);
  if (names.length) filled.textContent = `Filled in as for your last one of this provider: ${names.join(", ")}.`;
}

// --- Where it counts ---

let waiting = 0;
let asked = null;

function canBeReckoned() {
  return ["started_on", "amount", "unit"].every((name) => form.elements[name].value.trim());
}

function say(text) {
  let line = panel.querySelector(".panel-note");
  if (!line) {
    line = document.createElement("p");
    line.className = "panel-note soft";
    panel.append(line);
  }
  line.textContent = text;
}

function sayOffline() {
  say("No connection: what stands here may be out of date. Keep the page open and save later.");
}

function ask() {
  asked?.abort();
  // A request for a document parses the page itself, so that the panel has one template, and runs nothing of it.
  const request = new XMLHttpRequest();
  asked = request;
  request.open("POST", form.dataset.preview);
  request.responseType = "document";
  request.timeout = GIVE_UP_MS;
  request.setRequestHeader("X-CSRFToken", document.querySelector("meta[name=csrf-token]").content);
  request.onload = () => {
    const answer = request.response?.getElementById("effects");
    if (answer) panel.replaceChildren(...[...answer.childNodes].map((node) => document.importNode(node, true)));
    else say("This could not be reckoned just now. Saving may still work.");
  };
  request.onerror = sayOffline;
  request.ontimeout = request.onerror;
  request.onloadend = () => panel.removeAttribute("aria-busy");
  request.send(new FormData(form));
}

function askSoon() {
  clearTimeout(waiting);
  if (!canBeReckoned()) return;
  panel.setAttribute("aria-busy", "true");
  waiting = setTimeout(ask, SETTLE_MS);
}

form.addEventListener("input", () => {
  showHours();
  askSoon();
});
form.elements.provider.addEventListener("change", () => {
  fillInUsual();
  askSoon();
});
// A browser without a connection would show its own page instead of this one, with what was typed.
form.addEventListener("submit", (event) => {
  if (navigator.onLine) return;
  event.preventDefault();
  sayOffline();
  panel.scrollIntoView({ block: "nearest" });
});
window.addEventListener("online", () => {
  panel.querySelector(".panel-note")?.remove();
  askSoon();
});
document.getElementById("look").hidden = true;
showHours();
// Going back in the browser brings the fields back, but not what stood here.
if (!panel.querySelector(".effects")) askSoon();
