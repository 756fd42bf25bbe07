"""A resident opens the ticket: an independent reader finds in its pictures what the door will accept."""

import datetime
import io

import pdfplumber
import pytest
import typst
import zxingcpp
from lxml import html
from PIL import Image
from tests.factories import NOON, MemberFactory, OpenSessionFactory, ResidentFactory, key
from tests.web.browsing import page_of, signed_in
from tests.web.public.conftest import words

from qixue.core.signing_keys import rotate_key, verification_keys
from qixue.participation.models import Registration
from qixue.participation.operations.registrations import cancel_registrations, register
from qixue.participation.queries.door import cancelled_keys
from qixue.participation.tickets import Ticket, decode
from qixue.people.models import Resident
from qixue.programme.models import Programme, Session

pytestmark = pytest.mark.django_db


@pytest.fixture
def member() -> Resident:
    return MemberFactory(name="李嘉明")


@pytest.fixture
def session() -> Session:
    return OpenSessionFactory(seat_count=2)


@pytest.fixture
def family(member: Resident, session: Session) -> list[Registration]:
    child = ResidentFactory(guardian=member, name="李一诺")
    return register(session, people=[member, child], party=key(), by=member.user, at=NOON)


def tickets_path(row: Registration) -> str:
    return f"/me/registrations/{row.party}/tickets"


def read(drawing: html.HtmlElement) -> str:
    """What a reader that knows nothing of us sees on a screen 300 px wide."""
    drawing.set("xmlns", "http://www.w3.org/2000/svg")
    layout = b'#set page(width: 300pt, height: auto, margin: 0pt, fill: black)\n#image("code.svg", width: 100%)'
    files = {"main": layout, "code.svg": html.tostring(drawing)}
    picture = Image.open(io.BytesIO(typst.compile(files, format="png", ppi=72)))
    (code,) = zxingcpp.read_barcodes(picture)
    return code.text


def test_page_shows_for_each_person_a_code_that_the_door_accepts(member, session, family):
    page = page_of(signed_in(member), f"{tickets_path(family[0])}/")

    texts = [read(drawing) for drawing in page.xpath("//main//*[@class='qr']//*[name()='svg']")]
    (kid,) = keys = verification_keys("ticket")
    until = (session.ends_at + datetime.timedelta(hours=12)).astimezone(datetime.UTC)
    assert [decode(text, keys, at=NOON) for text in texts] == [
        Ticket(kid, session.activity.programme_id, session.pk, row.pk, until) for row in family
    ]
    assert [words(name) for name in page.xpath("//main//article/h2")] == ["李嘉明", "李一诺"]
    shown = [words(digits).replace(" ", "") for digits in page.xpath("//main//*[@class='digits']")]
    assert shown == [row.door_code for row in family]


def test_copy_for_the_phone_says_what_it_is_and_whose_it_is_without_a_secret(member, session, family):
    client = signed_in(member)

    response = client.get(f"{tickets_path(family[0])}/?copy")

    page = html.fromstring(response.content)
    assert "11月4日（周三）12:00存下的票" in words(page.xpath("//main//*[@role='status']")[0])
    assert page.xpath("//script[not(@src)] | //form | //input") == []
    assert datetime.datetime.fromisoformat(response["Ticket-Until"]) == session.ends_at + datetime.timedelta(days=1)
    owner = page_of(client, "/me/").xpath("string(//script[@id='forget-tickets']/@data-owner)")
    assert owner == response["Ticket-Owner"]
    others = page_of(signed_in(MemberFactory()), "/me/").xpath("string(//script[@id='forget-tickets']/@data-owner)")
    assert len({owner, others, ""}) == 3
    assert len(owner) == 32


@pytest.mark.parametrize("is_synthetic", [False, True])
def test_copy_of_a_made_up_ticket_says_so_as_every_page_does(member, session, family, is_synthetic):
    Programme.objects.filter(pk=session.activity.programme_id).update(is_synthetic=is_synthetic)

    page = page_of(signed_in(member), f"{tickets_path(family[0])}/?copy")
    paper = signed_in(member).get(f"{tickets_path(family[0])}.pdf")

    assert len(page.xpath("//*[@class='synthetic']")) == is_synthetic
    with pdfplumber.open(io.BytesIO(paper.content)) as document:
        assert {"演示数据" in (sheet.extract_text() or "") for sheet in document.pages} == {is_synthetic}


def test_pdf_has_a_page_for_each_person_with_a_code_that_reads(member, family):
    response = signed_in(member).get(f"{tickets_path(family[0])}.pdf")

    assert (response["Content-Type"], response["Cache-Control"]) == ("application/pdf", "no-store")
    keys = verification_keys("ticket")
    with pdfplumber.open(io.BytesIO(response.content)) as document:
        for page, row in zip(document.pages, family, strict=True):
            (code,) = zxingcpp.read_barcodes(page.to_image(resolution=100).original.convert("RGB"))
            assert decode(code.text, keys, at=NOON).registration == row.pk
            text = page.extract_text()
            assert row.resident.name in text
            assert f"{row.door_code[:3]} {row.door_code[3:]}" in text
            assert (round(page.width), round(page.height)) == (595, 842)


def test_registration_leads_to_the_ticket_of_a_seat_only(member, session, family):
    waiting = MemberFactory()
    (row,) = register(session, people=[waiting], party=key(), by=waiting.user, at=NOON)

    links = [
        page_of(signed_in(person), f"/me/registrations/{party}/").xpath("//main//a[contains(@href, 'tickets/')]/@href")
        for person, party in ((member, family[0].party), (waiting, row.party))
    ]

    assert links == [[f"{tickets_path(family[0])}/"], []]
    for path in ("/", ".pdf"):
        assert "名额" in words(page_of(signed_in(waiting), f"{tickets_path(row)}{path}", status=409))


def test_cancelled_person_has_no_ticket_and_is_on_the_list_for_the_door(member, session, family):
    cancel_registrations(session, keys=[family[1].pk], by=member.user, at=NOON)

    page = page_of(signed_in(member), f"{tickets_path(family[0])}/")

    assert [words(name) for name in page.xpath("//main//article/h2")] == ["李嘉明"]
    assert cancelled_keys([session]) == [family[1].pk]


def test_ticket_of_a_cancelled_registration_says_that_it_is_cancelled(member, session, family):
    cancel_registrations(session, keys=[row.pk for row in family], by=member.user, at=NOON)

    assert "报名已经取消" in words(page_of(signed_in(member), f"{tickets_path(family[0])}/", status=409))


@pytest.mark.parametrize("changes", [{"starts_at": None, "ends_at": None}, {"state": "postponed"}])
def test_session_without_a_time_has_no_ticket_yet(member, session, family, changes):
    Session.objects.filter(pk=session.pk).update(**changes)

    page_of(signed_in(member), f"{tickets_path(family[0])}/", status=409)


def test_ticket_made_before_a_key_was_retired_stays_good(member, family):
    page = page_of(signed_in(member), f"{tickets_path(family[0])}/")
    text = read(page.xpath("//main//*[name()='svg']")[0])

    rotate_key("ticket", by=None, at=NOON)

    assert decode(text, verification_keys("ticket"), at=NOON).registration == family[0].pk


def test_ticket_of_somebody_else_looks_like_none(family):
    stranger = signed_in(MemberFactory())

    assert {stranger.get(f"{tickets_path(family[0])}{path}").status_code for path in ("/", ".pdf")} == {404}
