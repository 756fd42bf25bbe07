"""Every page of the workspace x everybody who might ask for it. A new route joins by itself, or the test fails."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest
from django.core.files.base import ContentFile
from django.test import Client
from django.urls import URLPattern, reverse
from tests.factories import (
    NOON,
    ActivityFactory,
    EvidenceFactory,
    OrganisationFactory,
    ProgrammeFactory,
    RoleAssignmentFactory,
    SessionFactory,
    UserFactory,
    key,
)

from qixue.core.quantity import Qualifier
from qixue.figures.models import NamedFigure
from qixue.participation.models import Evidence
from qixue.participation.operations.ledger import record_head_count
from qixue.people.models import Role, User
from qixue.people.rules import TABLE, Action
from qixue.web.workspace import urls

pytestmark = pytest.mark.django_db

ROUTES: list[URLPattern] = urls.urlpatterns
FOR_EVERYBODY_SIGNED_IN = {"home"}
OF_A_PROGRAMME = {"figures", "figure", "coverage", "summary", "summary_file"}
OF_THE_WHOLE_PROGRAMME = {"summary", "summary_file"}
# Reading a page is enough to know who reaches it; this one has nothing to read.
POST_ONLY = {"hold_session"}
MISSING = 999_999


@dataclass
class Scene:
    """A programme kept by `top`; below it `own`, which runs the activity, its `sibling`, and `below` own."""

    people: dict[tuple[str, str], User]
    arguments: dict[str, dict[str, Any]]


@pytest.fixture
def scene() -> Scene:
    top = OrganisationFactory(code="top")
    own, sibling = OrganisationFactory(code="own", parent=top), OrganisationFactory(code="sibling", parent=top)
    places = {"ancestor": top, "own": own, "sibling": sibling, "descendant": OrganisationFactory(parent=own)}
    places["stranger"] = OrganisationFactory(code="elsewhere")
    programme = ProgrammeFactory(organisation=top, code="week")
    activity = ActivityFactory(programme=programme, organisation=own)
    session = SessionFactory(activity=activity, number=1)
    evidence = EvidenceFactory(kind=Evidence.Kind.SHEET_PHOTO, file=ContentFile(b"a photo", name="sheet.jpg"))
    people = {
        (place, role): RoleAssignmentFactory(organisation=organisation, role=role).user
        for place, organisation in places.items()
        for role in Role
    }
    entry = record_head_count(
        session,
        count=12,
        qualifier=Qualifier.EXACT,
        evidence=evidence,
        by=people["own", Role.ORGANISER],
        at=NOON,
        client_uuid=key(),
    )
    NamedFigure.objects.create(programme=programme, code="attendance", definition="attendance", position=1)
    numbers = {"activit": activity.pk, "session": session.pk, "entr": entry.pk, "evidence": evidence.pk}
    return Scene(people, {route.name or "": arguments_of(route, numbers) for route in ROUTES})


def arguments_of(route: URLPattern, numbers: dict[str, int]) -> dict[str, Any]:
    """What the route needs to lead to the scene's records; a route of an unknown kind of record fails here."""
    path = str(route.pattern)
    values: dict[str, Any] = {}
    if "<int:pk>" in path:
        values["pk"] = next(number for stem, number in numbers.items() if path.startswith(stem))
    if "<str:code>" in path:
        values["code"] = "week"
    if "<str:figure_code>" in path:
        values["figure_code"] = "attendance"
    if "<int:session_pk>" in path:
        values["session_pk"] = numbers["session"]
    if "<str:kind>" in path:
        values["kind"] = "xlsx"
    return values


def action_of(route: URLPattern) -> Action | None:
    return getattr(route.callback, "action", None)


def status(person: User | None, name: str, arguments: dict[str, Any]) -> int:
    client = Client()
    if person:
        client.force_login(person)
    ask: Callable[..., Any] = client.post if name in POST_ONLY else client.get
    return ask(reverse(f"workspace:{name}", kwargs=arguments)).status_code


def expected(route: URLPattern, place: str, role: str) -> int:
    """403 for a role without the action anywhere, 404 outside the tree, else the page."""
    name, action = route.name or "", action_of(route)
    if name in FOR_EVERYBODY_SIGNED_IN:
        return 200
    if action is None or role not in TABLE[action]:
        return 403
    if name in POST_ONLY:
        return 302 if place in {"own", "ancestor"} else 404
    if name == "import_template":
        return 404 if place == "stranger" else 200
    if name in OF_THE_WHOLE_PROGRAMME:
        return 200 if place == "ancestor" else 404
    if name in OF_A_PROGRAMME:
        return 404 if place == "stranger" else 200
    return 200 if place in {"own", "ancestor"} or "<" not in str(route.pattern) else 404


def test_every_route_declares_its_action() -> None:
    undeclared = {route.name for route in ROUTES if action_of(route) is None}

    assert undeclared == FOR_EVERYBODY_SIGNED_IN


@pytest.mark.parametrize("place", ["own", "ancestor", "sibling", "descendant", "stranger"])
def test_page_answers_by_role_and_place(scene: Scene, place: str) -> None:
    answers = {
        (route.name, role): status(scene.people[place, role], route.name or "", scene.arguments[route.name or ""])
        for route in ROUTES
        for role in Role
    }

    assert answers == {(route.name, role): expected(route, place, role) for route in ROUTES for role in Role}


def test_visitor_is_asked_to_sign_in(scene: Scene) -> None:
    answers = {route.name: status(None, route.name or "", scene.arguments[route.name or ""]) for route in ROUTES}

    assert answers == {route.name: 302 for route in ROUTES}


def test_person_without_role_sees_the_welcome_only(scene: Scene) -> None:
    guest = UserFactory()

    answers = {route.name: status(guest, route.name or "", scene.arguments[route.name or ""]) for route in ROUTES}

    assert answers == {route.name: 200 if route.name in FOR_EVERYBODY_SIGNED_IN else 403 for route in ROUTES}


def test_page_out_of_reach_looks_like_a_missing_one(scene: Scene) -> None:
    client = Client()
    client.force_login(scene.people["sibling", Role.COORDINATOR])
    pages = [route.name for route in ROUTES if "<int:pk>" in str(route.pattern) and route.name not in POST_ONLY]

    pairs = [
        [
            comparable(client.get(reverse(f"workspace:{name}", kwargs={"pk": pk})).content.decode())
            for pk in (scene.arguments[name]["pk"], MISSING)
        ]
        for name in pages
    ]

    assert [name for name, (first, second) in zip(pages, pairs, strict=True) if first != second] == []


def comparable(page: str) -> str:
    """The page without what differs on every request: the keys of its forms and the number in its own address."""
    return re.sub(r'name="csrfmiddlewaretoken" value="\w+"|/\d+/', "", page)
