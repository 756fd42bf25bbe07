// Keeps the server's copy of this ticket on the phone, for where there is no network. The copy says itself that it is one.
const { cache: name, worker } = document.getElementById("keep-ticket").dataset;

const copy = `${location.pathname}?copy`;

/** Whether the server would still give it to the same person. */
async function isStillOf(owner) {
  const response = await fetch(copy, { method: "HEAD", cache: "no-store" });
  return response.ok && !response.redirected && response.headers.get("Ticket-Owner") === owner;
}

/** The addresses of what a copy needs to be shown. */
async function filesOf(response) {
  const shown = new DOMParser().parseFromString(await response.text(), "text/html");
  const needed = shown.querySelectorAll("link[rel=stylesheet], link[rel=icon], script[src]");
  return [...needed].map((each) => new URL(each.getAttribute("href") || each.getAttribute("src"), location).href);
}

/** Those of this ticket come, those that no ticket needs any more go: each version of the site has its own. */
async function keepFiles(cache, own) {
  const needed = new Set(own);
  const kept = await Promise.all((await cache.keys()).map(async (request) => ({ request, response: await cache.match(request) })));
  const isPage = ({ response }) => response.headers.has("Ticket-Until");
  for (const { response } of kept.filter(isPage)) for (const address of await filesOf(response)) needed.add(address);
  for (const { request } of kept.filter((each) => !isPage(each))) if (!needed.has(request.url)) await cache.delete(request);
  await Promise.all(own.map(async (address) => (await cache.match(address)) || cache.add(address)));
}

async function keep() {
  const response = await fetch(copy);
  if (!response.ok || response.redirected) return;
  const files = await filesOf(response.clone());
  const cache = await caches.open(name);
  const wasKept = Boolean(await cache.match(location.pathname));
  await cache.put(location.pathname, response);
  // Another tab may have signed out before this was stored; where that comes later, it takes out what is stored by then.
  // Where the network fails now, what was kept until a moment ago shows that nobody did.
  if (!(await isStillOf(response.headers.get("Ticket-Owner")).catch(() => wasKept))) return cache.delete(location.pathname);
  await keepFiles(cache, files);
  return navigator.serviceWorker.register(worker);
}

if ("serviceWorker" in navigator && "caches" in window) keep().catch(console.warn);
