// Everything that the device keeps, in IndexedDB. Of an entry what was shown and when stays as it was written; the server's
// answer is added, and names and photos of what was sent go after the hours of the device (withoutNames).
//
// devices:  what a link stands for: id, name, token, opening (the number of its link), sequence (the last one given),
//           bundle, offset (ms, server minus device), exportedAt and exportedTo (when a file was saved last, and the last
//           number in it)
// scans:    uuid, device, sequence, isSent (0 or 1), hasPhoto, body (as the server takes it), verdict (shown here),
//           answer (the server's), tries (how often it was sent again after an answer), trouble (why it was not taken: at,
//           times, message in the server's words, isSlow)
// photos:   uuid of a head count and its JPEG as base64, apart so that reading the scans stays quick
// settings: name and value; `links` were opened and the server has not answered for them yet: token and opening, a number
//           that grows with each link, for the clock of a phone may jump; `openings` is the last one given
const NAME = "qixue-door";
const VERSION = 1;

export const asked = (request) =>
  new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });

const entriesOf = (deviceId) => IDBKeyRange.bound([deviceId, 0], [deviceId, Infinity]); // by_sequence

const finished = (transaction) =>
  new Promise((resolve, reject) => {
    transaction.oncomplete = () => resolve();
    transaction.onabort = transaction.onerror = () => reject(transaction.error || new Error("aborted"));
  });

export async function openStore() {
  const request = indexedDB.open(NAME, VERSION);
  request.onupgradeneeded = () => {
    const database = request.result;
    database.createObjectStore("devices", { keyPath: "id" });
    const scans = database.createObjectStore("scans", { keyPath: "uuid" });
    scans.createIndex("by_state", ["device", "isSent", "sequence"]);
    scans.createIndex("by_sequence", ["device", "sequence"], { unique: true });
    database.createObjectStore("photos", { keyPath: "uuid" });
    database.createObjectStore("settings", { keyPath: "name" });
  };
  const database = await asked(request);
  database.onversionchange = () => database.close();
  return new Store(database);
}

/** Takes the token of a link out of those that wait. */
async function dropLink(settings, token) {
  const { value } = await asked(settings.get("links"));
  settings.put({ name: "links", value: value.filter((link) => link.token !== token) });
}

const knowsNames = ({ verdict, answer, isSent, body, hasPhoto }) =>
  Boolean(verdict.name || answer?.name || (isSent && (body.name || hasPhoto)));

/** What was sent loses the name or photo that it came with, and says so should the server ask for it again: there a person
 * looks at it, for it is not all that it was. */
function withoutNames(scan) {
  const nameless = { ...scan, verdict: { ...scan.verdict, name: "" }, answer: scan.answer && { ...scan.answer, name: null } };
  if (!scan.isSent || !(scan.body.name || scan.hasPhoto)) return nameless;
  return { ...nameless, hasPhoto: false, body: { ...scan.body, name: undefined, shown: "name_gone" } };
}

export class Store {
  constructor(database) {
    this.database = database;
  }

  /** One transaction: all that `act` writes, or nothing of it; on disk when this returns. */
  async write(names, act) {
    const transaction = this.database.transaction(names, "readwrite", { durability: "strict" });
    const done = finished(transaction);
    done.catch(() => {}); // awaited below, unless `act` fails first
    try {
      const result = await act(...names.map((name) => transaction.objectStore(name)));
      await done;
      return result;
    } catch (error) {
      if (error.name !== "AbortError") try { transaction.abort(); } catch { /* it has ended by itself */ }
      throw error;
    }
  }

  read(name) {
    return this.database.transaction(name).objectStore(name);
  }

  async setting(name) {
    return (await asked(this.read("settings").get(name)))?.value;
  }

  keep(name, value) {
    return this.write(["settings"], (settings) => asked(settings.put({ name, value })));
  }

  device(id) {
    return asked(this.read("devices").get(id));
  }

  devices() {
    return asked(this.read("devices").getAll());
  }

  /** The tokens of links that wait for the server, in the order in which they were opened. */
  async links() {
    return ((await this.setting("links")) || []).map(({ token }) => token);
  }

  /** Keeps the token of a link that was opened, behind those that wait already. */
  addLink(token) {
    return this.write(["settings"], async (settings) => {
      const links = (await asked(settings.get("links")))?.value || [];
      const opening = ((await asked(settings.get("openings")))?.value || 0) + 1;
      settings.put({ name: "openings", value: opening });
      settings.put({ name: "links", value: [...links.filter((link) => link.token !== token), { token, opening }] });
      settings.put({ name: "link_refused", value: false });
    });
  }

  /** Takes over the links that wait as earlier versions of the app have kept them: a single token, or tokens without numbers. */
  takeOverLinks() {
    return this.write(["settings"], async (settings) => {
      const valueOf = async (name) => (await asked(settings.get(name)))?.value;
      const links = [(await valueOf("token")) || [], (await valueOf("links")) || []].flat();
      if (links.every((link) => link.token)) return;
      const last = (await valueOf("openings")) || 0;
      settings.put({ name: "openings", value: last + links.length });
      settings.put({ name: "links", value: links.map((link, at) => ({ token: link.token || link, opening: last + at + 1 })) });
      settings.put({ name: "token", value: "" });
    });
  }

  /** What a link stands for, a new device or one that is known, is at work from now on, unless a link that was opened later
   * is: the server may have answered for that one first. The link waits no more. The device goes on after the highest number
   * that the server knows: another store of the same link (another browser, one that was emptied) may have given those before. */
  openLink(token, id, values, highest) {
    return this.write(["devices", "settings"], async (devices, settings) => {
      const known = (await asked(devices.get(id))) || { sequence: 0 };
      const { value: links } = await asked(settings.get("links"));
      const opening = links.find((link) => link.token === token)?.opening || known.opening;
      const atWork = await asked(devices.get((await asked(settings.get("device")))?.value ?? id));
      devices.put({ ...known, ...values, id, token, opening, sequence: Math.max(known.sequence, highest) });
      if (!(atWork?.opening > opening)) settings.put({ name: "device", value: id });
      await dropLink(settings, token);
    });
  }

  /** The server turned a link down: it waits no more, and the screen says so. */
  refuseLink(token) {
    return this.write(["settings"], async (settings) => {
      settings.put({ name: "link_refused", value: true });
      await dropLink(settings, token);
    });
  }

  /** Changes some values of a device that is still there; its numbers go on as in `openLink`. */
  changeDevice(id, values, highest = 0) {
    return this.write(["devices"], async (devices) => {
      const device = await asked(devices.get(id));
      if (device) devices.put({ ...device, ...values, id, sequence: Math.max(device.sequence, highest) });
    });
  }

  /** A new entry with the next sequence number. One transaction gives and uses the number: two tabs never share or skip one. */
  add(deviceId, body, verdict, photo = "") {
    return this.write(["devices", "scans", "photos"], async (devices, scans, photos) => {
      const device = await asked(devices.get(deviceId));
      const sequence = device.sequence + 1;
      const uuid = crypto.randomUUID();
      const scan = { uuid, device: deviceId, sequence, isSent: 0, hasPhoto: Boolean(photo), body: { uuid, sequence, ...body }, verdict, answer: null, tries: 0 };
      devices.put({ ...device, sequence });
      scans.add(scan);
      if (photo) photos.add({ uuid, photo });
      return scan;
    });
  }

  /** All entries of the device, in the order in which they were made. */
  scans(deviceId) {
    return asked(this.read("scans").index("by_sequence").getAll(entriesOf(deviceId)));
  }

  unsent(deviceId) {
    const range = IDBKeyRange.bound([deviceId, 0, 0], [deviceId, 0, Infinity]);
    return asked(this.read("scans").index("by_state").getAll(range));
  }

  async unsentCount(deviceId) {
    const range = IDBKeyRange.bound([deviceId, 0, 0], [deviceId, 0, Infinity]);
    return asked(this.read("scans").index("by_state").count(range));
  }

  async body(scan) {
    const kept = await asked(this.read("photos").get(scan.uuid));
    return kept ? { ...scan.body, photo: kept.photo } : scan.body;
  }

  /** What the server said to entries, by uuid. An entry without an answer stays unsent. */
  answer(results) {
    return this.write(["scans"], async (scans) => {
      for (const result of results) {
        const scan = await asked(scans.get(result.uuid));
        if (scan) scans.put({ ...scan, isSent: 1, answer: result, trouble: null });
      }
    });
  }

  /** An entry was not taken: it stays unsent, and says why. */
  noteTrouble(uuid, why) {
    return this.write(["scans"], async (scans) => {
      const scan = await asked(scans.get(uuid));
      if (scan) scans.put({ ...scan, trouble: { ...why, at: Date.now(), times: (scan.trouble?.times || 0) + 1 } });
    });
  }

  /** The server lacks these sequence numbers, though it had answered for them: send them once more. At most 3 times. */
  sendAgain(deviceId, ranges) {
    return this.write(["scans"], async (scans) => {
      for (const [from, to] of ranges) {
        const range = IDBKeyRange.bound([deviceId, from], [deviceId, to]);
        for (const scan of await asked(scans.index("by_sequence").getAll(range))) {
          if (scan.isSent && scan.tries < 3) scans.put({ ...scan, isSent: 0, tries: scan.tries + 1 });
        }
      }
    });
  }

  /** A device that was called back, or whose hours are over, keeps its entries and forgets whom it knew by name. What is
   * not sent yet stays as it was typed. */
  forgetNames(deviceId, state) {
    return this.write(["devices", "scans", "photos"], async (devices, scans, photos) => {
      const device = await asked(devices.get(deviceId));
      if (!device) return;
      const sessions = device.bundle.sessions.map((session) => ({ ...session, people: [] }));
      const isForgotten = device.state === state && !device.bundle.sessions.some((session) => session.people.length);
      if (!isForgotten) devices.put({ ...device, state, bundle: { ...device.bundle, sessions } });
      for (const scan of await asked(scans.index("by_sequence").getAll(entriesOf(deviceId)))) {
        if (!knowsNames(scan)) continue;
        scans.put(withoutNames(scan));
        if (scan.isSent) photos.delete(scan.uuid);
      }
    });
  }

  /** Removes a device with its entries and photos. Refuses (returns false) while one of them is not sent. `fromFile`: what
   * cannot be sent any more, for the device was called back, may go where it is in a file that somebody says they have. */
  erase(deviceId, fromFile = false) {
    return this.write(["devices", "scans", "photos"], async (devices, scans, photos) => {
      const device = await asked(devices.get(deviceId));
      const all = await asked(scans.index("by_sequence").getAll(entriesOf(deviceId)));
      const savedTo = fromFile && device?.state === "revoked" ? device.exportedTo || 0 : 0;
      if (all.some((scan) => !scan.isSent && scan.sequence > savedTo)) return false;
      for (const scan of all) {
        scans.delete(scan.uuid);
        photos.delete(scan.uuid);
      }
      devices.delete(deviceId);
      return true;
    });
  }
}
