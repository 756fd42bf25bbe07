// The editor of a section works without this. With it, marks go to where one is writing, and while somebody writes the
// text is checked: how it will read comes back, and what was typed is kept until it is saved.
const PAUSE = 1200; // milliseconds without a key before the text is sent
const HEARTBEAT = 30000; // milliseconds; others see meanwhile that the section is open
const AWAY = 10 * 60000; // milliseconds without a key or a touch: whoever is away that long is signed out in the end
const page = document.querySelector("[data-check]");
const form = page.querySelector("form");
const field = form.elements.text;
const shown = page.querySelector("[data-checked]");
const unchecked = page.querySelector("[data-unchecked]");
let waiting = null;
let asked = 0;
let touched = Date.now();
let typed = "typed" in form.dataset; // here, not on another page or device of the same person
let isSent = false;
let last = null;

async function check() {
  if (isSent) return;
  const turn = ++asked;
  const body = new FormData(form);
  if (typed) body.append("typed", "1");
  let text = null;
  try {
    const answer = await fetch(page.dataset.check, { method: "POST", body, redirect: "error" });
    text = answer.ok ? await answer.text() : null;
  } catch {
    text = null;
  }
  if (turn !== asked) return;
  unchecked.hidden = text !== null;
  if (text === null || text === last) return; // what is put in again is read aloud again
  shown.innerHTML = text;
  last = text;
}

function checkSoon() {
  typed = true;
  clearTimeout(waiting);
  waiting = setTimeout(check, PAUSE);
}

function insert(mark) {
  const isPlaced = mark.includes(":");
  const before = field.value.slice(0, field.selectionStart);
  const after = field.value.slice(field.selectionEnd);
  const opening = isPlaced && before && !before.endsWith("\n") ? "\n\n" : "";
  const closing = isPlaced && after && !after.startsWith("\n") ? "\n\n" : "";
  field.setRangeText(opening + mark + closing, field.selectionStart, field.selectionEnd, "end");
  field.focus();
  checkSoon();
}

function find(words) {
  const wanted = words.trim().toLowerCase();
  let count = 0;
  for (const group of document.querySelectorAll("#picker [data-group]")) {
    let found = 0;
    for (const offer of group.querySelectorAll("[data-name]")) {
      offer.hidden = !offer.textContent.toLowerCase().includes(wanted);
      found += offer.hidden ? 0 : 1;
    }
    group.hidden = found === 0;
    group.open = wanted !== "" && found > 0;
    count += found;
  }
  document.querySelector("#picker [data-none]").hidden = count > 0;
}

for (const button of document.querySelectorAll("[data-insert]")) {
  button.hidden = false;
  button.addEventListener("click", () => insert(button.dataset.insert));
}
const search = document.querySelector("[data-find]");
search.hidden = false;
search.querySelector("input").addEventListener("input", (event) => find(event.target.value));
field.addEventListener("input", checkSoon);
form.addEventListener("submit", () => {
  clearTimeout(waiting);
  isSent = true;
});
addEventListener("pageshow", () => (isSent = false)); // the browser shows the page as it was left
for (const kind of ["keydown", "pointerdown"]) document.addEventListener(kind, () => (touched = Date.now()));
setInterval(() => Date.now() - touched < AWAY && check(), HEARTBEAT);
check();
