"""Every route of the API with something of `own` that it leads to, what is sent there, and who reaches it.

A new route needs an entry in CASES, or the test of the routes fails.
"""

import datetime
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

from django.db.models import F
from ninja.operation import Operation
from tests.api.conftest import Scene
from tests.factories import NOON, RegistrationFactory, key

from qixue.api.auth import visitor
from qixue.api.urls import api
from qixue.core.audience import Audience
from qixue.core.clock import now
from qixue.people.models import Role
from qixue.people.rules import TABLE, Action
from qixue.programme.models import Countersignature, FollowUp, Plan, PlanVersion, Session
from qixue.report.models import SectionComment, SectionVersion, SummarySection

Route = tuple[str, str]
PLACES = ("own", "ancestor", "sibling", "descendant", "stranger")
OWN, ABOVE = frozenset({"own", "ancestor"}), frozenset({"ancestor"})
IN_THE_PROGRAMME = frozenset(PLACES) - {"stranger"}
NOTHING = 2**40
NO_KEY = "7b7f6c1e-52c9-4b5d-9d3c-3f8a1df5a0b1"
MISSING = {"code": "no-such", "key": NO_KEY, "party": NO_KEY}
State = PlanVersion.State
Make = Callable[[Scene], Any]


@dataclass(frozen=True)
class Case:
    """`values` fill the parameters of the address. `sees` is the action by which the record can be read at all;
    without it everybody reads it. `reached` is from where the act itself is allowed.
    """

    values: dict[str, Make] = field(default_factory=dict)
    sees: Action | None = None
    seen: frozenset[str] = OWN
    reached: frozenset[str] = OWN
    body: Make | None = None
    makes: bool = True  # a POST that adds something answers 201, a step of what is there 200


def records() -> dict[str, Make]:
    return {"code": lambda scene: scene.parts["own"].draft_programme.code, "figure_code": lambda scene: "attendance"}


def plan_in(state: str) -> Make:
    """The plan of `own` with its newest version in a state."""

    def make(scene: Scene) -> int:
        plan = scene.parts["own"].plan
        PlanVersion.objects.filter(plan=plan, number=2).update(state=state)
        return plan.pk

    return make


def line_key(scene: Scene) -> str:
    return str(newest(scene.parts["own"].plan).lines.order_by("position").first().key)


def newest(plan: Plan) -> PlanVersion:
    return plan.versions.order_by("-number")[0]


def asked(scene: Scene) -> int:
    """`own` is asked to countersign the plan of somebody below it."""
    plan = scene.parts["descendant"].plan
    PlanVersion.objects.filter(plan=plan, number=2).update(state=State.SUBMITTED)
    made, _is_new = Countersignature.objects.get_or_create(
        version=newest(plan), organisation=scene.parts["own"].organisation, defaults={"asked_at": NOON}
    )
    return made.pk


def keyed(**values: Any) -> Make:
    return lambda scene: {**values, "client_uuid": str(key())}


def asking_the_sibling(scene: Scene) -> dict[str, Any]:
    scene.token("sibling", Role.COORDINATOR)  # somebody there can answer
    return {"version": 2, "organisations": ["sibling"], "client_uuid": str(key())}


LINE = {
    "title": "茶园讲座",
    "kind": "lecture",
    "starts_at": "2026-11-05T09:00:00+08:00",
    "ends_at": "2026-11-05T11:00:00+08:00",
    "is_online": True,
}
READ = {"version": 2, "edit_count": 1}
DRAFT = {"values": records(), "sees": Action.SEE_RECORDS}
SESSION = {"values": {"session_id": lambda scene: scene.parts["own"].public_session.pk}, "sees": Action.SEE_RECORDS}
ENTRY = {"values": {"entry_id": lambda scene: scene.parts["own"].entry.pk}, "sees": Action.SEE_RECORDS}


def offered_party(scene: Scene) -> str:
    """A seat of a session of `own` that is offered to somebody."""
    session = scene.parts["own"].public_session
    Session.objects.filter(pk=session.pk).update(seat_count=20, taken_count=F("taken_count") + 1)
    row = RegistrationFactory(session=session, state="offered", offered_until=now() + datetime.timedelta(hours=2))
    return str(row.party)


def of_plan(state: str = State.DRAFT, **parts: Any) -> dict[str, Any]:
    return {"values": {"plan_id": plan_in(state), "key": line_key}, "sees": Action.SEE_PLANS, **parts}


def of_follow_up(state: str = FollowUp.State.ASSIGNED, **parts: Any) -> dict[str, Any]:
    """An item that the organisation above assigned to `own`, in a state."""

    def make(scene: Scene) -> int:
        item = scene.parts["own"].follow_up
        FollowUp.objects.filter(pk=item.pk).update(state=state)
        return item.pk

    return {"values": {"follow_up_id": make}, "sees": Action.SEE_FOLLOW_UPS, "makes": False, **parts}


def stepped(**values: Any) -> Make:
    return lambda scene: {"version": 1, **values}


RETURN: dict[str, Any] = {
    "values": {"code": lambda scene: "week", "number": lambda scene: 1, "return_id": lambda scene: scene.return_id},
    "sees": Action.SEE_RETURNS,
}


def section_in_summary(scene: Scene) -> int:
    """A section of the summary of the draft programme of `own`, with two versions: somebody wrote it."""
    programme = scene.parts["own"].draft_programme
    section, is_new = SummarySection.objects.get_or_create(
        programme=programme, draft="problems", defaults={"position": 1, "level": 1, "heading": "存在的问题"}
    )
    if is_new:
        SectionVersion.objects.create(
            section=section,
            number=1,
            is_written=True,
            text="甲",
            based_on=0,
            author_id=1,
            author_name="梁静宜",
            saved_at=NOON,
        )
    return section.pk


def comment_in_summary(scene: Scene) -> int:
    said = {"text": "请补充原因", "author_id": 1, "author_name": "梁静宜", "written_at": NOON}
    return SectionComment.objects.create(section_id=section_in_summary(scene), version=0, **said).pk


SUMMARY: dict[str, Any] = {
    "values": {
        "code": lambda scene: scene.parts["own"].draft_programme.code,
        "section_id": section_in_summary,
        "comment_id": comment_in_summary,
    },
    "sees": Action.SEE_REPORT,
}

OFFER: dict[str, Any] = {
    "values": {**SESSION["values"], "party": offered_party},
    "sees": Action.SEE_RECORDS,
    "makes": False,
}

# Nobody of the scene is a resident: test_registrations.py walks these addresses as people who are.
OF_OTHERS: dict[str, Any] = {
    "values": {"party": lambda scene: scene.party},
    "sees": Action.SEE_RECORDS,
    "seen": frozenset(),
    "makes": False,
}

CASES: dict[Route, Case] = {
    ("GET", "/programmes"): Case(),
    ("GET", "/programmes/{code}"): Case(**DRAFT),
    ("GET", "/programmes/{code}/sessions"): Case(**DRAFT),
    ("GET", "/programmes/{code}/figures"): Case(**DRAFT),
    ("GET", "/programmes/{code}/figures/{figure_code}"): Case(**DRAFT),
    ("GET", "/programmes/{code}/figures/{figure_code}/evidence"): Case(**DRAFT),
    ("GET", "/programmes/{code}/recognitions"): Case(**DRAFT),
    ("GET", "/sessions/{session_id}"): Case(
        values={"session_id": lambda scene: scene.parts["own"].draft_session.pk}, sees=Action.SEE_RECORDS
    ),
    ("GET", "/organisations"): Case(),
    ("GET", "/organisations/{code}"): Case(values={"code": lambda scene: "county"}),
    ("GET", "/brands"): Case(),
    ("GET", "/brands/{code}"): Case(values={"code": lambda scene: "BRAND"}),
    ("GET", "/regions"): Case(),
    ("GET", "/regions/{code}"): Case(values={"code": lambda scene: "441800"}),
    ("GET", "/sessions/{session_id}/ledger-entries"): Case(**SESSION),
    ("POST", "/sessions/{session_id}/head-counts"): Case(**SESSION, body=keyed(count=12, note="签到表第1页")),
    ("POST", "/ledger-entries/{entry_id}/corrections"): Case(**ENTRY, body=keyed(count=46, reason="第2页漏数")),
    ("POST", "/ledger-entries/{entry_id}/voids"): Case(**ENTRY, body=keyed(reason="记到了别的场次")),
    ("GET", "/programmes/{code}/plans"): Case(
        values={"code": lambda scene: "week"},
        sees=Action.SEE_PLANS,
        seen=IN_THE_PROGRAMME,
        reached=IN_THE_PROGRAMME,
    ),
    ("GET", "/plans/{plan_id}"): Case(**of_plan()),
    ("GET", "/plans/{plan_id}/lines"): Case(**of_plan()),
    ("GET", "/plans/{plan_id}/steps"): Case(**of_plan()),
    ("GET", "/plans/{plan_id}/countersignatures"): Case(**of_plan()),
    ("GET", "/plans/{plan_id}/conflicts"): Case(**of_plan()),
    ("GET", "/plans/{plan_id}/difference"): Case(**of_plan()),
    ("POST", "/plans/{plan_id}/lines"): Case(**of_plan(), body=keyed(**LINE)),
    ("PUT", "/plans/{plan_id}/lines"): Case(**of_plan(), body=lambda scene: {**READ, "lines": [LINE]}),
    ("PUT", "/plans/{plan_id}/lines/{key}"): Case(**of_plan(), body=lambda scene: {**READ, **LINE}),
    ("DELETE", "/plans/{plan_id}/lines/{key}"): Case(**of_plan()),
    ("POST", "/plans/{plan_id}/submissions"): Case(**of_plan(), body=keyed(**READ)),
    ("POST", "/plans/{plan_id}/amendments"): Case(**of_plan(State.PUBLISHED), body=keyed(version=2)),
    ("POST", "/plans/{plan_id}/countersignatures"): Case(
        **of_plan(State.SUBMITTED, reached=ABOVE, body=asking_the_sibling)
    ),
    ("POST", "/countersignatures/{countersignature_id}/answers"): Case(
        values={"countersignature_id": asked},
        sees=Action.SEE_PLANS,
        seen=OWN | {"descendant"},  # whose plan it is
        body=keyed(answer="agree"),
    ),
    ("POST", "/plans/{plan_id}/decisions"): Case(
        **of_plan(
            State.SUBMITTED,
            reached=ABOVE,
            body=keyed(version=2, decision="approve", confirmed=True, comment="分上下半场"),  # its lines clash
        )
    ),
    ("POST", "/plans/{plan_id}/publications"): Case(**of_plan(State.APPROVED, reached=ABOVE, body=keyed(version=2))),
    ("GET", "/programmes/{code}/follow-ups"): Case(
        values={"code": lambda scene: "week"},
        sees=Action.SEE_FOLLOW_UPS,
        seen=IN_THE_PROGRAMME,
        reached=IN_THE_PROGRAMME,
    ),
    ("GET", "/follow-ups/{follow_up_id}"): Case(**of_follow_up()),
    ("POST", "/follow-ups/{follow_up_id}/acknowledgement"): Case(**of_follow_up(), body=stepped()),
    ("POST", "/follow-ups/{follow_up_id}/report"): Case(**of_follow_up(), body=stepped(note="已办")),
    ("POST", "/follow-ups/{follow_up_id}/closing"): Case(
        **of_follow_up(FollowUp.State.REPORTED, reached=ABOVE, body=stepped())
    ),
    ("POST", "/follow-ups/{follow_up_id}/sending-back"): Case(
        **of_follow_up(FollowUp.State.REPORTED, reached=ABOVE, body=stepped(reason="请补充"))
    ),
    ("GET", "/programmes/{code}/return-calls"): Case(
        values={"code": lambda scene: "week"},
        sees=Action.SEE_RETURNS,
        seen=IN_THE_PROGRAMME,
        reached=IN_THE_PROGRAMME,
    ),
    ("GET", "/programmes/{code}/return-calls/{number}/coverage"): Case(**RETURN),
    ("GET", "/programmes/{code}/return-calls/{number}/returns"): Case(**RETURN),
    ("GET", "/returns/{return_id}"): Case(**RETURN),
    ("GET", "/programmes/{code}/summary"): Case(**SUMMARY),
    ("POST", "/programmes/{code}/summary/outline"): Case(**SUMMARY, makes=False),
    ("GET", "/programmes/{code}/summary/marks"): Case(**SUMMARY),
    ("GET", "/programmes/{code}/summary/hindrances"): Case(**SUMMARY),
    ("GET", "/programmes/{code}/summary/sections/{section_id}"): Case(**SUMMARY),
    ("PUT", "/programmes/{code}/summary/sections/{section_id}"): Case(
        **SUMMARY, body=lambda scene: {"text": "乙", "based_on": 1}
    ),
    ("POST", "/programmes/{code}/summary/sections/{section_id}/check"): Case(
        **SUMMARY, body=lambda scene: {"text": "近4000多人"}, makes=False
    ),
    ("GET", "/programmes/{code}/summary/sections/{section_id}/versions"): Case(**SUMMARY),
    ("POST", "/programmes/{code}/summary/sections/{section_id}/draft-decisions"): Case(
        **SUMMARY, body=lambda scene: {"version": 1, "decision": "keep"}, makes=False
    ),
    ("GET", "/programmes/{code}/summary/sections/{section_id}/comments"): Case(**SUMMARY),
    ("POST", "/programmes/{code}/summary/sections/{section_id}/comments"): Case(
        **SUMMARY, body=keyed(text="请补充原因")
    ),
    ("POST", "/programmes/{code}/summary/comments/{comment_id}/answers"): Case(**SUMMARY, body=keyed(is_closing=True)),
    ("GET", "/door/bundle"): Case(),
    ("POST", "/door/scans"): Case(
        body=lambda scene: {"clock": "2026-11-05T09:00:00+08:00", "highest_sequence": 0, "scans": []}
    ),
    ("GET", "/me"): Case(),
    ("GET", "/me/registrations"): Case(),
    ("POST", "/sessions/{session_id}/registrations"): Case(values=SESSION["values"], body=keyed()),
    ("GET", "/sessions/{session_id}/offers"): Case(**SESSION),
    ("POST", "/sessions/{session_id}/offers/{party}/acceptance"): Case(**OFFER),
    ("POST", "/sessions/{session_id}/offers/{party}/refusal"): Case(**OFFER),
    ("POST", "/me/registrations/{party}/cancellation"): Case(**OF_OTHERS, body=lambda scene: {}),
    ("POST", "/me/registrations/{party}/acceptance"): Case(**OF_OTHERS),
}


def operations() -> Iterator[tuple[Route, Operation]]:
    """Every method and path that the router answers."""
    views = (item for router in api._get_bound_routers() for item in router.path_operations.items())
    for path, view in views:
        for operation in view.operations:
            yield from (((method, path), operation) for method in operation.methods)


OPERATIONS: dict[Route, Operation] = dict(operations())


def audience_of(route: Route) -> str:
    """The action or audience that the OpenAPI document names, or everybody; empty where nothing is declared."""
    operation = OPERATIONS[route]
    if visitor in operation.auth_callbacks:
        return Audience.EVERYBODY
    extra = operation.openapi_extra or {}
    return extra.get("x-action", "") or extra.get("x-audience", "")


def address_of(route: Route, scene: Scene, *, is_missing: bool = False) -> str:
    """The address of what `own` holds, or of something that does not exist."""
    values = {name: make(scene) for name, make in CASES[route].values.items()}
    if is_missing:
        first = re.findall(r"{(\w+)}", route[1])[0]
        values[first] = "990000" if route[1].startswith("/regions") else MISSING.get(first, NOTHING)
    return route[1].format(**values)


def body_of(route: Route, scene: Scene) -> Any:
    make = CASES[route].body
    return make(scene) if make else None


def headers_of(route: Route) -> dict[str, str]:
    return {"If-Match": '"2-1"'} if route[0] == "DELETE" else {}


def expected(route: Route, held: list[tuple[Role, str]]) -> int:
    """The status for a person with these roles, each held in a place: the page, 403 where only the act is refused."""
    case, audience = CASES[route], audience_of(route)
    sees = any(role in TABLE[case.sees] and place in case.seen for role, place in held) if case.sees else True
    if audience == Audience.EVERYBODY:
        return 200 if sees else 404
    if audience == Audience.DOOR_DEVICES:
        return 401  # no person has the token of a device
    if audience == Audience.RESIDENTS:
        return 403 if sees else 404
    action = Action(audience)
    if any(role in TABLE[action] and place in case.reached for role, place in held):
        return 201 if route[0] == "POST" and case.makes else 200
    return 403 if sees else 404
