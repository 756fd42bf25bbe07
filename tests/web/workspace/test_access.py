"""Every page of the workspace x everybody who might ask for it. A new route joins by itself, or the test fails."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.urls import URLPattern, reverse
from tests.factories import UserFactory
from tests.web.workspace.scene import (
    EXPECTED,
    FOR_EVERYBODY_SIGNED_IN,
    OWN,
    PLACES,
    POST_ONLY,
    Scene,
    build_scene,
)

from qixue.people.models import Role, User
from qixue.people.rules import TABLE, Action
from qixue.web.workspace import urls

pytestmark = pytest.mark.django_db

ROUTES: list[URLPattern] = urls.urlpatterns
MISSING = 999_999


@pytest.fixture
def scene() -> Scene:
    return build_scene()


def action_of(route: URLPattern) -> Action | None:
    return getattr(route.callback, "action", None)


def status(person: User | None, route: URLPattern, scene: Scene) -> int:
    client = Client()
    if person:
        client.force_login(person)
    ask: Callable[..., Any] = client.post if route.name in POST_ONLY else client.get
    return ask(reverse(f"workspace:{route.name}", kwargs=scene.arguments(str(route.pattern)))).status_code


def expected(route: URLPattern, place: str, role: str) -> int:
    """403 for a role without the action anywhere, 404 outside the tree, else the page."""
    name, action = route.name or "", action_of(route)
    if name in FOR_EVERYBODY_SIGNED_IN:
        return 200
    if action is None or role not in TABLE[action]:
        return 403
    is_reached = place in EXPECTED.get(name, OWN) or (name not in EXPECTED and "<" not in str(route.pattern))
    if name in POST_ONLY:
        return 302 if is_reached else 404
    return 200 if is_reached else 404


def test_every_route_declares_its_action() -> None:
    undeclared = {route.name for route in ROUTES if action_of(route) is None}

    assert undeclared == FOR_EVERYBODY_SIGNED_IN


@pytest.mark.parametrize("place", PLACES)
def test_page_answers_by_role_and_place(scene: Scene, place: str) -> None:
    answers = {(route.name, role): status(scene.people[place, role], route, scene) for route in ROUTES for role in Role}

    assert answers == {(route.name, role): expected(route, place, role) for route in ROUTES for role in Role}


def test_visitor_is_asked_to_sign_in(scene: Scene) -> None:
    assert {route.name: status(None, route, scene) for route in ROUTES} == {route.name: 302 for route in ROUTES}


def test_person_without_role_sees_the_welcome_only(scene: Scene) -> None:
    guest = UserFactory()

    answers = {route.name: status(guest, route, scene) for route in ROUTES}

    assert answers == {route.name: 200 if route.name in FOR_EVERYBODY_SIGNED_IN else 403 for route in ROUTES}


def test_page_out_of_reach_looks_like_a_missing_one(scene: Scene) -> None:
    client = Client()
    client.force_login(scene.people["sibling", Role.COORDINATOR])
    closed = [route for route in ROUTES if "<int:pk>" in str(route.pattern) and route.name not in POST_ONLY]
    pages = [route for route in closed if "sibling" not in EXPECTED.get(route.name or "", OWN)]

    pairs = [
        [
            comparable(client.get(reverse(f"workspace:{route.name}", kwargs={"pk": pk})).content.decode())
            for pk in (scene.record(str(route.pattern)), MISSING)
        ]
        for route in pages
    ]

    assert [route.name for route, (first, second) in zip(pages, pairs, strict=True) if first != second] == []


def comparable(page: str) -> str:
    """The page without what differs on every request: the keys of its forms and the number in its own address."""
    return re.sub(r'name="csrfmiddlewaretoken" value="\w+"|/\d+/', "", page)
