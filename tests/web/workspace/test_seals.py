"""Issuing the summary in the browser: one coordinator asks, another issues, and what was sealed is read."""

import datetime

import pytest
from django.test import Client
from django.urls import reverse
from tests.factories import NOON, ActivityFactory, ProgrammeFactory, RoleAssignmentFactory, SessionFactory

from qixue.figures.models import NamedFigure
from qixue.people.models import Role
from qixue.programme.models import Programme, Session
from qixue.report.issuing import open_request
from qixue.report.models import IssueRequest, Seal

pytestmark = pytest.mark.django_db
CHANGED = "总结与提请签发时不一致，请重新审阅并再次提请："


@pytest.fixture
def week() -> Programme:
    """Over, with one session."""
    day = NOON.date() - datetime.timedelta(days=9)
    week = ProgrammeFactory(code="week", starts_on=day, ends_on=day)
    SessionFactory(activity=ActivityFactory(programme=week, code="tea"), number=1)
    NamedFigure.objects.create(programme=week, code="sessions_total", definition="sessions_total", position=1)
    return week


def browser(week: Programme, role: Role = Role.COORDINATOR) -> Client:
    client = Client()
    client.force_login(RoleAssignmentFactory(organisation=week.organisation, role=role).user)
    return client


@pytest.fixture
def asker(week: Programme) -> Client:
    return browser(week)


@pytest.fixture
def issuer(week: Programme) -> Client:
    return browser(week)


def address(name: str, *arguments: object) -> str:
    return reverse(f"workspace:{name}", args=["week", *arguments])


def page(client: Client, name: str, *arguments: object, query: str = "") -> str:
    return client.get(address(name, *arguments) + query).content.decode()


def issue(asker: Client, issuer: Client) -> None:
    asker.post(address("ask_for_issue"))
    assert issuer.post(address("issue_summary")).status_code == 302


def test_two_people_issue_and_the_files_are_handed_out(asker: Client, issuer: Client) -> None:
    issue(asker, issuer)

    seal = Seal.objects.get()
    answer = issuer.get(address("seal_file", 1, "docx"))
    assert answer.content == bytes(seal.files.get(kind="docx").content)
    assert address("seal", 1) in page(asker, "summary")
    assert "每个数字都一致" in page(asker, "seal", 1)


def test_who_asked_is_told_that_somebody_else_issues(asker: Client) -> None:
    asker.post(address("ask_for_issue"))

    assert "本次签发由您提请" in page(asker, "issue_summary")
    assert asker.post(address("issue_summary")).status_code == 200
    assert Seal.objects.count() == 0


def test_press_after_the_issue_shows_it_once_more(week: Programme, asker: Client, issuer: Client) -> None:
    asker.post(address("ask_for_issue"))
    body = {"asked": str(IssueRequest.objects.get().pk)}

    answers = [issuer.post(address("issue_summary"), body) for _press in range(2)]

    assert [answer.status_code for answer in answers] == [302, 302]
    assert Seal.objects.count() == 1


def test_request_that_was_replaced_since_the_page_was_opened_is_not_issued(asker: Client, issuer: Client) -> None:
    asker.post(address("ask_for_issue"))
    body = {"asked": str(IssueRequest.objects.get().pk)}
    assert f'name="asked" value="{body["asked"]}"' in page(issuer, "issue_summary")
    asker.post(address("ask_for_issue"))

    answer = issuer.post(address("issue_summary"), body)

    assert (answer.status_code, Seal.objects.count()) == (422, 0)


def test_request_waits_on_the_desk_of_the_second_person_only(week: Programme, asker: Client, issuer: Client) -> None:
    asker.post(address("ask_for_issue"))

    desks = [client.get(reverse("workspace:home")) for client in (asker, issuer, browser(week, Role.AUDITOR))]

    assert [address("issue_summary") in desk.content.decode() for desk in desks] == [False, True, False]
    issuer.post(address("issue_summary"))
    assert address("issue_summary") not in issuer.get(reverse("workspace:home")).content.decode()


def test_page_names_what_changed_and_offers_no_button(asker: Client, issuer: Client) -> None:
    asker.post(address("ask_for_issue"))
    Session.objects.update(state=Session.State.CANCELLED)

    found = page(issuer, "issue_summary")

    assert (CHANGED in found, "sessions_total：提请时为1场" in found, "签发并签章" in found) == (True, True, False)
    assert issuer.post(address("issue_summary")).status_code == 422
    assert Seal.objects.count() == 0


def test_unfinished_week_is_issued_with_a_reason_only(week: Programme, asker: Client, issuer: Client) -> None:
    Programme.objects.update(ends_on=datetime.date(2999, 11, 28))
    asker.post(address("ask_for_issue"))

    assert issuer.post(address("issue_summary"), {"waiver_reason": ""}).status_code == 422
    assert issuer.post(address("issue_summary"), {"waiver_reason": "先行报送"}).status_code == 302
    assert "先行报送" in page(issuer, "seal", 1)


def test_request_can_be_withdrawn(week: Programme, asker: Client, issuer: Client) -> None:
    asker.post(address("ask_for_issue"))

    issuer.post(address("withdraw_issue_request"))

    assert open_request(week) is None
    assert "还没有人提请签发" in page(issuer, "issue_summary")


def test_page_of_an_issue_shows_changes_since_and_against_another_issue(asker: Client, issuer: Client) -> None:
    issue(asker, issuer)
    Session.objects.update(state=Session.State.CANCELLED)

    since = page(issuer, "seal", 1)
    SessionFactory(activity=Session.objects.get().activity, number=2)
    issue(issuer, asker)
    against = page(issuer, "seal", 1, query="?with=2")

    assert "签发时为1场，对照为0场" in since
    assert "与第2次签发的差异" in against
    assert "tea/2" in against
    for query in ("?with=x", "?with=9", "?with=1"):
        assert "签发后记录的变动" in page(issuer, "seal", 1, query=query)


def test_auditor_reads_issues_and_is_offered_no_act(week: Programme, asker: Client, issuer: Client) -> None:
    issue(asker, issuer)
    auditor = browser(week, Role.AUDITOR)

    found = page(auditor, "summary")

    assert (address("seal", 1) in found, address("ask_for_issue") in found) == (True, False)
    assert auditor.get(address("seal_file", 1, "xlsx")).status_code == 200
    assert auditor.get(address("seal_file", 1, "evidence")).status_code == 404
