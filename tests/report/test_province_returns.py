"""What a city sends to its province: only what it sealed, and nothing is taken in that cannot be proved."""

import base64
import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.db import DatabaseError, transaction
from tests.factories import NOON
from tests.province_returns import City, attendance, figure, neighbour, province_with_cities

from qixue.core.models import AuditEntry, SigningKey
from qixue.core.quantity import ATTENDANCE, PERSON, Qualifier, Quantity, UnitMismatch
from qixue.core.refusal import Refused
from qixue.core.signing_keys import public_keys, published, rotate_key, signing_key
from qixue.places.models import Region
from qixue.programme.models import Programme
from qixue.report.models import AcceptedKey, ProvinceReturn, Seal
from qixue.report.province_return_format import BadReturn, read_return
from qixue.report.province_returns import accept_key, checked_return, return_of, stop_accepting_key, take_in_return
from qixue.report.province_totals import MixedRules, Part, sum_of, totals_of
from qixue.report.seal_format import FORMATS, SealedFigure, base64url, read_envelope

pytestmark = pytest.mark.django_db


@pytest.fixture
def province() -> Programme:
    return province_with_cities()


@pytest.fixture
def shaoguan(province: Programme) -> City:
    return accepted(province, neighbour("440200", "韶关市"))


@pytest.fixture
def zhaoqing(province: Programme) -> City:
    return accepted(province, neighbour("441200", "肇庆市"))


def accepted(province: Programme, city: City) -> City:
    accept_key(province.region.children.get(code=city.code), base64url(city.public_key), by=None, at=NOON)
    return city


def refusal_of(province: Programme, text: str) -> str:
    before = ProvinceReturn.objects.count()
    with pytest.raises(Refused) as refusal:
        take_in_return(province, text, by=None, at=NOON)
    assert ProvinceReturn.objects.count() == before
    return refusal.value.code


def test_city_sends_the_figures_that_it_sealed(seal: Seal) -> None:
    sent = read_return(return_of(seal).text())

    assert (sent.city_code, sent.seal.number, sent.seal.digest) == ("441800", seal.number, seal.digest)
    assert sent.seal.figures == read_envelope(json.dumps(sent.payload["seal"])).figures
    assert sent.is_signed_by({sent.kid: sent.public_key})


def test_return_of_a_seal_signed_before_the_key_was_changed_holds_with_both_keys(seal: Seal) -> None:
    rotate_key(SigningKey.Purpose.REPORT, by=None, at=NOON)

    sent = return_of(seal)

    keys = {key.kid: read_raw(key) for key in public_keys(SigningKey.Purpose.REPORT)}
    assert sent.kid != sent.seal.kid
    assert sent.is_signed_by(keys)
    assert not sent.is_signed_by({sent.kid: keys[sent.kid]})


@pytest.mark.parametrize("seal_format", FORMATS)
def test_return_of_each_format_of_seals_is_taken_in(
    province: Programme, shaoguan: City, seal_format: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("qixue.demo.city.neighbour.SEAL_FORMAT", seal_format)
    sent = shaoguan.says(attendance("3500"))

    take_in_return(province, sent.text(), by=None, at=NOON)

    [found] = [each for each in totals_of(province).figures if each.definition == "attendance"]
    assert (sent.seal.format, found.whole) == (seal_format, Quantity(3500, ATTENDANCE))


def read_raw(key: SigningKey) -> bytes:
    return base64.urlsafe_b64decode(key.public_key + "=")


def test_county_sends_nothing_to_a_province(seal: Seal) -> None:
    Region.objects.filter(pk=seal.programme.region_id).update(level=Region.Level.COUNTY)
    seal.refresh_from_db()

    with pytest.raises(Refused) as refusal:
        return_of(Seal.objects.get(pk=seal.pk))

    assert refusal.value.code == "not_of_a_city"


def test_return_is_kept_as_it_came_and_never_changed(province: Programme, shaoguan: City) -> None:
    sent = shaoguan.says(attendance("120"))

    kept = take_in_return(province, sent.text(), by=None, at=NOON)

    assert (kept.city.code, kept.seal_number, kept.content, kept.digest) == ("440200", 1, sent.text(), sent.digest)
    assert AuditEntry.objects.get(action="province_return.taken_in").details["digest"] == sent.digest
    with pytest.raises(DatabaseError), transaction.atomic():
        ProvinceReturn.objects.update(seal_number=9)
    with pytest.raises(DatabaseError), transaction.atomic():
        ProvinceReturn.objects.filter(pk=kept.pk)._raw_delete(using="default")


def test_later_issue_stands_beside_the_former_and_counts(province: Programme, shaoguan: City) -> None:
    for number, value in ((1, "120"), (3, "130")):
        take_in_return(province, shaoguan.says(attendance(value), number=number).text(), by=None, at=NOON)

    found = totals_of(province)

    assert ProvinceReturn.objects.count() == 2
    assert [figure.whole for figure in found.figures] == [Quantity(130, ATTENDANCE)]


def test_same_older_and_other_issue_are_told_apart(province: Programme, shaoguan: City) -> None:
    sent = shaoguan.says(attendance("120"), number=2)
    take_in_return(province, sent.text(), by=None, at=NOON)

    assert refusal_of(province, sent.text()) == "repeated_seal"
    assert refusal_of(province, shaoguan.says(attendance("110"), number=1).text()) == "older_seal"
    assert refusal_of(province, shaoguan.says(attendance("121"), number=2).text()) == "other_seal"


CHANGES: dict[str, Callable[[dict[str, Any]], Any]] = {
    "a number of the seal": lambda sent: sent["payload"]["seal"]["payload"]["figures"][0].update(value="999"),
    "the city": lambda sent: sent["payload"]["city"].update(code="441200"),
    "the name": lambda sent: sent["payload"]["city"].update(name="别的市"),
}


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES.keys())
def test_altered_return_is_refused(
    province: Programme, shaoguan: City, zhaoqing: City, change: Callable[[dict[str, Any]], Any]
) -> None:
    sent = json.loads(shaoguan.says(attendance("120")).text())
    change(sent)

    assert refusal_of(province, json.dumps(sent)) in {"signature_fails", "key_not_accepted"}


@pytest.mark.parametrize("use", [SigningKey.Purpose.TICKET, SigningKey.Purpose.CREDENTIAL])
@pytest.mark.parametrize("is_entry", [True, False])
def test_key_of_another_use_is_refused_where_it_can_be_told(province: Programme, use: str, is_entry: bool) -> None:
    city = province.region.children.get(code="440200")
    entry = published(signing_key(use))

    with pytest.raises(Refused) as refusal:
        accept_key(city, json.dumps(entry) if is_entry else str(entry["public_key"]), by=None, at=NOON)

    assert (refusal.value.code, AcceptedKey.objects.count()) == ("key_of_other_use", 0)


def test_key_is_accepted_by_its_entry_in_the_list_of_its_city(province: Programme) -> None:
    city = province.region.children.get(code="440200")
    key = base64url(neighbour("440200", "韶关市").public_key)

    accepted_key = accept_key(city, json.dumps({"use": "report", "public_key": key}), by=None, at=NOON)

    assert accepted_key.public_key == key


@pytest.mark.parametrize("text", ["{}", "[]", '{"public_key": 5}', "{"])
def test_other_text_is_no_key(province: Programme, text: str) -> None:
    with pytest.raises(Refused) as refusal:
        accept_key(province.region.children.get(code="440200"), text, by=None, at=NOON)

    assert refusal.value.code == "no_key"


def test_key_that_is_no_longer_accepted_opens_nothing(province: Programme, shaoguan: City) -> None:
    take_in_return(province, shaoguan.says(attendance("120")).text(), by=None, at=NOON)

    stop_accepting_key(AcceptedKey.objects.get(), by=None, at=NOON)

    assert refusal_of(province, shaoguan.says(attendance("130"), number=2).text()) == "key_not_accepted"
    assert AuditEntry.objects.get(action="province_return.key_stopped").details["city"] == "440200"


def test_key_that_nobody_compared_proves_nothing(province: Programme, shaoguan: City) -> None:
    stranger = replace(shaoguan, key=Ed25519PrivateKey.generate())

    assert refusal_of(province, stranger.says(attendance("120")).text()) == "key_not_accepted"


def test_key_of_one_city_does_not_speak_for_another(province: Programme, shaoguan: City, zhaoqing: City) -> None:
    disguised = replace(shaoguan, code=zhaoqing.code, name=zhaoqing.name)

    assert refusal_of(province, disguised.says(attendance("120")).text()) == "key_not_accepted"


@pytest.mark.parametrize(
    ("said", "code"),
    [
        (attendance("120", rule_version=99), "unknown_rule"),
        (figure("no_such", "3", "session"), "unknown_rule"),
        (figure("attendance", "120", "person"), "wrong_unit"),
        (attendance("1e999999999"), "wrong_number"),
        (attendance("many"), "wrong_number"),
        (attendance("120", "perhaps"), "wrong_number"),
    ],
)
def test_figure_that_we_do_not_count_by_is_refused(
    province: Programme, shaoguan: City, said: SealedFigure, code: str
) -> None:
    assert refusal_of(province, shaoguan.says(said).text()) == code


def test_demonstration_data_enter_only_a_demonstration(province: Programme, shaoguan: City) -> None:
    text = shaoguan.says(attendance("120"), is_synthetic=True).text()

    assert refusal_of(province, text) == "made_up"

    province.is_synthetic = True
    assert take_in_return(province, text, by=None, at=NOON).city.code == "440200"


def test_return_of_another_year_is_refused(province: Programme, shaoguan: City) -> None:
    assert refusal_of(province, shaoguan.says(attendance("120"), year=2025).text()) == "other_year"


def test_city_of_another_province_is_refused(province: Programme, shaoguan: City) -> None:
    assert refusal_of(province, replace(shaoguan, code="110100").says(attendance("1")).text()) == "unknown_city"


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"payload": 1}', "[" * 5000])
def test_other_files_are_no_returns(province: Programme, text: str) -> None:
    with pytest.raises(BadReturn):
        read_return(text)
    assert refusal_of(province, text) == "unreadable_return"


def test_dry_run_keeps_nothing(province: Programme, shaoguan: City) -> None:
    sent, city = checked_return(province, shaoguan.says(attendance("120")).text())

    assert (sent.seal.number, city.code, ProvinceReturn.objects.count()) == (1, "440200", 0)


def test_attendances_add_up_with_their_hedges(province: Programme, shaoguan: City, zhaoqing: City) -> None:
    """3500多 and 120 are more than 3620 together."""
    take_in_return(province, shaoguan.says(attendance("3500", "at_least")).text(), by=None, at=NOON)
    take_in_return(province, zhaoqing.says(attendance("120")).text(), by=None, at=NOON)

    [found] = totals_of(province).figures

    assert (found.whole, found.gap) == (Quantity(3620, ATTENDANCE, Qualifier.AT_LEAST), "")
    assert [city.code for city in found.missing] == ["441800"]
    assert [(part.city.code, part.figure.value) for part in found.parts] == [("440200", "3500"), ("441200", "120")]


def test_sum_is_no_more_precise_than_its_roughest_part(province: Programme, shaoguan: City, zhaoqing: City) -> None:
    take_in_return(province, shaoguan.says(attendance("21000", "about")).text(), by=None, at=NOON)
    take_in_return(province, zhaoqing.says(attendance("15482")).text(), by=None, at=NOON)

    [found] = totals_of(province).figures

    assert (found.whole and found.whole.text("zh"), found.counted_exactly) == (
        "约36000人次",
        Quantity(15482, ATTENDANCE),
    )


def test_exact_sum_needs_no_word_on_what_was_counted_exactly(province: Programme, shaoguan: City) -> None:
    take_in_return(province, shaoguan.says(attendance("120")).text(), by=None, at=NOON)

    [found] = totals_of(province).figures

    assert found.counted_exactly is None


def test_total_of_a_city_is_told_as_its_summary_prints_it(province: Programme, shaoguan: City) -> None:
    sealed = attendance("3512", "at_least", text="3500多人次", number="3500多")
    take_in_return(province, shaoguan.says(sealed).text(), by=None, at=NOON)

    [found] = totals_of(province).figures

    assert [part.quantity and part.quantity.text("zh") for part in found.parts] == ["3500多人次"]


def test_people_are_listed_and_never_added(province: Programme, shaoguan: City, zhaoqing: City) -> None:
    people = figure("participants", "100", "person")
    for city in (shaoguan, zhaoqing):
        take_in_return(province, city.says(people).text(), by=None, at=NOON)

    [found] = totals_of(province).figures

    assert (found.whole, bool(found.gap), len(found.parts)) == (None, True, 2)
    with pytest.raises(UnitMismatch):
        sum_of(list(found.parts), PERSON)


def test_rule_versions_are_not_mixed(province: Programme) -> None:
    city = province.region.children.first()
    assert city is not None
    parts = [Part(city, attendance("1", rule_version=version), "") for version in (1, 2)]

    with pytest.raises(MixedRules):
        sum_of(parts, ATTENDANCE)


def test_contradictory_number_leaves_a_gap(province: Programme, shaoguan: City, zhaoqing: City) -> None:
    take_in_return(province, shaoguan.says(attendance("4000", "contradictory")).text(), by=None, at=NOON)

    [found] = totals_of(province).figures

    assert (found.whole, bool(found.gap)) == (None, True)


def test_city_that_has_sent_nothing_is_named(province: Programme, shaoguan: City) -> None:
    silent = attendance("")
    take_in_return(province, shaoguan.says(silent, figure("sessions_total", "7", "session")).text(), by=None, at=NOON)

    found = totals_of(province)

    assert [city.code for city in found.missing] == ["441200", "441800"]
    by_definition = {each.definition: each for each in found.figures}
    assert [city.code for city in by_definition["attendance"].missing] == ["440200", "441200", "441800"]
    assert str(by_definition["sessions_total"].whole.value) == "7"  # type: ignore[union-attr]  # one city has sent it


def test_county_figures_of_a_city_are_in_no_sum(province: Programme, shaoguan: City) -> None:
    part = attendance("50", dimensions={"region": "440203"}, code="attendance-440203")
    take_in_return(province, shaoguan.says(part, attendance("120")).text(), by=None, at=NOON)

    assert [each.whole for each in totals_of(province).figures] == [Quantity(120, ATTENDANCE)]
