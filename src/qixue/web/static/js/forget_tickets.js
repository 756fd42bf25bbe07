// Takes tickets off this phone: those of others than whoever is signed in, and all where the page names no owner.
const { cache: name, owner } = document.getElementById("forget-tickets").dataset;

async function forget() {
  if (!owner) return caches.delete(name);
  if (!(await caches.has(name))) return;
  const cache = await caches.open(name);
  for (const request of await cache.keys()) {
    const other = (await cache.match(request))?.headers.get("Ticket-Owner");
    if (other && other !== owner) await cache.delete(request);
  }
}

if ("caches" in window) forget().catch(console.warn);
