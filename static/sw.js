/* Keeps the helplines readable when the network or the server is away (practice §4). What is kept is the page, its files and the
   list, put there by app/shell/helplines.js; nothing of any group or person. Everything else goes to the server as ever. */
const LIST = "/api/helplines";

self.addEventListener("install", () => self.skipWaiting());
self.addEventListener("activate", (e) => e.waitUntil(self.clients.claim()));
self.addEventListener("fetch", (e) => {
  const url = new URL(e.request.url);
  if (e.request.method !== "GET" || url.origin !== self.location.origin) return;
  if (e.request.mode === "navigate") e.respondWith(orKept(e.request, "/helplines"));
  else if (url.pathname === LIST) e.respondWith(orKept(e.request, LIST));
  else if (url.pathname.startsWith("/a/")) e.respondWith(keptOr(e.request));
});

/** What the server says; what was kept when it says nothing. A page that is kept is every page: what it shows follows its address. */
async function orKept(request, at) {
  let answer;
  try {
    answer = await fetch(request);
    if (answer.status < 502 || answer.status > 504) return answer;
  } catch (lost) {
    const kept = await caches.match(at);
    if (kept) return kept;
    throw lost;
  }
  return (await caches.match(at)) || answer;
}

/** A file never changes under its address. */
async function keptOr(request) { return (await caches.match(request)) || fetch(request); }
