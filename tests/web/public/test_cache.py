"""Copies of pages: who gets one, who never does, and that nothing personal can get into one."""

import json

import pytest
from django.test import Client
from tests.factories import MemberFactory
from tests.web.public.conftest import titles

from qixue.core.copies import Brief
from qixue.programme.models import Activity, Programme, Session
from qixue.programme.operations.listings import keep_listings
from qixue.web import parts
from qixue.web.public import cache

pytestmark = pytest.mark.django_db
LIST = "/programmes/week/sessions/"


@pytest.fixture
def kept_long(monkeypatch):
    monkeypatch.setattr(cache, "KEPT_FOR", 60.0)


def rename():
    Activity.objects.update(title="采茶")


def test_next_visitor_gets_the_copy(open_page, tea, kept_long):
    open_page(LIST)
    rename()

    assert titles(open_page(LIST)) == ["茶叶种植"]


def test_copy_has_the_headers_of_the_page_and_is_counted_as_that_page(client, tea, kept_long, capsys):
    first, copy = [client.get(f"/sessions/{tea.pk}/") for _visit in range(2)]

    assert ("kept_as" in vars(first), "kept_as" in vars(copy)) == (True, False)
    assert copy.headers.pop("X-Request-ID") != first.headers.pop("X-Request-ID")
    assert dict(copy.headers) == dict(first.headers)
    assert {"Content-Security-Policy", "Referrer-Policy", "X-Content-Type-Options"} <= set(copy.headers)
    lines = [json.loads(line) for line in capsys.readouterr().err.splitlines()]
    assert [line["route"] for line in lines if line["event"] == "request"] == ["public:session"] * 2


def test_copy_is_used_only_while_it_is_young(open_page, tea, monkeypatch):
    monkeypatch.setattr(cache, "KEPT_FOR", 0.0)
    open_page(LIST)
    rename()

    assert titles(open_page(LIST)) == ["采茶"]


@pytest.mark.parametrize(
    "change", [{"qixue_language": "en"}, {"qixue_elder": "1"}, {"sessionid": "x"}, {"messages": "x"}]
)
def test_visitor_of_another_kind_gets_no_copy(tea, kept_long, change):
    keep_listings(Session.objects.all())
    Client().get(f"/sessions/{tea.pk}/")
    Session.objects.update(speaker="王老师")
    other = Client()
    other.cookies.load(change)

    assert "王老师" in other.get(f"/sessions/{tea.pk}/").content.decode()


def test_page_of_somebody_signed_in_is_not_kept(client, tea, kept_long):
    """Neither here nor by the browser, whose back button would show it after they have signed out."""
    client.force_login(MemberFactory().user)
    for path in (f"/sessions/{tea.pk}/", LIST):
        assert client.get(path).headers.get("Cache-Control") == "no-store"
        assert "no-store" not in Client().get(path).headers.get("Cache-Control", "")
    cache.pages.clear()
    client.get(f"/sessions/{tea.pk}/")
    Session.objects.update(speaker="王老师")

    assert "王老师" in Client().get(f"/sessions/{tea.pk}/").content.decode()


def test_missing_page_is_not_kept(client, programme, kept_long):
    assert client.get("/sessions/1/").status_code == 404
    assert not any("/sessions/1/" in key for key in cache.pages)


@pytest.mark.parametrize(
    "path", ["/", "/programmes/", "/programmes/week/", LIST, f"{LIST}week/", f"{LIST}month/", f"{LIST}places/", "tea",
             "/organisations/sanpai/", "/brands/field/"]
)  # fmt: skip
def test_public_page_holds_nothing_personal(client, tea, path, kept_long):
    path = f"/sessions/{tea.pk}/" if path == "tea" else path
    answer = client.get(path)

    assert answer.cookies == {}
    assert "csrf" not in answer.content.decode()
    assert "nonce" not in answer["Content-Security-Policy"] + answer.content.decode()
    assert any(path in key for key in cache.pages)


@pytest.mark.parametrize(
    ("origin", "kept"), [("cross-site", False), ("same-origin", True), ("none", True), (None, True)]
)
def test_only_our_own_form_chooses_the_text_size(origin, kept):
    headers = {"Sec-Fetch-Site": origin} if origin else {}

    answer = Client(enforce_csrf_checks=True).post("/text-size/", {"size": "1", "next": "/"}, headers=headers)

    assert ("qixue_elder" in answer.cookies) is kept


def test_frame_shows_a_change_at_once_to_whoever_is_signed_in(client, programme, monkeypatch):
    monkeypatch.setattr(Brief, "seconds", 60.0)
    parts.on_show.copies.clear()
    Client().get("/")
    Programme.objects.update(code="other")

    visitor = Client().get("/programmes/").content.decode()
    client.force_login(MemberFactory().user)
    member = client.get("/programmes/").content.decode()
    parts.on_show.copies.clear()

    assert ("/programmes/week/sessions/" in visitor, "/programmes/week/sessions/" in member) == (True, False)
