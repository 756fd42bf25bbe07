"""Sending what a city sealed to its province (上报), and taking it in there."""

import base64
import datetime
import json
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from qixue.core.figures import registry
from qixue.core.models import SigningKey, record_audit
from qixue.core.refusal import Refused
from qixue.core.signing_keys import kid_of, sign, verification_keys
from qixue.places.models import Region
from qixue.programme.models import Programme
from qixue.report.models import AcceptedKey, ProvinceReturn, Seal
from qixue.report.province_return_format import FORMAT, BadReturn, SignedReturn, quantity_sent, read_return, signed
from qixue.report.seal_format import BadSeal, SealedFigure, base64url
from qixue.report.seal_on_record import envelope_of

KEY_BYTES = 32


def goes_to_a_province(seal: Seal) -> bool:
    return seal.programme.region.level == Region.Level.CITY


def return_of(seal: Seal) -> SignedReturn:
    """What the city of the programme sends of one issue. Refused: not_of_a_city, signing_key_sealed."""
    programme = seal.programme
    if not goes_to_a_province(seal):
        sentence = _("Only a city sends figures to its province; this programme belongs to %(region)s.")
        raise Refused("not_of_a_city", sentence, region=programme.region.name)
    envelope = envelope_of(seal)
    payload = {
        "format": FORMAT,
        "city": {"code": programme.region.code, "name": programme.region.name},
        "programme": {
            "code": programme.code,
            "name": programme.name,
            "year": programme.year,
            "starts_on": str(programme.starts_on or ""),
            "ends_on": str(programme.ends_on or ""),
            "is_synthetic": programme.is_synthetic,
        },
        "seal": {
            "alg": "Ed25519",
            "kid": envelope.kid,
            "payload": envelope.payload,
            "signature": base64url(envelope.signature),
        },
    }
    keys = verification_keys(SigningKey.Purpose.REPORT)
    return signed(payload, lambda message: sign(SigningKey.Purpose.REPORT, message), keys)


@transaction.atomic
def accept_key(city: Region, public_key: str, *, by: Any, at: datetime.datetime) -> AcceptedKey:
    """From now on what this key signed is the city's. Accepting it twice changes nothing.

    `public_key` is base64url, or the entry of the key in the list that a city publishes, which says its use.
    Refused: no_key, when it is none of Ed25519; key_of_other_use, where its entry or our own list says so.
    """
    raw = key_for_reports(public_key)
    key, is_new = AcceptedKey.objects.get_or_create(
        city=city, public_key=base64url(raw), defaults={"kid": kid_of(raw), "accepted_at": at}
    )
    if is_new:
        record_audit("province_return.key_accepted", key, by=by, at=at, details={"city": city.code, "kid": key.kid})
    return key


@transaction.atomic
def stop_accepting_key(key: AcceptedKey, *, by: Any, at: datetime.datetime) -> None:
    """Nothing more that this key signed is taken in; what was taken in before stays."""
    details = {"city": key.city.code, "kid": key.kid}
    record_audit("province_return.key_stopped", key, by=by, at=at, details=details)
    key.delete()


def key_for_reports(text: str) -> bytes:
    entry = published_entry(text)
    raw = raw_key(str(entry.get("public_key")))
    ours = SigningKey.objects.filter(public_key=base64url(raw)).values_list("purpose", flat=True).first()
    use = entry.get("use") or ours or SigningKey.Purpose.REPORT
    if use != SigningKey.Purpose.REPORT:
        sentence = _("This key is for another use (%(use)s). Please ask the city for its key of the use “report”.")
        raise Refused("key_of_other_use", sentence, field="key", use=str(use))
    return raw


def published_entry(text: str) -> dict[str, Any]:
    """The entry that was typed, as `/.well-known/qixue-keys.json` has it; of a key alone one that says no use."""
    try:
        entry = json.loads(text)
    except ValueError:
        entry = None
    return entry if isinstance(entry, dict) else {"public_key": text}


def raw_key(text: str) -> bytes:
    try:
        raw = base64.urlsafe_b64decode(text + "==")
    except ValueError:
        raw = b""
    if len(raw) != KEY_BYTES:
        raise Refused("no_key", _("This is no public key: please copy it from the keys of the city."), field="key")
    return raw


def checked_return(programme: Programme, text: str) -> tuple[SignedReturn, Region]:
    """The return, when it can be taken in, and its city; nothing is written.

    Refused: unreadable_return; unknown_city, when it is no city of the programme's province; other_year;
    key_not_accepted and signature_fails; made_up; unknown_rule, wrong_unit and wrong_number, with the figures;
    repeated_seal, older_seal and other_seal.
    """
    try:
        sent = read_return(text)
    except (BadReturn, BadSeal) as error:
        raise Refused("unreadable_return", _("This file is no province return that can be read.")) from error
    city = programme.region.children.filter(code=sent.city_code, level=Region.Level.CITY).first()
    if city is None:
        sentence = _("%(city)s (%(code)s) is no city of %(region)s.")
        names = {"city": sent.city_name, "code": sent.city_code, "region": programme.region.name}
        raise Refused("unknown_city", sentence, **names)
    refuse_other_year(programme, sent)
    refuse_unsigned(sent, city)
    refuse_made_up(programme, sent)
    refuse_unknown_figures(list(sent.seal.figures.values()))
    refuse_former(programme, city, sent)
    return sent, city


def refuse_other_year(programme: Programme, sent: SignedReturn) -> None:
    if sent.year != programme.year:
        sentence = _("The return of %(city)s is of the year %(sent)s; this programme is of %(year)s.")
        raise Refused("other_year", sentence, city=sent.city_name, sent=str(sent.year or "—"), year=str(programme.year))


def refuse_unsigned(sent: SignedReturn, city: Region) -> None:
    accepted = {key.kid: raw_key(key.public_key) for key in AcceptedKey.objects.filter(city=city)}
    if sent.kid not in accepted or sent.seal.kid not in accepted:
        sentence = _("The key %(kid)s is not accepted for %(city)s. Please compare it with the city, then accept it.")
        raise Refused("key_not_accepted", sentence, kid=sent.kid, city=city.name)
    if not sent.is_signed_by(accepted):
        sentence = _("The signature does not hold: the return of %(city)s was altered on its way.")
        raise Refused("signature_fails", sentence, city=city.name)


def keys_behind(sent: SignedReturn) -> list[tuple[str, AcceptedKey | None]]:
    """Of each key that a return names as its own or as that of its seal: the kid, and the key if it was accepted."""
    kids = list(dict.fromkeys((sent.kid, sent.seal.kid)))
    accepted = {key.kid: key for key in AcceptedKey.objects.filter(city__code=sent.city_code, kid__in=kids)}
    return [(kid, accepted.get(kid)) for kid in kids]


def refuse_made_up(programme: Programme, sent: SignedReturn) -> None:
    """Demonstration data stand beside nothing that people have counted."""
    if sent.is_synthetic and not programme.is_synthetic:
        sentence = _("The return of %(city)s holds demonstration data; they enter no sum of real numbers.")
        raise Refused("made_up", sentence, city=sent.city_name)


def refuse_unknown_figures(figures: list[SealedFigure]) -> None:
    """Figures of a definition, a version of its rule or a unit that we do not count by."""
    known = registry.definitions
    unknown = [
        f"{each.code} {each.definition}/{each.rule_version}"
        for each in figures
        if each.definition not in known or each.rule_version > known[each.definition].rule_version
    ]
    if unknown:
        sentence = _("The return counts by rules that are not known here; a newer Qixue may know them:")
        raise Refused("unknown_rule", sentence, lines=unknown)
    wrong = [f"{each.code} {each.unit}" for each in figures if each.unit != known[each.definition].unit.code]
    if wrong:
        raise Refused("wrong_unit", _("Figures of the return have another unit than their rule says:"), lines=wrong)
    if unreadable := [f"{each.code} {each.value}" for each in figures if not is_number(each)]:
        raise Refused("wrong_number", _("Figures of the return have values that are no numbers:"), lines=unreadable)


def is_number(figure: SealedFigure) -> bool:
    """Whether we can count with the figure; one without a value tells that there is none."""
    try:
        quantity_sent(figure)
    except ValueError:
        return False
    return True


def refuse_former(programme: Programme, city: Region, sent: SignedReturn) -> None:
    latest = latest_of(programme, city)
    if latest is None or sent.seal.number > latest.seal_number:
        return
    words: dict[str, Any] = {"city": city.name, "number": sent.seal.number, "latest": latest.seal_number}
    if sent.seal.number < latest.seal_number:
        sentence = _("%(city)s has sent issue %(latest)d already; this is the older issue %(number)d.")
        raise Refused("older_seal", sentence, **words)
    if sent.seal.digest == latest.seal_digest:
        raise Refused("repeated_seal", _("Issue %(number)d of %(city)s is here already."), **words)
    sentence = _("Another issue %(number)d of %(city)s is here already. Please ask the city which of them is right.")
    raise Refused("other_seal", sentence, **words)


def latest_of(programme: Programme, city: Region) -> ProvinceReturn | None:
    return ProvinceReturn.objects.filter(programme=programme, city=city).order_by("-seal_number").first()


@transaction.atomic
def take_in_return(programme: Programme, text: str, *, by: Any, at: datetime.datetime) -> ProvinceReturn:
    """Keep the return beside those that the city sent before. Refused: as `checked_return`."""
    Programme.objects.select_for_update().get(pk=programme.pk)
    sent, city = checked_return(programme, text)
    kept = ProvinceReturn.objects.create(
        programme=programme,
        city=city,
        seal_number=sent.seal.number,
        seal_digest=sent.seal.digest,
        digest=sent.digest,
        content=sent.text(),
        received_at=at,
    )
    details = {"city": city.code, "seal": sent.seal.number, "digest": sent.digest}
    record_audit("province_return.taken_in", kept, by=by, at=at, details=details)
    return kept
