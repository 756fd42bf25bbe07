// What the device thinks of a scan: a code from the list below, whom it is about, and the values of its sentence.
// The server judges again from the same facts, and counts nobody who was turned away here (merge.py).
//
// in, already, waiting, cancelled, wrong_session, expired, forged, unknown_key, unknown_code, walked_in, counted,
// count_waits, not_now, session_off
import { byCode, byRegistration, hasSeat, isNoTimeToCount, isOutsideHours, nameOf, outcomeOf, sessionOf, stands } from "./people.js";
import { BadTicket, verified } from "./tickets.js";

export const TONES = {
  in: "good", walked_in: "good", counted: "good",
  already: "mind", waiting: "mind", count_waits: "mind", unknown_code: "mind", unknown_key: "mind", not_now: "mind",
  session_off: "stop", cancelled: "stop", wrong_session: "stop", expired: "stop", forged: "stop",
};

/** What lets people stay inside, and head counts (merge.py). */
export const LET_IN = new Set(["in", "already", "walked_in", "counted", "count_waits"]);

/** What is told of something that is not this session's, also where this session does not take place. */
const NOT_OURS = new Set(["wrong_session", "forged"]);

/** `desk`: bundle, session (of the list), inside (Map), at (the server's time in ms). */
export async function judgeTicket(text, desk) {
  let ticket;
  try {
    ticket = await verified(text, desk.bundle.keys);
  } catch (error) {
    if (error instanceof BadTicket) return { code: error.reason };
    throw error;
  }
  const { registration } = ticket;
  if (desk.bundle.revoked.includes(registration)) return { code: "cancelled", registration };
  if (ticket.session !== desk.session.id) {
    const other = sessionOf(desk.bundle, ticket.session);
    return { code: "wrong_session", registration, session: other ? nameOf(other) : "", starts: other?.starts_at };
  }
  if (desk.at > ticket.notAfter) return { code: "expired", registration };
  const person = byRegistration(desk.session, registration);
  return person ? judgePerson(person, desk) : judgeUnlisted(registration, desk);
}

/** A genuine ticket that was given out after the list was fetched. */
function judgeUnlisted(registration, { inside }) {
  if (inside.has(registration)) return { code: "already", registration, since: inside.get(registration) };
  return { code: "in", registration, isUnlisted: true };
}

export function judgePerson(person, { bundle, inside }) {
  const about = { registration: person.registration, name: person.name };
  if (bundle.revoked.includes(person.registration)) return { code: "cancelled", ...about };
  if (inside.has(person.registration)) return { code: "already", ...about, since: inside.get(person.registration) };
  return { code: hasSeat(person) ? "in" : "waiting", ...about };
}

/** A head count needs nobody to be found. The server takes the first; a person decides between several. Where the list
 * knows of one, from wherever it came, or ours was not the first, the next one is not either.
 */
export function judgeCount(count, { bundle, session, scans, at }) {
  const own = scans.filter(({ body }) => body.session === session.id && body.kind === "head_count");
  const wasSecond = (scan) => scan.verdict.code === "counted" && scan.answer && outcomeOf(scan, bundle) === "review";
  const isSecond = Boolean(session.has_head_count) || own.some((scan) => stands(scan, bundle) || wasSecond(scan));
  return { code: isSecond || isNoTimeToCount(session, at) ? "count_waits" : "counted", count, isSecond };
}

/** The verdict as it stands at this session and hour: nobody is welcome, or counted, by what the server will put aside.
 * Of a session that is off nothing else is told: it takes place at no door now, and its list is empty. */
export function atThisHour(verdict, { bundle, session, at }) {
  if (session.is_off && !NOT_OURS.has(verdict.code)) return { ...verdict, code: "session_off" };
  if (!LET_IN.has(verdict.code) || verdict.code === "count_waits") return verdict;
  if (!isOutsideHours(session, at) && at <= Date.parse(bundle.device.sessions_until)) return verdict;
  return { ...verdict, code: "not_now", at, starts: session.starts_at };
}

export function judgeCode(code, desk) {
  const person = byCode(desk.session, code);
  return person ? judgePerson(person, desk) : { code: "unknown_code" };
}
