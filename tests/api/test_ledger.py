"""Writing head counts, corrections and voids; sending the same request again changes nothing."""

from typing import Any

import pytest
from tests.api.conftest import Ask, Scene
from tests.factories import NOON, key

from qixue.core.figures import NO_PERIOD
from qixue.core.models import AuditEntry
from qixue.core.quantity import Qualifier
from qixue.participation.models import Evidence, LedgerEntry, Tally
from qixue.participation.operations.evidence import keep_note
from qixue.participation.operations.ledger import record_reported_attendance
from qixue.programme.models import Session

pytestmark = pytest.mark.django_db


@pytest.fixture
def session(scene: Scene) -> Session:
    return scene.parts["own"].public_session


@pytest.fixture
def entry(scene: Scene) -> LedgerEntry:
    return scene.parts["own"].entry


def head_count(**changes: Any) -> dict[str, Any]:
    return {"count": 12, "qualifier": "about", "note": "签到表第1页", "client_uuid": str(key()), **changes}


def test_head_count_enters_the_ledger_with_its_note(session: Session, scene: Scene, ask: Ask) -> None:
    answer = ask("POST", f"/sessions/{session.pk}/head-counts", head_count(), token=scene.tokens["own"])

    entry = LedgerEntry.objects.get(pk=answer.json()["id"])
    assert answer.status_code == 201
    assert (entry.session, entry.count, entry.qualifier, entry.evidence.text) == (session, 12, "about", "签到表第1页")
    assert AuditEntry.objects.filter(action="ledger.head_count", subject_id=str(entry.pk)).count() == 1
    assert Tally.objects.get(session=session).attendance_count == 12


def test_head_count_of_nobody_is_asked_about_until_it_is_confirmed(session: Session, scene: Scene, ask: Ask) -> None:
    address, body = f"/sessions/{session.pk}/head-counts", head_count(count=0)

    asked = ask("POST", address, body, token=scene.tokens["own"])
    answer = ask("POST", address, {**body, "confirmed": True}, token=scene.tokens["own"])

    assert (asked.status_code, asked.json()["code"], answer.status_code) == (409, "count_is_zero", 201)


def test_head_count_sent_twice_is_answered_twice_and_counts_once(session: Session, scene: Scene, ask: Ask) -> None:
    body, before = head_count(), Evidence.objects.count()

    answers = [
        ask("POST", f"/sessions/{session.pk}/head-counts", body, token=scene.tokens["own"]) for _time in range(2)
    ]

    assert [answer.status_code for answer in answers] == [201, 201]
    assert answers[0].content == answers[1].content
    assert LedgerEntry.objects.filter(session=session).count() == 1
    assert Evidence.objects.count() == before + 1


@pytest.mark.parametrize("changes", [{"count": 13}, {"qualifier": "exact"}, {"note": "另一张表"}])
def test_same_key_with_another_body_is_refused(changes: dict, session: Session, scene: Scene, ask: Ask) -> None:
    body = head_count()
    ask("POST", f"/sessions/{session.pk}/head-counts", body, token=scene.tokens["own"])

    answer = ask("POST", f"/sessions/{session.pk}/head-counts", {**body, **changes}, token=scene.tokens["own"])

    assert (answer.status_code, answer.json()["code"]) == (422, "key_reused")
    assert LedgerEntry.objects.filter(session=session).count() == 1


def test_same_key_from_somebody_else_is_refused(session: Session, scene: Scene, ask: Ask) -> None:
    body = head_count()
    ask("POST", f"/sessions/{session.pk}/head-counts", body, token=scene.tokens["own"])

    answer = ask("POST", f"/sessions/{session.pk}/head-counts", body, token=scene.tokens["ancestor"])

    assert (answer.status_code, answer.json()["code"]) == (422, "key_reused")


def test_same_key_for_another_act_is_refused(entry: LedgerEntry, session: Session, scene: Scene, ask: Ask) -> None:
    body = head_count()
    ask("POST", f"/sessions/{session.pk}/head-counts", body, token=scene.tokens["own"])

    void = {"reason": "记到了别的场次", "client_uuid": body["client_uuid"]}
    answer = ask("POST", f"/ledger-entries/{entry.pk}/voids", void, token=scene.tokens["own"])

    assert (answer.status_code, answer.json()["code"]) == (422, "key_reused")
    assert not LedgerEntry.objects.filter(target=entry).exists()


def test_key_may_travel_in_the_header(session: Session, scene: Scene, ask: Ask) -> None:
    once = str(key())

    answer = ask(
        "POST",
        f"/sessions/{session.pk}/head-counts",
        {"count": 12, "note": "签到表"},
        token=scene.tokens["own"],
        **{"Idempotency-Key": once},
    )

    assert (answer.status_code, answer.json()["client_uuid"]) == (201, once)


@pytest.mark.parametrize(
    ("body", "header", "code"),
    [
        ({"client_uuid": None}, "", "key_missing"),
        ({}, "7b7f6c1e-52c9-4b5d-9d3c-3f8a1df5a0b1", "key_differs"),
        ({}, "no uuid", "invalid"),
    ],
)
def test_bad_key_is_refused(body: dict, header: str, code: str, session: Session, scene: Scene, ask: Ask) -> None:
    headers = {"Idempotency-Key": header} if header else {}

    answer = ask(
        "POST", f"/sessions/{session.pk}/head-counts", head_count(**body), token=scene.tokens["own"], **headers
    )

    assert (answer.status_code, answer.json()["code"]) == (422, code)
    assert not LedgerEntry.objects.filter(session=session).exists()


def test_second_head_count_is_a_conflict_in_the_language_asked_for(entry: LedgerEntry, scene: Scene, ask: Ask) -> None:
    address, token = f"/sessions/{entry.session_id}/head-counts", scene.tokens["own"]

    english = ask("POST", address, head_count(), token=token, **{"Accept-Language": "fr;q=1, en;q=0.8"})
    chinese = ask("POST", address, head_count(), token=token, **{"Accept-Language": "fr"})

    assert (english.status_code, english.json()["code"]) == (409, "head_count_exists")
    assert english.json()["message"] == "A head count was already entered; please correct that one instead."
    assert chinese.json()["message"] != english.json()["message"]
    assert LedgerEntry.objects.filter(session=entry.session_id).count() == 1


def test_refused_head_count_leaves_no_note_behind(entry: LedgerEntry, scene: Scene, ask: Ask) -> None:
    before = Evidence.objects.count()

    ask("POST", f"/sessions/{entry.session_id}/head-counts", head_count(), token=scene.tokens["own"])

    assert Evidence.objects.count() == before


def test_correction_replaces_the_count_and_keeps_the_old_entry(entry: LedgerEntry, scene: Scene, ask: Ask) -> None:
    body = {"count": 46, "reason": " 第2页漏数 ", "client_uuid": str(key())}

    answers = [ask("POST", f"/ledger-entries/{entry.pk}/corrections", body, token=scene.tokens["own"]) for _ in (1, 2)]

    history = ask("GET", f"/sessions/{entry.session_id}/ledger-entries", token=scene.tokens["own"]).json()
    assert [answer.status_code for answer in answers] == [201, 201]
    assert [(row["kind"], row["count"], row["target_id"]) for row in history["items"]] == [
        ("head_count", 40, None),
        ("correction", 46, entry.pk),
    ]
    assert answers[0].json()["reason"] == "第2页漏数"
    assert Tally.objects.get(session=entry.session).attendance_count == 46


def test_void_takes_the_count_back(entry: LedgerEntry, scene: Scene, ask: Ask) -> None:
    body = {"reason": "记到了别的场次", "client_uuid": str(key())}

    answer = ask("POST", f"/ledger-entries/{entry.pk}/voids", body, token=scene.tokens["own"])

    assert (answer.status_code, answer.json()["kind"], answer.json()["target_id"]) == (201, "void", entry.pk)
    assert not Tally.objects.filter(session=entry.session).exists()


def test_entry_is_replaced_once(entry: LedgerEntry, scene: Scene, ask: Ask) -> None:
    answers = [
        ask(
            "POST",
            f"/ledger-entries/{entry.pk}/voids",
            {"reason": "记到了别的场次", "client_uuid": str(key())},
            token=scene.tokens["own"],
        )
        for _time in range(2)
    ]

    assert [answer.status_code for answer in answers] == [201, 409]
    assert answers[1].json()["code"] == "already_replaced"


@pytest.mark.parametrize("act", ["voids", "corrections"])
def test_what_was_replaced_since_is_not_said_to_be_entered(act: str, session: Session, scene: Scene, ask: Ask) -> None:
    body, how = head_count(), {"token": scene.tokens["own"]}
    first = ask("POST", f"/sessions/{session.pk}/head-counts", body, **how).json()
    change = {"reason": "记到了别的场次", "client_uuid": str(key())} | ({"count": 13} if act == "corrections" else {})
    replaced = ask("POST", f"/ledger-entries/{first['id']}/{act}", change, **how)

    again = ask("POST", f"/sessions/{session.pk}/head-counts", body, **how)
    change_again = ask("POST", f"/ledger-entries/{first['id']}/{act}", change, **how)

    assert (again.status_code, again.json()["code"]) == (409, "already_replaced")
    assert again.json()["message"] == "用这个请求标识记下的内容后来被更正或撤销，不会再次计入。"
    assert (change_again.status_code, change_again.content) == (201, replaced.content)
    assert LedgerEntry.objects.filter(session=session).count() == 2


def test_what_a_document_states_of_an_activity_is_not_mended_by_hand(session: Session, scene: Scene, ask: Ask) -> None:
    stated = record_reported_attendance(
        session.activity,
        count=3500,
        qualifier=Qualifier.AT_LEAST,
        evidence=keep_note("3500多人次", at=NOON),
        period=NO_PERIOD,
        by=None,
        at=NOON,
        client_uuid=key(),
    )
    correction = {"count": 9, "qualifier": "exact", "reason": "数错了", "client_uuid": str(key()), "confirmed": True}
    void = {"reason": "数错了", "client_uuid": str(key())}

    answers = [
        ask("POST", f"/ledger-entries/{stated.pk}/{act}", body, token=scene.tokens["own"])
        for act, body in (("corrections", correction), ("voids", void))
    ]

    assert [answer.status_code for answer in answers] == [404, 404]
    assert not LedgerEntry.objects.filter(target=stated).exists()
