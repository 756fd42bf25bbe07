// The list of one session: who is on it, who is in, who came with whom.
const MOST = 30; // names shown at once
const AROUND = Number(document.body.dataset.around) * 1000; // ms before and after a session in which the server counts by itself
if (!Number.isFinite(AROUND)) throw new Error("the page is of another version"); // better no app than one that welcomes nobody

/** Whether the server puts everything aside that happens now, by its clock in ms; always where the session has no start. */
export function isOutsideHours(session, at) {
  const opens = Date.parse(session.starts_at) - AROUND;
  const closes = Date.parse(session.ends_at || session.starts_at) + AROUND;
  return !(opens <= at && at <= closes);
}

/** Whether a head count is put aside now: unlike people it counts from the start on only. */
export const isNoTimeToCount = (session, at) => at < Date.parse(session.starts_at) || isOutsideHours(session, at);

/** Names are compared without spaces, dots, letter case, and full-width forms. */
const plain = (text) => text.normalize("NFKC").toLowerCase().replace(/[\s·•.\-]/g, "");

/** The six digits of a door code as people type them: full-width, with spaces or dashes. Empty for anything else. */
export function codeIn(text) {
  const typed = text.normalize("NFKC").replace(/[\s\p{Pd}]/gu, "").replaceAll("〇", "0");
  return /^\d{6}$/.test(typed) ? typed : "";
}

/** What a session is called, with its topic: several of one activity may stand in the list. */
export const nameOf = ({ title, topic }) => [title, topic].filter(Boolean).join(" · ");

export const sessionOf = (bundle, id) => bundle.sessions.find((session) => session.id === id);

export const byRegistration = (session, registration) => session.people.find((person) => person.registration === registration);

export const byCode = (session, code) => session.people.find((person) => person.code === code);

/** People whose name has the text in it (or its initials, where the list has them), in the order of the list. */
export function search(session, text) {
  const wanted = plain(text);
  if (!wanted) return { people: [], more: 0 };
  const found = session.people.filter((person) => plain(person.name).includes(wanted) || (person.initials || "").startsWith(wanted));
  return { people: found.slice(0, MOST), more: Math.max(0, found.length - MOST) };
}

/** What became of an entry that was sent: the server's verdict, or what a person has decided since. */
export const outcomeOf = ({ uuid, answer }, bundle) => bundle.decided?.[uuid] || answer.verdict;

/** Whether an entry counts, as far as this device knows: by what became of it, and until it is sent by what was shown. */
export function stands(scan, bundle) {
  if (scan.answer) return ["counted", "already_in", "accepted"].includes(outcomeOf(scan, bundle));
  return ["in", "walked_in", "counted"].includes(scan.verdict.code);
}

/** Since when each registration is in: what the server knew and what this device let in. The server's word goes before ours. */
export function insideOf(session, scans, bundle) {
  const inside = new Map();
  for (const person of session.people) {
    if (person.checked_in_at) inside.set(person.registration, person.checked_in_at);
  }
  for (const scan of scans) {
    const { registration, code } = scan.verdict;
    if (scan.body.session !== session.id || code !== "in" || inside.has(registration)) continue;
    if (stands(scan, bundle)) inside.set(registration, scan.body.occurred_at);
  }
  return inside;
}

/** How many walk-ins of this device count there. */
export const walkInsOf = (session, scans, bundle) =>
  scans.filter((scan) => scan.body.session === session.id && scan.body.kind === "walk_in" && stands(scan, bundle)).length;

/** A seat that is offered is theirs until the offer ends; the server counts them, too. */
export const hasSeat = (person) => person.state === "confirmed" || person.state === "offered";

/** How many have a seat or are in without one: of them those who are in are counted. */
export const expectedAt = (session, inside) =>
  new Set([...session.people.filter(hasSeat).map(({ registration }) => registration), ...inside.keys()]).size;

/** Those who registered together with somebody, have a seat and are not in. */
export function companionsOf(session, person, inside) {
  if (!person?.party) return [];
  return session.people.filter(
    (other) => other.party === person.party && other.registration !== person.registration
      && hasSeat(other) && !inside.has(other.registration),
  );
}
