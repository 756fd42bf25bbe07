// What the device thinks of a scan: a code from the list below, whom it is about, and the values of its sentence.
// The server judges again from the same facts, and counts nobody who was turned away here (merge.py).
//
// in, already, waiting, cancelled, wrong_session, expired, forged, unknown_key, unknown_code, walked_in, counted,
// count_waits
import { byCode, byRegistration, hasSeat, sessionOf } from "./people.js";
import { BadTicket, verified } from "./tickets.js";

export const TONES = {
  in: "good", walked_in: "good", counted: "good",
  already: "mind", waiting: "mind", count_waits: "mind", unknown_code: "mind", unknown_key: "mind",
  cancelled: "stop", wrong_session: "stop", expired: "stop", forged: "stop",
};

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
    return { code: "wrong_session", registration, session: sessionOf(desk.bundle, ticket.session)?.title || "" };
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

export function judgeCode(code, desk) {
  const person = byCode(desk.session, code);
  return person ? judgePerson(person, desk) : { code: "unknown_code" };
}
