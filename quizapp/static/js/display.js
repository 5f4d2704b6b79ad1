// Colours, text size and letter keys, as this browser's user likes them.
import { storage } from "./storage.js";

const KEY = "quizapp:display";
const choices = load();

apply();

export const lettersAreOn = () => choices.letters !== "off";

export function setUpDisplay(dialog) {
  const scheme = dialog.querySelector("#scheme");
  const size = dialog.querySelector("#text-size");
  const letters = dialog.querySelector("#letters");
  scheme.value = choices.scheme ?? "";
  size.value = choices.size ?? "";
  letters.checked = lettersAreOn();
  dialog.addEventListener("change", () => {
    Object.assign(choices, { scheme: scheme.value, size: size.value, letters: letters.checked ? "on" : "off" });
    storage.set(KEY, JSON.stringify(choices));
    apply();
  });
}

function apply() {
  const { dataset } = document.documentElement;
  dataset.theme = choices.scheme ?? "";
  dataset.size = choices.size ?? "";
}

function load() {
  try {
    return JSON.parse(storage.get(KEY) ?? "{}");
  } catch {
    return {};
  }
}
