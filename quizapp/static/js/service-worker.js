// Keeps a running exam room through an outage: its page, its scripts and its form. Everything else goes to the network.
const CACHE = "quizapp-room";
const ROOM = /^\/attempts\/([0-9a-f-]{36})\/(items\/\d+|review|form)$/;

self.addEventListener("install", () => self.skipWaiting());
self.addEventListener("activate", (event) => event.waitUntil(self.clients.claim()));

self.addEventListener("fetch", (event) => {
  const url = new URL(event.request.url);
  if (event.request.method !== "GET" || url.origin !== self.location.origin) return;
  const room = ROOM.exec(url.pathname);
  if (room?.[2] === "form") event.respondWith(fromCacheFirst(event.request));
  else if (room && event.request.mode === "navigate") event.respondWith(fromNetworkFirst(event.request, room[1]));
  else if (url.pathname.startsWith("/static/")) event.respondWith(fromCacheFirst(event.request));
});

async function fromCacheFirst(request) {
  const cache = await caches.open(CACHE);
  return (await cache.match(request)) ?? fetch(request);
}

async function fromNetworkFirst(request, attempt) {
  try {
    return await fetch(request);
  } catch (error) {
    const cache = await caches.open(CACHE);
    const shell = await cache.match(shellOf(attempt));
    if (shell) return shell;
    throw error;
  }
}

const shellOf = (attempt) => `/attempts/${attempt}/shell`;

// The room tells what it needs: its page as the shell of its attempt, and the files that the page loads.
self.addEventListener("message", (event) => {
  const { attempt, page, files } = event.data;
  event.waitUntil(keep(attempt, page, files).then(() => event.source?.postMessage({ kept: attempt })));
});

async function keep(attempt, page, files) {
  const cache = await caches.open(CACHE);
  const shell = await fetch(page, { credentials: "same-origin" });
  if (shell.ok && !shell.redirected) await cache.put(shellOf(attempt), shell);
  const present = await Promise.all(files.map((file) => cache.match(file)));
  await cache.addAll(files.filter((_, index) => !present[index]));
}
