"""Pictures and papers, read as an outsider would read them: the QR code scanned, the text taken out of the PDF."""

import io
import json

import pdfplumber
import pytest
import zxingcpp
from PIL import Image, ImageChops
from tests.factories import ActivityFactory, SessionFactory

from qixue.core.long_work import one_at_a_time
from qixue.people.models import Organisation
from qixue.programme.models import Programme, Session
from qixue.programme.operations.listings import keep_listings
from qixue.web.public import kept_files
from qixue.web.public.views import papers

pytestmark = pytest.mark.django_db
PAPER = "/programmes/week/programme.pdf"


@pytest.fixture
def paper(client, tea):
    """`paper(query)`: the text of each page."""

    def read(query=""):
        keep_listings(Session.objects.all())
        answer = client.get(PAPER + query)
        assert (answer.status_code, answer["Content-Type"]) == (200, "application/pdf")
        with pdfplumber.open(io.BytesIO(answer.content)) as pdf:
            return [(page.width > page.height, page.extract_text()) for page in pdf.pages]

    return read


@pytest.mark.parametrize(("shape", "size"), [("wide", (1200, 630)), ("tall", (900, 1200)), ("huge", (1200, 630))])
def test_card_leads_to_its_session_by_qr_code(client, tea, shape, size):
    answer = client.get(f"/sessions/{tea.pk}/card.png?shape={shape}")

    picture = Image.open(io.BytesIO(answer.content))
    assert picture.size == size
    assert [code.text for code in zxingcpp.read_barcodes(picture)] == [f"http://testserver/sessions/{tea.pk}/"]


def test_wide_card_of_a_demonstration_shows_the_whole_name_of_the_organiser(client, tea):
    Programme.objects.update(is_synthetic=True)
    Organisation.objects.update(name="国国国国")

    picture = Image.open(io.BytesIO(client.get(f"/sessions/{tea.pk}/card.png?shape=wide").content)).convert("L")

    above_notice = picture.crop((60, 505, 200, 588))
    ink = ImageChops.invert(above_notice).point(lambda shade: 255 if shade > 100 else 0).getbbox()
    assert ink is not None
    _left, top, _right, bottom = ink
    assert bottom - top >= 22  # of 26: the frame of the sign with its lower stroke


def test_card_is_made_once_for_the_same_words_and_anew_for_others(client, tea, monkeypatch):
    made = []
    draw = papers.card_png
    monkeypatch.setattr(papers, "card_png", lambda data, fonts: made.append(data["title"]) or draw(data, fonts))
    path = f"/sessions/{tea.pk}/card.png"

    first = client.get(path)
    client.get(path)
    assert client.get(path, headers={"If-None-Match": first["ETag"]}).status_code == 304
    tea.activity.title = "#set page(width: 1pt) *茶* $x"
    tea.activity.save()
    again = client.get(path)

    assert made == ["茶叶种植", "#set page(width: 1pt) *茶* $x"]
    assert Image.open(io.BytesIO(again.content)).size == (1200, 630)


def test_visitor_who_comes_while_papers_are_made_waits_with_a_page_that_asks_again(client, tea, monkeypatch):
    monkeypatch.setattr(kept_files, "PATIENCE", 0.0)
    keep_listings(Session.objects.all())

    with one_at_a_time("programmes"):
        answer = client.get(PAPER)

    assert (answer.status_code, answer["Cache-Control"]) == (503, "no-store")
    assert answer["Retry-After"] in {"1", "2", "3"}
    assert b'http-equiv="refresh"' in answer.content


def test_files_used_longest_ago_go_first(monkeypatch, settings):
    monkeypatch.setattr(kept_files, "MOST_FILES", 10)
    for number in range(30):
        kept_files.kept_file("cards", f"d{number}", ".png", lambda: b"x")

    names = {path.name for path in (settings.VAR / "kept" / "cards").iterdir()}
    assert len(names) <= 10
    assert "d29.png" in names


def test_link_in_a_chat_shows_the_session(open_page, tea):
    page = open_page(f"/sessions/{tea.pk}/")

    meta = {tag.get("property"): tag.get("content") for tag in page.xpath("//meta[@property]")}
    assert meta["og:title"] == "茶叶种植"
    assert meta["og:description"] == "11月4日（周三）15:00-17:00 · 连南瑶族自治县 瑶绣基地 · 三排镇文化站"
    assert meta["og:image"].startswith(f"http://testserver/sessions/{tea.pk}/card.png?shape=wide&v=")
    assert page.xpath("//input[@id='share-link']/@value") == [f"http://testserver/sessions/{tea.pk}/"]


@pytest.mark.parametrize(("taken", "stock", "left"), [(3, "InStock", 17), (20, "SoldOut", 0)])
def test_search_engines_read_seats_and_audience(open_page, tea, taken, stock, left):
    Session.objects.filter(pk=tea.pk).update(taken_count=taken)

    page = open_page(f"/sessions/{tea.pk}/")
    data = json.loads(page.xpath("//script[@type='application/ld+json']")[0].text)

    assert (data["maximumAttendeeCapacity"], data["remainingAttendeeCapacity"]) == (20, left)
    assert (data["offers"]["price"], data["offers"]["availability"]) == (0, f"https://schema.org/{stock}")
    assert data["audience"]["audienceType"] == "农民"


def test_paper_lists_the_days_with_time_place_and_seats(paper, tea):
    ((is_across, text),) = paper()

    assert not is_across
    assert "全民终身学习活动周" in text
    assert "11 月 4 日（周三）" in text.replace("11月4日", "11 月 4 日")
    assert "15:00-17:00 茶叶种植" in text
    assert "瑶绣基地" in text


def test_paper_is_narrowed_like_the_list_and_lies_across_on_a3(paper, tea):
    SessionFactory(activity=ActivityFactory(programme=tea.activity.programme, title="八段锦", kind="health"))

    ((is_across, text),) = paper("?paper=a3&kind=health")

    assert is_across
    assert "八段锦" in text
    assert "茶叶" not in text


def test_paper_of_a_demonstration_says_so(paper, tea):
    tea.activity.programme.is_synthetic = True
    tea.activity.programme.save()

    assert "演示数据" in paper()[0][1]


def test_too_many_sessions_for_one_paper_are_refused_with_a_way_out(client, tea, monkeypatch):
    monkeypatch.setattr(papers, "MOST_ON_PAPER", 0)
    keep_listings(Session.objects.all())

    answer = client.get(PAPER)

    assert answer.status_code == 409
    assert "/programmes/week/sessions/" in answer.content.decode()


def test_paper_of_nothing_and_of_hostile_words_is_still_a_paper(paper, tea):
    assert len(paper("?q=%23set%20page(width:1pt)%22%5C")) == 1


@pytest.mark.parametrize("sessions", [1, 3])
def test_paper_takes_the_same_queries_for_any_number_of_sessions(client, tea, sessions, django_assert_num_queries):
    SessionFactory.create_batch(sessions - 1, activity=tea.activity, starts_at=tea.starts_at, ends_at=tea.ends_at)
    keep_listings(Session.objects.all())

    with django_assert_num_queries(7):
        client.get(PAPER)


@pytest.mark.parametrize("query", ["", "?paper=a3"])
def test_day_stands_on_each_page_on_which_it_goes_on(paper, tea, query):
    SessionFactory.create_batch(150, activity=tea.activity, starts_at=tea.starts_at, ends_at=None)

    pages = [text for _is_across, text in paper(query)]

    columns = 2 if query else 1
    assert len(pages) > 2
    assert {page.count("11月4日") for page in pages[:-1]} == {columns}
    assert "11月4日" in pages[-1]
