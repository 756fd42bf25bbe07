// Keeps this ticket on the phone as it stands here, so that it can be shown where there is no network.
const NAME = "qixue-tickets";

async function keep({ worker, until, owner }) {
  const page = `<!DOCTYPE html>\n${document.documentElement.outerHTML}`;
  const headers = { "Content-Type": "text/html; charset=utf-8", Expires: until, "X-Owner": owner };
  const files = [...document.querySelectorAll("link[rel=stylesheet], link[rel=icon], script[src]")].map((each) => each.href || each.src);
  const cache = await caches.open(NAME);
  for (const request of await cache.keys()) {
    const other = (await cache.match(request)).headers.get("X-Owner");
    if (other && other !== owner) await cache.delete(request); // of whoever used this phone before
  }
  await cache.put(location.pathname, new Response(page, { headers }));
  await Promise.all(files.map(async (address) => (await cache.match(address)) || cache.add(address)));
  await navigator.serviceWorker.register(worker);
}

const ticket = document.getElementById("kept-ticket");
if ("serviceWorker" in navigator && "caches" in window && navigator.onLine) keep(ticket.dataset).catch(console.warn);
ticket.hidden = navigator.onLine;
