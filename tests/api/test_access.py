"""Every route of the API x everybody who may ask. A route that is not in the table fails."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from ninja.constants import NOT_SET
from tests.api.conftest import Ask, Scene
from tests.factories import key

from qixue.api.urls import api

pytestmark = pytest.mark.django_db

REFERENCE = Path(__file__).parents[2] / "docs/reference/api.md"
PERSONAS = ("anonymous", "wrong", "expired", "deactivated", "own", "sibling", "ancestor", "descendant", "missing")
NOBODY = {"wrong": 401, "expired": 401, "deactivated": 401}
EVERYBODY = {**NOBODY, "anonymous": 200, "own": 200, "sibling": 200, "ancestor": 200, "descendant": 200}
OF_EVERYBODY = {**EVERYBODY, "missing": 404}  # one public record
OF_ITS_SUBTREE = {**EVERYBODY, "anonymous": 404, "sibling": 404, "descendant": 404, "missing": 404}  # a draft
OF_STAFF = {**NOBODY, "anonymous": 401, "own": 200, "sibling": 404, "ancestor": 200, "descendant": 404, "missing": 404}
WRITTEN = {**OF_STAFF, "own": 201, "ancestor": 201}
OF_COORDINATORS = {**OF_STAFF, "own": 403, "ancestor": 403}  # the people of the scene are organisers
IN_THE_PROGRAMME = {**OF_STAFF, "sibling": 200, "descendant": 200}  # the list holds the part of each

NOTHING = 2**40
Address = Callable[[Scene, bool], str]


def draft(scene: Scene, is_missing: bool) -> str:
    return "no-such" if is_missing else scene.parts["own"].draft_programme.code


def draft_session(scene: Scene, is_missing: bool) -> int:
    return NOTHING if is_missing else scene.parts["own"].draft_session.pk


def public_session(scene: Scene, is_missing: bool) -> int:
    return NOTHING if is_missing else scene.parts["own"].public_session.pk


def entry(scene: Scene, is_missing: bool) -> int:
    return NOTHING if is_missing else scene.parts["own"].entry.pk


def follow_up(scene: Scene, is_missing: bool) -> int:
    return NOTHING if is_missing else scene.parts["own"].follow_up.pk


# Route -> the address of something that "own" holds, and the status of each persona. Lists that take no record of
# their own answer everybody; what they leave out is shown by the canaries below.
ROUTES: dict[tuple[str, str], tuple[Address, dict[str, int]]] = {
    ("GET", "/programmes"): (lambda scene, missing: "/programmes", EVERYBODY),
    ("GET", "/programmes/{code}"): (lambda scene, missing: f"/programmes/{draft(scene, missing)}", OF_ITS_SUBTREE),
    ("GET", "/programmes/{code}/sessions"): (
        lambda scene, missing: f"/programmes/{draft(scene, missing)}/sessions",
        OF_ITS_SUBTREE,
    ),
    ("GET", "/programmes/{code}/figures"): (
        lambda scene, missing: f"/programmes/{draft(scene, missing)}/figures",
        OF_ITS_SUBTREE,
    ),
    ("GET", "/programmes/{code}/figures/{figure_code}"): (
        lambda scene, missing: f"/programmes/{draft(scene, missing)}/figures/attendance",
        OF_ITS_SUBTREE,
    ),
    ("GET", "/programmes/{code}/figures/{figure_code}/evidence"): (
        lambda scene, missing: f"/programmes/{draft(scene, missing)}/figures/attendance/evidence",
        OF_ITS_SUBTREE,
    ),
    ("GET", "/programmes/{code}/recognitions"): (
        lambda scene, missing: f"/programmes/{draft(scene, missing)}/recognitions",
        OF_ITS_SUBTREE,
    ),
    ("GET", "/sessions/{session_id}"): (
        lambda scene, missing: f"/sessions/{draft_session(scene, missing)}",
        OF_ITS_SUBTREE,
    ),
    ("GET", "/organisations"): (lambda scene, missing: "/organisations", EVERYBODY),
    ("GET", "/organisations/{code}"): (
        lambda scene, missing: f"/organisations/{'no-such' if missing else 'county'}",
        OF_EVERYBODY,
    ),
    ("GET", "/brands"): (lambda scene, missing: "/brands", EVERYBODY),
    ("GET", "/brands/{code}"): (lambda scene, missing: f"/brands/{'no-such' if missing else 'BRAND'}", OF_EVERYBODY),
    ("GET", "/regions"): (lambda scene, missing: "/regions", EVERYBODY),
    ("GET", "/regions/{code}"): (lambda scene, missing: f"/regions/{'990000' if missing else '441800'}", OF_EVERYBODY),
    ("GET", "/sessions/{session_id}/ledger-entries"): (
        lambda scene, missing: f"/sessions/{public_session(scene, missing)}/ledger-entries",
        OF_STAFF,
    ),
    ("GET", "/programmes/{code}/return-calls"): (
        lambda scene, missing: f"/programmes/{draft(scene, missing)}/return-calls",
        OF_STAFF,
    ),
    ("GET", "/programmes/{code}/return-calls/{number}/coverage"): (
        lambda scene, missing: f"/programmes/week/return-calls/{9 if missing else 1}/coverage",
        OF_STAFF,
    ),
    ("GET", "/programmes/{code}/return-calls/{number}/returns"): (
        lambda scene, missing: f"/programmes/week/return-calls/{9 if missing else 1}/returns",
        OF_STAFF,
    ),
    ("GET", "/returns/{return_id}"): (
        lambda scene, missing: f"/returns/{NOTHING if missing else scene.return_id}",
        OF_STAFF,
    ),
    ("POST", "/sessions/{session_id}/head-counts"): (
        lambda scene, missing: f"/sessions/{public_session(scene, missing)}/head-counts",
        WRITTEN,
    ),
    ("POST", "/ledger-entries/{entry_id}/corrections"): (
        lambda scene, missing: f"/ledger-entries/{entry(scene, missing)}/corrections",
        WRITTEN,
    ),
    ("POST", "/ledger-entries/{entry_id}/voids"): (
        lambda scene, missing: f"/ledger-entries/{entry(scene, missing)}/voids",
        WRITTEN,
    ),
    ("GET", "/programmes/{code}/follow-ups"): (
        lambda scene, missing: f"/programmes/{'no-such' if missing else 'week'}/follow-ups",
        IN_THE_PROGRAMME,
    ),
    ("GET", "/follow-ups/{follow_up_id}"): (
        lambda scene, missing: f"/follow-ups/{follow_up(scene, missing)}",
        OF_STAFF,
    ),
    ("POST", "/follow-ups/{follow_up_id}/acknowledgement"): (
        lambda scene, missing: f"/follow-ups/{follow_up(scene, missing)}/acknowledgement",
        OF_STAFF,
    ),
    ("POST", "/follow-ups/{follow_up_id}/report"): (
        lambda scene, missing: f"/follow-ups/{follow_up(scene, missing)}/report",
        OF_STAFF,
    ),
    ("POST", "/follow-ups/{follow_up_id}/closing"): (
        lambda scene, missing: f"/follow-ups/{follow_up(scene, missing)}/closing",
        OF_COORDINATORS,
    ),
    ("POST", "/follow-ups/{follow_up_id}/return"): (
        lambda scene, missing: f"/follow-ups/{follow_up(scene, missing)}/return",
        OF_COORDINATORS,
    ),
}
BODIES: dict[str, dict[str, Any]] = {
    "/sessions/{session_id}/head-counts": {"count": 12, "note": "签到表第1页"},
    "/ledger-entries/{entry_id}/corrections": {"count": 46, "reason": "第2页漏数"},
    "/ledger-entries/{entry_id}/voids": {"reason": "记到了别的场次"},
}
STEPS: dict[str, dict[str, Any]] = {
    "/follow-ups/{follow_up_id}/acknowledgement": {"version": 1},
    "/follow-ups/{follow_up_id}/report": {"version": 1, "note": "已办"},
    "/follow-ups/{follow_up_id}/closing": {"version": 1},
    "/follow-ups/{follow_up_id}/return": {"version": 1, "reason": "请补充"},
}


def routes() -> list[tuple[str, str]]:
    """Every method and path that the router answers."""
    return [
        (method, path)
        for router in api._get_bound_routers()
        for path, view in router.path_operations.items()
        for operation in view.operations
        for method in operation.methods
    ]


def body_of(route: tuple[str, str]) -> dict[str, Any] | None:
    return {**BODIES[route[1]], "client_uuid": key()} if route[1] in BODIES else STEPS.get(route[1])


def test_every_route_is_in_the_table() -> None:
    assert sorted(routes()) == sorted(ROUTES)


def test_every_route_asks_who_is_there() -> None:
    open_routes = [
        path
        for router in api._get_bound_routers()
        for path, view in router.path_operations.items()
        for operation in view.operations
        if operation.auth_callbacks in ([], None, NOT_SET)
    ]

    assert open_routes == []


@pytest.mark.parametrize("persona", PERSONAS)
@pytest.mark.parametrize("route", routes(), ids=" ".join)
def test_route_answers_each_persona_as_the_table_says(
    route: tuple[str, str], persona: str, scene: Scene, ask: Ask
) -> None:
    address, expected = ROUTES[route]
    if persona not in expected:
        assert "{" not in route[1]  # only a list without a record of its own has nothing that can be missing
        return
    token = scene.tokens["own"] if persona == "missing" else scene.tokens.get(persona, "")

    answer = ask(route[0], address(scene, persona == "missing"), body_of(route), token=token)

    assert answer.status_code == expected[persona], answer.content.decode()


@pytest.mark.parametrize("route", [route for route in routes() if route[0] == "POST"], ids=" ".join)
def test_missing_and_out_of_reach_look_the_same(route: tuple[str, str], scene: Scene, ask: Ask) -> None:
    address = ROUTES[route][0]

    answers = [
        ask(route[0], address(scene, is_missing), body_of(route), token=scene.tokens["sibling"])
        for is_missing in (True, False)
    ]

    assert [answer.status_code for answer in answers] == [404, 404]
    assert answers[0].content == answers[1].content


@pytest.mark.parametrize("route", [route for route in routes() if route[0] == "POST"], ids=" ".join)
def test_auditor_sees_the_record_and_may_not_change_it(route: tuple[str, str], scene: Scene, ask: Ask) -> None:
    answer = ask(route[0], ROUTES[route][0](scene, False), body_of(route), token=scene.tokens["auditor"])

    assert (answer.status_code, answer.json()["code"]) == (403, "not_allowed")


SEES = {
    "anonymous": set(),
    "own": {"own", "descendant"},
    "sibling": {"sibling"},
    "ancestor": {"ancestor", "own", "sibling", "descendant"},
    "descendant": {"descendant"},
}


@pytest.mark.parametrize("persona", SEES)
def test_drafts_and_notes_of_others_never_appear(persona: str, scene: Scene, ask: Ask) -> None:
    everything = "".join(
        ask("GET", address, token=scene.tokens.get(persona, "")).content.decode() for address in seen(scene)
    )

    found = {name for name, part in scene.parts.items() if part.canary in everything}

    assert found == SEES[persona]


def seen(scene: Scene) -> list[str]:
    """Every address that can be read, for the public programme and for everything that each organisation holds."""
    addresses = ["/programmes", "/organisations", "/brands", "/regions", "/programmes/week/follow-ups"]
    codes = ["week", *(part.draft_programme.code for part in scene.parts.values())]
    for code in codes:
        below = ["", "/sessions", "/figures", "/figures/attendance", "/figures/attendance/evidence"]
        addresses += [f"/programmes/{code}{rest}" for rest in below]
    for part in scene.parts.values():
        addresses += [f"/organisations/{part.organisation.code}", f"/follow-ups/{part.follow_up.pk}"]
        for session in (part.draft_session, part.public_session, part.entry.session):
            addresses += [f"/sessions/{session.pk}", f"/sessions/{session.pk}/ledger-entries"]
    return addresses


def test_programme_wide_figures_and_evidence_name_nobody(scene: Scene, ask: Ask) -> None:
    page = ask("GET", "/programmes/week/figures/attendance/evidence").json()

    assert page["count"] == 4
    assert [row["quote"] for row in page["items"]] == ["", "", "", ""]
    assert "李明" not in str(page)
    assert "点数人" not in str(page)


def test_every_route_is_in_the_reference() -> None:
    text = REFERENCE.read_text()

    assert [route for route in routes() if f"`{' '.join(route)}`" not in text] == []
