// Keeps the server's copy of this ticket on the phone, for where there is no network. The copy says itself that it is one.
const { worker } = document.getElementById("keep-ticket").dataset;

const copy = `${location.pathname}?copy`;

/** Whether the server would still give it to the same person. */
async function isStillOf(owner) {
  const response = await fetch(copy, { method: "HEAD", cache: "no-store" });
  return response.ok && !response.redirected && response.headers.get("Ticket-Owner") === owner;
}

async function keep() {
  const response = await fetch(copy);
  if (!response.ok || response.redirected) return;
  const files = [...document.querySelectorAll("link[rel=stylesheet], link[rel=icon]")].map((each) => each.href);
  const cache = await caches.open("qixue-tickets");
  await cache.put(location.pathname, response);
  // Another tab may have signed out before this was stored; where that comes later, it takes out what is stored by then.
  if (!(await isStillOf(response.headers.get("Ticket-Owner")).catch(() => false))) return cache.delete(location.pathname);
  await Promise.all(files.map(async (address) => (await cache.match(address)) || cache.add(address)));
  return navigator.serviceWorker.register(worker);
}

if ("serviceWorker" in navigator && "caches" in window) keep().catch(console.warn);
