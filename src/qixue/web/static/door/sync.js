// Sends entries and fetches the list. Nothing is given up: what the server did not answer for is sent again. What it does
// not take holds up nothing else: it stays unsent with the reason, and is tried again, each time after a longer wait.
const BATCH = 200; // entries
const PATIENCE = 30_000; // ms for one answer, and as long again for each 300 kB that go up: 2G is slow, not dead
const SLOWEST = 10; // characters in a millisecond
const SOON = 1_500; // ms after an entry
const EVERY = 30_000; // ms
const FIRST_WAIT = 5_000; // ms after a failure, doubled with each further one
const LONGEST_WAIT = 300_000; // ms
const KEPT_FOR = 7 * 86_400_000; // ms
const MOST_FAULTS = 10; // entries in one round at which the server fails: from then on the fault is not theirs

const waitAfter = (failures) => Math.min(FIRST_WAIT * 2 ** (failures - 1), LONGEST_WAIT);

/** Whether what failed so often, the last time at that moment, is to be tried again. */
const isDue = ({ at, times }) => Math.abs(Date.now() - at) >= waitAfter(times);

/** The server turned the token down, in its own words (a hotel's sign-in page that answers 403 has none). */
class TurnedDown extends Error {}

/** The server did not take what was sent, whatever it is: sending the same again does not help. */
class NotTaken extends Error {}

export class Sync {
  constructor(store, addresses, onChange) {
    const failed = new Map(); // links by token and devices by id: how often in a row (times), when last (at)
    const asked = { isAsked: false, isAskedNext: false }; // by a person: the round that runs, the one that comes
    Object.assign(this, { store, addresses, onChange, failed, ...asked, timer: 0, running: null, isWanted: false });
  }

  begin() {
    addEventListener("online", () => this.afresh());
    document.addEventListener("visibilitychange", () => document.hidden || this.afresh());
    this.now();
  }

  /** Whether it failed the last time: the token of a link that waits, or the id of a device. */
  hasFailed(key) {
    return this.failed.has(key);
  }

  /** A whole round, in which nothing waits because it failed: something has changed. One that runs is waited for: what it
   * fails at had begun before the change.
   */
  async afresh() {
    await this.running?.catch(() => undefined);
    for (const [key, { times }] of this.failed) this.failed.set(key, { times, at: 0 });
    return this.now();
  }

  /** Soon: after an entry, so that the other devices at the door see it. A round that runs may have read the entries
   * before, so that another is wanted behind it. */
  nudge() {
    this.isWanted = true;
    if (!this.running) this.later(SOON);
  }

  later(wait) {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.now(), wait);
  }

  /** One round now; a second call while it runs waits for the same round. `isAsked`: by a person, who may know more, and
   * for whom a whole round begins. */
  now(isAsked = false) {
    this.isAskedNext ||= isAsked;
    this.running ??= this.alone().finally(() => {
      this.running = null;
      this.later(this.pause);
    });
    return this.running;
  }

  /** ms until the next round. */
  get pause() {
    if (this.isWanted || this.isAskedNext) return SOON;
    return Math.min(EVERY, ...[...this.failed.values()].map(({ times }) => waitAfter(times)));
  }

  /** Of several tabs only one sends; the others see the result in the store. */
  async alone() {
    if (!navigator.locks) return this.round();
    return navigator.locks.request("qixue-door-sync", { ifAvailable: true }, (lock) => lock && this.round());
  }

  async round() {
    this.isWanted = false;
    this.isAsked = this.isAskedNext;
    this.isAskedNext = false;
    await this.forgetOver();
    const keys = new Set();
    for (const token of await this.store.links()) {
      keys.add(token);
      await this.attempt(token, () => this.exchange(token));
    }
    for (const device of await this.store.devices()) {
      keys.add(device.id);
      await this.attempt(device.id, () => this.deliver(device));
    }
    for (const key of this.failed.keys()) if (!keys.has(key)) this.failed.delete(key);
    await this.tidy();
    return this.onChange();
  }

  /** A link or a device that fails (no network, a timeout, a server in trouble) does not stop the others, and is left out of
   * the rounds until it is due again. */
  async attempt(key, act) {
    const failed = this.failed.get(key);
    if (!navigator.onLine) return this.failed.set(key, failed || { times: 1, at: Date.now() });
    if (failed && !this.isAsked && !isDue(failed)) return;
    try {
      await act();
      this.failed.delete(key);
    } catch {
      this.failed.set(key, { times: (failed?.times || 0) + 1, at: Date.now() });
    }
  }

  /** Fetches the list for a link that was opened; of several the one opened last is at work in the end. */
  async exchange(token) {
    try {
      const { answer, offset } = await this.ask("bundle", token);
      const { id, name, highest_sequence: highest } = answer.device;
      await this.store.openLink(token, id, { name, bundle: answer, offset, state: "", fetchedAt: Date.now() }, highest);
    } catch (error) {
      if (!(error instanceof TurnedDown)) throw error;
      await this.store.refuseLink(token);
    }
  }

  async deliver(device) {
    if (device.state === "revoked" && !this.isAsked) return;
    try {
      await this.send(device);
    } catch (error) {
      if (!(error instanceof TurnedDown)) throw error;
      await this.store.forgetNames(device.id, "revoked");
      return;
    }
    if (device.id === (await this.store.setting("device"))) await this.fetch(device);
  }

  /** After its hours every device on this phone knows nobody by name any more, whichever is at work and without a network. */
  async forgetOver() {
    for (const device of await this.store.devices()) {
      const isOver = Date.now() + device.offset >= Date.parse(device.bundle.device.sessions_until);
      if (isOver && device.state !== "revoked") await this.store.forgetNames(device.id, "over");
    }
  }

  /** A week after its hours a device that has delivered everything forgets it by itself. */
  async tidy() {
    await this.forgetOver(); // also what the answers to the last entries brought
    for (const device of await this.store.devices()) {
      if (Date.now() > Date.parse(device.bundle.device.sessions_until) + KEPT_FOR) await this.store.erase(device.id);
    }
  }

  async fetch(device) {
    try {
      const { answer, offset } = await this.ask("bundle", device.token);
      const values = { name: answer.device.name, bundle: answer, offset, state: "", fetchedAt: Date.now() };
      await this.store.changeDevice(device.id, values, answer.device.highest_sequence);
    } catch (error) {
      if (!(error instanceof TurnedDown)) throw error;
      // its hours: it may deliver, but reads no names
      await this.store.forgetNames(device.id, "over");
    }
  }

  /** Batch after batch until nothing is left that the server takes; an empty one says that the device is alive. */
  async send(device) {
    const passed = new Set();
    for (;;) {
      const waiting = (await this.store.unsent(device.id)).filter((scan) => !passed.has(scan.uuid) && this.isToSend(scan));
      const batch = await this.next(waiting);
      const missing = await this.post(device, batch, passed);
      if (waiting.length <= batch.length) {
        await this.store.sendAgain(device.id, missing);
        return this.store.changeDevice(device.id, { sentAt: Date.now() });
      }
    }
  }

  /** Whether an entry goes now; one that was not taken before waits, unless a person asks. */
  isToSend({ trouble }) {
    return !trouble || this.isAsked || isDue(trouble);
  }

  /** The bodies to send next. Photos go last and one at a time, so that a slow network brings the people first; after them
   * what was not taken before. */
  next(waiting) {
    const good = waiting.filter((scan) => !scan.trouble);
    const light = good.filter((scan) => !scan.hasPhoto);
    const chosen = light.length ? light.slice(0, BATCH) : [...good, ...waiting].slice(0, 1);
    return Promise.all(chosen.map((scan) => this.store.body(scan)));
  }

  /** Sends a batch; one that is not taken as a whole is sent in halves, so that one bad entry holds up no other. Throws
   * where nothing can be sent at all: then no entry is to blame. */
  async post(device, batch, passed) {
    try {
      return await this.postOnce(device, batch, passed);
    } catch (error) {
      if (error instanceof TurnedDown || !batch.length) throw error;
      const missing = await this.postOnce(device, [], passed);
      if (batch.length === 1) {
        if (!(error instanceof NotTaken) && passed.size >= MOST_FAULTS) throw error;
        await this.pass(batch[0].uuid, passed, error);
        return missing;
      }
      const half = Math.ceil(batch.length / 2);
      await this.post(device, batch.slice(0, half), passed);
      return this.post(device, batch.slice(half), passed);
    }
  }

  /** An entry that was not taken: the others go on without it. */
  pass(uuid, passed, error) {
    passed.add(uuid);
    return this.store.noteTrouble(uuid, { message: error instanceof NotTaken ? error.message : "", isSlow: error?.name === "AbortError" });
  }

  async postOnce(device, batch, passed) {
    const { sequence } = (await this.store.device(device.id)) || device; // it may have been removed meanwhile
    const body = { clock: new Date().toISOString(), highest_sequence: sequence, scans: batch };
    const { answer } = await this.ask("scans", device.token, body);
    const own = new Set(batch.map((scan) => scan.uuid));
    const results = answer.results.filter((result) => own.has(result.uuid));
    await this.store.answer(results);
    for (const result of results) own.delete(result.uuid);
    for (const uuid of own) await this.pass(uuid, passed); // no answer for this one: it stays unsent
    await this.onChange();
    return answer.missing || [];
  }

  /** The answer and how far the server's clock is ahead of ours, in ms. */
  async ask(address, token, body) {
    const began = Date.now();
    const headers = { Authorization: `Bearer ${token}`, "Accept-Language": document.documentElement.lang };
    const options = { headers, cache: "no-store", credentials: "omit", redirect: "error" };
    if (body) Object.assign(options, { method: "POST", body: JSON.stringify(body), headers: { ...headers, "Content-Type": "application/json" } });
    options.signal = after(PATIENCE + (options.body?.length || 0) / SLOWEST);
    const response = await fetch(this.addresses[address], options);
    const answer = await response.json().catch(() => null);
    if (response.ok && answer) {
      return { answer, offset: Date.parse(answer.server_time) - (began + Date.now()) / 2 };
    }
    if ([401, 403].includes(response.status) && answer?.code) throw new TurnedDown(answer.code);
    if ([400, 413, 422].includes(response.status) && answer?.code) {
      throw new NotTaken([answer.message, ...(answer.details || []).map((detail) => detail.message)].join(" "));
    }
    throw new Error(`${address} answers ${response.status}`);
  }
}

function after(patience) {
  const abort = new AbortController();
  setTimeout(() => abort.abort(), patience);
  return abort.signal;
}
