"""What an organiser and a coordinator do, page by page, without script."""

import datetime
import io
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from lxml import html
from PIL import Image
from tests.factories import (
    NOON,
    ActivityFactory,
    OrganisationFactory,
    ProgrammeFactory,
    RoleAssignmentFactory,
    SessionFactory,
    VenueFactory,
    key,
)
from tests.web.public.conftest import words

from qixue.participation.models import LedgerEntry
from qixue.people.models import Organisation, Role, RoleAssignment
from qixue.programme.models import Activity, Programme, Session
from qixue.web.workspace.forms.activities import initial_of

pytestmark = pytest.mark.django_db
OUTSIDE = "不在活动周内，活动周是11月1日（周日）至11月30日（周一），请核对日期。"


@pytest.fixture
def library() -> Organisation:
    programme = ProgrammeFactory(code="week")
    return OrganisationFactory(parent=programme.organisation)


@pytest.fixture
def organiser(library: Organisation) -> Client:
    return client_of(library, Role.ORGANISER)


def client_of(organisation: Organisation, role: str) -> Client:
    client = Client()
    client.force_login(RoleAssignmentFactory(organisation=organisation, role=role).user)
    return client


def page(name: str, *arguments: Any) -> str:
    return reverse(f"workspace:{name}", args=arguments)


def activity_answers(library: Organisation, **changes: Any) -> dict[str, Any]:
    values = {"programme": "week", "organisation": library.code, "title": "稻田养鱼", "kind": "training"}
    return {**values, "audience": "farmers", "client_uuid": key(), **changes}


def session_answers(**changes: Any) -> dict[str, Any]:
    values = {"day": "２０２６年１１月２５日", "start": "9点", "end": "下午4点半", "is_online": "on", "number": "1"}
    return {**values, "counting_rule": "list_and_others", **changes}


def photo() -> SimpleUploadedFile:
    output = io.BytesIO()
    Image.new("RGB", (20, 20)).save(output, "PNG")
    return SimpleUploadedFile("../../sheet.php", output.getvalue(), content_type="text/html")


def test_organiser_creates_fills_and_publishes_an_activity(organiser: Client, library: Organisation) -> None:
    organiser.post(page("new_activity"), activity_answers(library))
    activity = Activity.objects.get()
    organiser.post(page("new_session", activity.pk), session_answers())

    answer = organiser.post(page("publish_activity", activity.pk))

    activity.refresh_from_db()
    starts_at = activity.sessions.get().starts_at
    assert (answer.status_code, activity.state) == (302, Activity.State.PUBLISHED)
    assert starts_at is not None
    assert starts_at.isoformat() == "2026-11-25T01:00:00+00:00"


def test_activity_form_with_errors_names_all_and_keeps_answers(organiser: Client, library: Organisation) -> None:
    answers = activity_answers(library, title="", kind="", description="鱼苗自备")

    answer = organiser.post(page("new_activity"), answers)

    assert (answer.status_code, Activity.objects.count()) == (422, 0)
    assert set(answer.context["form"].errors) == {"title", "kind"}
    assert "鱼苗自备" in answer.content.decode()


def test_activity_for_an_organisation_out_of_reach_is_no_choice(organiser: Client, library: Organisation) -> None:
    other = OrganisationFactory(parent=library.parent)

    organiser.post(page("new_activity"), activity_answers(library, organisation=other.code))

    assert Activity.objects.count() == 0


def test_second_editor_sees_both_texts(organiser: Client, library: Organisation) -> None:
    activity = ActivityFactory(organisation=library, version=2, title="别人写的标题")
    answers = {**initial_of(activity), "brand": "", "version": 1, "title": "我写的标题", "client_uuid": key()}

    answer = organiser.post(page("edit_activity", activity.pk), answers)

    text = answer.content.decode()
    activity.refresh_from_db()
    assert (answer.status_code, activity.title) == (422, "别人写的标题")
    assert [title in text for title in ("别人写的标题", "我写的标题")] == [True, True]


def test_draft_without_session_says_what_is_missing_and_stays(organiser: Client, library: Organisation) -> None:
    activity = ActivityFactory(organisation=library, state=Activity.State.DRAFT)

    shown = organiser.get(page("publish_activity", activity.pk))
    answer = organiser.post(page("publish_activity", activity.pk))

    activity.refresh_from_db()
    assert (len(shown.context["missing"]), answer.status_code, activity.state) == (1, 409, Activity.State.DRAFT)


@pytest.mark.parametrize(
    ("changes", "wrong"),
    [
        ({"day": "2026-02-30"}, {"day"}),
        ({"start": "早上", "seat_count": "很多"}, {"start", "seat_count"}),
        ({"is_online": ""}, {"venue"}),
        ({"end": "8:00"}, {"end"}),
        ({"seat_count": "-5"}, {"seat_count"}),
    ],
)
def test_session_form_names_what_is_wrong(
    organiser: Client, library: Organisation, changes: dict[str, str], wrong: set[str]
) -> None:
    activity = ActivityFactory(organisation=library)

    answer = organiser.post(page("new_session", activity.pk), session_answers(**changes))

    assert (answer.status_code, set(answer.context["form"].errors)) == (422, wrong)


def test_head_count_with_photo_enters_the_ledger_and_shows_it(organiser: Client, library: Organisation) -> None:
    session = SessionFactory(activity__organisation=library, state=Session.State.PLANNED)
    answers = {"count": "３２", "qualifier": "about", "photo": photo(), "client_uuid": key()}

    organiser.post(page("head_count", session.pk), answers)

    entry = LedgerEntry.objects.get()
    text = organiser.get(page("session", session.pk)).content.decode()
    assert (entry.count, entry.qualifier, entry.session) == (32, "about", session)
    assert [entry.hash[:12] in text, entry.actor_name in text, "约32人次" in text] == [True, True, True]


@pytest.mark.parametrize("typed", ["30人", "３０ 人次", "30 people"])
def test_head_count_is_taken_with_the_word_for_people(organiser: Client, library: Organisation, typed: str) -> None:
    session = SessionFactory(activity__organisation=library, state=Session.State.PLANNED)
    answers = {"count": typed, "qualifier": "exact", "note": "签到表2页", "client_uuid": key()}

    organiser.post(page("head_count", session.pk), answers)

    assert LedgerEntry.objects.get().count == 30


def test_photo_and_note_of_a_first_count_say_that_one_of_them_is_needed(
    organiser: Client, library: Organisation
) -> None:
    session = SessionFactory(activity__organisation=library)
    answers = {"count": "32", "qualifier": "exact", "note": "签到表2页", "client_uuid": key()}
    first = html.fromstring(organiser.get(page("head_count", session.pk)).content.decode())
    organiser.post(page("head_count", session.pk), answers)
    correction = html.fromstring(organiser.get(page("correct_entry", LedgerEntry.objects.get().pk)).content.decode())

    labels = [
        [words(label) for name in ("photo", "note") for label in shown.xpath(f"//label[@for='id_{name}']")]
        for shown in (first, correction)
    ]

    assert labels == [
        ["签到表照片（两项任填一项）", "依据（两项任填一项）"],
        ["签到表照片（选填）", "依据（选填）"],
    ]


def test_photo_is_served_closed_in(organiser: Client, library: Organisation) -> None:
    session = SessionFactory(activity__organisation=library)
    answers = {"count": "32", "qualifier": "exact", "photo": photo(), "client_uuid": key()}
    organiser.post(page("head_count", session.pk), answers)
    evidence = LedgerEntry.objects.get().evidence

    answer = organiser.get(page("evidence_file", evidence.pk if evidence else 0))

    names = ("Content-Type", "Cache-Control", "X-Content-Type-Options", "Content-Security-Policy")
    assert [answer[name] for name in names] == [
        "image/jpeg",
        "private, no-store",
        "nosniff",
        "default-src 'none'; sandbox",
    ]


def test_file_asks_on_each_request_who_reads_it(organiser: Client, library: Organisation) -> None:
    session = SessionFactory(activity__organisation=library)
    answers = {"count": "32", "qualifier": "exact", "photo": photo(), "client_uuid": key()}
    organiser.post(page("head_count", session.pk), answers)
    evidence = LedgerEntry.objects.get().evidence
    address = page("evidence_file", evidence.pk if evidence else 0)

    before = organiser.get(address).status_code
    RoleAssignment.objects.update(ended_at=NOON)

    assert (before, organiser.get(address).status_code) == (200, 403)


@pytest.mark.parametrize(
    ("changes", "wrong"),
    [
        ({"count": "-3"}, {"count"}),
        ({"count": "很多"}, {"count"}),
        ({"count": "30场"}, {"count"}),
        ({"note": ""}, {"note"}),
        ({"qualifier": ""}, {"qualifier"}),
    ],
)
def test_head_count_that_is_wrong_enters_nothing(
    organiser: Client, library: Organisation, changes: dict[str, str], wrong: set[str]
) -> None:
    session = SessionFactory(activity__organisation=library)
    answers = {"count": "32", "qualifier": "exact", "note": "签到表2页", "client_uuid": key(), **changes}

    answer = organiser.post(page("head_count", session.pk), answers)

    assert (set(answer.context["form"].errors), LedgerEntry.objects.count()) == (wrong, 0)


def test_correction_and_taking_back_are_new_entries(organiser: Client, library: Organisation) -> None:
    session = SessionFactory(activity__organisation=library)
    answers = {"count": "32", "qualifier": "exact", "note": "签到表2页"}
    organiser.post(page("head_count", session.pk), {**answers, "client_uuid": key()})
    first = LedgerEntry.objects.get()
    reason = {"reason": "漏了第二页"}
    organiser.post(page("correct_entry", first.pk), {**answers, **reason, "count": "41", "client_uuid": key()})
    second = LedgerEntry.objects.get(target=first)

    pages = [organiser.get(page(act, second.pk)).content.decode() for act in ("correct_entry", "void_entry")]
    organiser.post(page("void_entry", second.pk), {"reason": "记错场次", "client_uuid": key()})

    kinds = list(LedgerEntry.objects.order_by("sequence").values_list("kind", "count", "reason"))
    assert kinds == [("head_count", 32, ""), ("correction", 41, "漏了第二页"), ("void", 0, "记错场次")]
    assert ["· 11月4日（周三）12:00" in text for text in pages] == [True, True]
    shown = html.fromstring(organiser.get(page("session", session.pk)).content.decode())
    assert [text.strip() for text in shown.xpath("//th//span[@class='tag']/text()")] == ["已被替换", "已撤销"]


def test_second_head_count_is_not_offered_and_refused_from_a_form_that_is_still_open(
    organiser: Client, library: Organisation
) -> None:
    session = SessionFactory(activity__organisation=library)
    answers = {"count": "46", "qualifier": "exact", "note": "签到表共2页"}
    enter = {page("head_count", session.pk)}
    before = html.fromstring(organiser.get(page("session", session.pk)).content.decode())
    organiser.post(page("head_count", session.pk), {**answers, "client_uuid": key()})

    after = html.fromstring(organiser.get(page("session", session.pk)).content.decode())
    late = organiser.post(page("head_count", session.pk), {**answers, "count": "52", "client_uuid": key()})

    assert [enter <= set(shown.xpath("//main//a/@href")) for shown in (before, after)] == [True, False]
    assert page("correct_entry", LedgerEntry.objects.get().pk) in after.xpath("//main//a/@href")
    assert (late.status_code, "已经填报过人数，请改为更正。" in late.content.decode()) == (422, True)


def test_session_counted_by_names_is_marked_as_held(organiser: Client, library: Organisation) -> None:
    session = SessionFactory(activity__organisation=library, state=Session.State.PLANNED, counting_rule="list")

    organiser.post(page("hold_session", session.pk))

    session.refresh_from_db()
    assert session.state == Session.State.HELD


def test_home_shows_what_needs_doing_in_the_own_tree_only(organiser: Client, library: Organisation) -> None:
    mine = SessionFactory(activity__organisation=library, state=Session.State.PLANNED)
    SessionFactory(activity__organisation=OrganisationFactory(), state=Session.State.PLANNED)
    draft = ActivityFactory(organisation=library, state=Activity.State.DRAFT)
    ActivityFactory(organisation=OrganisationFactory(), state=Activity.State.DRAFT)

    context = organiser.get(page("home")).context

    rows = {desk.name: desk.rows for desk in context["later"]}
    assert (rows["uncounted"], rows["drafts"]) == ([mine], [draft])


def test_recount_says_that_figures_agree(library: Organisation) -> None:
    assert library.parent is not None
    coordinator = client_of(library.parent, Role.COORDINATOR)

    answer = coordinator.post(page("figures", "week"))

    assert (answer.status_code, answer.context["is_recounted"], answer.context["different"]) == (200, True, [])


def test_missing_answer_is_asked_for_in_the_words_of_its_label(organiser: Client, library: Organisation) -> None:
    answer = organiser.post(page("new_activity"), activity_answers(library, title="", kind=""))

    assert answer.context["form"].errors == {"title": ["请填写标题。"], "kind": ["请选择类型。"]}


def test_error_of_a_list_of_buttons_leads_to_the_first(organiser: Client, library: Organisation) -> None:
    activity = ActivityFactory(organisation=library)

    answer = organiser.post(page("new_session", activity.pk), session_answers(counting_rule=""))

    text = answer.content.decode()
    assert ('href="#id_counting_rule_0"' in text, 'id="id_counting_rule_0"' in text) == (True, True)


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"day": "2026-11-03"}, "11月3日（周二）已经过去，请核对日期和时间。"),
        (
            {"day": "2026-12-24"},
            f"12月24日（周四）{OUTSIDE}",
        ),
    ],
)
def test_odd_day_is_asked_about_and_saved_when_confirmed(
    organiser: Client, library: Organisation, changes: dict[str, str], sentence: str
) -> None:
    activity = ActivityFactory(organisation=library, programme=november())

    asked = organiser.post(page("new_session", activity.pk), session_answers(**changes))
    count = activity.sessions.count()
    organiser.post(page("new_session", activity.pk), session_answers(**changes, confirmed="on"))

    assert (asked.status_code, asked.context["form"].errors, count) == (422, {"day": [sentence]}, 0)
    assert 'type="checkbox" name="confirmed"' in asked.content.decode()
    assert activity.sessions.count() == 1


def november() -> Programme:
    first, last = datetime.date(2026, 11, 1), datetime.date(2026, 11, 30)
    return ProgrammeFactory(code="november", starts_on=first, ends_on=last)


def test_publishing_says_what_is_odd_about_the_days(organiser: Client, library: Organisation) -> None:
    activity = ActivityFactory(organisation=library, programme=november(), state=Activity.State.DRAFT)
    times = {"starts_at": NOON.replace(month=12), "ends_at": NOON.replace(month=12, hour=14)}
    SessionFactory(activity=activity, venue=VenueFactory(), **times)

    shown = organiser.get(page("publish_activity", activity.pk))

    assert shown.context["doubts"] == [
        "12月4日（周五）不在活动周内，活动周是11月1日（周日）至11月30日（周一），请核对日期。"
    ]


@pytest.mark.parametrize(("count", "code"), [("0", "没有人到场？"), ("61", "61人远多于可容纳的40人")])
def test_odd_count_is_asked_about_and_entered_when_confirmed(
    organiser: Client, library: Organisation, count: str, code: str
) -> None:
    session = SessionFactory(activity__organisation=library, seat_count=40, state=Session.State.PLANNED)
    answers = {"count": count, "qualifier": "exact", "note": "签到表2页", "client_uuid": key()}

    asked = organiser.post(page("head_count", session.pk), answers)
    entries = LedgerEntry.objects.count()
    organiser.post(page("head_count", session.pk), {**answers, "confirmed": "on"})

    [sentence] = asked.context["form"].errors["count"]
    assert (asked.status_code, sentence.startswith(code), entries) == (422, True, 0)
    assert LedgerEntry.objects.get().count == int(count)


def test_second_editor_sees_every_field_that_differs(organiser: Client, library: Organisation) -> None:
    activity = ActivityFactory(organisation=library, version=2, kind="lecture", title="标题", description="别人写的")
    answers = {**initial_of(activity), "brand": "", "version": 1, "kind": "training", "description": "我写的"}

    answer = organiser.post(page("edit_activity", activity.pk), {**answers, "client_uuid": key()})

    found = [(item.label, item.stored, item.typed) for item in answer.context["differences"]]
    assert found == [("类型", "讲座", "培训"), ("介绍", "别人写的", "我写的")]
