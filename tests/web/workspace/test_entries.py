"""Correcting and taking back an entry of the ledger where it stands on the page of its session."""

import csv
import io
from typing import Any

import pytest
from django.test import Client
from lxml import html
from tests import counted
from tests.factories import RoleAssignmentFactory, SessionFactory, key

from qixue.core.clock import now
from qixue.core.quantity import Qualifier
from qixue.participation.models import LedgerEntry
from qixue.participation.operations.head_counts import CountReport, report_head_count
from qixue.people.models import Role
from qixue.programme.models import Session

pytestmark = pytest.mark.django_db
CORRECTION = {"count": "4", "qualifier": "exact", "reason": "漏了一位"}
VOID = {"reason": "填错了场次"}


@pytest.fixture
def entry(client: Client) -> LedgerEntry:
    """Three people, as the organiser who is signed in entered."""
    session = SessionFactory()
    organiser = RoleAssignmentFactory(organisation=session.activity.organisation, role=Role.ORGANISER).user
    client.force_login(organiser)
    report = CountReport(count=3, qualifier=Qualifier.EXACT, client_uuid=key(), note="签到表1页", confirmed=True)
    return report_head_count(session, report, by=organiser, at=now())


def act(client: Client, entry: LedgerEntry, name: str, **answers: str) -> Any:
    return client.post(f"/workspace/entries/{entry.pk}/{name}/", {"client_uuid": str(key()), **answers})


def said_after(client: Client, answer: Any) -> str:
    """What the page says to which the answer leads."""
    assert answer.status_code == 302
    shown = html.fromstring(client.get(answer.url).content.decode())
    return str(shown.xpath("string(//ul[@class='messages']/li)"))


@pytest.mark.parametrize(
    ("first", "answers", "said"),
    [
        ("void", VOID, "这条记录已撤销，不用再撤。"),
        ("correct", CORRECTION, "这条记录已更正，以更正后的为准。"),
    ],
)
@pytest.mark.parametrize("second", ["void", "correct"])
def test_second_tab_reads_what_was_done_in_the_first(
    client: Client, entry: LedgerEntry, first: str, answers: dict[str, str], said: str, second: str
) -> None:
    said_after(client, act(client, entry, first, **answers))

    again = said_after(client, act(client, entry, second, **{"void": VOID, "correct": CORRECTION}[second]))
    opened = said_after(client, client.get(f"/workspace/entries/{entry.pk}/{second}/"))

    assert [again, opened] == [said] * 2
    assert LedgerEntry.objects.count() == 2


def test_same_press_twice_takes_back_once(client: Client, entry: LedgerEntry) -> None:
    uuid = str(key())

    said = [said_after(client, act(client, entry, "void", **VOID, client_uuid=uuid)) for _press in range(2)]

    assert said == ["已撤销，原来的内容仍可查看。"] * 2
    assert LedgerEntry.objects.count() == 2


def test_number_that_is_entered_already_is_no_correction(client: Client, entry: LedgerEntry) -> None:
    same = act(client, entry, "correct", **{**CORRECTION, "count": "3"})
    estimate = act(client, entry, "correct", **{**CORRECTION, "count": "3", "qualifier": "about"})

    assert same.status_code == 422
    assert "与原来填报的人数相同，无需更正。" in same.content.decode()
    assert estimate.status_code == 302
    assert LedgerEntry.objects.count() == 2


def test_overview_of_a_session_names_the_head_count_that_is_part_of_its_number(
    client: Client, entry: LedgerEntry
) -> None:
    counted.check_in(entry.session, key())

    page = html.fromstring(client.get(f"/workspace/sessions/{entry.session_id}/").content.decode())

    facts = page.xpath("//section[.//h2='参与情况']//dl")[0]
    terms, numbers = facts.xpath("dt/text()"), [" ".join(each.text_content().split()) for each in facts.xpath("dd")]
    said = dict(zip(terms, numbers, strict=True))
    assert (said["参与人次"], said["实名"], said["清点人数"]) == ("4 · 确数", "1", "3 · 确数")


def changes(client: Client, session: Session) -> list[tuple[str, int, int]]:
    """Of each row of the file the kind, the number, and what it changes."""
    answer = client.post(f"/workspace/sessions/{session.pk}/", {"table": "counts.csv"})
    rows = csv.DictReader(io.StringIO(answer.getvalue().decode("utf-8-sig")))
    return [(row["类型"], int(row["数量（人次）"]), int(row["清点人数变动（人次）"])) for row in rows]


def test_file_of_counts_adds_up_to_the_head_count_that_stands(client: Client, entry: LedgerEntry) -> None:
    counted.check_in(entry.session, key())
    act(client, LedgerEntry.objects.one_by_one().get(), "void", **VOID)
    act(client, entry, "correct", **CORRECTION)
    rows = [("清点人数", 3, 3), ("撤销", 0, 0), ("更正", 4, 1)]
    assert changes(client, entry.session) == rows

    act(client, LedgerEntry.objects.get(target=entry), "void", **VOID)

    assert changes(client, entry.session) == [*rows, ("撤销", 0, -4)]
