// The line to the server: what waits is sent, replies are heard, the attempt's state is looked at, outages are noticed.
import { offerTime } from "./outage.js";
import { Queue } from "./queue.js";
import { askToSignIn, csrfToken, renewToken } from "./session.js";
import { storage } from "./storage.js";

// `room` tells what is known and where the candidate is; the clock and the view show what the server says.
export function createConnection(room, { clock, view }) {
  const { name, address, user, model, rivals, isTimed, isStrict } = room;
  const ownDevices = new Set(devicesOf(name));
  const channel = "BroadcastChannel" in window ? new BroadcastChannel(name) : null;

  const queue = new Queue({
    name,
    talk: (batch) => post(`${address}/events`, batch),
    onChange: view.showSaved,
    onReply: heard,
    onStored: (events) => events.forEach((event) => model.acknowledge(event.position, event.kind, event.value)),
    onOutage: networkIsAway,
    onBack: networkIsBack,
  });
  keepDevice();

  return { queue, listen, add, sync };

  function listen() {
    window.addEventListener("online", () => { queue.send(); sync(); });
    window.addEventListener("offline", () => { networkIsAway(); view.showSaved(); });
    window.addEventListener("focus", sync);
    if (channel) channel.onmessage = sync;
  }

  function add(place, kind, value) {
    queue.add(place, kind, value);
    keepDevice();
  }

  // The names under which this tab has answered, so that it is no rival to itself.
  function keepDevice() {
    if (ownDevices.has(queue.device)) return;
    ownDevices.add(queue.device);
    try { sessionStorage.setItem(name, JSON.stringify([...ownDevices])); } catch { /* Then a reload may ask once too often. */ }
  }

  async function sync() {
    let reply;
    try {
      reply = await fetch(`${address}/state`, { headers: { Accept: "application/json" } });
    } catch {
      networkIsAway();
      view.showSaved();
      return;
    }
    if (reply.status === 401) { heard({ status: 401 }); return; }
    if (!reply.ok) return;
    const state = await reply.json();
    if (queue.waiting) await queue.send();
    else networkIsBack();
    if (state.standing === "finished") { room.isOver = true; location.assign(`${address}/result`); return; }
    if (state.is_on_break) { location.assign(`${address}/break`); return; }
    if (isTimed && state.seconds_left !== null) {
      clock.set(state.seconds_left);
      storage.set(`${name}:end`, Date.now() + state.seconds_left * 1000);
    }
    for (const [place, kind, value, device] of state.responses) take(place, kind, value, device);
    if (room.isReady) { view.refresh(); view.showSaved(); }
  }

  // A value of the server's; where another page has answered otherwise, both answers are offered.
  function take(place, kind, value, device) {
    if (queue.hasWaiting(place, kind)) return;
    const mine = model.at(place)[kind];
    model.acknowledge(place, kind, value);
    if (mine === value) return;
    if (kind === "answer" && room.isReady && mine && device !== "form" && !ownDevices.has(device)) rivals.set(place, { mine, theirs: value });
    model.set(place, kind, value);
  }

  function heard({ status, error, late, rivals: met }) {
    room.lastWords = "";
    if (status === 403) renewToken({ user, address: location.pathname }).then((isSame) => (isSame ? queue.send() : heard({ status: 401 }))).catch(() => {});
    else if (status === 401 && !room.isReady) location.reload();
    else if (status === 401) askToSignIn(document.getElementById("sign-in"), { user, address: location.pathname, onDone: () => { queue.send(); sync(); } });
    else if (status === 409) { room.isOver = true; location.assign(`${address}/result`); }
    else if (error) room.lastWords = `Not stored: ${error}`;
    else if (status) room.lastWords = "The server is busy; it will be sent again.";
    if (late) room.lastWords = "Made after the time was up: kept, but not counted.";
    for (const [place, answer, device, stays] of met ?? []) {
      if (device === "form" || ownDevices.has(device)) continue;
      const mine = model.at(place).answer;
      if (stays) model.set(place, "answer", answer);
      rivals.set(place, stays ? { mine, theirs: answer } : { mine: answer, theirs: mine, won: true });
    }
    if (met?.length && room.isReady) view.refresh();
    channel?.postMessage("saved");
  }

  function networkIsAway() {
    if (!storage.get(`${name}:outage`)) storage.set(`${name}:outage`, Date.now());
  }

  function networkIsBack() {
    const since = Number(storage.get(`${name}:outage`));
    if (!since) return;
    storage.remove(`${name}:outage`);
    view.showSaved();
    if (isTimed && !isStrict) offerTime({ awayMs: Date.now() - since, tell: view.tell, ask: (seconds) => post(`${address}/outage`, { seconds }), onGiven: timeIsGiven });
  }

  function timeIsGiven(secondsLeft) {
    clock.set(secondsLeft);
    if (secondsLeft > 0) view.reopen();
  }
}

function post(url, body) {
  return fetch(url, {
    method: "POST",
    headers: { "Content-Type": "application/json", Accept: "application/json", "X-CSRFToken": csrfToken() },
    body: JSON.stringify(body),
  });
}

function devicesOf(name) {
  try { return JSON.parse(sessionStorage.getItem(name) ?? "[]"); } catch { return []; }
}
