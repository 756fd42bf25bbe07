"""Every page of the workspace x everybody who might ask for it, to read and to write.

A new route joins by itself, or a test fails: see scene.py for the records and for who reaches them.
On PostgreSQL each page is opened once by somebody who may, in `shared`, and the forms are sent; the walks are not made.
"""

import re
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pytest
from django.db import connection, transaction
from django.test import Client
from django.urls import URLPattern, reverse
from pytest_django import Settings
from tests.factories import RoleAssignmentFactory
from tests.web.workspace.bodies import ANYTHING, body_of
from tests.web.workspace.personas import Cast, Persona
from tests.web.workspace.scene import (
    EXPECTED,
    FOR_EVERYBODY_SIGNED_IN,
    OWN,
    PLACES,
    POST_ONLY,
    Scene,
    build_scene,
)

from qixue.core.audience import Audience, audience_of
from qixue.people.models import Role
from qixue.people.rules import TABLE, Action
from qixue.web.workspace import urls

pytestmark = [pytest.mark.django_db, pytest.mark.long(160)]
bare_errors = pytest.mark.urls("tests.web.workspace.bare_errors")

ROUTES: list[URLPattern] = urls.urlpatterns
# Pages to see that also write something of the reader's own, or ask a rule beyond the table before they write.
SEEN_AND_WRITTEN = {"tokens", "inbox", "notice", "notice_preferences", "delivery", "attach_plan_document"}
# What the generated forms are known to be good enough for: they are not only turned away because they are wrong.
TAKEN = {
    "edit_activity",
    "new_session",
    "void_entry",
    "new_plan_line",
    "submit_plan",
    "countersign",
    "certificate_rule",
    "revoke_certificate",
}
OF_THE_FRAME = re.compile(r"people_websession|axes_")  # what signing in writes


@dataclass
class Walk:
    """One way over all routes: how many cells were tried, and what was not as the table says."""

    cells: int = 0
    has_written: bool = False  # somebody who may has tried the form of the page; the next need not
    wrong: list[str] = field(default_factory=list)

    def check(self, cell: str, found: Any, expected: Any) -> None:
        self.cells += 1
        if found != expected:
            self.wrong.append(f"{cell}: {found}, not {expected}")


@dataclass(frozen=True)
class Page:
    """A route of the scene with its two addresses and, where it writes, what is sent."""

    name: str
    path: str
    action: Action | None
    url: str
    missing_url: str
    body: dict[str, Any] | None

    def get(self, client: Client, url: str) -> Any:
        return client.post(url, self.body) if self.name in POST_ONLY else client.get(url)

    def post(self, client: Client, url: str) -> Any:
        return client.post(url, self.body or ANYTHING)


@dataclass(frozen=True)
class Shared:
    """What the tests of the file have in common; each takes back what it writes."""

    scene: Scene
    pages: list[Page]
    files: Path


def action_of(route: URLPattern) -> Action | None:
    return getattr(route.callback, "action", None)


def pages_of(scene: Scene, cast: Cast) -> list[Page]:
    """All routes, each with a body if somebody of the scene finds a form on its page."""
    for route in ROUTES:
        scene.arguments(str(route.pattern))  # makes the records, which the forms offer
    return [page_of(route, scene, cast) for route in ROUTES]


def page_of(route: URLPattern, scene: Scene, cast: Cast) -> Page:
    name, path, action = route.name or "", str(route.pattern), action_of(route)
    urls = [reverse(f"workspace:{name}", kwargs=kwargs) for kwargs in (scene.arguments(path), scene.missing(path))]
    body = dict(ANYTHING) if name in POST_ONLY else None
    place = next(iter(EXPECTED.get(name, OWN) & {"own", "ancestor"}), "")
    role = next((role for role in Role if action and role in TABLE[action]), Role.COORDINATOR)
    if place and name not in POST_ONLY:
        answer = cast.client(scene.people[place, role]).get(urls[0])
        is_page = answer["Content-Type"].startswith("text/html")
        body = body_of(answer.content.decode(), urls[0]) if is_page else None
    return Page(name, path, action, urls[0], urls[1], body)


@contextmanager
def writes() -> Iterator[list[str]]:
    """The statements that change a record meanwhile."""
    found: list[str] = []

    def watch(execute: Callable[..., Any], sql: str, params: Any, many: bool, context: Any) -> Any:
        if re.match(r"\s*(INSERT|UPDATE|DELETE)\b", sql, re.I) and not OF_THE_FRAME.search(sql):
            found.append(sql)
        return execute(sql, params, many, context)

    with connection.execute_wrapper(watch):
        yield found


@contextmanager
def undone() -> Iterator[None]:
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


@pytest.fixture(scope="module")
def shared(empty_database: None, shared_files: Path) -> Shared:
    """Built once: reading all pages for their forms takes as long as a whole walk."""
    scene = build_scene()
    return Shared(scene, pages_of(scene, Cast(scene)), shared_files)


@pytest.fixture
def scene(shared: Shared, settings: Settings) -> Scene:
    settings.MEDIA_ROOT = shared.files
    return replace(shared.scene, made=dict(shared.scene.made))


@pytest.fixture
def pages(shared: Shared) -> list[Page]:
    return shared.pages


@pytest.fixture
def cast(scene: Scene) -> Cast:
    return Cast(scene)


def walk_pages(pages: Iterable[Page], personas: list[Persona], *, missing: bool) -> Walk:
    """Read every page as everybody and write where it has a form: what is there, or what is missing."""
    walk = Walk()
    for page in pages:
        walk.has_written = False
        for persona in personas:
            expected = persona.status(page.action, page.name, page.path)
            if missing and page.missing_url != page.url:
                try_cell(walk, page, persona, page.missing_url, 404 if expected == 200 else expected)
            elif not missing:
                try_cell(walk, page, persona, page.url, expected)
    return walk


def try_cell(walk: Walk, page: Page, persona: Persona, url: str, expected: int) -> None:
    """Whoever is turned away is turned away from both, and nothing is written; reading writes for nobody."""
    cell = f"{persona.name} {persona.held} {url}"
    if page.name not in POST_ONLY:
        with writes() as written:
            status = page.get(persona.client, url).status_code
        walk.check(f"GET {cell}", (status, written), (expected, []))
    if page.body is None or (expected == 200 and walk.has_written):
        return
    walk.has_written |= expected == 200
    with undone(), writes() as written:
        answer = page.post(persona.client, url)
    if expected == 200:
        walk.check(f"POST {cell}", answer.status_code in {200, 302, 409, 422}, True)
    else:
        walk.check(f"POST {cell}", (answer.status_code, written), (expected, []))


def test_every_route_declares_its_action() -> None:
    undeclared = {route.name for route in ROUTES if action_of(route) is None}
    signed_in = {route.name for route in ROUTES if audience_of(route.callback) == Audience.SIGNED_IN}

    assert undeclared == signed_in == FOR_EVERYBODY_SIGNED_IN


@pytest.mark.one_database
@bare_errors
@pytest.mark.parametrize("place", PLACES)
def test_page_answers_by_role_and_place(place: str, pages: list[Page], cast: Cast) -> None:
    walk = walk_pages(pages, cast.of_place(place), missing=False)

    assert walk.wrong == []
    assert walk.cells >= len(ROUTES) * (len(Role) + 1)


@pytest.mark.one_database
@bare_errors
def test_missing_record_answers_nobody(pages: list[Page], cast: Cast) -> None:
    personas = [*cast.of_place("own"), *cast.of_place("ancestor"), *cast.without_access()]

    assert walk_pages(pages, personas, missing=True).wrong == []


@pytest.mark.one_database
@bare_errors
def test_page_opens_for_nobody_without_access(pages: list[Page], cast: Cast) -> None:
    assert walk_pages(pages, cast.without_access(), missing=False).wrong == []


def test_page_to_see_writes_nothing(pages: list[Page], scene: Scene, cast: Cast) -> None:
    coordinators = [cast.client(scene.people[place, Role.COORDINATOR]) for place in ("own", "ancestor")]
    found = []
    for page in pages:
        is_to_see = page.action is not None and page.action.startswith("see_")
        for client in coordinators if is_to_see and page.name not in SEEN_AND_WRITTEN else []:
            with undone(), writes() as written:
                page.post(client, page.url)
            found += [page.name] if written else []

    assert found == []


def test_generated_forms_are_taken_where_they_are_allowed(pages: list[Page], scene: Scene, cast: Cast) -> None:
    taken = set()
    for page in pages:
        place = "own" if "own" in EXPECTED.get(page.name, OWN) else "ancestor"
        with undone():
            answer = page.post(cast.client(scene.people[place, Role.COORDINATOR]), page.url)
        taken |= {page.name} if answer.status_code == 302 else set()

    assert sorted(TAKEN - taken) == []


@pytest.mark.one_database
def test_page_out_of_reach_looks_like_a_missing_one(pages: list[Page], scene: Scene, cast: Cast) -> None:
    differing = []
    for page in pages:
        if page.missing_url == page.url:
            continue
        outside = {"sibling", "stranger", "descendant"} - EXPECTED.get(page.name, OWN)
        for place in outside:
            client = cast.client(scene.people[place, Role.COORDINATOR])
            for send in (page.get, page.post):
                first, second = (comparable(send(client, url)) for url in (page.url, page.missing_url))
                differing += [f"{send.__name__} {page.name} {place}"] if first != second else []

    assert differing == []


def test_record_of_another_parent_is_missing(scene: Scene, cast: Cast) -> None:
    """Both are in reach here: what is refused is the pair."""
    other = build_scene("other-")
    everywhere = scene.people["ancestor", Role.COORDINATOR]
    RoleAssignmentFactory(user=everywhere, organisation=other.places["ancestor"], role=Role.COORDINATOR)
    answers = {}
    for route in ROUTES:
        path = str(route.pattern)
        children = re.findall(r"<int:(\w+)>", path.split(">", 1)[-1])
        if children and "number" not in children:  # a call has its number within its programme: the pair is the record
            kwargs = {**scene.arguments(path), **{name: other.arguments(path)[name] for name in children}}
            client = cast.client(everywhere)
            ask = client.post if route.name in POST_ONLY else client.get
            answers[route.name] = ask(reverse(f"workspace:{route.name}", kwargs=kwargs))

    assert {name: answer.status_code for name, answer in answers.items()} == dict.fromkeys(answers, 404)
    assert "figure_session" in answers


def comparable(answer: Any) -> tuple[int, list[tuple[str, str]], str]:
    """The answer without what differs on every request: its id, the keys of forms, the names in its own address."""
    own = re.sub(r'name="csrfmiddlewaretoken" value="\w+"', "", answer.content.decode())
    headers = [item for item in answer.headers.items() if item[0] not in {"X-Request-ID", "Content-Length"}]
    headers = [item for item in headers if not item[0].startswith("Content-Security-Policy")]
    return answer.status_code, sorted(headers), re.sub(r"/(\d+(-\d+)?|week|draft|no-such)(?=/)", "", own)
