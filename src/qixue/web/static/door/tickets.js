// Reads and checks a ticket without a network; docs/reference/tickets.md describes the 94 bytes.
import { verifyAsync } from "./vendor/noble-ed25519.js";

const ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
const PREFIX = "QX1";
const TEXT = /^QX1[A-Z2-7]{151}$/;
const LENGTH = 94; // bytes, of which the last 64 are the signature
const SIGNED = 30;
const VERSION = 1;
const CONTEXT = new TextEncoder().encode("qixue-ticket\0");

/** `reason` is "forged" or "unknown_key". */
export class BadTicket extends Error {
  constructor(reason) {
    super(reason);
    this.reason = reason;
  }
}

function bytesOf(text) {
  const bytes = new Uint8Array(LENGTH);
  let held = 0;
  let bits = 0;
  let at = 0;
  for (const letter of text) {
    held = (held << 5) | ALPHABET.indexOf(letter);
    bits += 5;
    if (bits >= 8) {
      bits -= 8;
      bytes[at++] = held >> bits;
      held &= (1 << bits) - 1;
    }
  }
  if (held) throw new BadTicket("forged"); // bits behind the last byte: a second spelling of the same ticket
  return bytes;
}

export function textOf(bytes) {
  let text = PREFIX;
  let held = 0;
  let bits = 0;
  for (const byte of bytes) {
    held = (held << 8) | byte;
    bits += 8;
    while (bits >= 5) {
      bits -= 5;
      text += ALPHABET[held >> bits];
      held &= (1 << bits) - 1;
    }
  }
  return bits ? text + ALPHABET[(held << (5 - bits)) & 31] : text;
}

/** The parts of a ticket, not yet checked. Throws BadTicket for whatever is not the one spelling of a ticket. */
export function decode(text) {
  if (!TEXT.test(text)) throw new BadTicket("forged");
  const bytes = bytesOf(text.slice(PREFIX.length));
  const view = new DataView(bytes.buffer);
  if (view.getUint8(0) !== VERSION || textOf(bytes) !== text) throw new BadTicket("forged");
  return {
    kid: view.getUint32(1).toString(16).padStart(8, "0"),
    programme: view.getUint32(5),
    session: Number(view.getBigUint64(9)),
    registration: Number(view.getBigUint64(17)),
    places: view.getUint8(25),
    notAfter: view.getUint32(26) * 1000, // milliseconds
    message: bytes.slice(0, SIGNED),
    signature: bytes.slice(SIGNED),
  };
}

const base64url = (text) => Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (letter) => letter.charCodeAt(0));

export async function verifyByBrowser(publicKey, signature, message) {
  const key = await crypto.subtle.importKey("raw", publicKey, { name: "Ed25519" }, false, ["verify"]);
  return crypto.subtle.verify({ name: "Ed25519" }, key, signature, message);
}

/** For browsers that came before Ed25519: the strict rules of RFC 8032, not the lenient ones of ZIP 215. */
export async function verifyByScript(publicKey, signature, message) {
  try {
    return await verifyAsync(signature, message, publicKey, { zip215: false });
  } catch {
    return false; // bytes that are no point of the curve
  }
}

let browserCan = null;

/** True where the browser itself knows Ed25519. */
export async function browserKnowsEd25519() {
  if (browserCan === null) {
    const base = new Uint8Array(32).fill(0x66); // the base point of the curve, a valid key
    base[0] = 0x58;
    browserCan = await crypto.subtle.importKey("raw", base, { name: "Ed25519" }, false, ["verify"]).then(() => true, () => false);
  }
  return browserCan;
}

/** The ticket if one of the keys signed it. Throws BadTicket. `verify` is chosen by what the browser knows. */
export async function verified(text, keys, verify = null) {
  const ticket = decode(text);
  const candidates = keys.filter((key) => key.use === "ticket" && key.alg === "Ed25519" && key.kid === ticket.kid);
  if (!candidates.length) throw new BadTicket("unknown_key");
  const check = verify || ((await browserKnowsEd25519()) ? verifyByBrowser : verifyByScript);
  const message = new Uint8Array([...CONTEXT, ...ticket.message]);
  for (const key of candidates) {
    if (await check(base64url(key.public_key), ticket.signature, message)) return ticket;
  }
  throw new BadTicket("forged");
}
