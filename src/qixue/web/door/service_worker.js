// Keeps the door app on the device. Names of people and scans never come here: they live in IndexedDB only.
// SHELL is written before this text by the server: version, page, the SHA-256 of it in each language (digests), manifest, files
// with theirs.
const PREFIX = "qixue-door-";
const CACHE = PREFIX + SHELL.version;

/** `digests`: of what it may be; anything where there are none. */
async function fetched(address, digests) {
  const response = await fetch(address, { cache: "reload", credentials: "same-origin" });
  if (!response.ok || response.redirected) throw new Error(`${address} answers ${response.status}`);
  if (digests.length) {
    const bytes = new Uint8Array(await crypto.subtle.digest("SHA-256", await response.clone().arrayBuffer()));
    const found = Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
    if (!digests.includes(found)) throw new Error(`${address} is of another version`); // mid-deployment: the browser tries again later
  }
  return response;
}

async function install() {
  const addresses = [[SHELL.page, SHELL.digests], [SHELL.manifest, []], ...Object.entries(SHELL.files)];
  const responses = await Promise.all(addresses.map(([address, digests]) => fetched(address, digests)));
  const cache = await caches.open(CACHE);
  await Promise.all(responses.map((response, index) => cache.put(addresses[index][0], response)));
}

async function activate() {
  const names = await caches.keys();
  await Promise.all(names.filter((name) => name.startsWith(PREFIX) && name !== CACHE).map((name) => caches.delete(name)));
  await self.clients.claim();
}

async function answer(address, request) {
  const cache = await caches.open(CACHE);
  return (await cache.match(address, { ignoreVary: true })) || fetch(request);
}

self.addEventListener("install", (event) => event.waitUntil(install()));
self.addEventListener("activate", (event) => event.waitUntil(activate()));

// A new version waits until the volunteer says so: nothing changes under their hands in the middle of a queue.
self.addEventListener("message", (event) => {
  if (event.data === "take over") self.skipWaiting();
});

self.addEventListener("fetch", (event) => {
  const { request } = event;
  const url = new URL(request.url);
  if (request.method !== "GET" || url.origin !== self.location.origin) return;
  const isPage = request.mode === "navigate" && url.pathname === SHELL.page;
  const isKept = url.pathname === SHELL.manifest || url.pathname in SHELL.files;
  if (isPage) event.respondWith(answer(SHELL.page, request));
  else if (isKept) event.respondWith(answer(url.pathname, request));
});
