"""Issuing the summary in the browser: one coordinator asks, another issues, and what was sealed is read."""

import datetime

import pytest
from django.test import Client
from django.urls import reverse
from lxml import html
from tests.factories import (
    NOON,
    ActivityFactory,
    DoorDeviceFactory,
    OrganisationFactory,
    ProgrammeFactory,
    RoleAssignmentFactory,
    SessionFactory,
)
from tests.report.writing import section_of
from tests.web.public.conftest import assert_sound

from qixue.figures.models import NamedFigure
from qixue.people.models import Role, User
from qixue.programme.models import Programme, Session
from qixue.report.commenting import comment_on
from qixue.report.issuing import open_request
from qixue.report.models import IssueRequest, Seal

pytestmark = pytest.mark.django_db
BEFORE_ISSUE = "签发之前"
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


def newest_request() -> str:
    return str(IssueRequest.objects.latest("pk").pk)


def press(client: Client, **answers: str) -> str:
    """The page of the issue to its end: it is sent while the summary is sealed. Of what was asked for last."""
    answer = client.post(address("issue_summary"), {"asked": newest_request(), **answers})
    assert (answer.status_code, answer.headers["X-Accel-Buffering"]) == (200, "no")
    return b"".join(answer.streaming_content).decode()


def issue(asker: Client, issuer: Client) -> None:
    asker.post(address("ask_for_issue"))
    assert "✓" in press(issuer)


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
    assert asker.post(address("issue_summary"), {"asked": newest_request()}).status_code == 200
    assert Seal.objects.count() == 0


def test_press_after_the_issue_shows_it_once_more(week: Programme, asker: Client, issuer: Client) -> None:
    asker.post(address("ask_for_issue"))
    asked = str(IssueRequest.objects.get().pk)

    pages = [press(issuer, asked=asked) for _press in range(2)]

    assert ["✓" in found for found in pages] == [True, True]
    assert Seal.objects.count() == 1


def test_page_begins_before_the_summary_is_sealed(week: Programme, asker: Client, issuer: Client) -> None:
    asker.post(address("ask_for_issue"))

    pieces = issuer.post(address("issue_summary"), {"asked": newest_request()}).streaming_content
    beginning, count = next(pieces).decode(), Seal.objects.count()
    end = b"".join(pieces).decode()

    assert ("<progress " in beginning, count, Seal.objects.count()) == (True, 0, 1)
    assert f'<a class="btn" href="{address("seal", 1)}">打开第1次签发</a>' in end
    assert_sound(html.fromstring(beginning + end))


def test_act_that_breaks_says_so_on_the_page(
    week: Programme, asker: Client, issuer: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    asker.post(address("ask_for_issue"))

    def broken(*_of: object, **_more: object) -> None:
        raise RuntimeError

    monkeypatch.setattr("qixue.web.workspace.views.seals.issue_summary", broken)

    shown = press(issuer)

    assert ("✕" in shown, f'href="{address("issue_summary")}">返回</a>' in shown) == (True, True)


def test_request_that_was_replaced_since_the_page_was_opened_is_not_issued(asker: Client, issuer: Client) -> None:
    asker.post(address("ask_for_issue"))
    asked = str(IssueRequest.objects.get().pk)
    assert f'name="asked" value="{asked}"' in page(issuer, "issue_summary")
    asker.post(address("ask_for_issue"))

    found = press(issuer, asked=asked)

    assert ("✕" in found, Seal.objects.count()) == (True, 0)


@pytest.mark.parametrize("asked", ["", "x", "999999", "9" * 30])
def test_nothing_is_issued_that_its_sender_has_not_looked_at(asker: Client, issuer: Client, asked: str) -> None:
    asker.post(address("ask_for_issue"))

    answer = issuer.post(address("issue_summary"), {"asked": asked})

    assert (answer.status_code, answer["Location"]) == (302, address("issue_summary"))
    assert Seal.objects.count() == 0


def test_request_waits_on_the_desk_of_the_second_person_only(week: Programme, asker: Client, issuer: Client) -> None:
    asker.post(address("ask_for_issue"))

    desks = [client.get(reverse("workspace:home")) for client in (asker, issuer, browser(week, Role.AUDITOR))]

    assert [address("issue_summary") in desk.content.decode() for desk in desks] == [False, True, False]
    press(issuer)
    assert address("issue_summary") not in issuer.get(reverse("workspace:home")).content.decode()


def test_what_waits_stands_between_the_first_buttons_and_the_many_others(asker: Client, issuer: Client) -> None:
    """On a phone it was below twelve buttons."""
    asker.post(address("ask_for_issue"))

    page = html.fromstring(issuer.get(reverse("workspace:home")).content.decode())

    wanted = [reverse("workspace:inbox"), address("issue_summary"), reverse("workspace:my_roles")]
    assert [link for link in page.xpath("//main//a/@href") if link in wanted] == wanted


def test_request_says_who_asked_and_whom_it_waits_for_and_is_not_offered_once_more(
    week: Programme, asker: Client, issuer: Client
) -> None:
    User.objects.filter(pk=issuer.session["_auth_user_id"]).update(display_name="陈志远")
    assert address("ask_for_issue") in page(asker, "summary")

    asker.post(address("ask_for_issue"))

    own, other = page(asker, "summary"), page(issuer, "summary")
    assert "等待签发：陈志远" in "".join(own.split())
    assert [address("ask_for_issue") in found for found in (own, other)] == [False, False]
    assert [address("issue_summary") in found for found in (own, other)] == [False, True]


def test_edit_after_the_request_is_warned_of_and_named(week: Programme, asker: Client, issuer: Client) -> None:
    writer = User.objects.get(pk=asker.session["_auth_user_id"])
    section = section_of(week, writer, "problems")
    warned = "原提请即告失效"
    assert warned not in page(asker, "summary_section", section.pk)
    asker.post(address("ask_for_issue"))

    assert [warned in page(asker, *name) for name in (("summary_section", section.pk), ("summary_outline",))] == [
        True,
        True,
    ]
    IssueRequest.objects.update(asked_at=NOON - datetime.timedelta(minutes=1))
    asker.post(address("summary_section", section.pk), {"text": "甲", "based_on": 0})

    found = page(issuer, "summary")
    assert ("提请后又有修改" in found, "存在的问题" in found.partition("提请后又有修改")[2]) == (True, True)
    assert (address("ask_for_issue") in found, address("issue_summary") in found) == (True, False)


def test_page_names_what_changed_and_offers_no_button(asker: Client, issuer: Client) -> None:
    asker.post(address("ask_for_issue"))
    Session.objects.update(state=Session.State.CANCELLED)

    found = page(issuer, "issue_summary")

    assert (CHANGED in found, "活动场次：提请时为1场，现为0场。" in found, "签发并签章" in found) == (True, True, False)
    assert CHANGED in press(issuer)
    assert Seal.objects.count() == 0


@pytest.mark.parametrize("who", ["asker", "issuer"])
def test_page_that_names_what_changed_asks_again_by_one_press(
    week: Programme, asker: Client, issuer: Client, who: str
) -> None:
    asker.post(address("ask_for_issue"))
    first = open_request(week)
    Session.objects.update(state=Session.State.CANCELLED)
    presser, other = (asker, issuer) if who == "asker" else (issuer, asker)

    shown = html.fromstring(page(presser, "issue_summary"))
    [button] = shown.xpath("//form[.//button[contains(., '按现稿重新提请')]]")
    answer = presser.post(button.get("action"))

    assert_sound(shown)
    assert (answer.status_code, open_request(week) == first) == (302, False)
    assert "✓" in press(other)


def test_figure_on_other_records_is_named_and_does_not_keep_back_the_issue(
    week: Programme, asker: Client, issuer: Client
) -> None:
    asker.post(address("ask_for_issue"))
    other_records = "提请后，以下1个数字背后的记录有变动"
    assert other_records not in page(issuer, "issue_summary")
    replace_the_session()

    pages = [page(issuer, "issue_summary"), page(asker, "ask_for_issue")]

    assert [(other_records in found, "<li>活动场次</li>" in found, CHANGED in found) for found in pages] == [
        (True, True, False)
    ] * 2
    assert "✓" in press(issuer)
    for found in (*pages, sealed := page(issuer, "seal", 1)):
        assert_sound(html.fromstring(found))
    facts = html.fromstring(sealed).xpath("//dt[starts-with(., '提请后、签发前')]/following::dd[1]")
    assert [each.text_content().strip() for each in facts] == ["活动场次"]


def replace_the_session() -> None:
    """Another one in its place: as many, on another record."""
    Session.objects.update(state=Session.State.CANCELLED)
    SessionFactory(activity=Session.objects.get().activity, number=2)


def test_who_asks_reads_first_what_whoever_issues_will_be_shown(week: Programme, asker: Client, issuer: Client) -> None:
    Programme.objects.update(ends_on=datetime.date(2999, 11, 28))
    writer = User.objects.get(pk=asker.session["_auth_user_id"])
    comment_on(section_of(week, writer, "problems"), "请补充原因", quote="", by=writer, at=NOON)
    waits_for = ("现在签发的是阶段性小结", "部分：有1条批注未办结")

    before = page(asker, "ask_for_issue")
    asker.post(address("ask_for_issue"))
    shown = page(issuer, "issue_summary")

    assert [[words in found for words in waits_for] for found in (before, shown)] == [[True, True], [True, True]]


def test_what_it_waits_for_leads_to_where_it_is_settled(week: Programme, asker: Client) -> None:
    writer = User.objects.get(pk=asker.session["_auth_user_id"])
    section = section_of(week, writer, "problems")
    comment_on(section, "请补充原因", quote="", by=writer, at=NOON)
    session = Session.objects.select_related("activity__organisation").get()
    device = DoorDeviceFactory(organisation=session.activity.organisation, highest_sequence=3)
    device.sessions.add(session)

    notice = html.fromstring(page(asker, "ask_for_issue")).xpath("//div[h2='应等待的事项']//li")

    links = [line.xpath("a/@href")[0] for line in notice]
    assert links == [reverse("workspace:door", args=[session.pk]), address("summary_section", section.pk)]
    assert session.activity.organisation.name in notice[0].text_content()  # tells two of one title apart
    assert [asker.get(link).status_code for link in links] == [200, 200]


def test_who_asks_again_reads_what_has_changed_since(asker: Client) -> None:
    since = "活动场次：提请时为1场"
    assert since not in page(asker, "ask_for_issue")
    asker.post(address("ask_for_issue"))
    assert since not in page(asker, "ask_for_issue")

    Session.objects.update(state=Session.State.CANCELLED)

    assert since in page(asker, "ask_for_issue")


def test_unfinished_week_is_issued_with_a_reason_only(week: Programme, asker: Client, issuer: Client) -> None:
    Programme.objects.update(ends_on=datetime.date(2999, 11, 28))
    asker.post(address("ask_for_issue"))

    without = issuer.post(address("issue_summary"), {"asked": newest_request(), "waiver_reason": ""})
    assert (without.status_code, BEFORE_ISSUE in without.content.decode()) == (422, True)
    assert "✓" in press(issuer, waiver_reason="先行报送")
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
    link = f'<a href="{reverse("workspace:session", args=[Session.objects.get(number=2).pk])}">'
    assert link in against
    assert "第2场（11月4日）：" in against
    for query in ("?with=x", "?with=9", "?with=1"):
        assert "签发后记录的变动" in page(issuer, "seal", 1, query=query)


def test_auditor_reads_issues_and_is_offered_no_act(week: Programme, asker: Client, issuer: Client) -> None:
    issue(asker, issuer)
    auditor = browser(week, Role.AUDITOR)

    found = page(auditor, "summary")

    assert (address("seal", 1) in found, address("ask_for_issue") in found) == (True, False)
    assert auditor.get(address("seal_file", 1, "xlsx")).status_code == 200
    assert auditor.get(address("seal_file", 1, "evidence")).status_code == 404


def test_county_reads_what_was_issued_and_its_own_figures_but_no_draft(
    week: Programme, asker: Client, issuer: Client
) -> None:
    county = Client()
    office = OrganisationFactory(parent=week.organisation)
    county.force_login(RoleAssignmentFactory(organisation=office, role=Role.COORDINATOR).user)
    issued_at = reverse("public:issued_summary", args=["week", "pdf"])

    before = page(county, "summary")
    issue(asker, issuer)
    after = page(county, "summary")

    assert ("还没有签发" in before, issued_at in before, issued_at in after) == (True, False, True)
    assert {address("figures"), address("coverage")} <= set(html.fromstring(after).xpath("//main//a/@href"))
    assert (address("ask_for_issue") in after, "共举办" in after) == (False, False)
    assert county.get(address("summary_file", "docx")).status_code == 404


def test_county_of_another_programme_finds_no_summary(week: Programme, client: Client) -> None:
    client.force_login(RoleAssignmentFactory(role=Role.COORDINATOR).user)
    urls = [address("summary"), reverse("workspace:summary", args=["missing"])]

    answers = [client.get(url) for url in urls]

    assert [answer.status_code for answer in answers] == [404, 404]
    theirs, missing = (answer.content.replace(url.encode(), b"") for url, answer in zip(urls, answers, strict=True))
    assert theirs == missing
