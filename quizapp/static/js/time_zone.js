// Fills in the time zone that the browser knows, where a form offers a guess. Without it, people choose.
const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;

for (const field of document.querySelectorAll("[data-guess-time-zone]")) {
  const isKnown = field.tagName !== "SELECT" || [...field.options].some((option) => option.value === zone);
  if (zone && isKnown) {
    field.value = zone;
  }
}
