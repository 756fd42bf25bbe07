// Keeps the server's copy of this ticket on the phone, for where there is no network. The copy says itself that it is one.
const { worker } = document.getElementById("keep-ticket").dataset;

async function keep() {
  const response = await fetch(`${location.pathname}?copy`);
  if (!response.ok || response.redirected) return;
  const files = [...document.querySelectorAll("link[rel=stylesheet], link[rel=icon]")].map((each) => each.href);
  const cache = await caches.open("qixue-tickets");
  await cache.put(location.pathname, response);
  await Promise.all(files.map(async (address) => (await cache.match(address)) || cache.add(address)));
  await navigator.serviceWorker.register(worker);
}

if ("serviceWorker" in navigator && "caches" in window) keep().catch(console.warn);
