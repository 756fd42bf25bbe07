"""A draw into which a public number goes: entered by the organiser, seen and recomputed by everybody."""

import datetime
import json
import subprocess
import sys
from pathlib import Path

import pytest
from django.test import Client
from lxml import html
from tests.factories import NOON, MemberFactory, OpenSessionFactory, RoleAssignmentFactory, key
from tests.web.public.conftest import assert_sound, words

from qixue.cli import main
from qixue.participation.models import Lottery, RegistrationTerms
from qixue.participation.operations.lotteries import keep_lotteries
from qixue.participation.operations.registrations import register
from qixue.people.models import Role
from qixue.programme.models import Session

pytestmark = pytest.mark.django_db
HOUR = datetime.timedelta(hours=1)
NUMBER, VALUE = "上证指数2026年11月5日收盘点位", "3259.41"
FORM = {"value": " ０３２５９．４１０ ", "source": "https://www.sse.com.cn"}
KNOWN = FORM | {"confirmed": "on"}  # the tests play on the day before that of the number


@pytest.fixture
def session() -> Session:
    """Entering is over, three people have entered for two seats."""
    session = OpenSessionFactory(seat_count=2)
    RegistrationTerms.objects.create(session=session, allotment="lottery", closes_at=NOON + HOUR, public_number=NUMBER)
    keep_lotteries(at=NOON - HOUR)
    for member in MemberFactory.create_batch(3):
        register(session, people=[member], party=key(), by=member.user, at=NOON)
    keep_lotteries(at=NOON + HOUR)
    return session


@pytest.fixture
def organiser(session: Session, client: Client) -> Client:
    client.force_login(RoleAssignmentFactory(organisation=session.activity.organisation, role=Role.ORGANISER).user)
    return client


def page_of(client: Client, address: str) -> html.HtmlElement:
    page = html.fromstring(client.get(address).content.decode())
    assert_sound(page)
    return page


def test_organiser_is_led_to_the_number_that_is_awaited_and_enters_it_once(session, organiser):
    registrations, address = (f"/workspace/sessions/{session.pk}/{rest}/" for rest in ("registrations", "draw"))
    assert page_of(organiser, registrations).xpath(f"//main//a[@href='{address}']")
    assert NUMBER in words(page_of(organiser, address))

    assert page_of(organiser, "/workspace/").xpath(f"//main//h3/a[@href='{address}']")

    check = organiser.post(address, KNOWN, follow=True)
    before = Lottery.objects.get().public_value
    asked = html.fromstring(check.content.decode())
    answers = [organiser.post(address, KNOWN | {"checked": "on"}).status_code for _sent_twice in range(2)]

    assert (words(asked.xpath("//main//dd/strong")[0]), "不能撤回" in words(asked), before) == (VALUE, True, "")
    assert (answers[0], Lottery.objects.get().public_value) == (302, VALUE)
    assert not page_of(organiser, "/workspace/").xpath(f"//main//h3/a[@href='{address}']")
    assert not page_of(organiser, registrations).xpath(f"//main//a[@href='{address}']")


def test_number_of_a_day_that_is_not_over_is_asked_about_before_it_is_entered(session, organiser):
    address = f"/workspace/sessions/{session.pk}/draw/"

    doubted = html.fromstring(organiser.post(address, FORM).content.decode())
    by_force = organiser.post(address, FORM | {"checked": "on"})
    before = Lottery.objects.get().public_value
    asked = html.fromstring(organiser.post(address, KNOWN, follow=True).content.decode())
    (form,) = asked.xpath("//main//form")
    organiser.post(address, dict(form.fields) | {"checked": "on"})

    assert ("那一天还没有过完" in words(doubted), by_force.status_code, before) == (True, 422, "")
    assert doubted.xpath("//input[@type='checkbox']/@name") == ["confirmed"]
    assert (words(asked.xpath("//main//dd/strong")[0]), Lottery.objects.get().public_value) == (VALUE, VALUE)


def test_everybody_sees_the_number_and_recomputes_the_draw_with_it(
    session: Session, organiser: Client, tmp_path: Path
) -> None:
    organiser.post(f"/workspace/sessions/{session.pk}/draw/", KNOWN | {"checked": "on"})
    keep_lotteries(at=NOON + HOUR)
    page = page_of(Client(), f"/sessions/{session.pk}/draw/")
    document = Client().get(f"/sessions/{session.pk}/draw.json").json()
    (tmp_path / "draw.json").write_text(json.dumps(document), encoding="utf-8")
    (lines,) = page.xpath("//pre[@id='check']/code/text()")

    done = subprocess.run(
        [sys.executable, "-c", lines], cwd=tmp_path, capture_output=True, text=True, check=True, timeout=30
    )

    assert all(text in words(page) for text in (NUMBER, VALUE, FORM["source"]))
    assert [line.split()[0] for line in done.stdout.splitlines()] == [row["entry"] for row in document["order"]]
    assert main(["lottery", "verify", str(tmp_path / "draw.json")]) == 0
