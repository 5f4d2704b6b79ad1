// The exam room: answers leave the page as they are chosen, and wait in the browser while the network is away.
import { Queue } from "./queue.js";

const form = document.getElementById("answer-form");
const clock = document.getElementById("clock");
const saved = document.getElementById("saved");

if (clock) runClock(Number(clock.dataset.secondsLeft));
if (form) keepAnswers();

function runClock(secondsLeft) {
  const end = performance.now() + secondsLeft * 1000;
  const show = () => {
    const left = Math.max(0, Math.round((end - performance.now()) / 1000));
    clock.textContent = left >= 300 ? `${Math.floor(left / 60)} min` : `${Math.floor(left / 60)}:${String(left % 60).padStart(2, "0")}`;
    if (left === 0) location.reload();
    else setTimeout(show, left > 300 ? 5000 : 1000);
  };
  show();
}

function keepAnswers() {
  const queue = new Queue({
    address: form.dataset.events,
    name: `quizapp:${form.dataset.user}:${form.dataset.attempt}`,
    csrfToken: document.querySelector('meta[name="csrf-token"]').content,
    onChange: say,
  });
  const position = Number(form.dataset.position);
  let leaving = false;

  form.addEventListener("change", (event) => {
    if (event.target.name === "answer") queue.add(position, "answer", event.target.value);
    if (event.target.name === "flag") queue.add(position, "flag", event.target.checked ? "1" : "0");
  });

  // Moving on waits for what is on its way, so that the log has the answer in its own order and not twice.
  form.addEventListener("submit", async (event) => {
    if (leaving) {
      event.preventDefault();
      return;
    }
    leaving = true;
    if (queue.waiting === 0) return;
    event.preventDefault();
    await queue.send();
    leaving = false;
    if (queue.waiting === 0) {
      leaving = true;
      const go = document.createElement("input");
      Object.assign(go, { type: "hidden", name: "go", value: event.submitter?.value ?? "" });
      form.append(go);
      form.submit();
    }
  });

  window.addEventListener("pageshow", () => { leaving = false; });
  window.addEventListener("online", () => queue.send());
  queue.send();
}

function say({ waiting, problem }) {
  if (!saved) return;
  saved.dataset.state = waiting ? "waiting" : "saved";
  if (problem) saved.textContent = problem;
  else if (waiting) saved.textContent = "Saving …";
  else saved.textContent = "Saved";
}
