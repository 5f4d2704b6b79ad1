// The candidate's tools: letter keys, striking options out, highlighting words, and what the toolbar opens.
import { openCalculator } from "./calculator.js";
import { lettersAreOn, setUpDisplay } from "./display.js";
import * as marks from "./marks.js";

const byId = (id) => document.getElementById(id);

// `room` tells what is known and does what a key asks for; `announce` speaks to a screen reader.
export function createTools(room, { clock, view, announce }) {
  const { form, count, model, record } = room;
  const stem = byId("stem");
  const options = byId("options");
  let striking = false;

  return { listen, adopt };

  function listen() {
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
      view.paintStem();
    });
  }

  // The toolbar and its dialogs come with the form.
  function adopt() {
    byId("toolbar").addEventListener("mousedown", (event) => event.preventDefault());
    byId("toolbar").addEventListener("click", ({ target }) => useTool(target.closest("button")));
    setUpDisplay(byId("settings"));
  }

  function onKey(event) {
    if (!room.isReady || !room.review.hidden || event.ctrlKey || event.metaKey || event.altKey || !lettersAreOn()) return;
    if (event.target.matches("textarea, select, input[type=text]")) return;
    const key = event.key.toUpperCase();
    const choice = options.querySelector(`input[value="${/^[A-J]$/.test(key) ? key : "-"}"]`);
    if (choice && event.shiftKey) strike(key);
    else if (choice) { choice.checked = true; choice.focus(); record("answer", key); }
    else if (key === "N") form.querySelector(".primary[data-go=next]").click();
    else if (key === "P") { if (room.position > 1) room.show(room.position - 1); }
    else if (key === "F") byId("flag").click();
    else if (key === "R") room.showReview({ push: true });
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
    if (!range) { announce("Select words of the question first."); view.tell("Select words of the question first, then press Highlight.", [], 6000); return; }
    record("highlight", marks.format(marks.add(marks.parse(model.at(room.position).highlight), range)));
    getSelection().removeAllRanges();
    view.paintStem();
  }
}
