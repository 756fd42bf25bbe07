"""Everybody checks a certificate: by number, by name, by the signed file; and nobody tries many."""

import json

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from lxml import html
from tests.factories import NOON
from tests.factories_afterwards import attendee, course, organiser_of, rule_for
from tests.web.browsing import page_of
from tests.web.public.conftest import words

from qixue.core.signing_keys import verification_keys
from qixue.participation.credentials import read_credential
from qixue.participation.models import Certificate, VerificationCount
from qixue.participation.operations import verification
from qixue.participation.operations.certificates import issue_certificates, revoke_certificate
from qixue.participation.operations.verification import forget_tries, masked

pytestmark = pytest.mark.django_db
UNKNOWN = "/verify/0000-0000-0000-0000/"


@pytest.fixture
def certificate() -> Certificate:
    activity = course()
    rule_for(activity, least=1)
    return issue_certificates(activity, people=[attendee(activity)], by=organiser_of(activity), at=NOON)[0]


def address_of(certificate: Certificate) -> str:
    return f"/verify/{certificate.printed_serial}/"


def test_number_leads_to_the_page_of_the_certificate(client, certificate):
    response = client.post("/verify/", {"serial": f" {certificate.printed_serial.lower()} "})

    assert response.url == address_of(certificate)


def test_wrong_number_is_asked_for_in_words(client):
    found = page_of(client, "/verify/", status=422, serial="K7M2")

    assert "16位字母和数字" in words(found.xpath("//*[@class='error']")[0])


def test_valid_certificate_shows_the_name_in_part(client, certificate):
    text = words(page_of(client, address_of(certificate)))

    assert all(part in text for part in ("这份证书有效", "李*明", "稻田养鱼实用技术", "2026年11月4日"))
    assert "李嘉明" not in text


def test_revoked_certificate_says_when_and_what_kind_and_keeps_the_reason(client, certificate):
    by = organiser_of(certificate.activity)
    revoke_certificate(certificate, kind="not_earned", reason="缺勤", by=by, at=NOON)

    text = words(page_of(client, address_of(certificate)))

    assert all(part in text for part in ("这份证书已撤销", "2026年11月4日", "不符合颁发条件"))
    assert "缺勤" not in text


def test_unknown_numbers_look_alike(client):
    first, second = (client.get(path) for path in (UNKNOWN, "/verify/no-such/"))

    assert (first.status_code, second.status_code) == (404, 404)
    assert words(html.fromstring(first.content.decode()).xpath("//main")[0]) == words(
        html.fromstring(second.content.decode()).xpath("//main")[0]
    )


def test_unknown_number_says_what_to_do_and_leads_back_to_typing_it(client):
    page = html.fromstring(client.get(UNKNOWN).content.decode())

    assert words(page.xpath("//main//h1")[0]) == "没有这份证书"
    assert len(page.xpath("//main//li[not(ancestor::nav)][contains(., '编号') or contains(., '证书')]")) >= 2
    [way_on] = page.xpath("//main//a[contains(@class, 'btn')]")
    assert (words(way_on), way_on.get("href")) == ("重新输入编号", "/verify/")


@pytest.mark.parametrize("typed", ["李嘉明", " 李 嘉明 ", "李·嘉明"])
def test_full_name_is_shown_to_who_knows_it(client, certificate, typed):
    assert "李嘉明" in words(page_of(client, address_of(certificate), name=typed))


def test_wrong_name_is_not_told_the_right_one(client, certificate):
    text = words(page_of(client, address_of(certificate), name="李某明"))

    assert "与证书上的姓名不一致" in text
    assert "李嘉明" not in text


def test_many_wrong_names_end_the_comparing_for_everybody(client, certificate):
    for _try in range(verification.MOST_NAMES_FOR_ONE):
        client.post(address_of(certificate), {"name": "王芳"})

    other = Client(REMOTE_ADDR="192.0.2.7")

    assert other.post(address_of(certificate), {"name": "李嘉明"}).status_code == 429
    assert other.get(address_of(certificate)).status_code == 200


def test_many_unknown_numbers_end_the_trying_from_one_address(client, certificate):
    for _try in range(verification.MOST_UNKNOWN):
        client.get(UNKNOWN)

    assert (client.get(UNKNOWN).status_code, client.get(address_of(certificate)).status_code) == (429, 429)
    assert Client(REMOTE_ADDR="192.0.2.7").get(address_of(certificate)).status_code == 200


def test_counters_keep_no_address_and_are_forgotten(client, certificate):
    client.get(UNKNOWN)

    assert "127.0.0.1" not in VerificationCount.objects.get().key
    assert [forget_tries(at=NOON), forget_tries(at=NOON + 2 * verification.KEPT)] == [0, 1]


def test_erased_holder_leaves_a_page_without_a_name(client, certificate):
    Certificate.objects.update(name="", resident=None)

    text = words(page_of(client, address_of(certificate)))

    assert "应持证人要求已删除" in text
    assert page_of(client, address_of(certificate), name="李嘉明") is not None


@pytest.mark.parametrize(
    ("name", "shown"), [("李明", "李*"), ("李嘉明", "李*明"), ("欧阳娜娜", "欧**娜"), ("李", "李*")]
)
def test_name_is_masked(name, shown):
    assert masked(name) == shown


# The signed file


def test_pasted_credential_is_checked(client, certificate):
    text = words(page_of(client, "/verify/credential/", credential=f"\n{certificate.credential}\n"))

    assert "数字签名一致" in text


def test_credential_of_a_revoked_certificate_says_so(client, certificate):
    revoke_certificate(certificate, kind="mistake", reason="误", by=organiser_of(certificate.activity), at=NOON)

    text = words(page_of(client, "/verify/credential/", credential=certificate.credential))

    assert "这份证书已撤销" in text
    assert "数字签名一致" not in text


@pytest.mark.parametrize("place", [0, 40, 700, -1])
def test_changed_credential_is_refused(client, certificate, place):
    changed = bytearray(certificate.credential.encode())
    changed[place] ^= 1

    found = page_of(client, "/verify/credential/", status=422, credential=changed.decode("latin-1"))

    assert "请勿采信" in words(found.xpath("//main")[0])


def test_nothing_sent_is_refused(client):
    page = page_of(client, "/verify/credential/", status=422, credential="", file="")

    assert [words(error) for error in page.xpath("//*[@class='error']")] == ["请粘贴凭证文本，或者选择凭证文件。"]


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"%PDF-1.7 \xff", "这是打印用的证书。请选择以.jwt结尾的凭证文件，或者按证书上印的编号查验。"),
        (b"e30.e30.e30", "这不是本平台签发的凭证，或者内容已被改动，请勿采信。"),
    ],
)
def test_wrong_file_is_named_beside_the_file_only(client, certificate, content, says):
    sent = SimpleUploadedFile("cert.pdf", content)

    page = page_of(client, "/verify/credential/", status=422, credential="", file=sent)

    assert [words(error) for error in page.xpath("//*[@class='error']")] == [says]
    assert page.xpath("//*[@id='id_file_error']")


def test_chosen_file_is_checked(client, certificate):
    sent = SimpleUploadedFile("certificate.jwt", certificate.credential.encode())

    assert "数字签名一致" in words(page_of(client, "/verify/credential/", credential="", file=sent))


# What the addresses in a credential lead to


def claims(certificate: Certificate) -> dict:
    return read_credential(certificate.credential, verification_keys("credential"))


def local(address: str) -> str:
    return address.removeprefix("http://127.0.0.1:8000")


def test_issuer_of_the_credential_has_a_profile(client, certificate):
    issuer = claims(certificate)["issuer"]

    document = client.get(local(issuer["id"])).json()

    assert {name: document[name] for name in issuer} == issuer


def test_key_of_the_credential_is_published(client, certificate):
    (method,) = client.get(local(claims(certificate)["iss"])).json()["verificationMethod"]

    key = client.get(local(method)).json()

    assert (key["kty"], key["crv"], key["kid"]) == ("OKP", "Ed25519", method.rstrip("/").rpartition("/")[2])
    assert client.get("/credentials/keys/").json() == {"keys": [key]}
    assert key["x"] in {row["public_key"] for row in client.get("/.well-known/qixue-keys.json").json()["keys"]}


def test_status_of_the_credential_is_a_signed_list(client, certificate):
    answer = client.get(local(claims(certificate)["credentialStatus"]["statusListCredential"]))

    assert answer["Content-Type"] == "application/vc+jwt"
    assert (
        read_credential(answer.content.decode(), verification_keys("credential"))["iss"] == claims(certificate)["iss"]
    )


def test_achievement_of_the_credential_can_be_read(client, certificate):
    achievement = claims(certificate)["credentialSubject"]["achievement"]

    assert json.loads(client.get(local(achievement["id"])).content) == achievement


def test_list_that_nobody_is_on_is_missing(client, certificate):
    assert client.get(f"/credentials/issuers/{certificate.organisation.code}/status/2/").status_code == 404
