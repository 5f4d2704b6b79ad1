// Shows how many hours the entered amount is, while it is typed. The server reckons again.
const form = document.querySelector("form[data-units]");
const output = document.getElementById("counts");
const minutesOf = JSON.parse(form.dataset.units);

function hoursText(minutes) {
  if (minutes < 60) return `${minutes} ${minutes === 1 ? "minute" : "minutes"}`;
  if (minutes % 15 === 0 || minutes % 6 === 0) return `${minutes / 60} ${minutes === 60 ? "hour" : "hours"}`;
  const hours = Math.floor(minutes / 60);
  const rest = minutes % 60;
  return `${hours} ${hours === 1 ? "hour" : "hours"} ${rest} ${rest === 1 ? "minute" : "minutes"}`;
}

function show() {
  const text = form.elements.amount.value.trim().replace(",", ".");
  const unit = form.elements.unit.value;
  const isNumber = /^\d{1,5}(\.\d{1,2})?$/.test(text);
  output.hidden = !(isNumber && unit in minutesOf);
  if (output.hidden) return;
  // In hundredths, since 1.15 * 60 is not 69 in binary fractions.
  const minutes = Math.round((Math.round(Number(text) * 100) * minutesOf[unit]) / 100);
  output.textContent = `Counts as ${hoursText(minutes)}`;
}

form.addEventListener("input", show);
show();
