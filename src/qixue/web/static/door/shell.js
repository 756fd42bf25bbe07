// The app as something installed: its link, its service worker, its storage.

/** Whether this browser can keep a list and work without a network. Some (WeChat's, private windows) cannot. */
export async function canKeep() {
  if (!("serviceWorker" in navigator) || !("indexedDB" in window) || !("BroadcastChannel" in window) || !crypto.subtle || !crypto.randomUUID) return false;
  return new Promise((resolve) => {
    try {
      const request = indexedDB.open("qixue-door-try");
      request.onerror = () => resolve(false);
      request.onsuccess = () => {
        request.result.close();
        indexedDB.deleteDatabase("qixue-door-try");
        resolve(true);
      };
    } catch {
      resolve(false);
    }
  });
}

/** The token of a device link, or an empty text: the whole link, or what stands after its #. */
export function tokenIn(link) {
  const token = link.trim().split("#").pop().trim();
  return /^[\w.~-]{16,200}$/.test(token) ? token : "";
}

/** Takes the token out of the address, so that it stands in no history, screenshot or shared link. Once it is kept: a link
 * that is shown once must not get lost because a phone is full. */
export function stripToken() {
  if (location.hash) history.replaceState(history.state, "", location.pathname);
}

/** Registers the worker; `onUpdate` is called with a new version that waits for its turn. */
export async function installWorker(address, onUpdate) {
  const registration = await navigator.serviceWorker.register(address);
  const offer = (worker) => worker && navigator.serviceWorker.controller && onUpdate(worker);
  offer(registration.waiting);
  registration.addEventListener("updatefound", () => {
    const worker = registration.installing;
    worker.addEventListener("statechange", () => worker.state === "installed" && offer(worker));
  });
  setInterval(() => registration.update().catch(() => {}), 3_600_000); // an app that stays open all day asks, too
}

/** The new version takes over, and the page starts again with it. */
export function takeOver(worker) {
  navigator.serviceWorker.addEventListener("controllerchange", () => location.reload(), { once: true });
  worker.postMessage("take over");
}

/** Asks the browser not to clear the data away when space gets scarce. */
export const askToKeep = () => navigator.storage?.persist?.().catch(() => false);
