"""A resident takes a copy of everything that is kept, and is forgotten."""

import datetime
import io
import json
import zipfile

import pytest
from django.test import Client
from lxml import html
from tests.factories import NOON, OpenSessionFactory, RegistrationFactory, SessionFactory, UserFactory, key
from tests.people.operations.test_erasure import CHILD, MOBILE, NAME, came, signed_up, with_child
from tests.people.operations.test_phone_codes import digits_in, wrong
from tests.web.me.test_registrations import page_of, signed_in
from tests.web.public.conftest import words

from qixue.core.models import AuditEntry, OutboxMessage
from qixue.participation.operations.registrations import register
from qixue.people.models import ConfirmedMobile, Resident, User
from qixue.programme.models import Session

pytestmark = pytest.mark.django_db


@pytest.fixture
def person() -> Resident:
    """Asked for the code of the sign-in some minutes ago."""
    return signed_up(at=NOON.replace(hour=11))


@pytest.fixture
def client(person: Resident) -> Client:
    return signed_in(person)


def last_digits() -> str:
    return digits_in(OutboxMessage.objects.latest("pk").body)


def files_in(content: bytes) -> dict[str, str]:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return {name: archive.read(name).decode("utf-8-sig") for name in archive.namelist()}


def test_copy_is_one_file_to_read_and_for_programs(client, person):
    came(SessionFactory(seat_count=5, taken_count=2), person, with_child(person))

    response = client.post("/me/data/copy/")

    assert response["Content-Disposition"] == 'attachment; filename="qixue-2026-11-04.zip"'
    assert response["Cache-Control"] == "no-store"
    files = files_in(response.content)
    assert list(files)[:2] == ["00 请先打开这一页.html", "01 家庭成员.csv"]
    assert {
        text: [text in files["00 请先打开这一页.html"], text in files["data.json"]] for text in (NAME, CHILD, MOBILE)
    } == {text: [True, True] for text in (NAME, CHILD, MOBILE)}
    assert json.loads(files["data.json"])[0]["rows"][0]["姓名"] == NAME
    assert files["01 家庭成员.csv"].splitlines()[1] == f"{NAME},1952,"
    assert AuditEntry.objects.filter(action="resident.copy_taken", actor_id=person.user_id).count() == 1


def test_name_that_looks_like_a_formula_is_text_in_the_table(client, person):
    Resident.objects.filter(pk=person.pk).update(name="=1+1")

    assert files_in(client.post("/me/data/copy/").content)["01 家庭成员.csv"].splitlines()[1] == "'=1+1,1952,"


def test_copy_is_named_and_worded_in_the_language_of_its_reader(client, person):
    client.post("/me/data/copy/")
    client.cookies["qixue_language"] = "en"

    files = files_in(client.post("/me/data/copy/").content)

    assert list(files)[:2] == ["00 Open this first.html", "01 The household.csv"]
    [acts] = [text for name, text in files.items() if name.endswith("What was done with the account.csv")]
    assert "Copy of the data taken,resident.copy_taken" in acts


def test_copy_is_read_on_a_phone_with_each_value_below_its_column(client, person):
    page = html.fromstring(files_in(client.post("/me/data/copy/").content)["00 请先打开这一页.html"])

    assert page.xpath("//tbody/tr[1]/td[1]/@data-label")[0] == "姓名"
    assert page.xpath("//li/a/@href")[0] == f"#{page.xpath('//h2/@id')[0]}"


def test_copy_of_the_staff_has_the_account_as_well():
    staff = Resident.objects.create(name=NAME, user=UserFactory(display_name="馆员", email="a@example.cn"))

    assert "a@example.cn" in files_in(signed_in(staff).post("/me/data/copy/").content)["data.json"]


def test_page_says_what_goes_and_what_stays(client, person):
    came(SessionFactory(seat_count=5, taken_count=1), person)
    register(OpenSessionFactory(), people=[person], party=key(), by=person.user, at=NOON)

    text = words(page_of(client, "/me/data/erase/"))

    assert NAME in text
    assert "11月6日" in text
    assert text.count(": 1") + text.count("：1") == 2


def test_erasing_needs_the_tick_and_the_code_of_the_phone(client, person):
    page_of(client, "/me/data/erase/", status=422, other="x")
    assert client.post("/me/data/erase/", {"is_sure": "on"}).url == "/me/data/erase/code/"
    digits = last_digits()
    page_of(client, "/me/data/erase/code/", status=422, code=wrong(digits))
    assert User.objects.filter(pk=person.user_id).exists()

    done = client.post("/me/data/erase/code/", {"code": digits})

    assert done.url == "/me/data/erased/"  # was counted nowhere
    assert (User.objects.count(), Resident.objects.count(), ConfirmedMobile.objects.count()) == (0, 0, 0)
    assert "_auth_user_id" not in client.session
    assert "计过的数还在" not in words(page_of(client, "/me/data/erased/"))
    assert "请明天再试" in words(page_of(client, "/me/data/erased/"))


def test_who_was_counted_reads_that_the_count_stays(client, person):
    came(SessionFactory(seat_count=5, taken_count=1), person)
    client.post("/me/data/erase/", {"is_sure": "on"})

    done = client.post("/me/data/erase/code/", {"code": last_digits()}, follow=True)

    assert "计过的数还在" in words(html.fromstring(done.content.decode()))


def test_code_page_without_the_page_before_it_leads_there(client):
    assert client.get("/me/data/erase/code/").url == "/me/data/erase/"


def test_seat_at_a_session_that_was_just_called_off_is_not_lost_by_leaving(client, person):
    stays, off = (OpenSessionFactory(activity__title=title, taken_count=1) for title in ("稻田养鱼", "古琴入门"))
    for session in (stays, off):
        RegistrationFactory(session=session, resident=person)
    Session.objects.filter(pk=off.pk).update(state=Session.State.CANCELLED)

    before = client.get("/me/data/erase/").context
    over = {"starts_at": NOON - datetime.timedelta(hours=2), "ends_at": NOON - datetime.timedelta(hours=1)}
    Session.objects.filter(pk=off.pk).update(**over)
    after = client.get("/me/data/erase/").context

    assert [[row.session for row in shown["coming"]] for shown in (before, after)] == [[stays], [stays]]
    assert [left.sentence for shown in (before, after) for left in shown["stays"] if "名额" in str(left.sentence)] == []


def test_code_asked_for_at_the_sign_in_page_elsewhere_erases_nothing(client, person):
    stranger = Client()
    stranger.post("/me/sign-in/", {"mobile": MOBILE})
    digits = last_digits()
    session = client.session
    session["erasing"] = 0
    session.save()

    assert client.post("/me/data/erase/code/", {"code": digits}).url == "/me/data/erase/"

    assert User.objects.filter(pk=person.user_id).exists()


def test_code_that_is_over_leads_back_to_whom_it_was_to_erase(client, person):
    child = with_child(person)
    client.post(f"/me/household/{child.pk}/erase/", {"is_sure": "on"})
    for _try in range(4):
        client.post("/me/data/erase/code/", {"code": wrong(last_digits())})

    response = client.post("/me/data/erase/code/", {"code": wrong(last_digits())}, follow=True)

    assert response.redirect_chain[0][0] == f"/me/household/{child.pk}/erase/"
    assert "请重新获取验证码" in response.content.decode()


def test_erasing_one_of_the_household_leaves_the_others(client, person):
    child = with_child(person)
    client.post(f"/me/household/{child.pk}/erase/", {"is_sure": "on"})

    assert client.post("/me/data/erase/code/", {"code": last_digits()}).url == "/me/data/erased/"

    assert "信息已经删除" in words(page_of(client, "/me/data/erased/"))
    assert list(Resident.objects.values_list("name", flat=True)) == [NAME]


def test_somebody_of_another_household_cannot_be_erased_or_handed_on(client):
    child = with_child(signed_up("13900009999", "陈建国"))

    answers = {client.post(f"/me/household/{child.pk}/{act}/").status_code for act in ("erase", "hand-on")}

    assert answers == {404}


def test_account_without_a_confirmed_phone_shows_its_password():
    staff = Resident.objects.create(name=NAME, user=UserFactory())
    client = signed_in(staff)

    answer = client.post("/me/data/erase/", {"is_sure": "on"})

    assert answer.url == "/account/confirm/?next=%2Fme%2Fdata%2Ferase%2F"


def test_dependent_goes_to_another_guardian_with_the_seat(client, person):
    child = with_child(person)
    register(OpenSessionFactory(), people=[child], party=key(), by=person.user, at=NOON)
    other = signed_up("13900009999", "陈建国")
    client.post(f"/me/household/{child.pk}/hand-on/")
    code = words(page_of(client, f"/me/household/{child.pk}/hand-on/").xpath("//main//strong")[0])
    page_of(signed_in(other), "/me/household/take-over/", status=422, code=code)

    taken = signed_in(other).post("/me/household/take-over/", {"code": code.lower(), "has_consent": "on"})

    assert taken.url == "/me/household/"
    child.refresh_from_db()
    assert (child.guardian, child.registrations.get().registered_by) == (other, other.user)
    assert [consent.given_by for consent in child.consents.filter(withdrawn_at=None)] == [other.user]
    assert client.get(f"/me/household/{child.pk}/").status_code == 404


@pytest.mark.parametrize("is_relative", [True, False])
def test_whoever_gets_no_code_goes_back_to_whom_they_erase(client, person, is_relative):
    child = with_child(person)
    path = f"/me/household/{child.pk}/erase/" if is_relative else "/me/data/erase/"
    client.post(path, {"is_sure": "on"})

    page = page_of(client, "/me/data/erase/code/")

    assert page.xpath("//main//p/a[text()='返回重新获取']/@href") == [path]
