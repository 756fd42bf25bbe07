// What stands on the screen: one view at a time, below a bar that always shows what is not sent yet.
import { expectedAt, hasSeat, isOutsideHours, nameOf, outcomeOf, search, walkInsOf } from "./people.js";
import { clearResult, element } from "./result.js";
import { TONES } from "./verdicts.js";
import { currentLanguage, dayAndTime, time, timeOrDay, word } from "./words.js";

const FIRST_FIELD = { setup: "link", scan: "ticket", code: "digits", name: "search", head_count: "heads" };
const RECENT = 30;
const AT_REST = new Set(["setup", "sessions", "door", "device"]); // where nobody is in the middle of something
const byId = (id) => document.getElementById(id);

let current = "loading";
let hasDevice = false;
export const currentView = () => current;

/** One of the sections with `data-view`. */
export function show(view, { isBack = false } = {}) {
  if (view !== current) clearResult();
  const isSame = view === current;
  current = view;
  for (const section of document.querySelectorAll("[data-view]")) section.hidden = section.dataset.view !== view;
  document.querySelector("[data-act=back]").hidden = (view === "setup" && !hasDevice) || ["loading", "unsupported", "sessions", "door"].includes(view);
  byId("language").hidden = !AT_REST.has(view);
  if (isSame) return;
  if (!isBack && history.state?.view !== view) history.pushState({ view }, "");
  byId(FIRST_FIELD[view] || "main").focus();
  scrollTo(0, 0);
}

function text(id, sentence) {
  const place = byId(id);
  if (place.textContent !== sentence) place.textContent = sentence; // a live region speaks only when it changes
}

function shown(id, isShown, sentence) {
  byId(id).hidden = !isShown;
  if (sentence !== undefined) text(id, isShown ? sentence : "");
}

/** Everything that follows from the data: called after each entry and each round of sending. */
export function render({ desk, unsent, revoked, asking, isOffline, linkRefused, linkWaits }) {
  const { device, session } = desk;
  hasDevice = Boolean(device);
  text("title", session ? nameOf(session) : word("door"));
  text("subtitle", session ? `${timeOrDay(session.starts_at, desk.at)} ${session.venue}` : "");
  document.querySelector("[data-act=device]").hidden = !device;
  text("unsent", unsent ? word("unsent", { count: unsent }) : word("all_sent"));
  byId("unsent").dataset.count = unsent;
  text("network", isOffline ? word("offline") : word("online"));
  byId("network").className = isOffline ? "is-offline" : "";
  shown("link-state", linkRefused || linkWaits, word(linkRefused ? "link_refused" : "link_waits"));
  renderRevoked(revoked, asking);
  if (device) renderDevice(desk, unsent, isOffline);
  if (session) renderInside(desk);
}

function renderInside({ bundle, session, inside, scans, at }) {
  document.querySelector("[data-way=head_count]").parentElement.hidden = session.counting_rule === "list"; // there, names are all
  text("when", `${dayAndTime(session.starts_at)} ${session.venue}`);
  renderWhom(session.counting_rule === "list_and_others", { inside: inside.size, walk_ins: walkInsOf(session, scans, bundle) });
  const setAside = scans.filter((scan) => scan.body.session === session.id && scan.isSent && outcomeOf(scan, bundle) === "review").length;
  shown("outside-hours", isOutsideHours(session, at), word("outside_hours"));
  shown("set-aside", setAside > 0);
  text("set-aside-count", word("set_aside", { count: setAside }));
  text("inside", `${word("inside", { count: inside.size, total: expectedAt(session, inside) })} · ${word("walk_ins_here", { count: walkInsOf(session, scans, bundle) })}`);
}

/** Whom a head count counts: with one rule both numbers are added, and who is counted twice is seen by nobody afterwards. */
function renderWhom(isOfOthers, known) {
  text("heads-label", word(isOfOthers ? "count_of_others" : "count"));
  text("whom", word(isOfOthers ? "whom_others" : "whom_everybody"));
  text("counted-already", word("counted_already", known));
}

/** Every device on this phone that was called back, wherever the app is: save what it holds, then remove it. */
function renderRevoked(devices, asking) {
  const place = byId("revoked");
  const drawn = JSON.stringify([devices.map(({ id, unsent, exportedAt, exportedTo, sequence }) => [id, unsent, exportedAt, exportedTo === sequence]), asking, currentLanguage()]);
  place.hidden = !devices.length;
  if (place.dataset.drawn === drawn) return; // an alert speaks only when it changes
  place.dataset.drawn = drawn;
  byId("revoked-devices").replaceChildren(...devices.map((device) => revokedDevice(device, device.id === asking)));
}

function revokedDevice({ id, name, unsent, exportedAt, exportedTo, sequence }, isAsking) {
  const isSaved = exportedTo === sequence;
  const row = element("li");
  const button = (act, label, style) => element("button", label, { type: "button", class: style, "data-act": act, value: id });
  row.append(element("p", word("device_name", { name })), element("p", word("revoked_help", { count: unsent })));
  if (exportedAt) row.append(element("p", word("exported", { time: dayAndTime(exportedAt) })));
  row.append(button("export", word("export"), `btn wide${isSaved ? " quiet" : ""}`));
  if (unsent && !isSaved) return row;
  row.append(button("erase-revoked", word("erase_revoked"), "btn quiet wide"));
  if (isAsking) row.append(element("p", unsent ? word("erase_saved_sure") : word("erase_sure")), button("erase-revoked-now", word("erase_revoked"), "btn wide"));
  return row;
}

function renderDevice({ device, scans }, unsent, isOffline) {
  const minutes = Math.round(Math.abs(device.offset) / 60_000);
  shown("over", device.state === "over");
  shown("clock", minutes >= 1, word("clock_off", { minutes }));
  text("device-name", word("device_name", { name: device.name }));
  text("device-until", word("until", { time: dayAndTime(device.bundle.device.sessions_until) }));
  text("last-sync", word("last_sync", { time: device.sentAt ? dayAndTime(device.sentAt) : word("never") }));
  const stuck = scans.filter((scan) => !scan.isSent && scan.trouble);
  shown("sync-trouble", stuck.length > 0 || isOffline, stuck.length ? word("sync_trouble", { count: stuck.length }) : word("sync_failed"));
  shown("exported", Boolean(device.exportedAt), word("exported", { time: dayAndTime(device.exportedAt || 0) }));
  document.querySelector("[data-act=erase]").disabled = unsent > 0;
  byId("recent").dataset.count = scans.length;
  const listed = [...scans.slice(0, -RECENT).filter((scan) => stuck.includes(scan)), ...scans.slice(-RECENT)];
  byId("recent").replaceChildren(...(listed.length ? listed.reverse().map((scan) => entry(scan, device.bundle)) : [element("li", word("nothing_yet"))]));
}

/** When, how, who; what was shown at the door if it was no welcome; and what became of it. */
function entry(scan, bundle) {
  const { body, verdict, answer, isSent, trouble } = scan;
  const row = element("li");
  const about = answer?.name || verdict.name || body.code || (body.count !== undefined ? String(body.count) : "");
  const shownThen = TONES[verdict.code] === "good" ? "" : `（${word(verdict.code)}）`;
  row.append(element("span", `${[time(body.occurred_at), word(body.kind), about].filter(Boolean).join(" ")}${shownThen}`));
  row.append(element("span", isSent ? word(`sent_${outcomeOf(scan, bundle)}`) : word("not_sent"), { class: isSent ? "choice-state" : "choice-state is-offline" }));
  if (!isSent && trouble) row.append(element("span", trouble.message || word(trouble.isSlow ? "stuck_slow" : "stuck_failed"), { class: "log-message" }));
  if (answer?.message && !bundle.decided?.[scan.uuid]) row.append(element("span", answer.message, { class: "log-message" }));
  return row;
}

/** The sessions of the device, each a large button. */
export function renderSessions({ bundle, sessionId }, onChoose) {
  byId("no-sessions").hidden = bundle.sessions.length > 0;
  byId("sessions").replaceChildren(
    ...bundle.sessions.map((session) => {
      const button = element("button", "", { type: "button", ...(session.id === sessionId ? { "aria-current": "true" } : {}) });
      button.append(element("span", nameOf(session)), element("span", `${dayAndTime(session.starts_at)} ${session.venue}`, { class: "choice-state" }));
      button.addEventListener("click", () => onChoose(session.id));
      const row = element("li");
      row.append(button);
      return row;
    }),
  );
}

/** People who match what was typed, each a large button. */
export function renderPeople(desk, typed, onChoose) {
  const { people, more } = search(desk.session, typed);
  const { inside } = desk;
  const state = (person) => {
    if (inside.has(person.registration)) return word("state_inside");
    return hasSeat(person) ? "" : word("state_waiting");
  };
  byId("people").replaceChildren(
    ...people.map((person) => {
      const button = element("button", "", { type: "button" });
      button.append(element("span", person.name), element("span", [person.particulars, person.code, state(person)].filter(Boolean).join(" · "), { class: "choice-state" }));
      button.addEventListener("click", () => onChoose(person));
      const row = element("li");
      row.append(button);
      return row;
    }),
  );
  const nothing = typed.trim() && !people.length ? word(desk.session.is_off ? "session_off" : "nobody_found") : "";
  text("found", more ? word("more_found", { count: more }) : nothing);
}
