"""Every route of the API x everybody who may ask, from every place, for what is there and for what is missing."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from django.db import transaction
from tests.api.cases import (
    CASES,
    OPERATIONS,
    PLACES,
    Route,
    address_of,
    audience_of,
    body_of,
    expected,
    headers_of,
)
from tests.api.conftest import Ask, Scene, give_token
from tests.factories import RoleAssignmentFactory

from qixue.core.audience import Audience
from qixue.people.models import Organisation, Role
from qixue.people.rules import TABLE, Action

pytestmark = [pytest.mark.django_db, pytest.mark.long(30)]

REFERENCE = Path(__file__).parents[2] / "docs/reference/api.md"
NOBODY = ("wrong", "expired", "deactivated")  # tokens that lead to nobody
WITHOUT_ROLE = ("no_role", "ended_role")
ROUTES = sorted(CASES)
OF_RECORDS = [route for route in ROUTES if "{" in route[1]]
WRITES = [route for route in ROUTES if route[0] != "GET"]
# On PostgreSQL every route is asked from above, where everything is in reach.
ELSEWHERE = [pytest.param(place, marks=pytest.mark.one_database) for place in PLACES if place != "ancestor"]


@contextmanager
def undone() -> Iterator[None]:
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def answer_to(ask: Ask, route: Route, scene: Scene, token: str, *, is_missing: bool = False) -> Any:
    """What the token gets; the records that the route needs are made before and gone afterwards, like what it wrote."""
    with undone():
        address = address_of(route, scene, is_missing=is_missing)
        return ask(route[0], address, body_of(route, scene), token=token, **headers_of(route))


def test_every_route_is_in_the_table() -> None:
    assert sorted(OPERATIONS) == ROUTES


def test_every_route_declares_whom_it_is_for() -> None:
    declared = {route: audience_of(route) for route in ROUTES}

    known = {Audience.EVERYBODY, Audience.RESIDENTS, Audience.DOOR_DEVICES, *Action}
    assert {route for route, audience in declared.items() if audience not in known} == set()
    assert {route for route in WRITES if declared[route] == Audience.EVERYBODY} == set()


def test_document_names_the_roles_of_every_action() -> None:
    stated = {route: operation.openapi_extra.get("x-roles") for route, operation in OPERATIONS.items()}
    actions = {route: audience_of(route) for route in ROUTES}

    assert stated == {
        route: sorted(TABLE[Action(name)]) if name in set(Action) else None for route, name in actions.items()
    }


@pytest.mark.parametrize("place", ["ancestor", *ELSEWHERE])
def test_route_answers_by_role_and_place(place: str, scene: Scene, ask: Ask) -> None:
    tokens = {role: scene.token(place, role) for role in Role}

    answers = {
        (*route, role): answer_to(ask, route, scene, tokens[role]).status_code for route in ROUTES for role in Role
    }

    assert answers == {(*route, role): expected(route, [(role, place)]) for route in ROUTES for role in Role}


@pytest.mark.one_database
@pytest.mark.parametrize("place", PLACES)
def test_roles_in_two_places_add_up(place: str, scene: Scene, ask: Ask) -> None:
    held = [(Role.AUDITOR, place), (Role.ORGANISER, "stranger")]
    organisation = scene.parts[place].organisation if place in scene.parts else None
    user = RoleAssignmentFactory(
        organisation=organisation or Organisation.objects.get(code="elsewhere"), role=Role.AUDITOR
    ).user
    RoleAssignmentFactory(organisation=Organisation.objects.get(code="elsewhere"), role=Role.ORGANISER, user=user)
    token = give_token(user, name="two_roles")

    answers = {route: answer_to(ask, route, scene, token).status_code for route in ROUTES}

    assert answers == {route: expected(route, held) for route in ROUTES}


@pytest.mark.one_database
@pytest.mark.parametrize("persona", WITHOUT_ROLE)
def test_token_without_role_sees_what_everybody_sees(persona: str, scene: Scene, ask: Ask) -> None:
    answers = {route: answer_to(ask, route, scene, scene.tokens[persona]).status_code for route in ROUTES}

    assert answers == {route: expected(route, []) for route in ROUTES}


@pytest.mark.one_database
@pytest.mark.parametrize("persona", NOBODY)
def test_token_of_nobody_is_refused_everywhere(persona: str, scene: Scene, ask: Ask) -> None:
    answers = {route: answer_to(ask, route, scene, scene.tokens[persona]).status_code for route in ROUTES}

    assert answers == dict.fromkeys(ROUTES, 401)


def test_visitor_reads_what_is_public(scene: Scene, ask: Ask) -> None:
    answers = {route: answer_to(ask, route, scene, "").status_code for route in ROUTES}

    public = {route for route in ROUTES if audience_of(route) == Audience.EVERYBODY}
    assert answers == {route: expected(route, []) if route in public else 401 for route in ROUTES}


def test_cookie_of_the_pages_means_nothing_here(scene: Scene, ask: Ask, client: Any) -> None:
    client.force_login(RoleAssignmentFactory(organisation=scene.parts["ancestor"].organisation).user)

    answers = {answer_to(ask, route, scene, "").status_code for route in WRITES}

    assert answers == {401}


@pytest.mark.one_database
@pytest.mark.parametrize("place", ["own", "ancestor"])
def test_missing_record_answers_nobody(place: str, scene: Scene, ask: Ask) -> None:
    tokens = [scene.token(place, role) for role in Role] + [scene.tokens[persona] for persona in WITHOUT_ROLE]

    answers = {
        (route, answer_to(ask, route, scene, token, is_missing=True).status_code)
        for route in OF_RECORDS
        for token in tokens
    }

    assert answers == {(route, 404) for route in OF_RECORDS}


@pytest.mark.one_database
@pytest.mark.parametrize("place", ["sibling", "stranger", "descendant"])
def test_missing_and_out_of_reach_look_the_same(place: str, scene: Scene, ask: Ask) -> None:
    token = scene.token(place, Role.COORDINATOR)
    outside = [route for route in OF_RECORDS if expected(route, [(Role.COORDINATOR, place)]) == 404]

    pairs = {
        route: [answer_to(ask, route, scene, token, is_missing=is_missing) for is_missing in (True, False)]
        for route in outside
    }

    assert {route for route, answers in pairs.items() if alike(answers[0]) != alike(answers[1])} == set()
    assert {answer.status_code for answers in pairs.values() for answer in answers} == {404}


def alike(answer: Any) -> tuple[int, bytes, dict[str, str]]:
    return answer.status_code, answer.content, {**answer.headers, "X-Request-ID": ""}


def test_line_of_another_plan_is_missing(scene: Scene, ask: Ask) -> None:
    """Both plans are in reach of the asker: what is refused is the pair."""
    mine, other = scene.parts["own"].plan, scene.parts["sibling"].plan
    line = other.versions.get(number=2).lines.first()
    token = scene.token("ancestor", Role.COORDINATOR)
    body = body_of(("PUT", "/plans/{plan_id}/lines/{key}"), scene)

    answers = [
        ask("PUT", f"/plans/{mine.pk}/lines/{line.key}", body, token=token),
        ask("DELETE", f"/plans/{mine.pk}/lines/{line.key}", token=token, **{"If-Match": '"2-1"'}),
    ]

    assert [answer.status_code for answer in answers] == [404, 404]
    assert other.versions.get(number=2).lines.count() == 2


WRITES_OF_STAFF = [route for route in WRITES if audience_of(route) in set(Action)]


@pytest.mark.parametrize("route", WRITES_OF_STAFF, ids=" ".join)
def test_auditor_may_not_change_what_they_see(route: Route, scene: Scene, ask: Ask) -> None:
    answer = answer_to(ask, route, scene, scene.tokens["auditor"])

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
    addresses = ["/programmes", "/organisations", "/brands", "/regions", "/programmes/week/sessions?q=CANARY"]
    addresses += ["/programmes/week/follow-ups", "/programmes/week/return-calls"]
    codes = ["week", *(part.draft_programme.code for part in scene.parts.values())]
    for code in codes:
        below = ["", "/sessions", "/figures", "/figures/attendance", "/figures/attendance/evidence", "/plans"]
        addresses += [f"/programmes/{code}{rest}" for rest in below]
    for part in scene.parts.values():
        addresses += [f"/organisations/{part.organisation.code}", f"/follow-ups/{part.follow_up.pk}"]
        addresses += [f"/programmes/week/plans?organisation={part.organisation.code}"]
        for session in (part.draft_session, part.public_session, part.entry.session):
            addresses += [f"/sessions/{session.pk}", f"/sessions/{session.pk}/ledger-entries"]
        below = ["", "?version=1", "/lines", "/lines?version=1", "/steps", "/countersignatures", "/conflicts"]
        addresses += [f"/plans/{part.plan.pk}{rest}" for rest in [*below, "/difference"]]
    return addresses


def test_programme_wide_figures_and_evidence_name_nobody(scene: Scene, ask: Ask) -> None:
    page = ask("GET", "/programmes/week/figures/attendance/evidence").json()

    assert page["count"] == 4
    assert [row["quote"] for row in page["items"]] == ["", "", "", ""]
    assert "李明" not in str(page)
    assert "点数人" not in str(page)


def test_every_route_is_in_the_reference() -> None:
    text = REFERENCE.read_text()

    assert [route for route in ROUTES if f"`{' '.join(route)}`" not in text] == []
