// Shows tickets that were opened on this phone where there is no network. `keep_ticket.js` puts them into the cache, and
// `forget_tickets.js` takes them out. TICKETS is written before this text by the server.
const PATIENCE = 5_000; // ms until a ticket that is kept is shown, while the network makes no progress
const GONE = [403, 404, 409, 410];
const isTicket = new RegExp(TICKETS.pages);
const isPlace = new RegExp(TICKETS.places);

const late = () => new Promise((_resolve, reject) => setTimeout(() => reject(new Error("late")), PATIENCE));

/** What the server says; a page that it does not show any more is not kept any more, however late that is known. */
async function answered(request, url) {
  const response = await fetch(request);
  if (GONE.includes(response.status)) await forget(url.pathname).catch(() => undefined);
  return response;
}

const forget = async (path) => (await caches.open(TICKETS.name)).delete(path);

/** The copy; none where the storage fails, for the network may still show the page. */
const keptAt = (address) => caches.match(address, { cacheName: TICKETS.name }).catch(() => undefined);

/** The page from the server; what is there instead of it where it does not come. */
async function answerOr(instead, answer) {
  try {
    const response = await Promise.race([answer, late()]);
    return response.status < 500 ? response : instead;
  } catch {
    return instead;
  }
}

async function ticket(answer, url) {
  const kept = await keptAt(url.pathname);
  return kept ? answerOr(kept, answer) : answer;
}

async function file(request) {
  try {
    return await fetch(request);
  } catch (error) {
    const kept = await keptAt(request.url);
    if (kept) return kept;
    throw error;
  }
}

/** The tickets that are kept, by address: until when, in ms. */
async function keptTickets(cache) {
  const kept = new Map();
  for (const request of await cache.keys()) {
    const { pathname } = new URL(request.url);
    if (isTicket.test(pathname)) kept.set(pathname, Date.parse((await cache.match(request))?.headers.get("Ticket-Until") || ""));
  }
  return kept;
}

/** Tickets of sessions that are over go by themselves, and with the last one all that was kept to show it. Gives those
 * that stay.
 */
async function sweep() {
  const cache = await caches.open(TICKETS.name);
  const kept = await keptTickets(cache);
  for (const [address, until] of kept) {
    if (Date.now() < until) continue;
    kept.delete(address);
    await cache.delete(address);
  }
  if (!kept.size) await caches.delete(TICKETS.name);
  return kept;
}

/** Where to without a network: from the page of a place to its ticket, from one's own page to the next ticket of all. */
function ticketInstead({ pathname }, kept) {
  if (isPlace.test(pathname)) return kept.has(`${pathname}tickets/`) && `${pathname}tickets/`;
  const isOver = (until) => until - TICKETS.kept_for < Date.now();
  const [next] = [...kept].sort(([, one], [, other]) => isOver(one) - isOver(other) || one - other);
  return next?.[0];
}

/** `swept`: the tickets that are kept, once that is known. */
async function page(answer, url, swept) {
  const address = ticketInstead(url, await swept);
  return address ? answerOr(Response.redirect(address), answer) : answer;
}

self.addEventListener("install", () => self.skipWaiting());
self.addEventListener("activate", (event) => event.waitUntil(self.clients.claim()));

self.addEventListener("fetch", (event) => {
  const { request } = event;
  const url = new URL(request.url);
  if (request.method !== "GET" || url.origin !== self.location.origin) return;
  if (url.pathname.startsWith(TICKETS.files)) return event.respondWith(file(request));
  if (request.mode !== "navigate") return;
  const swept = sweep().catch(() => new Map());
  event.waitUntil(swept);
  if (isTicket.test(url.pathname)) {
    const answer = answered(request, url);
    event.waitUntil(answer.catch(() => undefined));
    event.respondWith(swept.then(() => ticket(answer, url)));
  } else if (isPlace.test(url.pathname) || url.pathname === TICKETS.start) {
    const answer = fetch(request);
    event.waitUntil(answer.catch(() => undefined));
    event.respondWith(page(answer, url, swept));
  }
});
