"""Writing plans through the API: once per key, never over what somebody else wrote, by the rules of the pages."""

import datetime
import hashlib
from typing import Any

import pytest
from tests.api.cases import LINE, READ
from tests.api.conftest import Ask, Scene
from tests.factories import NOON, VenueFactory, key
from tests.factories_planning import PlanLineFactory, PlanVersionFactory, RoomFactory

from qixue.core.clock import now
from qixue.core.kept_answers import KEPT_FOR, forget_answers
from qixue.core.models import KeptAnswer
from qixue.participation.models import CallingOff
from qixue.people.models import Role
from qixue.programme.models import Activity, Countersignature, Plan, PlanVersion

pytestmark = pytest.mark.django_db
State = PlanVersion.State


@pytest.fixture
def plan(scene: Scene) -> Plan:
    return scene.parts["own"].plan


@pytest.fixture
def county(scene: Scene) -> str:
    return scene.token("own", Role.ORGANISER)


@pytest.fixture
def bureau(scene: Scene) -> str:
    return scene.token("ancestor", Role.COORDINATOR)


def newest(plan: Plan) -> PlanVersion:
    return plan.versions.order_by("-number")[0]


def keyed(**values: Any) -> dict[str, Any]:
    return {**values, "client_uuid": str(key())}


def code_of(answer: Any) -> tuple[int, str]:
    return answer.status_code, answer.json().get("code", "")


def test_plan_goes_from_an_empty_draft_to_publication(
    scene: Scene, plan: Plan, county: str, bureau: str, ask: Ask
) -> None:
    sibling = scene.token("sibling", Role.COORDINATOR)
    address = f"/plans/{plan.pk}"

    etag = ask("PUT", f"{address}/lines", {**READ, "lines": [LINE]}, token=county)["ETag"]
    filed = ask("POST", f"{address}/submissions", keyed(note="请审"), token=county, **{"If-Match": etag})
    asked = ask("POST", f"{address}/countersignatures", keyed(version=2, organisations=["sibling"]), token=bureau)
    [one] = asked.json()["items"]
    answered = ask("POST", f"/countersignatures/{one['id']}/answers", keyed(answer="agree"), token=sibling)
    approved = ask("POST", f"{address}/decisions", keyed(version=2, decision="approve"), token=bureau)
    published = ask("POST", f"{address}/publications", keyed(version=2), token=bureau)

    assert [answer.status_code for answer in (filed, asked, answered, approved, published)] == [201] * 5
    assert [answer.json()["state"] for answer in (filed, approved, published)] == ["submitted", "approved", "published"]
    assert Activity.objects.get(plan=plan).title == LINE["title"]


def test_publication_that_calls_sessions_off_says_why(plan: Plan, bureau: str, ask: Ask) -> None:
    version = newest(plan)
    PlanVersion.objects.filter(pk=version.pk).update(state=State.APPROVED)
    tomorrow = now() + datetime.timedelta(days=1)
    version.lines.update(starts_at=tomorrow, ends_at=tomorrow + datetime.timedelta(hours=2))
    ask("POST", f"/plans/{plan.pk}/publications", keyed(version=2), token=bureau)
    PlanLineFactory(version=PlanVersionFactory(plan=plan, number=3, state=State.APPROVED))
    titles = list(version.lines.order_by("position").values_list("title", flat=True))

    asked = ask("POST", f"/plans/{plan.pk}/publications", keyed(version=3), token=bureau)
    done = ask("POST", f"/plans/{plan.pk}/publications", keyed(version=3, reason="场地停电。"), token=bureau)

    assert code_of(asked) == (422, "reason_missing")
    assert [each["message"].split(" ")[0] for each in asked.json()["details"]] == titles
    assert (done.status_code, done.json()["state"]) == (201, "published")
    assert set(CallingOff.objects.values_list("reason", flat=True)) == {"场地停电。"}


def test_return_says_what_to_change_on_which_line(plan: Plan, county: str, bureau: str, ask: Ask) -> None:
    line = newest(plan).lines.order_by("position")[0]
    ask("POST", f"/plans/{plan.pk}/submissions", keyed(**READ), token=county)
    body = keyed(version=2, decision="return", line_comments=[{"line": str(line.key), "text": "请改期"}])

    answers = [ask("POST", f"/plans/{plan.pk}/decisions", body, token=bureau) for _time in range(2)]

    assert [answer.json()["state"] for answer in answers] == ["returned", "returned"]
    assert answers[0].content == answers[1].content
    assert (newest(plan).number, newest(plan).state) == (3, State.DRAFT)
    assert line.comments.get(text="请改期").organisation.code == "city"


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ({"decision": "return"}, (422, "comment_missing")),
        ({"decision": "approve", "comment": "x", "version": 1}, (409, "not_submitted")),
        ({"decision": "return", "line_comments": [{"line": str(key()), "text": "请改期"}]}, (422, "unknown_line")),
        ({"decision": "perhaps"}, (422, "invalid")),
    ],
)
def test_decision_that_cannot_be_taken_is_refused(
    body: dict, expected: tuple, plan: Plan, county: str, bureau: str, ask: Ask
) -> None:
    ask("POST", f"/plans/{plan.pk}/submissions", keyed(**READ), token=county)

    answer = ask("POST", f"/plans/{plan.pk}/decisions", keyed(**{"version": 2, **body}), token=bureau)

    assert code_of(answer) == expected
    assert newest(plan).state == State.SUBMITTED


def test_approval_of_a_hall_that_is_wanted_twice_is_confirmed(
    scene: Scene, plan: Plan, county: str, bureau: str, ask: Ask
) -> None:
    line = newest(plan).lines.order_by("position")[0]
    other = newest(scene.parts["sibling"].plan)
    PlanLineFactory(version=other, venue=line.venue, starts_at=line.starts_at, ends_at=line.ends_at)
    ask("POST", f"/plans/{plan.pk}/submissions", keyed(**READ), token=county)
    url, given = f"/plans/{plan.pk}/decisions", {"version": 2, "decision": "approve"}

    asked = ask("POST", url, keyed(**given), token=bureau)
    unexplained = ask("POST", url, keyed(**given, confirmed=True), token=bureau)
    approved = ask("POST", url, keyed(**given, confirmed=True, comment="分上下半场"), token=bureau)

    assert [code_of(each) for each in (asked, unexplained)] == [(409, "sessions_clash"), (422, "reason_missing")]
    assert (approved.status_code, newest(plan).state) == (201, State.APPROVED)


def test_approval_takes_no_comment_on_a_line(plan: Plan, county: str, bureau: str, ask: Ask) -> None:
    line = newest(plan).lines.order_by("position")[0]
    ask("POST", f"/plans/{plan.pk}/submissions", keyed(**READ), token=county)
    body = keyed(version=2, decision="approve", line_comments=[{"line": str(line.key), "text": "好"}])

    assert code_of(ask("POST", f"/plans/{plan.pk}/decisions", body, token=bureau)) == (422, "comments_with_approval")


def test_objection_names_its_reason(scene: Scene, plan: Plan, ask: Ask) -> None:
    PlanVersion.objects.filter(plan=plan, number=2).update(state=State.SUBMITTED)
    token = scene.token("sibling", Role.COORDINATOR)
    organisation = scene.parts["sibling"].organisation
    asked = Countersignature.objects.create(version=newest(plan), organisation=organisation, asked_at=NOON)

    bare = ask("POST", f"/countersignatures/{asked.pk}/answers", keyed(answer="object"), token=token)
    whole = ask("POST", f"/countersignatures/{asked.pk}/answers", keyed(answer="object", comment="撞期"), token=token)

    assert code_of(bare) == (422, "comment_missing")
    assert (whole.json()["is_agreed"], whole.json()["comment"]) == (False, "撞期")


def test_line_sent_twice_is_in_the_plan_once(plan: Plan, county: str, ask: Ask) -> None:
    body = keyed(**LINE)

    answers = [ask("POST", f"/plans/{plan.pk}/lines", body, token=county) for _time in range(2)]

    assert [answer.status_code for answer in answers] == [201, 201]
    assert answers[0].content == answers[1].content
    assert answers[0].json()["key"] == body["client_uuid"]
    assert newest(plan).lines.filter(title=LINE["title"]).count() == 1


def test_same_key_with_another_body_is_refused(plan: Plan, county: str, ask: Ask) -> None:
    body = keyed(**LINE)
    ask("POST", f"/plans/{plan.pk}/lines", body, token=county)

    answer = ask("POST", f"/plans/{plan.pk}/lines", {**body, "title": "另一场"}, token=county)

    assert code_of(answer) == (422, "key_reused")


def test_refused_request_may_be_sent_again_under_its_key(plan: Plan, county: str, ask: Ask) -> None:
    body = keyed(**READ)
    lines = list(newest(plan).lines.all())
    newest(plan).lines.all().delete()
    refused = ask("POST", f"/plans/{plan.pk}/submissions", body, token=county)
    for line in lines:
        line.save(force_insert=True)

    answer = ask("POST", f"/plans/{plan.pk}/submissions", body, token=county)

    assert (code_of(refused), answer.status_code) == ((409, "no_lines"), 201)


@pytest.mark.parametrize(("header", "status"), [({"If-Match": '"2-0"'}, 412), ({"If-Match": '"1-1"'}, 412), ({}, 409)])
def test_second_editor_does_not_overwrite_the_first(
    header: dict, status: int, plan: Plan, county: str, ask: Ask
) -> None:
    first = ask("PUT", f"/plans/{plan.pk}/lines", {**READ, "lines": [LINE]}, token=county)
    late = {"lines": []} if header else {**READ, "lines": []}

    answer = ask("PUT", f"/plans/{plan.pk}/lines", late, token=county, **header)

    assert (first.status_code, first["ETag"]) == (200, '"2-2"')
    assert code_of(answer) == (status, "changed_meanwhile")
    assert newest(plan).lines.get().title == LINE["title"]


def test_line_is_changed_and_removed_by_its_key(plan: Plan, county: str, ask: Ask) -> None:
    line = newest(plan).lines.order_by("position")[0]
    address = f"/plans/{plan.pk}/lines/{line.key}"

    changed = ask("PUT", address, LINE, token=county, **{"If-Match": '"2-1"'})
    stale = ask("DELETE", address, token=county, **{"If-Match": '"2-1"'})
    removed = ask("DELETE", address, token=county, **{"If-Match": changed["ETag"]})

    assert (changed.json()["title"], changed.json()["key"]) == (LINE["title"], str(line.key))
    assert (code_of(stale), removed.json()["line_count"]) == ((412, "changed_meanwhile"), 1)


def test_lines_keep_their_keys_when_they_are_sent_again(plan: Plan, county: str, ask: Ask) -> None:
    line = newest(plan).lines.order_by("position")[0]

    ask("PUT", f"/plans/{plan.pk}/lines", {**READ, "lines": [{**LINE, "key": str(line.key)}, LINE]}, token=county)

    assert str(newest(plan).lines.order_by("position")[0].key) == str(line.key)


def test_what_was_read_must_be_said(plan: Plan, county: str, ask: Ask) -> None:
    line = newest(plan).lines.order_by("position")[0]

    answers = [
        ask("PUT", f"/plans/{plan.pk}/lines", {"lines": [], "version": 2}, token=county),
        ask("DELETE", f"/plans/{plan.pk}/lines/{line.key}", token=county),
        ask("POST", f"/plans/{plan.pk}/submissions", keyed(), token=county),
    ]

    assert [code_of(answer) for answer in answers] == [(422, "version_missing")] * 3


def test_records_are_named_by_their_codes(plan: Plan, county: str, ask: Ask) -> None:
    room = RoomFactory(venue=VenueFactory(code="HALL"), code="201")
    body = keyed(**{**LINE, "is_online": False, "venue": "HALL", "room": "201", "region": "441800", "budget_fen": 0})

    answer = ask("POST", f"/plans/{plan.pk}/lines", body, token=county).json()

    assert (answer["venue"]["code"], answer["room"], answer["region"], answer["budget_fen"]) == (
        "HALL",
        "201",
        "441800",
        0,
    )
    assert newest(plan).lines.get(title=LINE["title"]).room == room


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"venue": "NOWHERE", "is_online": False}, "unknown_venue"),
        ({"room": "201"}, "unknown_room"),
        ({"brand": "NONE"}, "unknown_brand"),
        ({"region": "110000"}, "unknown_region"),
        ({"is_online": False}, "place_missing"),
        ({"ends_at": LINE["starts_at"]}, "ends_before_start"),
        ({"starts_at": "2026-11-05T09:00:00"}, "invalid"),
        ({"starts_at": 1793840400}, "invalid"),
        ({"starts_at": "9999-12-31T23:59:59-23:59"}, "invalid"),
        ({"starts_at": "0001-01-01T00:00:00+23:59"}, "invalid"),
        ({"title": "  "}, "invalid"),
        ({"title": "茶\u202e园"}, "invalid"),
        ({"budget_fen": 2**63}, "invalid"),
        ({"seat_count": 0}, "invalid"),
        ({"seat_count": 100_001}, "invalid"),
        ({"seat_count": True}, "invalid"),
        ({"organisation": "city"}, "invalid"),
    ],
)
def test_line_that_cannot_be_is_refused(changes: dict, code: str, plan: Plan, county: str, ask: Ask) -> None:
    answer = ask("POST", f"/plans/{plan.pk}/lines", keyed(**{**LINE, **changes}), token=county)

    assert code_of(answer) == (422, code)
    assert newest(plan).lines.count() == 2


def test_filed_version_takes_no_line(plan: Plan, county: str, ask: Ask) -> None:
    ask("POST", f"/plans/{plan.pk}/submissions", keyed(**READ), token=county)

    assert code_of(ask("POST", f"/plans/{plan.pk}/lines", keyed(**LINE), token=county)) == (409, "not_a_draft")


def test_amendment_opens_the_next_version(plan: Plan, county: str, ask: Ask) -> None:
    PlanVersion.objects.filter(plan=plan, number=2).update(state=State.PUBLISHED)

    answer = ask("POST", f"/plans/{plan.pk}/amendments", keyed(version=2), token=county)

    assert (answer.status_code, answer.json()["version"], answer.json()["line_count"]) == (201, 3, 2)


def test_organisation_that_cannot_countersign_is_refused(plan: Plan, county: str, bureau: str, ask: Ask) -> None:
    ask("POST", f"/plans/{plan.pk}/submissions", keyed(**READ), token=county)

    answer = ask("POST", f"/plans/{plan.pk}/countersignatures", keyed(version=2, organisations=["town"]), token=bureau)

    assert code_of(answer) == (422, "unknown_organisation")


def test_answers_are_forgotten_after_a_month(plan: Plan, county: str, ask: Ask) -> None:
    ask("POST", f"/plans/{plan.pk}/lines", keyed(**LINE), token=county)
    kept = KeptAnswer.objects.get()

    assert [forget_answers(at=kept.at + KEPT_FOR * factor) for factor in (1, 1.1, 1.1)] == [0, 1, 0]


def test_publication_that_was_kept_before_it_could_have_a_reason_is_answered_as_first(
    plan: Plan, bureau: str, ask: Ask
) -> None:
    address, body = f"/plans/{plan.pk}/publications", keyed(version=2)
    PlanVersion.objects.filter(plan=plan, number=2).update(state=State.APPROVED)
    first = ask("POST", address, body, token=bureau)
    request = f'POST\n/api/v1{address}\nNone\n{{"version":2}}'
    KeptAnswer.objects.update(digest=hashlib.sha256(request.encode()).hexdigest())

    again = ask("POST", address, body, token=bureau)
    other = ask("POST", address, {**body, "reason": "场地停电。"}, token=bureau)

    assert (again.status_code, again.content, code_of(other)) == (201, first.content, (422, "key_reused"))
