"""The pages on which organisers and cadres work with registrations, from the browser's side."""

import csv
import datetime
import io
from urllib.parse import unquote

import openpyxl
import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from tests.factories import (
    NOON,
    MemberFactory,
    OpenSessionFactory,
    RegistrationFactory,
    ResidentFactory,
    UserFactory,
    key,
)
from tests.factories_afterwards import organiser_of
from tests.web.browsing import page_in
from tests.web.public.conftest import words
from tests.web.workspace.registrations.pages import address, again, browser, names, sign_up

from qixue.core.models import AuditEntry
from qixue.participation.models import Question, RegistrantMessage, Registration, RegistrationTerms
from qixue.participation.operations.check_ins import check_in
from qixue.participation.operations.lotteries import keep_lotteries
from qixue.participation.operations.questions import Asked, set_questions
from qixue.participation.operations.registrations import register
from qixue.people.models import Notification, Resident, Role
from qixue.programme.models import Session
from qixue.web import unfinished_forms

pytestmark = pytest.mark.django_db

HOUR = datetime.timedelta(hours=1)


def test_list_has_seats_first_and_can_be_narrowed(session, organiser):
    for name in ("李嘉明", "王芳", "陈强"):
        sign_up(session, name)

    assert names(page_in(organiser.get(address(session)))) == ["李嘉明", "王芳", "陈强"]
    assert names(page_in(organiser.get(address(session, "?state=waiting")))) == ["陈强"]
    for typed in ("芳", "wangf", "wf"):
        assert names(page_in(organiser.post(address(session), {"name": typed}, follow=True))) == ["王芳"]


def test_whoever_is_in_is_offered_neither_another_session_nor_to_be_taken_out(session, organiser):
    Session.objects.filter(pk=session.pk).update(starts_at=NOON + HOUR)
    came, _other = (sign_up(session, name) for name in ("李嘉明", "王芳"))
    session.refresh_from_db()
    check_in(session, registration=came, by=organiser_of(session.activity), at=NOON, client_uuid=key())

    page = page_in(organiser.get(address(session)))

    acts = [words(row) for row in page.xpath("//tbody/tr/td[@data-label='操作']")]
    assert ["要改场次或移出，请先撤销签到。" in each for each in acts] == [True, False]
    assert len(page.xpath("//a[contains(@href, '/take-out/') or contains(@href, '/move/')]")) == 2


def test_whoever_may_not_correct_reads_whom_to_ask_to_take_a_check_in_back(session):
    Session.objects.filter(pk=session.pk).update(starts_at=NOON + HOUR)
    came = sign_up(session, "李嘉明")
    session.refresh_from_db()
    check_in(session, registration=came, by=organiser_of(session.activity), at=NOON, client_uuid=key())

    page = page_in(browser(session, Role.CADRE).get(address(session)))

    (act,) = [words(row) for row in page.xpath("//tbody/tr/td[@data-label='操作']")]
    assert act == "✓ 已签到 要改场次或移出，请先撤销签到：刚才自己签的，在现场签到页上撤销；其他的请找承办单位。"


def test_list_asks_the_same_with_one_and_with_three(organiser, session):
    counts = []
    for number in (1, 2):
        for _more in range(number):
            sign_up(session, "李嘉明")
        with CaptureQueriesContext(connection) as queries:
            organiser.get(address(session))
        counts.append(len(queries))

    assert counts[0] == counts[1]


@pytest.mark.parametrize("kind", ["xlsx", "csv"])
def test_file_is_named_after_the_session_with_its_topic_and_start(session, organiser, kind):
    Session.objects.filter(pk=session.pk).update(topic="水稻/鱼")
    sign_up(session, "王芳")

    answer = organiser.post(address(session), {"table": f"registrations.{kind}"})

    name = unquote(answer["Content-Disposition"].partition("filename*=utf-8''")[2])
    assert name == f"2026-11-06 12-00 稻田养鱼：水稻-鱼.{kind}"
    if kind == "xlsx":
        sheet = openpyxl.load_workbook(io.BytesIO(answer.getvalue())).active
        assert sheet["A1"].value == "2026-11-06 12:00 稻田养鱼：水稻/鱼"


def test_files_hold_names_and_no_formula(session, organiser):
    sign_up(session, "=HYPERLINK(1)")

    sheet = openpyxl.load_workbook(io.BytesIO(taken(organiser, session, "xlsx"))).active
    text = taken(organiser, session, "csv").decode("utf-8-sig")

    [cell] = [cell for row in sheet.iter_rows() for cell in row if cell.value == "=HYPERLINK(1)"]
    assert cell.data_type == "s"
    assert next(csv.DictReader(io.StringIO(text)))["姓名"] == "'=HYPERLINK(1)"
    assert [entry.details for entry in AuditEntry.objects.filter(action="table.exported").order_by("pk")] == [
        {"table": "registrations", "count": 1, "kind": "xlsx"},
        {"table": "registrations", "count": 1, "kind": "csv"},
    ]


def taken(browser, session, kind, query=""):
    return browser.post(address(session, query), {"table": f"registrations.{kind}"}).getvalue()


def test_file_follows_the_filters_of_the_page(session, organiser):
    for name in ("李嘉明", "王芳", "陈强"):
        sign_up(session, name)

    text = taken(organiser, session, "csv", "?state=waiting").decode("utf-8-sig")

    assert [row["姓名"] for row in csv.DictReader(io.StringIO(text))] == ["陈强"]


def test_unknown_file_is_missing_and_names_leave_by_no_link(session, organiser):
    assert organiser.post(address(session), {"table": "registrations.pdf"}).status_code == 404
    assert organiser.get(address(session, "?table=registrations.csv")).status_code == 404
    assert not AuditEntry.objects.filter(action="table.exported").exists()


def test_sheet_and_slips_are_for_paper(session, organiser):
    row = sign_up(session, "李嘉明")

    sheet = words(page_in(organiser.get(address(session, "sign-in-sheet/"))))
    slips = words(page_in(organiser.get(address(session, "codes/"))))

    assert "李嘉明" in sheet
    assert row.door_code in sheet
    assert "李嘉明" not in slips  # has the ticket on a phone
    assert "没有需要纸条的人。" in slips


def test_list_says_why_no_seat_is_left_and_who_comes_together(session, organiser):
    sign_up(session, "李嘉明")  # one of two seats
    member = MemberFactory(name="王芳")
    family = [member, ResidentFactory(guardian=member, name="王小满", birth_year=1951)]
    register(session, people=family, party=key(), by=member.user, at=NOON)

    page = page_in(organiser.get(address(session)))

    assert "2个名额已用1个" in words(page.find(".//main"))
    rows = [words(row) for row in page.xpath("//main//table//tbody/tr")]
    assert ["与王小满一起" in row for row in rows] == [False, True, False]
    assert ["与王芳一起" in row for row in rows] == [False, False, True]

    Session.objects.filter(pk=session.pk).update(starts_at=NOON - HOUR)
    assert "2个名额已用1个" not in words(page_in(organiser.get(address(session))).find(".//main"))  # it is too late


def test_session_that_runs_reads_so_as_it_does_for_everybody(session, organiser):
    """Whoever is in before the start makes it one that is held once it has begun."""
    runs = {"starts_at": NOON - HOUR, "ends_at": NOON + HOUR, "state": Session.State.HELD}
    Session.objects.filter(pk=session.pk).update(**runs)

    for path in (address(session), f"/workspace/sessions/{session.pk}/"):
        page = words(page_in(organiser.get(path)).find(".//main"))
        assert "正在进行" in page
        assert "已举办" not in page


def test_nobody_is_offered_to_move_into_a_draw_that_takes_no_more_entries(session, organiser):
    row = sign_up(session, "李嘉明")
    draws = OpenSessionFactory.create_batch(2, activity=session.activity)
    for draw, closes_at in zip(draws, (NOON, NOON + HOUR), strict=True):
        RegistrationTerms.objects.create(session=draw, allotment="lottery", closes_at=closes_at)
    keep_lotteries(at=NOON - HOUR)

    page = page_in(organiser.get(f"/workspace/registrations/{row.pk}/move/"))

    [offered] = page.xpath("//main//input[@type='radio']/..")
    assert offered.xpath(".//input/@value") == [str(draws[1].pk)]
    assert f"摇号：{draws[1].seat_count}个名额，已有0人参加" in words(offered)
    assert "摇号" in words(page_in(organiser.get(address(draws[1]))).xpath("//p[@class='seats']")[0])


def test_all_that_is_wrong_with_the_numbers_of_the_terms_is_said_at_once(session, organiser):
    answers = {"allotment": "first_come", "min_age": "80", "max_age": "10", "offer_hours": "200", "place_limit": "0"}

    page = page_in(organiser.post(f"/workspace/sessions/{session.pk}/terms/", answers), 422)

    wrong = page.xpath("//*[@class='error']/following::*[self::input][1]/@name")
    assert wrong == ["place_limit", "max_age", "offer_hours"]
    assert words(page.xpath("//*[contains(@class, 'error-summary')]/h2")[0]) == "有3处需要修改"


def test_moving_somebody_without_an_account_says_that_nobody_is_told(session, organiser):
    row = sign_up(session, "李嘉明")
    Resident.objects.filter(pk=row.resident_id).update(user=None, birth_year=1948)
    Registration.objects.update(registered_by=None)
    other = OpenSessionFactory(activity=session.activity, seat_count=1, taken_count=1)
    path = f"/workspace/registrations/{row.pk}/move/"

    notice = words(page_in(organiser.get(path)).xpath("//main//div[contains(@class, 'ochre')]")[0])
    answer = organiser.post(path, {"session": other.pk}, follow=True)

    assert notice == "李嘉明没有账号，收不到通知，请当面转告。"
    assert f"已改场次，在那一场候补：李嘉明。 {notice}" in words(page_in(answer))


def test_message_is_checked_before_it_goes_out(session, organiser):
    row = sign_up(session, "李嘉明")
    path = address(session, "message/")
    uuid = again(page_in(organiser.get(path)))["client_uuid"]

    answers = {"client_uuid": uuid, "states": ["confirmed"], "text": "请带雨具。"}
    check = page_in(organiser.post(path, answers, follow=True))
    assert RegistrantMessage.objects.count() == 0
    assert "1人" in words(check)
    answer = organiser.post(path, again(check, confirmed="on"))

    assert answer.status_code == 302
    assert Notification.objects.get(user=row.registered_by, kind="registration_message").params["text"] == "请带雨具。"


def test_message_that_reaches_nobody_says_so_at_once(session, organiser):
    row = sign_up(session, "李嘉明")
    notices = [page_in(organiser.get(address(session, "message/"))).xpath("//main//p[@class='notice ochre']")]
    Resident.objects.filter(pk=row.resident_id).update(user=None)
    Registration.objects.update(registered_by=None)

    notices.append(page_in(organiser.get(address(session, "message/"))).xpath("//main//p[@class='notice ochre']"))

    assert [len(found) for found in notices] == [0, 1]


def test_message_offers_only_those_who_are_there(session, organiser):
    path = address(session, "message/")
    nobody = page_in(organiser.get(path))
    for name in ("李嘉明", "王秀英"):
        sign_up(session, name)

    page = page_in(organiser.get(path))

    assert nobody.xpath("//main//form") == []
    assert [words(label) for label in page.xpath("//*[@role='group']//label")] == ["有名额的人（2人）"]


def test_answers_have_a_column_where_something_is_asked(session, organiser):
    sign_up(session, "李嘉明")
    heads = "//main//table//th[@scope='col'][text()='回答']"
    without = page_in(organiser.get(address(session))).xpath(heads)

    set_questions(session, asked=[Asked("怎么来？", "text")], by=organiser_of(session.activity), at=NOON)

    assert (without, len(page_in(organiser.get(address(session))).xpath(heads))) == ([], 1)


def test_changing_the_message_keeps_what_was_typed_and_leads_to_the_check_again(session, organiser):
    sign_up(session, "李嘉明")
    path = address(session, "message/")
    answers = {"client_uuid": key(), "states": ["confirmed"], "text": "请带雨具。"}
    check = page_in(organiser.post(path, answers, follow=True))

    change = path + check.xpath("//main//form[last()]//a/@href")[0]
    page = page_in(organiser.get(change))
    once_more = page_in(organiser.post(change, {**answers, "text": "请带雨伞。"}, follow=True))

    assert page.xpath("//textarea")[0].text.strip() == "请带雨具。"
    assert again(once_more)["text"] == ["请带雨伞。"]
    assert once_more.xpath("//button[@name='confirmed']")


def test_a_message_too_long_to_be_kept_is_checked_all_the_same(session, organiser, monkeypatch):
    monkeypatch.setattr(unfinished_forms, "LARGEST", 100)
    sign_up(session, "李嘉明")
    answers = {"client_uuid": key(), "states": ["confirmed"], "text": "请带雨具。" * 20}

    check = page_in(organiser.post(address(session, "message/"), answers))

    assert check.xpath("//button[@name='confirmed']")


def test_terms_are_written_as_people_write_times(session, organiser):
    path = f"/workspace/sessions/{session.pk}/terms/"
    page_in(organiser.get(path))

    answer = organiser.post(
        path, {"opens_at": "2026年11月5日上午9点", "place_limit": "3", "allotment": "first_come", "no_show_limit": "２"}
    )

    terms = RegistrationTerms.objects.get()
    assert answer.status_code == 302
    assert (terms.opens_at.astimezone(NOON.tzinfo).isoformat(), terms.no_show_limit) == ("2026-11-05T09:00:00+08:00", 2)


def test_unreadable_time_says_how_to_write_it(session, organiser):
    page = page_in(
        organiser.post(
            f"/workspace/sessions/{session.pk}/terms/",
            {"opens_at": "明天", "place_limit": "3", "allotment": "first_come"},
        ),
        422,
    )

    assert words(page.xpath("//*[@class='error']")[0]) == "请填写日期和时间，例如2026-11-25 9:00。"


def test_questions_are_set_and_asked(session, organiser):
    path = f"/workspace/sessions/{session.pk}/questions/"
    page_in(organiser.get(path))

    answer = organiser.post(
        path, {"text_2": "怎么来？", "kind_2": "choice", "options_2": "骑车\n坐车", "is_required_2": "on"}
    )

    question = Question.objects.get()
    assert answer.status_code == 302
    assert (question.position, question.options, question.is_required) == (1, ["骑车", "坐车"], True)


@pytest.mark.parametrize(
    ("answers", "field"),
    [
        ({"text_3": "怎么来？"}, "kind_3"),
        ({"text_3": "怎么来？", "kind_3": "choice", "options_3": "骑车"}, "options_3"),
    ],
)
def test_wrong_question_says_so_in_its_own_row(session, organiser, answers, field):
    page = page_in(organiser.post(f"/workspace/sessions/{session.pk}/questions/", answers), 422)

    assert f"#id_{field}" in "".join(page.xpath("//*[contains(@class, 'error-summary')]//a/@href"))


def test_message_that_is_too_long_comes_back_whole_with_both_numbers(session, organiser):
    sign_up(session, "李嘉明")
    text = "请\r\n" * 151 + "带"

    answers = {"client_uuid": key(), "states": ["confirmed"], "text": text}
    page = page_in(organiser.post(address(session, "message/"), answers, follow=True), 422)

    (field,) = page.xpath("//textarea[@name='text']")
    assert words(page.xpath("//main//form//*[@class='error']")[0]) == "请缩短：现在有303字，最多300字。"
    assert field.text_content().count("请") == 151
    assert (field.get("maxlength"), field.get("data-most")) == (None, "300")


@pytest.mark.parametrize(("text", "pieces", "is_cut"), [("请带雨具。", 2, False), ("改到东门集合。" * 40, 4, True)])
def test_check_of_a_message_shows_its_sms_and_how_many_pieces_it_is(session, organiser, text, pieces, is_cut):
    sign_up(session, "李嘉明")
    answers = {"client_uuid": key(), "states": ["confirmed"], "text": text}

    check = words(page_in(organiser.post(address(session, "message/"), answers, follow=True)))

    assert f"每人发{pieces}条短信" in check
    assert ("短信装不下全文" in check) == is_cut
    assert ("00000000" in check, "各人不同" in check) == (False, True)


def test_end_of_signing_up_in_the_past_is_asked_about(session, organiser):
    path = f"/workspace/sessions/{session.pk}/terms/"
    answers = {"allotment": "first_come", "place_limit": "4", "closes_at": "2026-11-01 9:00"}

    page = page_in(organiser.post(path, answers), 422)
    saved = organiser.post(path, {**answers, "confirmed": "on"})

    assert "11月1日（周日）09:00已经过去" in words(page)
    assert page.xpath("//input[@name='confirmed'][@type='checkbox']")
    assert saved.status_code == 302


def test_message_lists_whom_it_does_not_reach_and_what_to_do(session: Session, organiser: Client) -> None:
    sign_up(session, "李嘉明")
    clerk = UserFactory(display_name="盘水生")
    RegistrationFactory(session=session, resident=ResidentFactory(name="房三妹"), registered_by=clerk, source="staff")
    path = address(session, "message/")
    answers = {"client_uuid": key(), "states": ["confirmed"], "text": "请带雨具。"}

    check = page_in(organiser.post(path, answers, follow=True))

    assert [words(line) for line in check.xpath("//main//dd//li")] == ["房三妹 · 由盘水生登记"]
    assert check.xpath("//main//dd//a/@href") == [f"/workspace/sessions/{session.pk}/registrations/codes/"]
