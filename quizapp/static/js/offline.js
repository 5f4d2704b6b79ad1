// Hands the room to the service worker, so that a reload without a network shows it again.
export async function keepOffline({ attempt, page, files }) {
  if (!("serviceWorker" in navigator)) return;
  try {
    await navigator.serviceWorker.register(trusted("/service-worker.js"));
    const { active } = await navigator.serviceWorker.ready;
    navigator.serviceWorker.addEventListener("message", ({ data }) => { if (data.kept === attempt) document.documentElement.dataset.offline = "ready"; });
    const loaded = performance.getEntriesByType("resource").map((entry) => new URL(entry.name)).filter((url) => url.origin === location.origin && url.pathname.startsWith("/static/"));
    active.postMessage({ attempt, page, files: [...new Set([...files, ...loaded.map((url) => url.pathname)])] });
  } catch { /* Without a worker the room still works through an outage, as long as the page stays open. */ }
}

function trusted(address) {
  if (!window.trustedTypes) return address;
  return trustedTypes.createPolicy("quizapp-worker", { createScriptURL: (url) => (url === "/service-worker.js" ? url : "") }).createScriptURL(address);
}

// What was kept for one attempt has no use once it is over.
export async function forgetOffline(attempt) {
  try {
    const cache = await caches.open("quizapp-room");
    await Promise.all([`/attempts/${attempt}/shell`, `/attempts/${attempt}/form`].map((path) => cache.delete(path)));
  } catch { /* Nothing was kept. */ }
}
