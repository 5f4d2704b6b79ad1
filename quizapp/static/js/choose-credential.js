// Narrows the list of credentials while somebody types. Without this script the form asks the server.
const search = document.getElementById("q");
const groups = [...document.querySelectorAll("[data-group]")];
const noneFound = document.getElementById("none-found");

function narrow() {
  const words = search.value.toLowerCase().split(/\s+/).filter(Boolean);
  for (const group of groups) {
    const entries = [...group.querySelectorAll("li")];
    for (const entry of entries) {
      entry.hidden = !words.every((word) => entry.dataset.text.includes(word));
    }
    group.hidden = entries.every((entry) => entry.hidden);
  }
  noneFound.hidden = groups.some((group) => !group.hidden);
}

search.addEventListener("input", narrow);
