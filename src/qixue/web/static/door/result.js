// The answer to a scan: colour, icon, word, what to do next, and those who came along.
import { outcomeOf } from "./people.js";
import { signal } from "./signals.js";
import { TONES } from "./verdicts.js";
import { dayAndTime, time, word } from "./words.js";

const ICONS = { good: "✓", mind: "!", stop: "✕" };
const panel = document.getElementById("result");
const beside = document.getElementById("companions");
let current = null; // the verdict on the screen

export function element(tag, text = "", attributes = {}) {
  const made = document.createElement(tag);
  made.textContent = text;
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
  return made;
}

const moment = (at) => (at ? dayAndTime(at) : "—");

function sentence(verdict) {
  if (verdict.code === "put_aside") return verdict.message;
  if (verdict.code === "in" && verdict.isUnlisted) return word("in_unlisted");
  if (verdict.code === "already") return word("already_help", { time: time(verdict.since) });
  if (verdict.code === "wrong_session" && !verdict.session) return word("session_not_here");
  if (verdict.code === "count_waits" && verdict.isSecond) return word("count_second", verdict);
  return word(`${verdict.code}_help`, { ...verdict, starts: moment(verdict.starts), now: moment(verdict.at) });
}

function heading(verdict) {
  if (verdict.all) return word("all_in", { count: verdict.all });
  if (verdict.code === "put_aside") return word("put_aside");
  return word(verdict.code, { count: verdict.count });
}

/** Shows a verdict; `onCompanions` is called with the people to let in as well. */
export function showResult(verdict, onCompanions) {
  showVerdict(verdict);
  showCompanions(verdict.companions || [], onCompanions);
}

/** A welcome does not stay on the screen once the server has put its entry aside: it says that it waits, and why. */
export function correctResult({ scans, bundle }) {
  if (!current || TONES[current.code] !== "good") return;
  const { entries } = current;
  const waits = scans.find((scan) => entries.includes(scan.uuid) && scan.answer && outcomeOf(scan, bundle) === "review");
  if (waits) showVerdict({ code: "put_aside", name: waits.answer.name || waits.verdict.name, message: waits.answer.message });
}

function showVerdict(verdict) {
  current = verdict;
  const tone = TONES[verdict.code] || "mind"; // that the server has put an entry aside is no verdict of the device
  panel.className = `result ${tone}`;
  panel.dataset.verdict = verdict.code;
  const parts = [element("p", ICONS[tone], { class: "result-icon", "aria-hidden": "true" }), element("p", heading(verdict), { class: "result-word" })];
  if (verdict.name) parts.push(element("p", verdict.name, { class: "result-name" }));
  if (!verdict.all) parts.push(element("p", sentence(verdict), { class: "result-help" }));
  panel.replaceChildren(...parts);
  signal(tone);
  panel.scrollIntoView({ block: "nearest" });
}

function showCompanions(people, onCompanions) {
  beside.hidden = people.length === 0;
  beside.replaceChildren();
  if (!people.length) return;
  const enter = (those) => {
    for (const button of beside.querySelectorAll("button")) button.disabled = true; // until the next result: once each
    onCompanions(those);
  };
  const list = element("ul", "", { class: "plain choices" });
  for (const person of people) {
    const button = element("button", "", { type: "button" });
    button.append(element("span", person.name), element("span", word("check_in_one"), { class: "choice-state" }));
    button.addEventListener("click", () => enter([person]));
    const row = element("li");
    row.append(button);
    list.append(row);
  }
  const all = element("button", word("check_in_all", { count: people.length }), { type: "button", class: "btn wide", "data-all": "" });
  all.addEventListener("click", () => enter(people));
  beside.append(element("h2", word("companions")), all, list);
}

/** Something that is not about a person: a field to fill in, a photo that cannot be read. */
export function showTrouble(text) {
  clearResult();
  const trouble = document.getElementById("trouble");
  trouble.textContent = text;
  trouble.hidden = false;
  trouble.scrollIntoView({ block: "nearest" });
}

export function clearResult() {
  current = null;
  panel.className = "result";
  delete panel.dataset.verdict;
  panel.replaceChildren();
  beside.hidden = true;
  const trouble = document.getElementById("trouble");
  trouble.hidden = true;
  trouble.textContent = "";
}
