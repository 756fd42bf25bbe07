"""People without phones: a cadre writes them down or pastes a sheet, checks it, and signs them up."""

import pytest
from django.test import Client
from tests.factories import (
    NOON,
    MemberFactory,
    OpenSessionFactory,
    RegionFactory,
    RegistrationFactory,
    ResidentFactory,
    key,
)
from tests.web.browsing import page_in
from tests.web.public.conftest import words
from tests.web.workspace.registrations.pages import address, again, browser, names

from qixue.participation.models import ListedPerson, Registration
from qixue.people.models import Resident, Role
from qixue.places.models import Region
from qixue.programme.models import Session

pytestmark = pytest.mark.django_db


@pytest.fixture
def cadre(session: Session) -> Client:
    return browser(session, Role.CADRE)


def town() -> Region:
    county = RegionFactory(code="441826", level="county", name="连南瑶族自治县", parent=RegionFactory())
    return RegionFactory(code="441826103", level="township", name="三排镇", short_name="三排", parent=county)


def test_cadre_pastes_a_sheet_and_checks_it(session, cadre):
    place, path = town(), address(session, "new/")
    uuid = again(page_in(cadre.get(path)))["key"]
    sheet = "姓名\t出生年\t住址\n李桂芳\t1948年\t三排镇\n盘大贵\t1950\t三排\n房小龙，2018，三排镇，李桂芳，2026-11-01"

    answers = {"key": uuid, "paste": sheet, "name_1": "唐三妹", "birth_year_1": "１９６１"}
    check = page_in(cadre.post(path, answers, follow=True))
    assert Registration.objects.count() == 0
    listed = [words(item).split()[0] for item in check.xpath("//main//ol[contains(@class, 'numbered')]/li")]
    answer = cadre.post(path, again(check, confirmed="on"))

    assert listed == ["唐三妹", "李桂芳", "盘大贵", "房小龙"]
    assert answer.status_code == 302
    assert list(Resident.objects.order_by("pk").values_list("name", "birth_year", "home_region")) == [
        ("唐三妹", 1961, None),
        ("李桂芳", 1948, place.pk),
        ("盘大贵", 1950, place.pk),
        ("房小龙", 2018, place.pk),
    ]
    assert set(Registration.objects.values_list("source", flat=True)) == {"cadre"}
    assert Resident.objects.get(name="房小龙").guardian.name == "李桂芳"


@pytest.mark.parametrize(
    ("answers", "field"),
    [
        ({"paste": "李桂芳，一九四八，三排镇"}, "paste"),
        ({"paste": "李桂芳，1948，没有镇"}, "paste"),
        ({"paste": "李桂芳，1949，三排镇，，11010519491231002X"}, "paste"),
        ({"birth_year_1": "1948"}, "name_1"),
        ({"name_1": "房小龙"}, "birth_year_1"),
        ({"paste": "房小龙\t\t三排镇"}, "paste"),
        ({"name_1": "房小龙", "birth_year_1": "2018"}, "guardian_1"),
        ({"name_2": "房小龙", "birth_year_2": "2090"}, "birth_year_2"),
        ({}, None),
    ],
)
def test_what_is_wrong_stands_where_it_was_written(session, cadre, answers, field):
    town()

    answer = cadre.post(address(session, "new/"), {"key": key(), "confirmed": "on", **answers}, follow=True)

    page = page_in(answer, 422)
    wrong = page.xpath("//*[@class='error']/following::*[self::input or self::textarea][1]/@name")
    assert wrong == ([field] if field else [])
    assert ListedPerson.objects.count() == 0


def test_each_error_of_a_paste_has_its_line_and_its_name_and_all_are_counted(session, cadre):
    town()
    sheet = "\n".join(
        ("李桂芳，1890，三排镇", "盘大贵，440225194803120027，三排镇", "房小龙，2018，三排镇", "唐三妹，1950，没有镇")
    )

    page = page_in(cadre.post(address(session, "new/"), {"key": key(), "paste": sheet}, follow=True), 422)

    errors = [words(error) for error in page.xpath("//*[@class='error']")]
    assert errors == [
        "第1行，李桂芳：请填写1916到2026之间的出生年份，例如1952。",
        "第2行：请删去身份证号，填出生年即可。",
        "第3行：房小龙未满14周岁（今年才满的也算）。请填写书面同意的家长或监护人的姓名和同意的日期。",
        "第4行：“没有镇”不是本市的镇街，或有同名的镇街。请写全称，例如三排镇",
    ]
    assert words(page.xpath("//*[contains(@class, 'error-summary')]/h2")[0]) == "有4处需要修改"


def test_check_names_whoever_has_the_name_of_somebody_signed_up_already(session, cadre):
    """She has signed herself up, with an account that no list shows."""
    RegistrationFactory(session=session, resident=MemberFactory(name="李桂芳"))
    answers = {"key": key(), "name_1": "李 桂芳", "birth_year_1": "1948", "name_2": "房三妹", "birth_year_2": "1950"}

    check = page_in(cadre.post(address(session, "new/"), answers, follow=True))

    (notice,) = [words(each) for each in check.xpath("//p[@class='notice ochre']")]
    assert notice == "本场名单上已有同名的人：李 桂芳。是同一个人的，请按“修改”，把这个人去掉。"


def test_paste_says_what_is_wrong_with_a_name(session, cadre):
    town()
    sheet = "\n".join(("李桂芳🌸，1948，三排镇", f"{'盘' * 101}，1950，三排镇"))

    page = page_in(cadre.post(address(session, "new/"), {"key": key(), "paste": sheet}, follow=True), 422)

    errors = [words(error) for error in page.xpath("//*[@class='error']")]
    assert errors == ["第1行：姓名请只写文字，去掉表情符号和图案。", "第2行：姓名请不超过100个字。"]


def test_who_stands_there_twice_is_signed_up_once_and_the_check_says_so(session, cadre):
    place = town()
    chosen = ResidentFactory(name="房三妹", birth_year=1950, home_region=place)
    ListedPerson.objects.create(organisation=session.activity.organisation, resident=chosen, added_at=NOON)
    sheet = "李桂芳，1948，三排镇\n房三妹，1950，三排\n李桂芳，1948年，三排镇\n李桂芳，1949，三排镇"
    answers = {"key": key(), "listed": [chosen.pk], "paste": sheet}

    check = page_in(cadre.post(address(session, "new/"), answers, follow=True))
    cadre.post(address(session, "new/"), again(check, confirmed="on"))

    listed = [words(item).split()[:2] for item in check.xpath("//main//ol[contains(@class, 'numbered')]/li")]
    assert listed == [["房三妹", "1950"], ["李桂芳", "1948"], ["李桂芳", "1949"]]
    assert "重复填写的人只报一次：房三妹（1950）、李桂芳（1948）。" in words(check)
    assert Registration.objects.count() == 3


@pytest.mark.parametrize(
    ("answers", "field"),
    [
        ({"name_1": "房小龙", "birth_year_1": "2018"}, "guardian_1"),
        ({"name_1": "房小龙", "birth_year_1": "2018", "guardian_1": "李桂芳"}, "agreed_on_1"),
        (
            {"name_1": "房小龙", "birth_year_1": "2018", "guardian_1": "李桂芳", "agreed_on_1": "2027-01-01"},
            "agreed_on_1",
        ),
        ({"name_1": "唐三妹", "birth_year_1": "1961", "paste": "房小龙，2018"}, "paste"),
    ],
)
def test_consent_for_a_child_is_asked_for_where_the_child_is_written(session, cadre, answers, field):
    answer = cadre.post(address(session, "new/"), {"key": key(), **answers}, follow=True)

    page = page_in(answer, 422)
    wrong = page.xpath("//*[@class='error']/following::*[self::input or self::textarea][1]/@name")
    assert wrong == [field]
    assert "房小龙" in words(page.xpath("//*[@class='error']")[0])


def test_each_child_without_consent_is_named_at_once(session, cadre):
    answers = {"name_1": "房小龙", "birth_year_1": "2018", "name_2": "唐小妹", "birth_year_2": "2019"}

    page = page_in(cadre.post(address(session, "new/"), {"key": key(), **answers}, follow=True), 422)

    assert len(page.xpath("//*[@class='error']")) == 2


def test_child_on_the_list_needs_no_second_paper(session, cadre):
    child = {"name_1": "房小龙", "birth_year_1": "2018"}
    paper = {"guardian_1": "李桂芳", "agreed_on_1": "2026-11-01"}
    cadre.post(address(session, "new/"), {"key": key(), "confirmed": "on", **child, **paper})
    other = OpenSessionFactory(activity=session.activity)

    page = page_in(cadre.post(address(other, "new/"), {"key": key(), **child}, follow=True))

    assert "房小龙" in words(page.xpath("//main//ol[contains(@class, 'numbered')]")[0])


@pytest.mark.parametrize(("seats", "said"), [(2, "2人有名额。"), (1, "1人有名额。 1人候补。")])
def test_page_after_signing_up_says_how_many_have_a_seat_and_how_many_wait(session, cadre, seats, said):
    Session.objects.filter(pk=session.pk).update(seat_count=seats)
    answers = {"key": key(), "confirmed": "on", "paste": "李桂芳，1948，三排镇\n唐三妹，1961，三排镇"}
    town()

    page = page_in(cadre.post(address(session, "new/"), answers, follow=True))
    answers = {"key": key(), "confirmed": "on", "paste": "房小妹，1950，三排镇"}
    full = page_in(cadre.post(address(session, "new/"), answers, follow=True))

    assert [words(each) for each in page.xpath("//ul[@class='messages']/li")] == [said]
    assert [words(each) for each in full.xpath("//ul[@class='messages']/li")] == ["1人候补。"]


def test_the_same_sheet_sent_twice_is_answered_alike(session, cadre):
    person = ResidentFactory(name="唐三妹")
    ListedPerson.objects.create(organisation=session.activity.organisation, resident=person, added_at=NOON)
    answers = {"key": key(), "confirmed": "on", "listed": [person.pk], "name_1": "李桂芳", "birth_year_1": "1948"}

    pages = [cadre.post(address(session, "new/"), answers, follow=True) for _time in range(2)]

    assert [names(page_in(page)) for page in pages] == [["唐三妹", "李桂芳"]] * 2


def test_a_sheet_used_for_somebody_else_is_refused(session, cadre):
    form = {"key": key(), "confirmed": "on", "birth_year_1": "1948"}
    cadre.post(address(session, "new/"), {**form, "name_1": "李桂芳"})

    answer = cadre.post(address(session, "new/"), {**form, "name_1": "盘大贵"}, follow=True)

    assert "这张表单已用于" in words(page_in(answer, 422))
    assert list(Registration.objects.values_list("resident__name", flat=True)) == ["李桂芳"]


def test_who_is_listed_without_a_year_is_known_again_where_they_have_something_else(session, cadre):
    organisation = session.activity.organisation
    person = ResidentFactory(name="李桂芳", birth_year=None)
    ListedPerson.objects.create(organisation=organisation, resident=person, added_at=NOON)
    RegistrationFactory(session=OpenSessionFactory(activity=session.activity), resident=person)

    page = page_in(
        cadre.post(address(session, "new/"), {"key": key(), "name_1": "李桂芳", "birth_year_1": "1948"}, follow=True)
    )

    assert [words(notice)[:3] for notice in page.xpath("//*[@class='notice ochre']")] == ["李桂芳"]


def test_people_of_the_list_are_ticked(session, cadre):
    cadre.post(address(session, "new/"), {"key": key(), "confirmed": "on", "name_1": "李桂芳", "birth_year_1": "1948"})
    other = OpenSessionFactory(activity=session.activity)

    page = page_in(cadre.get(address(other, "new/")))
    (box,) = page.xpath("//input[@name='listed']/@value")
    cadre.post(address(other, "new/"), {"key": key(), "confirmed": "on", "listed": [box]})

    assert names(page_in(cadre.get(address(other)))) == ["李桂芳"]
    assert names(page_in(cadre.get("/workspace/listed-people/"))) == ["李桂芳"]
    assert "李桂芳" in words(page_in(cadre.get(address(other, "codes/"))))


def test_cadre_sees_who_has_something_else_at_that_time(session, cadre):
    person = {"name_1": "李桂芳", "birth_year_1": "1948"}
    cadre.post(address(session, "new/"), {"key": key(), "confirmed": "on", **person})
    other = OpenSessionFactory(activity__organisation=session.activity.organisation)
    [listed] = Resident.objects.values_list("pk", flat=True)

    # ticked, or written down once more
    ways = [{"listed": [listed]}, {**person, "name_2": "盘大贵", "birth_year_2": "1950"}]
    told = [page_in(cadre.post(address(other, "new/"), {"key": key(), **way}, follow=True)) for way in ways]

    sentences = [[words(each) for each in page.xpath("//main//p[contains(@class, 'ochre')]")] for page in told]
    assert len(sentences[0]) == 1
    assert sentences[0] == sentences[1]
    assert "李桂芳" in sentences[0][0]
    assert session.local_full_title in sentences[0][0]
    assert "11月6日（周五）12:00-14:00" in sentences[0][0]


def test_list_of_people_is_not_read_from_above_or_beside(session, cadre):
    cadre.post(address(session, "new/"), {"key": key(), "confirmed": "on", "name_1": "李桂芳", "birth_year_1": "1948"})
    stranger = browser(OpenSessionFactory(), Role.CADRE)

    assert names(page_in(stranger.get("/workspace/listed-people/"))) == []


def test_row_says_what_is_needed_of_whoever_is_written_down(session, cadre):
    town()

    labels = page_in(cadre.get(address(session, "new/"))).xpath("(//fieldset)[1]//label")

    assert [words(label) for label in labels] == [
        "姓名",
        "出生年份",
        "居住的镇（街道）（选填）",
        "书面同意的监护人（未满14周岁要填）",
        "同意日期（未满14周岁要填）",
    ]
