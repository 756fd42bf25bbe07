// Shows how long until signing up opens and reloads then. The time is the server's: the clock of the phone does not matter,
// and nothing can be jumped, because the server refuses until the moment has come. Without script the sentence stands alone.
const box = document.querySelector("[data-opens]");
if (box) {
  const begun = performance.now();
  const wait = Date.parse(box.dataset.opens) - Date.parse(box.dataset.now);
  const jitter = Math.random() * 3000; // not everybody asks in the same instant
  const two = (number) => String(number).padStart(2, "0");
  const words = (seconds) => {
    const [d, h, m, s] = [Math.floor(seconds / 86400), Math.floor(seconds / 3600) % 24, Math.floor(seconds / 60) % 60, seconds % 60];
    const text = seconds <= 0 ? box.dataset.soon : d ? box.dataset.days : box.dataset.hours;
    return text.replace("{d}", d).replace("{h}", h).replace("{m}", two(m)).replace("{s}", two(s));
  };
  const tick = () => {
    const left = wait - (performance.now() - begun);
    box.textContent = words(Math.ceil(left / 1000));
    if (left + jitter <= 0) { location.reload(); return; }
    setTimeout(tick, left > 1000 ? left % 1000 || 1000 : 250);
  };
  const started = Date.now();
  document.addEventListener("visibilitychange", () => { // a phone that slept has lost count: ask the server again
    const lost = Date.now() - started - (performance.now() - begun);
    if (!document.hidden && Math.abs(lost) > 2000) location.reload();
  });
  box.hidden = false;
  tick();
}
