"""The page of a draw: a promise before, everything after, and a recipe that gives the same without us."""

import datetime
import json
import subprocess
import sys
from pathlib import Path
from urllib.parse import urlencode

import pytest
from lxml import html
from tests.factories import NOON, MemberFactory, OpenSessionFactory, ResidentFactory, key
from tests.web.browsing import signed_in
from tests.web.public.conftest import words

from qixue import cli
from qixue.core.clock_words import day_clock
from qixue.participation.lottery import entry_number
from qixue.participation.models import Lottery, Registration, RegistrationTerms
from qixue.participation.operations.lotteries import keep_lotteries
from qixue.participation.operations.registrations import register
from qixue.programme.models import Session

pytestmark = pytest.mark.django_db

HOUR = datetime.timedelta(hours=1)
CLOSES_AT = NOON + HOUR


@pytest.fixture
def session() -> Session:
    session = OpenSessionFactory(seat_count=2)
    RegistrationTerms.objects.create(session=session, allotment="lottery", closes_at=CLOSES_AT)
    keep_lotteries(at=NOON - HOUR)
    return session


def test_visitors_see_nobodys_own_result(open_page, session):
    """Whoever has no account, as a child, is not the visitor, who has none either."""
    child = ResidentFactory(guardian=MemberFactory(), name="李一诺")
    register(session, people=[child], party=key(), by=child.guardian.user, at=NOON)

    page = open_page(f"{path_of(session)}/")

    assert page.xpath("//*[contains(@class, 'own-entry')]") == []
    assert "李一诺" not in words(page)


def enter(session: Session, *, size: int = 1) -> list[Registration]:
    member = MemberFactory(name="李嘉明")
    people = [member, *ResidentFactory.create_batch(size - 1, guardian=member)]
    return register(session, people=people, party=key(), by=member.user, at=NOON)


def path_of(session: Session) -> str:
    return f"/sessions/{session.pk}/draw"


@pytest.mark.parametrize(
    ("is_drawn", "sentence", "link"),
    [
        (False, "摇号决定", "怎么摇号，怎么核对"),
        (True, "名额已经摇号决定。以后空出的名额按候补顺序递补。", "看摇号结果，怎么核对"),
    ],
)
def test_page_of_the_session_says_whether_it_is_drawn(open_page, session, is_drawn, sentence, link):
    enter(session)
    if is_drawn:
        keep_lotteries(at=CLOSES_AT)

    [notice] = open_page(f"/sessions/{session.pk}/").xpath("//main//*[@class='notice river']")

    assert sentence in words(notice)
    assert [words(each) for each in notice.xpath(".//a")] == [link]


def test_before_the_draw_the_promise_stands_there_and_no_seed(open_page, session):
    enter(session, size=2)

    page = open_page(f"{path_of(session)}/")

    lottery = Lottery.objects.get()
    assert [words(code) for code in page.xpath("//main//dl//code")] == [lottery.commitment]
    assert "2人" in words(page)
    assert f"{day_clock(lottery.committed_at)}公布" in words(page)
    assert lottery.sealed_seed not in words(page)


@pytest.mark.parametrize(
    ("seats", "before", "after"),
    [
        (1, "People who have asked for 1 seat so far: 2.", "2 asked for 1 seat. It was drawn on Wed 4 Nov"),
        (2, "People who have asked for 2 seats so far: 2.", "2 asked for 2 seats. They were drawn on Wed 4 Nov"),
    ],
)
def test_seats_of_a_draw_are_counted_in_english(open_page, session, seats, before, after):
    Session.objects.filter(pk=session.pk).update(seat_count=seats)
    for _entry in range(2):
        enter(session)

    to_come = words(open_page(f"{path_of(session)}/", language="en"))
    keep_lotteries(at=CLOSES_AT)
    drawn = words(open_page(f"{path_of(session)}/", language="en"))

    assert (before in to_come, after in drawn) == (True, True)


def test_draw_of_a_session_without_a_limit_any_more_can_be_read(open_page, session):
    Session.objects.filter(pk=session.pk).update(seat_count=None)

    assert "名额0个" in words(open_page(f"{path_of(session)}/"))


def test_after_the_draw_everybody_sees_the_order_without_names(open_page, client, session):
    rows = [enter(session), enter(session, size=2)]

    keep_lotteries(at=CLOSES_AT)

    page = open_page(f"{path_of(session)}/")
    lottery = Lottery.objects.get()
    shown = [words(code) for code in page.xpath("//main//dl//code")]
    assert shown == [lottery.commitment, lottery.list_digest, lottery.seed]
    numbers = {words(number).replace(" ", "") for number in page.xpath("//main//tbody/tr/th")}
    assert numbers == {entry_number(party[0].party) for party in rows}
    for text in (words(page), client.get(f"{path_of(session)}.json").content.decode()):
        assert "李嘉明" not in text
        assert str(rows[0][0].party) not in text


def test_lines_on_the_page_give_the_draw(open_page, client, session, tmp_path):
    for size in (1, 2, 1, 2):
        enter(session, size=size)
    keep_lotteries(at=CLOSES_AT)
    document = client.get(f"{path_of(session)}.json").json()
    (tmp_path / "draw.json").write_text(json.dumps(document), encoding="utf-8")
    (lines,) = open_page(f"{path_of(session)}/").xpath("//pre[@id='check']/code/text()")

    done = subprocess.run(
        [sys.executable, "-c", lines], cwd=tmp_path, capture_output=True, text=True, check=True, timeout=30
    )

    expected = [f"{row['entry']} {row['people']} {'seat' if row['seats'] else 'waits'}" for row in document["order"]]
    assert done.stdout.splitlines() == expected
    assert cli.main(["lottery", "verify", str(tmp_path / "draw.json")]) == 0


def test_lines_in_the_reference_are_those_of_the_page(open_page, session):
    (lines,) = open_page(f"{path_of(session)}/").xpath("//pre[@id='check']/code/text()")

    reference = Path(__file__).parents[3] / "docs" / "reference" / "lottery.md"
    assert f"```python\n{lines.strip()}\n```" in reference.read_text(encoding="utf-8")


def test_session_page_says_that_seats_are_drawn(open_page, session):
    page = open_page(f"/sessions/{session.pk}/")

    assert page.xpath("//main//a[text()='参加摇号']/@href") == [f"/me/sessions/{session.pk}/register/"]
    assert f"{path_of(session)}/" in page.xpath("//main//a/@href")


def test_before_the_draw_no_page_says_that_seats_are_left(open_page, session):
    enter(session, size=2)
    OpenSessionFactory(activity=session.activity, seat_count=20)

    page = open_page(f"/sessions/{session.pk}/", language="en")

    seats = [words(each) for each in page.xpath("//p[@class='seats']")]
    assert seats == ["By lot 2 seats to be drawn · 2 people have entered", "20 seats left"]
    assert "remainingAttendeeCapacity" not in page.xpath("//script[@type='application/ld+json']/text()")[0]


def test_session_without_a_lottery_has_no_draw(client):
    session = OpenSessionFactory()

    assert {client.get(f"{path_of(session)}{end}").status_code for end in ("/", ".json")} == {404}


def test_first_a_sentence_says_what_came_of_it(open_page, session):
    enter(session, size=2)
    before = words(open_page(f"{path_of(session)}/").xpath("//p[@class='lead']")[0])
    enter(session)
    keep_lotteries(at=CLOSES_AT)

    after = words(open_page(f"{path_of(session)}/").xpath("//p[@class='lead']")[0])

    assert before.startswith("目前有2人报名，名额2个。")
    assert after.startswith("共有3人报名，名额2个。")
    assert "其余的人按摇号顺序候补。" in after


def test_draw_that_waits_for_its_public_number_says_for_which(open_page):
    session, number = OpenSessionFactory(seat_count=2), "上证指数2026年11月5日收盘点位（两位小数）"
    RegistrationTerms.objects.create(session=session, allotment="lottery", closes_at=CLOSES_AT, public_number=number)
    keep_lotteries(at=NOON - HOUR)
    enter(session)
    before = words(open_page(f"/sessions/{session.pk}/"))
    keep_lotteries(at=CLOSES_AT)

    after = words(open_page(f"{path_of(session)}/").xpath("//p[@class='lead']")[0])

    assert f"公布以后摇号决定：{number}" in before
    assert after == f"共有1人报名，名额2个。等一个谁也定不了的数公布并录入以后摇号：{number}。"


@pytest.mark.parametrize("at", [NOON, CLOSES_AT])
def test_every_page_says_that_the_draw_waits_for_a_number(open_page, at):
    """Also where its moment is fixed: at that moment nothing is drawn without the number."""
    session, number = OpenSessionFactory(seat_count=2), "上证指数2026年11月5日收盘点位（两位小数）"
    moments = {"closes_at": CLOSES_AT, "draw_at": NOON + 36 * HOUR}
    RegistrationTerms.objects.create(session=session, allotment="lottery", public_number=number, **moments)
    keep_lotteries(at=NOON - HOUR)
    (row,) = enter(session)
    keep_lotteries(at=at)

    own = html.fromstring(signed_in(row.resident).get(f"/me/registrations/{row.party}/").content.decode())
    pages = own, open_page(f"{path_of(session)}/"), open_page(f"/sessions/{session.pk}/")

    assert [number in words(page) for page in pages] == [True] * 3
    assert ["11月6日（周五）00:00摇号" in words(page) for page in pages] == [False] * 3


def test_household_sees_its_own_result_and_others_do_not(session):
    (row,) = enter(session)
    keep_lotteries(at=CLOSES_AT)

    own = signed_in(row.resident).get(f"{path_of(session)}/")
    other = signed_in(MemberFactory()).get(f"{path_of(session)}/")

    assert own["Cache-Control"] == "no-store"
    (card,) = html.fromstring(own.content.decode()).xpath("//*[contains(@class, 'own-entry')]")
    assert "李嘉明 ✓ 报名成功" in words(card)
    assert "摇到第1位" in words(card)
    assert "own-entry" not in other.content.decode()


def test_visitor_is_led_to_the_own_result(open_page, session):
    enter(session)

    page = open_page(f"{path_of(session)}/")

    assert f"/me/sign-in/?{urlencode({'next': f'{path_of(session)}/'})}" in page.xpath("//main//a/@href")


def test_what_it_takes_to_recompute_is_folded_away(open_page, session):
    page = open_page(f"{path_of(session)}/")

    (folded,) = page.xpath("//main//details[not(@open)]")
    assert len(folded.xpath(".//dl//code")) == len(page.xpath("//main//dl//code")) == 1
    assert folded.xpath(".//pre[@id='check']")
