"""A city downloads what it reports, its province looks at the file, takes it in and sees what adds up."""

import csv
import io
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from lxml import html
from tests.factories import ProgrammeFactory, RegionFactory, RoleAssignmentFactory
from tests.province_returns import City, attendance, neighbour, province_with_cities
from tests.web.public.conftest import assert_sound
from tests.web.workspace.scene_of_the_summary import issue_of

from qixue.core.models import AuditEntry
from qixue.people.models import Role
from qixue.programme.models import Programme
from qixue.report.models import AcceptedKey, ProvinceReturn
from qixue.report.province_return_format import read_return
from qixue.report.seal_format import base64url

pytestmark = pytest.mark.django_db


@pytest.fixture
def province() -> Programme:
    return province_with_cities()


@pytest.fixture
def city(province: Programme) -> City:
    """Its key is not accepted yet."""
    return neighbour("440200", "韶关市")


def browser(programme: Programme, role: Role = Role.COORDINATOR) -> Client:
    client = Client()
    client.force_login(RoleAssignmentFactory(organisation=programme.organisation, role=role).user)
    return client


@pytest.fixture
def client(province: Programme) -> Client:
    return browser(province)


def address(name: str, *arguments: object) -> str:
    return reverse(f"workspace:{name}", args=["province", *arguments])


def send_file(client: Client, content: str) -> Any:
    return client.post(address("take_in_return"), {"file": SimpleUploadedFile("city.json", content.encode())})


def confirm(client: Client, shown: Any) -> Any:
    """Press the button below what was shown."""
    [form] = [form for form in html.fromstring(shown.content).forms if "content" in form.fields]
    return client.post(address("take_in_return"), {"content": form.fields["content"]})


def accept(client: Client, city: City) -> Any:
    region = RegionFactory(code=city.code)
    return client.post(address("accept_city_key"), {"city": region.pk, "key": base64url(city.public_key)})


def test_file_is_shown_before_it_is_kept(client: Client, city: City) -> None:
    accept(client, city)

    shown = send_file(client, city.says(attendance("3500", "at_least")).text())
    count_before = ProvinceReturn.objects.count()
    taken = confirm(client, shown)

    assert (shown.status_code, count_before) == (200, 0)
    assert_sound(html.fromstring(shown.content))
    assert "韶关市" in shown.content.decode()
    assert taken.url == address("province_totals")
    assert "3500多" in client.get(taken.url).content.decode().replace("</span>", "").replace('<span class="hedge">', "")
    assert AuditEntry.objects.get(action="province_return.taken_in").actor_id is not None


@pytest.mark.parametrize("is_interim", [True, False])
def test_interim_issue_says_so_before_it_is_taken_in(client: Client, city: City, is_interim: bool) -> None:
    accept(client, city)

    shown = send_file(client, city.says(attendance("120"), is_interim=is_interim).text())

    assert ("阶段" in shown.content.decode(), shown.status_code) == (is_interim, 200)


def test_refused_file_is_not_lost_and_holds_once_its_key_is_accepted(client: Client, city: City) -> None:
    refused = send_file(client, city.says(attendance("120")).text())
    still = confirm(client, refused)
    accept(client, city)
    taken = confirm(client, still)

    assert [refused.status_code, still.status_code, taken.status_code] == [422, 422, 302]
    assert "440200" in refused.content.decode()
    assert AcceptedKey.objects.get().kid in refused.content.decode()
    assert ProvinceReturn.objects.count() == 1


def test_other_file_is_asked_for_again(client: Client) -> None:
    answer = send_file(client, "[]")

    assert (answer.status_code, "content" in answer.context["form"].fields) == (422, False)


def test_text_that_is_no_key_stays_in_its_field(client: Client, city: City) -> None:
    region = RegionFactory(code=city.code)

    answer = client.post(address("accept_city_key"), {"city": region.pk, "key": "mCW1"})

    assert (answer.status_code, list(answer.context["form"].errors)) == (422, ["key"])
    assert answer.context["form"]["key"].value() == "mCW1"


def test_key_is_accepted_no_longer_once_somebody_says_so(client: Client, city: City) -> None:
    accept(client, city)
    key = AcceptedKey.objects.get()

    page = client.get(address("stop_city_key"))
    answer = client.post(address("stop_city_key"), {"key": key.pk})

    assert_sound(html.fromstring(page.content))
    assert f"韶关市 {key.kid}" in page.content.decode()
    assert (answer.url, AcceptedKey.objects.count()) == (address("province_totals"), 0)
    assert address("stop_city_key") not in client.get(answer.url).content.decode()


def test_totals_leave_as_a_table_with_the_digests_behind_them(client: Client, city: City) -> None:
    accept(client, city)
    sent = city.says(attendance("120"))
    confirm(client, send_file(client, sent.text()))

    answer = client.get(address("province_totals") + "?table=province.csv")

    content = b"".join(answer.streaming_content).decode("utf-8-sig")
    _head, whole, part = csv.reader(io.StringIO(content))
    assert (whole[1:3], part[1:3], part[-1]) == (["广东省", "120"], ["韶关市", "120"], sent.digest)


def test_auditor_reads_and_takes_in_nothing(province: Programme, city: City) -> None:
    auditor = browser(province, Role.AUDITOR)

    page = auditor.get(address("province_totals"))

    assert address("take_in_return") not in page.content.decode()
    names = ("take_in_return", "accept_city_key", "stop_city_key")
    assert [auditor.get(address(name)).status_code for name in names] == [403, 403, 403]


def test_city_downloads_what_it_reports() -> None:
    week = ProgrammeFactory(code="week")
    issue_of(week)
    coordinator, auditor = browser(week), browser(week, Role.AUDITOR)
    names = ("province_return_file", "send_to_province", "seal")
    file, steps, issue = (reverse(f"workspace:{name}", args=["week", 1]) for name in names)

    page, answer = coordinator.get(steps), coordinator.get(file)

    sent = read_return(answer.content.decode())
    assert (sent.city_code, sent.seal.number) == ("441800", 1)
    assert [steps in each.get(issue).content.decode() for each in (coordinator, auditor)] == [True, False]
    assert_sound(html.fromstring(page.content))
    assert ("Content-Disposition" in page, file in page.content.decode()) == (False, True)


def test_city_is_told_to_whom_it_reports_and_reads_digests_only_on_demand() -> None:
    province = RegionFactory(code="440000", name="广东省", level="province", unit_type="province")
    week = ProgrammeFactory(code="week")
    type(week.region).objects.filter(pk=week.region_id).update(parent=province)
    issue_of(week)

    found = html.fromstring(browser(week).get(reverse("workspace:send_to_province", args=["week", 1])).content)

    assert "广东省" in found.xpath("string(//main)")
    assert not found.xpath('//*[@class="digest"][not(ancestor::details)]')
    assert len(found.xpath('//details//*[@class="digest"]')) == 2


def test_issue_of_a_county_is_not_for_the_province() -> None:
    week = ProgrammeFactory(code="week", region=RegionFactory(code="441826", level="county", unit_type="county"))
    issue_of(week)

    client = browser(week)
    names = ("send_to_province", "province_return_file")
    answers = [client.get(reverse(f"workspace:{name}", args=["week", 1])) for name in names]

    assert [answer.status_code for answer in answers] == [409, 409]
