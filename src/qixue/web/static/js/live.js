// Fetches what changes on the screen every few seconds, says so when it cannot, and waits while somebody has paused it.
const shown = document.querySelector("[data-live]");
const lost = document.querySelector("[data-live-lost]");
const refresh = document.querySelector("[data-live-refresh]");
const pause = document.querySelector("[data-live-pause]");
let tag = "";

async function update() {
  try {
    const answer = await fetch(shown.dataset.live, { cache: "no-cache" });
    if (!answer.ok) throw new Error(answer.statusText);
    if (answer.headers.get("ETag") !== tag) {
      tag = answer.headers.get("ETag");
      show(await answer.text());
    }
    lost.hidden = true;
  } catch {
    lost.hidden = false;
  }
}

// Whoever stands on a link by keyboard stays on it.
function show(content) {
  const focused = shown.contains(document.activeElement) ? document.activeElement.getAttribute("href") : null;
  shown.innerHTML = content;
  if (focused) shown.querySelector(`a[href="${CSS.escape(focused)}"]`)?.focus();
}

refresh.hidden = true;
pause.hidden = false;
pause.addEventListener("click", () => {
  pause.setAttribute("aria-pressed", String(pause.getAttribute("aria-pressed") !== "true"));
});
setInterval(() => {
  if (pause.getAttribute("aria-pressed") !== "true") update();
}, Number(shown.dataset.seconds) * 1000);
