"""A programme is set up, changed, copied and published through its pages."""

import datetime
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from tests.factories import (
    NOON,
    ActivityFactory,
    BrandFactory,
    OrganisationFactory,
    ProgrammeFactory,
    RoleAssignmentFactory,
    SessionFactory,
    VenueFactory,
)

from qixue.figures.models import NamedFigure
from qixue.people.models import Organisation, Role
from qixue.programme.models import (
    Activity,
    GroupMember,
    Instalment,
    Involvement,
    LegalBasis,
    Programme,
    Series,
    Session,
    TaskAssignment,
)
from qixue.report.summary import draft_summary

pytestmark = pytest.mark.django_db


@pytest.fixture
def bureau() -> Organisation:
    return OrganisationFactory(code="bureau", name="清远市教育局")


@pytest.fixture
def client(bureau: Organisation) -> Client:
    client = Client()
    client.force_login(RoleAssignmentFactory(organisation=bureau, role=Role.COORDINATOR).user)
    return client


@pytest.fixture
def draft(bureau: Organisation) -> Programme:
    return ProgrammeFactory(code="week", organisation=bureau, state=Programme.State.DRAFT)


def address(route: str, code: str = "week", query: str = "") -> str:
    return reverse(f"workspace:{route}", args=[code]) + query


def page(client: Client, *route: str) -> str:
    return client.get(address(*route)).content.decode()


NEW = {
    "name": "清远市2026年全民终身学习活动周",
    "code": "week-2026",
    "kind": "activity_week",
    "year": "２０２６",
    "theme": "让学习成为一种生活方式",
    "starts_on": "2026年11月5日",
    "ends_on": "2026-11-11",
}


def test_programme_goes_from_nothing_to_published_by_its_pages(client: Client, bureau: Organisation) -> None:
    OrganisationFactory(name="市委宣传部")
    VenueFactory(name="市民广场")

    client.post(reverse("workspace:new_programme"), {**NEW, "organisation": "bureau"})
    notice = {"name": "《关于举办活动周的通知》", "document_number": "教职成厅函[2026]012号"}
    client.post(address("setup_legal_bases", "week-2026"), notice)
    basis = LegalBasis.objects.get()
    step = {"organ": "教育部办公厅", "act": "发文", "document_number": "教职成厅函（2026）12号"}
    client.post(address("setup_legal_bases", "week-2026", f"?chain={basis.pk}"), step)
    client.post(address("setup_roles", "week-2026"), {"role": "host", "organisations": "清远市教育局、宣传部"})
    group = {"name": "活动周领导小组", "office": "清远市教育局", "version": version("week-2026")}
    client.post(address("setup_leading_group", "week-2026"), group)
    client.post(address("setup_members", "week-2026"), {"seat": "head", "name": "李某", "duty": "副市长"})
    client.post(
        address("setup_tasks", "week-2026"), {"task": "统筹协调", "organisation": "bureau", "supporters": "宣传部"}
    )
    answer = client.post(address("publish_programme", "week-2026"), {"version": version("week-2026")})

    programme = Programme.objects.get()
    assert (answer.status_code, programme.state) == (302, Programme.State.PUBLISHED)
    assert (programme.starts_on, programme.organisation) == (datetime.date(2026, 11, 5), bureau)
    assert basis.forwarding_steps.get().document_number == "教职成厅函〔2026〕12号"
    assert NamedFigure.objects.filter(programme=programme, code="attendance").exists()
    shown = Client().get("/programmes/week-2026/").content.decode()
    for text in (
        "《关于举办活动周的通知》",
        "教职成厅函〔2026〕12号",
        "活动周领导小组",
        "李某",
        "统筹协调",
        "市委宣传部",
    ):
        assert text in shown


def version(code: str = "week") -> int:
    return Programme.objects.get(code=code).version


def test_set_up_appears_in_the_work_summary(client: Client, bureau: Organisation) -> None:
    test_programme_goes_from_nothing_to_published_by_its_pages(client, bureau)

    text = "".join(str(block) for block in draft_summary(Programme.objects.get(), at=NOON).manuscript.blocks)

    for clause in (
        "根据《关于举办活动周的通知》（教职成厅函〔2026〕12号）要求",
        "由清远市教育局、市委宣传部主办",
        "成立活动周领导小组，由副市长李某任组长，办公室设在清远市教育局，负责日常工作。",
        "任务分工明确：统筹协调由清远市教育局牵头，市委宣传部配合。",
    ):
        assert clause in text


def test_missing_answers_are_asked_for_and_nothing_typed_is_lost(client: Client, bureau: Organisation) -> None:
    typed = {**NEW, "organisation": "bureau", "year": "去年", "starts_on": "立冬", "code": "活动周"}

    answer = client.post(reverse("workspace:new_programme"), typed)

    text = answer.content.decode()
    assert answer.status_code == 422
    assert "有 3 处需要修改" in text or "有3处需要修改" in text
    assert all(f'value="{value}"' in text for value in ("去年", "立冬", "活动周", NEW["name"]))
    assert not Programme.objects.exists()


def test_overview_names_what_is_missing(client: Client, draft: Programme) -> None:
    text = page(client, "programme_setup")

    for sentence in ("请填写年度主题。", "请填写开始和结束日期。", "请至少添加一项依据。", "还没有设立领导小组。"):
        assert sentence in text
    assert "发布之前还缺4项" in text.replace(" ", "")


def test_publishing_too_early_is_refused_in_sentences(client: Client, draft: Programme) -> None:
    answer = client.post(address("publish_programme"), {"version": "1"})

    assert answer.status_code == 409
    assert "请至少添加一项依据。" in answer.content.decode()
    assert 'type="submit" class="btn">发布项目' not in page(client, "publish_programme")


def test_two_editors_do_not_overwrite_each_other(client: Client, draft: Programme) -> None:
    read = version()
    mine = {**NEW, "version": read, "theme": "全民智学"}
    client.post(address("setup_basics"), {**mine, "theme": "先存的主题"})

    answer = client.post(address("setup_basics"), mine)

    text = answer.content.decode()
    assert answer.status_code == 422
    assert "先存的主题" in text
    assert "全民智学" in text
    assert Programme.objects.get().theme == "先存的主题"


def test_name_that_fits_several_organisations_is_chosen_from_a_list(client: Client, draft: Programme) -> None:
    names = ("连南县", "英德市", "佛冈县")
    counties = [OrganisationFactory(code=f"county-{at}", name=f"{name}教育局") for at, name in enumerate(names)]
    asked = {"role": "co_organiser", "organisations": "县教育局、英德市教育局"}

    offered = client.post(address("setup_roles"), asked)
    both = [str(counties[0].pk), str(counties[2].pk)]
    client.post(address("setup_roles"), {**asked, "organisations_among": both})

    assert offered.status_code == 422
    assert "有几个单位符合，请选择。" in offered.content.decode()
    rows = Involvement.objects.filter(programme=draft, role="co_organiser").order_by("position")
    assert [row.organisation for row in rows] == [counties[1], counties[0], counties[2]]


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [("不存在的单位", "没有找到“不存在的单位”，请核对单位名称。"), ("单位", "符合“单位”的单位太多，请多写几个字。")],
)
def test_name_that_leads_nowhere_is_said(client: Client, draft: Programme, typed: str, sentence: str) -> None:
    OrganisationFactory.create_batch(31)

    answer = client.post(address("setup_roles"), {"role": "host", "organisations": typed})

    assert sentence in answer.content.decode()
    assert typed in answer.content.decode()
    assert not Involvement.objects.exists()


def test_role_hangs_on_the_event_or_brand_that_it_was_given_for(client: Client, draft: Programme) -> None:
    event = ActivityFactory(programme=draft, kind="launch_ceremony", title="启动仪式")
    brand = BrandFactory(code="hall", organisation=draft.organisation)
    brand.programmes.add(draft)

    client.post(address("setup_roles", "week", f"?activity={event.pk}"), {"role": "host", "organisations": "bureau"})
    client.post(address("setup_roles", "week", "?brand=hall"), {"role": "carrier", "organisations": "bureau"})

    assert list(Involvement.objects.order_by("pk").values_list("activity", "brand", "role")) == [
        (event.pk, None, "host"),
        (None, brand.pk, "carrier"),
    ]
    other = ActivityFactory()
    assert client.get(address("setup_roles", "week", f"?activity={other.pk}")).status_code == 404


def test_rows_are_moved_edited_and_taken_out(client: Client, draft: Programme) -> None:
    for name in ("教育法", "终身教育条例"):
        client.post(address("setup_legal_bases"), {"name": name})
    first, second = LegalBasis.objects.order_by("position")

    client.post(address("setup_legal_bases"), {"up": second.pk, "version": version()})
    edited = {"name": "终身教育促进条例", "version": version()}
    client.post(address("setup_legal_bases", "week", f"?edit={second.pk}"), edited)
    asked = page(client, "setup_legal_bases", "week", f"?remove={first.pk}")
    client.post(address("setup_legal_bases", "week", f"?remove={first.pk}"), {"version": version()})

    assert "《教育法》" in asked
    assert list(LegalBasis.objects.values_list("name", flat=True)) == ["终身教育促进条例"]
    assert client.get(address("setup_legal_bases", "week", f"?remove={first.pk}")).status_code == 302


def test_row_of_another_programme_looks_like_a_missing_one(client: Client, draft: Programme) -> None:
    other = LegalBasis.objects.create(
        programme=ProgrammeFactory(), code="LB1", position=1, name="别处的通知", purpose="notice"
    )

    statuses = {
        client.get(address("setup_legal_bases", "week", query)).status_code
        for query in (f"?edit={other.pk}", f"?chain={other.pk}", "?edit=999999", "?edit=x", "?edit=" + "9" * 30)
    }
    moved = client.post(address("setup_legal_bases"), {"up": other.pk, "version": version()})

    assert (statuses, moved.status_code) == ({404}, 404)


def test_copied_basis_is_marked_until_somebody_confirms_it(client: Client, draft: Programme) -> None:
    basis = LegalBasis.objects.create(
        programme=draft, code="LB1", position=1, name="教育法", purpose="implemented", needs_check=True
    )

    before = page(client, "setup_legal_bases")
    client.post(address("setup_legal_bases"), {"confirm": basis.pk, "version": version()})

    assert "沿用自往届，请核对是否仍然有效" in before
    basis.refresh_from_db()
    assert basis.needs_check is False


def test_liaisons_are_never_public(client: Client, draft: Programme) -> None:
    Programme.objects.update(state=Programme.State.PUBLISHED)
    client.post(address("setup_leading_group"), {"name": "领导小组", "version": version()})
    member = {"seat": "member", "name": "成员某", "organisation": "bureau", "duty": "科长"}
    client.post(address("setup_members"), member)
    liaison = {"organisation": "bureau", "name": "联络某", "phone": "0763-1234567"}
    client.post(address("setup_liaisons"), liaison)

    public = Client().get("/programmes/week/").content.decode()
    answer = Client().get("/api/v1/programmes/week").content.decode()

    assert GroupMember.objects.get().duty in public
    assert [text for text in ("成员某", "联络某", "0763-1234567") if text in public + answer] == []
    assert "联络某" in page(client, "setup_liaisons")


def test_ceremony_is_drafted_once_with_its_session(client: Client, draft: Programme, bureau: Organisation) -> None:
    venue = VenueFactory()
    answers = {
        "kind": "launch_ceremony",
        "title": "启动仪式",
        "organisation": "bureau",
        "day": "2026-11-05",
        "start": "9:30",
        "end": "11:00",
        "venue": venue.pk,
        "counting_rule": "head_count",
        "client_uuid": "7c0b6bde-9d8b-4d43-9a6a-3a0c5f0f6c11",
    }

    for _time in range(2):
        client.post(address("setup_ceremonies"), answers)

    activity = Activity.objects.get()
    assert (activity.kind, activity.state, activity.organisation) == ("launch_ceremony", "draft", bureau)
    assert Session.objects.get().venue == venue


def test_brand_and_series_are_added_and_rolled_forward_as_shown(client: Client, draft: Programme) -> None:
    form = {"name": "悦读社区", "client_uuid": "7c0b6bde-9d8b-4d43-9a6a-3a0c5f0f6c11"}
    client.post(address("setup_brands"), form)
    brand = draft.brands.get()
    client.post(address("setup_series", "week", f"?brand={brand.code}"), {"name": "悦读小组"})
    series = Series.objects.get()
    instalment = Instalment.objects.create(series=series, programme=draft, number=12)
    activity = ActivityFactory(programme=draft, brand=brand, series=series, title="共读一本书")
    SessionFactory(activity=activity, instalment=instalment, number=1, venue=VenueFactory())
    query = f"?brand={brand.code}&series=&count=2&every_weeks=2&not_before=&show=1"

    shown = page(client, "roll_forward", "week", query)
    answers = {"count": "2", "every_weeks": "2", f"after_{series.pk}": "12"}
    for _time in range(2):
        client.post(address("roll_forward", "week", query), answers)

    assert "第13期" in shown.replace(" ", "")
    assert f'name="after_{series.pk}"' in shown
    drafts = Activity.objects.filter(state=Activity.State.DRAFT)
    assert [each.title for each in drafts] == ["共读一本书"]
    assert list(Instalment.objects.order_by("number").values_list("number", flat=True)) == [12, 13, 14]


@pytest.fixture
def last_year(bureau: Organisation) -> Programme:
    programme = ProgrammeFactory(
        code="week-2025",
        name="2025年活动周",
        year=2025,
        organisation=bureau,
        state=Programme.State.CLOSED,
        starts_on=datetime.date(2025, 11, 5),
        ends_on=datetime.date(2025, 11, 11),
    )
    TaskAssignment.objects.create(programme=programme, position=1, task="统筹", organisation=bureau)
    activity = ActivityFactory(programme=programme, title="茶园课堂")
    SessionFactory(activity=activity, number=1, starts_at=NOON.replace(year=2025, day=5))
    return programme


def test_copy_is_shown_before_it_is_written_and_made_once(client: Client, last_year: Programme) -> None:
    answers: dict[str, Any] = {
        "code": "week-2026",
        "year": "2026",
        "first_day": "2026-11-04",
        "activities": "activities",
    }
    chosen = {**answers, "parts": ["tasks", "brands"]}

    offered = page(client, "copy_programme", "week-2025")
    shown = client.get(address("copy_programme", "week-2025"), {**chosen, "show": "1"}).content.decode()
    is_written_by_showing = Programme.objects.filter(code="week-2026").exists()
    for _time in range(2):
        client.post(address("copy_programme", "week-2025"), chosen)

    assert 'value="week-2026"' in offered
    assert 'value="2026-11-04"' in offered  # a Wednesday, as 5 November 2025 was
    assert "茶园课堂" in shown
    assert not is_written_by_showing
    made = Programme.objects.get(code="week-2026")
    assert (made.name, made.tasks.count(), made.activities.count()) == ("2026年活动周", 1, 1)


def test_closed_programme_is_read_and_copied_not_changed(client: Client, last_year: Programme) -> None:
    text = page(client, "setup_tasks", "week-2025")
    answer = client.post(address("setup_tasks", "week-2025"), {"task": "迟到的任务", "organisation": "bureau"})

    assert "统筹" in text
    assert "添加任务" not in text
    assert answer.status_code == 422
    assert TaskAssignment.objects.count() == 1


def test_programme_is_closed_after_its_last_day(client: Client, draft: Programme) -> None:
    days = {"starts_on": datetime.date(2026, 10, 20), "ends_on": datetime.date(2026, 10, 26)}
    Programme.objects.update(state=Programme.State.PUBLISHED, **days)

    for _time in range(2):
        client.post(address("close_programme"))

    assert Programme.objects.get().state == Programme.State.CLOSED
    assert "结束项目" not in page(client, "programme_setup")
