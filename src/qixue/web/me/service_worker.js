// Shows tickets that were opened on this phone where there is no network. `keep_ticket.js` puts them into the cache, and
// `forget_tickets.js` takes them out. TICKETS (name, pages, files) is written before this text by the server.
const PATIENCE = 5_000; // ms until a ticket that is kept is shown while the network makes no progress
const isTicket = new RegExp(TICKETS.pages);

const keptTicket = async (url) => (await caches.open(TICKETS.name)).match(url.pathname);

const late = () => new Promise((_resolve, reject) => setTimeout(() => reject(new Error("late")), PATIENCE));

/** The page from the server; the one that is kept where it does not come. */
async function ticket(request, url) {
  const kept = await keptTicket(url);
  if (!kept) return fetch(request);
  try {
    const response = await Promise.race([fetch(request), late()]);
    return response.status < 500 ? response : kept;
  } catch {
    return kept;
  }
}

async function file(request) {
  try {
    return await fetch(request);
  } catch (error) {
    const kept = await caches.match(request.url, { cacheName: TICKETS.name });
    if (kept) return kept;
    throw error;
  }
}

/** Tickets of sessions that are over go by themselves. */
async function sweep() {
  const cache = await caches.open(TICKETS.name);
  for (const request of await cache.keys()) {
    const until = Date.parse((await cache.match(request))?.headers.get("Expires") || "");
    if (isTicket.test(new URL(request.url).pathname) && !(Date.now() < until)) await cache.delete(request);
  }
}

self.addEventListener("install", () => self.skipWaiting());
self.addEventListener("activate", (event) => event.waitUntil(self.clients.claim()));

self.addEventListener("fetch", (event) => {
  const { request } = event;
  const url = new URL(request.url);
  if (request.method !== "GET" || url.origin !== self.location.origin) return;
  if (url.pathname.startsWith(TICKETS.files)) return event.respondWith(file(request));
  if (request.mode !== "navigate") return;
  event.waitUntil(sweep());
  if (isTicket.test(url.pathname)) event.respondWith(ticket(request, url));
});
