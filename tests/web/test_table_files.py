"""Every page with a table gives it away as a file with the rows that it shows, to whoever may see the page."""

import csv
import io
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from django.test import Client
from django.urls import reverse
from lxml import html
from pytest_django import Settings
from tests.factories import NOON
from tests.web.addresses import outside_the_workspace, public_url
from tests.web.workspace.personas import Cast
from tests.web.workspace.scene import POST_ONLY, Scene, build_scene
from time_machine import travel

from qixue.core.audience import Audience
from qixue.core.models import AuditEntry
from qixue.people.models import Role
from qixue.programme.models import Programme
from qixue.web.workspace import urls

pytestmark = [pytest.mark.django_db, pytest.mark.long(40)]

# Pages whose table is no list to take along, and why.
NOT_TAKEN = {
    "workspace:issue_certificates": "a form",
    "workspace:copy_programme": "what a form is about to do",
    "workspace:sheet": "what is wrong in a sheet that was sent in",
    "workspace:upload_sheet": "a form",
    "workspace:door": "a work place at the door; its people are those of the registrations, which are taken along",
    "workspace:sign_in_sheet": "paper",
    "workspace:door_codes": "paper",
    "workspace:tokens": "one's own keys",
    "workspace:summary": "a document, which has files and an annex of its own",
    "public:sealed_summary": "the list of an issued document, which carries it signed",
    "workspace:calendar": "a month at a glance; the list of the same sessions is taken along",
    "workspace:submit_plan": "the last look before an act; the page of the plan has the table",
    "workspace:decide_plan": "the same",
    "workspace:publish_plan": "the same",
    "workspace:countersign": "the same",
    "workspace:open_return_call": "the same",
    "workspace:duplicates": "a work place: what is to be decided about two people now",
    "workspace:merge_people": "the last look before an act",
    "workspace:swap_desk": "a work place; the list of hand-overs has its own page, where it is taken along",
    "workspace:return": "a single return; the board has all of them",
    "public:sessions_month": "a month at a glance; the list of the same sessions is taken along",
    "public:draw": "has its own file, with which anybody recomputes it",
}

# The tables that name people, by page and key: they leave by POST, which goes on record. Nobody is listed in the scene,
# so that the page of listed people has none.
NAMING_PEOPLE = {
    ("workspace:certificates", "certificates"),
    ("workspace:people", "people"),
    ("workspace:recognition", "nominations"),
    ("workspace:registrations", "registrations"),
    ("workspace:return_phones", "contacts"),
    ("workspace:session", "counts"),
    ("workspace:swap_handover_list", "handovers"),
}

Place = tuple[str, str, Client, Any]  # page, address, who asks, and the page itself or something on it
ROWS_IN_PARTS = {"workspace:step_times"}  # a step per row and organisation, which the page shows side by side


@pytest.fixture(scope="module")
def shared(empty_database: None, shared_files: Path) -> Scene:
    scene = build_scene()
    Programme.objects.filter(pk=scene.programme.pk).update(is_synthetic=True)
    for route in urls.urlpatterns:
        scene.arguments(str(route.pattern))  # makes the records
    return scene


@pytest.fixture
def scene(shared: Scene, shared_files: Path, settings: Settings) -> Scene:
    settings.MEDIA_ROOT = shared_files
    return replace(shared, made=dict(shared.made))


def pages(scene: Scene) -> Iterator[tuple[str, str, Client]]:
    """Every page that opens for a coordinator of the whole programme, or for everybody."""
    cast = Cast(scene)
    staff = cast.client(scene.people["ancestor", Role.COORDINATOR])
    organiser = cast.client(scene.people["own", Role.ORGANISER])
    for route in urls.urlpatterns:
        name, path = route.name or "", str(route.pattern)
        if name not in POST_ONLY:
            url = reverse(f"workspace:{name}", kwargs=scene.arguments(path))
            yield f"workspace:{name}", url, staff if staff.get(url).status_code == 200 else organiser
    for address in outside_the_workspace():
        if address.audience == Audience.EVERYBODY and address.name.startswith("public:"):
            yield address.name, public_url(address, scene), Client()


@pytest.fixture(scope="module")
def trees(shared: Scene) -> list[Place]:
    """Read once, for that takes longer than what the tests ask of them."""
    found = []
    with travel(NOON, tick=False):  # as the tests
        for name, url, client in list(pages(shared)):  # which makes records, so before any page is read
            answer = client.get(url)
            if answer.status_code == 200 and answer["Content-Type"].startswith("text/html"):
                found.append((name, url, client, html.fromstring(answer.content.decode())))
    return found


def take(client: Client, url: str, control: Any, kind: str) -> bytes:
    """The file that a control of the page gives, by its link or its button."""
    if control.tag == "form":
        [name] = control.xpath(f".//button[contains(@value, '.{kind}')]/@value")
        answer = client.post(url + control.get("action").rstrip("?"), {"table": name})
    else:
        [link] = control.xpath(f".//a[contains(@href, '.{kind}')]/@href")
        answer = client.get(url.partition("?")[0] + link)
    assert answer.status_code == 200, (url, kind)
    assert answer["Content-Disposition"].startswith("attachment"), url
    return answer.getvalue()


def as_rows(data: bytes) -> list[list[str]]:
    return list(csv.reader(io.StringIO(data.decode("utf-8-sig"), newline="")))


def heads_of(table: Any) -> list[str]:
    """How the rows of a table on the page begin, without what stands behind or below a name."""
    rows = table.xpath("./tbody/tr")
    return [next(text.strip(" └\u3000\n") for text in row.itertext() if text.strip(" └\u3000\n")) for row in rows]


def test_every_page_with_a_table_offers_it(trees: list[Place]) -> None:
    found = {
        name: bool(tree.xpath("//*[contains(concat(' ', @class, ' '), ' export ')]"))
        for name, _url, _client, tree in trees
        if tree.xpath("//table[contains(concat(' ', @class, ' '), ' table ')]")
    }

    assert sorted(name for name, is_offered in found.items() if not is_offered and name not in NOT_TAKEN) == []
    assert sum(found.values()) >= 20


def differences(name: str, table: Any, rows: list[list[str]]) -> Iterator[str]:
    """In what the rows of a file differ from those of the table that stands before its control."""
    heads = heads_of(table)
    if len(heads) != len(rows) and name not in ROWS_IN_PARTS:
        yield "the page has another number of rows"
    for head, row in zip(heads, rows, strict=False):
        if not any(head.partition(" · ")[0] in cell for cell in row):
            yield f"{head} is not in {row}"


@pytest.fixture
def controls(trees: list[Place], scene: Scene) -> list[Place]:
    return [
        (name, url, client, control)
        for name, url, client, tree in trees
        for control in tree.xpath("//*[contains(concat(' ', @class, ' '), ' export ')]")
    ]


def test_every_file_has_the_rows_of_its_page(controls: list[Place]) -> None:
    wrong = []
    for name, url, client, control in controls:
        header, *rows = as_rows(take(client, url, control, "csv"))
        sheet = openpyxl.load_workbook(io.BytesIO(take(client, url, control, "xlsx"))).active
        lines = [[cell.value for cell in line] for line in sheet.iter_rows()]
        top = next(at for at, line in enumerate(lines) if [text or "" for text in line] == header)
        if len(lines) - top - 1 != len(rows) or not any("演示数据" in str(line[0]) for line in lines[:top]):
            wrong.append((name, "the workbook differs"))
        before = control.xpath("preceding::table[contains(concat(' ', @class, ' '), ' table ')][1]")
        is_of_dashboard = control.xpath(".//a[contains(@href, 'table=charts.')]")  # all of it: figures and charts
        if before and not is_of_dashboard:
            wrong += [(name, difference) for difference in differences(name, before[0], rows)]

    assert wrong == []
    assert len(controls) >= 20


def test_file_of_names_is_noted_and_has_no_link(scene: Scene) -> None:
    client = Cast(scene).client(scene.people["ancestor", Role.COORDINATOR])
    url = reverse("workspace:people")

    assert client.get(url, {"table": "people.csv"}).status_code == 404
    assert client.post(url, {"table": "people.csv"}).status_code == 200
    noted = AuditEntry.objects.filter(action="table.exported").latest("pk")
    assert (noted.details["table"], noted.details["kind"], noted.actor_id) == (
        "people",
        "csv",
        scene.people["ancestor", Role.COORDINATOR].pk,
    )


def test_exactly_the_tables_that_name_people_leave_by_post(controls: list[Place]) -> None:
    by_post = {
        (name, value.rpartition(".")[0])
        for name, _url, _client, control in controls
        for value in control.xpath(".//button[@name='table']/@value")
    }

    assert by_post == NAMING_PEOPLE


def test_who_does_not_see_the_page_gets_no_file(scene: Scene) -> None:
    stranger = Cast(scene).client(scene.people["stranger", Role.COORDINATOR])
    url = reverse("workspace:figures", args=[scene.programme.code])

    assert stranger.get(url, {"table": "figures.csv"}).status_code == 404
    assert Client().get(url, {"table": "figures.csv"}).status_code == 302


@pytest.mark.parametrize("asked", ["figures", "figures.pdf", "other.csv", ".csv", "figures.csv.exe"])
def test_unknown_table_is_missing(scene: Scene, asked: str) -> None:
    url = reverse("public:figures", args=[scene.programme.code])

    assert Client().get(url, {"table": asked}).status_code == 404
