// The acts of a door. Each writes its entry first and only then says what to show.
import { companionsOf, insideOf, sessionOf } from "./people.js";
import { atThisHour, judgeCode, judgeCount, judgePerson, judgeTicket } from "./verdicts.js";

export class Desk {
  constructor(store) {
    this.store = store;
    this.device = null;
    this.sessionId = null;
    this.scans = [];
    this.turn = Promise.resolve();
  }

  get bundle() {
    return this.device?.bundle || null;
  }

  get session() {
    return (this.bundle && sessionOf(this.bundle, this.sessionId)) || null;
  }

  get inside() {
    return insideOf(this.session, this.scans, this.bundle);
  }

  /** Now, by the server's clock, in milliseconds. */
  get at() {
    return Date.now() + (this.device?.offset || 0);
  }

  async reload() {
    const id = await this.store.setting("device");
    this.device = id === undefined ? null : (await this.store.device(id)) || null;
    this.sessionId = (await this.store.setting("session")) ?? null;
    this.scans = this.device ? await this.store.scans(this.device.id) : [];
  }

  async chooseSession(id) {
    await this.store.keep("session", id);
    this.sessionId = id;
  }

  checkTicket(text) {
    const ticket = text.trim();
    return this.inTurn(async () => this.record({ kind: "ticket", ticket }, await judgeTicket(ticket, this)));
  }

  checkCode(code) {
    return this.inTurn(() => this.record({ kind: "code", code }, judgeCode(code, this)));
  }

  checkPerson(person) {
    return this.inTurn(() => this.record({ kind: "name", registration: person.registration }, judgePerson(person, this)));
  }

  /** The people who registered together, one entry each; shown is who is not in, if somebody is not. */
  async checkAll(people) {
    const verdicts = [];
    for (const person of people) verdicts.push(await this.checkPerson(person));
    const odd = verdicts.find(({ code }) => !["in", "already"].includes(code));
    return { ...(odd || { code: "in", all: people.length }), entries: verdicts.flatMap(({ entries }) => entries), companions: [] };
  }

  addWalkIn(name) {
    const known = name.trim() ? { name: name.trim() } : {};
    return this.inTurn(() => this.record({ kind: "walk_in", ...known }, { code: "walked_in", name: name.trim() }));
  }

  addHeadCount({ count, qualifier, note, photo }) {
    const body = { kind: "head_count", count, qualifier, ...(note ? { note } : {}) };
    return this.inTurn(() => this.record(body, judgeCount(count, this), photo));
  }

  /** One act after the other, so that two quick scans of one person are judged knowing of each other. */
  inTurn(act) {
    const result = this.turn.then(async () => {
      await this.reload(); // another tab may have written
      return act();
    });
    this.turn = result.catch(() => {});
    return result;
  }

  async record(body, judged, photo = "") {
    const verdict = atThisHour(judged, this);
    const happened = { session: this.session.id, occurred_at: new Date().toISOString(), shown: verdict.code, ...body };
    const scan = await this.store.add(this.device.id, happened, verdict, photo);
    this.scans.push(scan);
    const person = this.session.people.find((other) => other.registration === verdict.registration);
    return { ...verdict, entries: [scan.uuid], companions: companionsOf(this.session, person, this.inside) };
  }
}
