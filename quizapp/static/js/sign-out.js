// Signing out warns while answers wait in this browser, and takes the kept exam rooms out of it.
const form = document.getElementById("sign-out");

form?.addEventListener("submit", async (event) => {
  if (form.dataset.sure) return;
  event.preventDefault();
  const waiting = Object.keys(localStorage)
    .filter((key) => key.startsWith(`quizapp:${form.dataset.user}:`) && key.includes(":queue:"))
    .reduce((sum, key) => sum + JSON.parse(localStorage.getItem(key)).filter((one) => one.kind !== "shown").length, 0);
  const words = `${waiting} ${waiting === 1 ? "answer waits" : "answers wait"} in this browser and ${waiting === 1 ? "has" : "have"} not reached the server. They stay here and are sent when you sign in again on this browser. Sign out all the same?`;
  if (waiting && !confirm(words)) return;
  await globalThis.caches?.delete("quizapp-room");
  form.dataset.sure = "1";
  form.requestSubmit();
});
