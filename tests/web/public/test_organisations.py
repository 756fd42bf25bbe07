import pytest
from tests.factories import NOON, OrganisationFactory, ProgrammeFactory, SessionFactory
from tests.web.public.conftest import titles, words

from qixue.people.models import OrganisationAlias
from qixue.programme.models import Involvement, Session

pytestmark = pytest.mark.django_db
PAGE = "/organisations/sanpai/"


def headings(page):
    return [words(heading) for heading in page.xpath("//main//h2")]


def test_organisation_shows_what_comes_next(open_page, tea):
    SessionFactory(activity=tea.activity, topic="早上")

    page = open_page(PAGE)

    assert (titles(page), headings(page)) == (["茶叶种植"], ["接下来"])
    assert page.xpath("//main//section//a/@href")[0] == "webcal://testserver/calendar.ics?organisation=sanpai"


def test_organisation_with_nothing_to_come_shows_its_latest_sessions(open_page, tea):
    Session.objects.update(starts_at=NOON.replace(hour=8), ends_at=NOON.replace(hour=9))
    SessionFactory(activity=tea.activity, topic="更晚", starts_at=NOON.replace(hour=9), ends_at=NOON.replace(hour=10))

    page = open_page(PAGE)

    assert (titles(page), headings(page)) == (["茶叶种植：更晚", "茶叶种植"], ["最近的场次"])


def test_organisation_shows_its_roles_with_the_words_of_the_source(open_page, tea):
    involvement = {"programme": tea.activity.programme, "organisation": tea.activity.organisation}
    Involvement.objects.create(role=Involvement.Role.HOST, quote="由三排镇主办", **involvement)

    page = open_page(PAGE)

    assert [words(cell) for cell in page.xpath("//tbody//td")] == ["主办", "全民终身学习活动周", "由三排镇主办"]


def test_organisation_without_activities_says_so(open_page):
    library = OrganisationFactory(code="library", name="图书馆")
    OrganisationAlias.objects.create(organisation=library, name="市图")

    page = open_page("/organisations/library/")

    assert headings(page) == ["还没有发布活动"]
    assert words(page.xpath("//dd[@lang]")[0]) == "市图"


def test_organisation_keeps_sessions_of_drafts_to_itself(open_page, tea):
    tea.activity.state = "draft"
    tea.activity.save()

    assert titles(open_page(PAGE)) == []


def test_organisation_keeps_roles_in_drafts_to_itself(open_page, tea):
    secret = ProgrammeFactory(state="draft", name="还没有公开的一届")
    Involvement.objects.create(
        role=Involvement.Role.HOST, programme=secret, organisation=tea.activity.organisation, quote="草稿"
    )

    assert open_page(PAGE).xpath("//tbody//td") == []


def test_unknown_organisation_is_not_found(open_page):
    open_page("/organisations/nobody/", status=404)
