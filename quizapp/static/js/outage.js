// After an outage of a minute and more, an ordinary mock offers the time back. The server decides how much it gives.
const WORTH_AN_OFFER_MS = 60_000;

export function offerTime({ awayMs, tell, ask, onGiven }) {
  if (awayMs < WORTH_AN_OFFER_MS) return;
  const minutes = Math.round(awayMs / 60_000);
  const them = minutes === 1 ? "minute. Add it" : "minutes. Add them";
  tell(`You were cut off for ${minutes} ${them} to your time?`, [[`Add ${minutes} min`, add], ["No", () => {}]]);

  async function add() {
    try {
      const reply = await ask(Math.round(awayMs / 1000));
      const answer = await reply.json();
      if (!reply.ok) { tell(answer.error ?? "No time could be added.", [], 8000); return; }
      onGiven(answer.seconds_left);
      tell(`${Math.round(answer.seconds / 60)} min added. The result will say so.`, [], 8000);
    } catch {
      tell("No connection. Try again when it is back.", [["Try again", add]]);
    }
  }
}
