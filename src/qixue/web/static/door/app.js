// The door app: puts store, sending, desk and screen together.
import { Desk } from "./desk.js";
import { saveFile } from "./export.js";
import { codeIn } from "./people.js";
import { shrunk } from "./photos.js";
import { clearResult, correctResult, showResult, showTrouble } from "./result.js";
import { readPhoto, Scanner } from "./scanner.js";
import { currentView, render, renderPeople, renderSessions, show as showView } from "./screens.js";
import { askToKeep, canKeep, installWorker, stripToken, takeOver, tokenIn } from "./shell.js";
import { openStore } from "./store.js";
import { Sync } from "./sync.js";
import { currentLanguage, languages, speak, word } from "./words.js";

const { bundle, scans, worker } = document.body.dataset;
const byId = (id) => document.getElementById(id);
const JUST = 3000; // ms
const DOUBLE_TAP = 1000; // ms: nobody has seen the answer and meant another by then
const scanner = new Scanner(byId("camera"), {
  onText: (text) => {
    say(byId("scan-help"), "scan_help");
    act(() => desk.checkTicket(text));
  },
  onSeveral: () => say(byId("scan-help"), "several_codes"),
  onLost: () => {
    stopCamera();
    say(byId("scan-help"), "camera_lost");
  },
});
let tabs;
let store;
let desk;
let sync;
let newVersion = null;
let shownAt = 0; // when the last verdict appeared
let tapped = { what: "", at: 0 };
let isAsked = false; // the browser asks somebody whether the camera may be used
let asking = null; // the device that was called back of which they were asked whether to remove it

/** One of the views. The camera is on in its own only: elsewhere it would let people in unseen. */
function show(view, how) {
  if (view !== "scan" && scanner.isOn) stopCamera();
  showView(view, how);
}

async function refresh() {
  await desk.reload();
  const devices = await store.devices();
  const counts = await Promise.all(devices.map((device) => store.unsentCount(device.id)));
  const links = await store.links();
  const withCounts = devices.map((device, at) => ({ ...device, unsent: counts[at] }));
  render({
    desk,
    unsent: counts.reduce((sum, count) => sum + count, 0),
    revoked: withCounts.filter((device) => device.state === "revoked"),
    asking,
    isOffline: !navigator.onLine || (desk.device ? [desk.device.id] : links).some((key) => sync.hasFailed(key)),
    linkRefused: Boolean(await store.setting("link_refused")),
    linkWaits: links.some((token) => sync.hasFailed(token)),
  });
  if (desk.bundle) correctResult(desk);
  await settle(links);
}

/** Leaves the views that wait for data as soon as it is there, and those whose data is gone. */
async function settle(links) {
  const view = currentView();
  if (!desk.device) return show(links.some((token) => !sync.hasFailed(token)) ? "loading" : "setup");
  if (desk.device.state === "revoked" && !["device", "setup"].includes(view)) return show("device");
  if (!desk.session && !["sessions", "device"].includes(view)) return chooseSession();
  if (["loading", "setup"].includes(view) && desk.device.state !== "revoked") show("door");
  if (view === "sessions") renderSessions(desk, choose);
  if (view === "name") listPeople();
}

function chooseSession() {
  const { sessions } = desk.bundle;
  if (sessions.length === 1 && !desk.session) return choose(sessions[0].id);
  renderSessions(desk, choose);
  show("sessions");
}

async function choose(id) {
  await desk.chooseSession(id);
  show("door");
  await refresh();
}

/** One act at the door: written, then shown, then sent. */
async function act(work) {
  let verdict;
  try {
    verdict = await work();
  } catch (error) {
    showTrouble(word("storage_full"));
    console.warn(error);
    return false;
  }
  byId("trouble").hidden = true;
  shownAt = Date.now();
  showResult(verdict, (people) => act(() => desk.checkAll(people)));
  await refresh();
  tabs.postMessage("changed");
  sync.nudge();
  return true;
}

/** Whether the token is kept; only then it leaves the address. */
async function keepToken(token) {
  try {
    if (token) await store.addLink(token);
  } catch (error) {
    console.warn(error);
    return false;
  }
  stripToken();
  return true;
}

async function open(token) {
  if (!token) return showTrouble(word("link_wrong"));
  if (!(await keepToken(token))) return showTrouble(word("storage_full"));
  clearResult();
  askToKeep();
  await sync.afresh();
}

/** What is sent empty right after a verdict is the same act once more: a button pressed as well, a hand scanner that ends
 * its line twice. Later it is not, and the answer about somebody else must not stay on the screen. */
const isJustShown = () => Date.now() - shownAt < JUST;

/** Whether this was done a moment ago: a button that was tapped twice is one act. */
const isDoubleTap = (what) => what === tapped.what && Date.now() - tapped.at < DOUBLE_TAP;

const noteTap = (what) => { tapped = { what, at: Date.now() }; };

const forms = {
  setup: (form) => open(tokenIn(form.elements.link.value)),
  ticket: async (form) => {
    const { value } = form.elements.ticket;
    form.reset();
    if (value.trim()) await act(() => desk.checkTicket(value));
    else if (!isJustShown()) showTrouble(word("ticket_missing"));
  },
  code: async (form) => {
    const { value } = form.elements.code;
    if (!value.trim() && isJustShown()) return; // sent by itself at the sixth digit: the verdict stays
    const code = codeIn(value);
    if (!code) return showTrouble(word("digits_wrong")); // what was typed stays
    form.reset();
    await act(() => desk.checkCode(code));
  },
  walk_in: async (form) => {
    const { value } = form.elements.name;
    form.reset();
    if (value.trim()) noteTap("walk-in with a name");
    else if (isDoubleTap("walk-in with a name")) return; // its name is out of the field already
    await act(() => desk.addWalkIn(value));
  },
  head_count: async (form) => {
    if ("saving" in form.dataset || (!form.elements.count.value && isDoubleTap("head count"))) return;
    form.dataset.saving = ""; // to make a photo smaller takes a moment
    await saveHeadCount(form).finally(() => delete form.dataset.saving);
  },
};

async function saveHeadCount(form) {
  const { count, qualifier, note, sheet } = form.elements;
  const number = count.value.normalize("NFKC").trim();
  const [file] = sheet.files;
  if (!/^\d{1,6}$/.test(number)) return showTrouble(word("count_wrong"));
  if (!qualifier.value) return showTrouble(word("qualifier_missing"));
  if (!note.value.trim() && !file) return showTrouble(word("evidence_missing"));
  let photo = "";
  try {
    photo = file ? await shrunk(file) : "";
  } catch {
    sheet.value = ""; // a phone offers no way to take a file off, and the count would never be saved
    return showTrouble(word("photo_wrong"));
  }
  const entry = { count: Number(number), qualifier: qualifier.value, note: note.value.trim(), photo };
  if (!(await act(() => desk.addHeadCount(entry)))) return;
  noteTap("head count");
  form.reset();
}

/** Gives an element other words, which it keeps when the language changes. */
function say(element, name) {
  if (element.dataset.word === name) return; // it may be spoken, each time that it changes
  element.dataset.word = name;
  element.textContent = word(name);
}

async function toggleCamera(button) {
  if (scanner.isOn) return stopCamera();
  if (isAsked) return;
  isAsked = true;
  try {
    await scanner.start();
  } catch (error) { // said not in the place of a result: a hand scanner may have been quicker
    if (error.name === "AbortError") return; // they went on, or stopped it, while it began
    if (error.name === "NotAllowedError") return say(byId("scan-help"), "camera_denied");
    return say(byId("scan-help"), "camera_refused");
  } finally {
    isAsked = false;
  }
  if (currentView() !== "scan") return stopCamera(); // they went on while the browser asked
  say(byId("scan-help"), "scan_help");
  document.querySelector(".camera").hidden = false;
  document.querySelector("[data-act=light]").hidden = !scanner.hasLight;
  say(button, "camera_off");
}

function stopCamera() {
  const button = document.querySelector("[data-act=camera]");
  scanner.stop();
  document.querySelector(".camera").hidden = true;
  const light = document.querySelector("[data-act=light]");
  light.hidden = true;
  light.setAttribute("aria-pressed", "false");
  say(button, "camera_on");
}

async function toggleLight(button) {
  const isOn = button.getAttribute("aria-pressed") !== "true";
  await scanner.light(isOn);
  button.setAttribute("aria-pressed", String(isOn));
}

async function changeLanguage() {
  const all = languages();
  speak(all[(all.indexOf(currentLanguage()) + 1) % all.length]);
  await store.keep("language", currentLanguage());
  clearResult();
  await refresh();
  sync.nudge(); // titles come in the language in which the list is asked for
}

async function erase(id, fromFile = false) {
  if (!(await store.erase(id, fromFile))) return;
  if (id === desk.device?.id) {
    await store.keep("device", undefined);
    await store.keep("session", null);
  }
  byId("erase-sure").hidden = true;
  asking = null;
  tabs.postMessage("changed");
  await refresh();
}

async function saved() {
  await saveFile(store);
  await refresh();
}

function askToErase(id) {
  asking = id;
  return refresh();
}

const acts = {
  back: () => history.back(),
  device: () => show("device"),
  recent: () => {
    show("device");
    byId("recent-entries").scrollIntoView();
  },
  sessions: chooseSession,
  sync: () => sync.now(true),
  setup: () => show("setup"),
  export: saved,
  language: changeLanguage,
  camera: toggleCamera,
  light: toggleLight,
  update: () => newVersion && takeOver(newVersion),
  erase: () => { byId("erase-sure").hidden = false; },
  "erase-now": () => erase(desk.device.id),
  "erase-revoked": ({ value }) => askToErase(Number(value)),
  "erase-revoked-now": ({ value }) => erase(Number(value), true),
};

function openWay(way) {
  show(way);
  if (way === "name") listPeople();
  if (way === "scan") toggleCamera(document.querySelector("[data-act=camera]"));
}

const listPeople = () =>
  renderPeople(desk, byId("search").value, async (person) => {
    if (isDoubleTap(person.registration)) return;
    noteTap(person.registration);
    byId("search").value = "";
    await act(() => desk.checkPerson(person));
  });

async function photographed(event) {
  const [file] = event.target.files;
  event.target.value = "";
  const texts = file ? await readPhoto(file).catch(() => []) : [];
  if (texts.length === 1) await act(() => desk.checkTicket(texts[0]));
  else showTrouble(texts.length ? word("several_codes") : word("no_code_in_photo"));
}

function listen() {
  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-act], [data-way]");
    if (button?.dataset.way) openWay(button.dataset.way);
    else if (button) acts[button.dataset.act](button);
  });
  document.addEventListener("submit", (event) => {
    event.preventDefault();
    forms[event.target.dataset.form](event.target);
  });
  byId("search").addEventListener("input", () => {
    clearResult(); // whoever types is at the next person: the last answer is not theirs
    listPeople();
  });
  byId("digits").addEventListener("input", ({ target }) => {
    clearResult();
    if (codeIn(target.value)) target.form.requestSubmit();
  });
  byId("code-photo").addEventListener("change", photographed);
  addEventListener("popstate", (event) => {
    const view = event.state?.view;
    show(view && view !== "loading" && view !== "setup" ? view : "door", { isBack: true });
    refresh();
  });
  addEventListener("hashchange", () => {
    const token = tokenIn(location.hash);
    if (token) open(token);
    else stripToken();
  });
  addEventListener("offline", refresh);
  tabs.addEventListener("message", refresh);
}

async function start() {
  document.documentElement.dataset.started = "";
  if (!(await canKeep())) return show("unsupported"); // the link stays in the address, to be opened in another browser
  tabs = new BroadcastChannel("qixue-door");
  store = await openStore();
  desk = new Desk(store);
  sync = new Sync(store, { bundle, scans }, async () => {
    await refresh();
    tabs.postMessage("changed");
  });
  speak(await store.setting("language"));
  await store.takeOverLinks();
  const isKept = await keepToken(tokenIn(location.hash));
  await refresh();
  if (!isKept) showTrouble(word("storage_full"));
  listen();
  installWorker(worker, (waiting) => {
    newVersion = waiting;
    byId("update").hidden = false;
  }).catch(console.warn);
  askToKeep();
  sync.begin();
}

start();
