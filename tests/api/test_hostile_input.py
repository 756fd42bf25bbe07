"""Whatever is sent: an answer in the one shape of errors, and nothing is written."""

import json
from typing import Any
from urllib.parse import quote

import pytest
from django.test import Client
from tests.api.cases import LINE, READ
from tests.api.conftest import ROOT, Ask, Scene
from tests.factories import key

from qixue.participation.models import LedgerEntry
from qixue.programme.models import PlanLine

pytestmark = pytest.mark.django_db

TEXTS = {
    "nul": "a\x00b",
    "zero_width_space": "\u200b",
    "right_to_left": "签到\u202e表",
    "lone_surrogate": "\ud800",
    "a_million_characters": "人" * 1_000_000,
    "empty": "",
    "only_spaces": "   ",
}
NUMBERS = {
    "full_width": "１２",
    "text": "12",
    "2_to_63": 2**63,
    "negative": -1,
    "fraction": 1.5,
    "true": True,
    "null": None,
    "list": [1],
    "a_thousand_digits": int("9" * 1000),
}
PATHS = ["１", str(2**63), "-1", "0", "1.0", "%00", "%E2%80%8B", "%ED%A0%80", "%FF", "9" * 5000, "1%0A", "a b", "..%2f"]


def is_error(answer: Any) -> bool:
    """4xx with the one shape of errors."""
    return 400 <= answer.status_code < 500 and sorted(answer.json()) == ["code", "details", "message"]


@pytest.mark.parametrize("text", TEXTS.values(), ids=TEXTS)
@pytest.mark.parametrize("field", ["note", "qualifier", "client_uuid", "no_such_field"])
def test_hostile_text_in_a_body_is_refused(field: str, text: str, scene: Scene, ask: Ask) -> None:
    before = LedgerEntry.objects.count()
    body = {"count": 12, "note": "签到表", "client_uuid": str(key()), field: text}

    answer = ask(
        "POST", f"/sessions/{scene.parts['own'].public_session.pk}/head-counts", body, token=scene.tokens["own"]
    )

    assert is_error(answer)
    assert len(answer.content) < 2000
    assert LedgerEntry.objects.count() == before


@pytest.mark.parametrize("number", NUMBERS.values(), ids=NUMBERS)
def test_hostile_number_in_a_body_is_refused(number: Any, scene: Scene, ask: Ask) -> None:
    before = LedgerEntry.objects.count()
    body = {"count": number, "note": "签到表", "client_uuid": str(key())}

    answer = ask(
        "POST", f"/sessions/{scene.parts['own'].public_session.pk}/head-counts", body, token=scene.tokens["own"]
    )

    assert is_error(answer)
    assert answer.json()["details"] == [] or answer.json()["details"][0]["field"] == "body.count"
    assert LedgerEntry.objects.count() == before


@pytest.mark.parametrize("text", TEXTS.values(), ids=TEXTS)
@pytest.mark.parametrize("field", ["title", "kind", "venue", "starts_at", "client_uuid", "no_such_field"])
def test_hostile_text_in_a_planned_line_is_refused(field: str, text: str, scene: Scene, ask: Ask) -> None:
    before = PlanLine.objects.count()
    body = {**LINE, "client_uuid": str(key()), field: text}

    answer = ask("POST", f"/plans/{scene.parts['own'].plan.pk}/lines", body, token=scene.tokens["own"])

    assert is_error(answer)
    assert len(answer.content) < 2000
    assert PlanLine.objects.count() == before


@pytest.mark.parametrize("number", NUMBERS.values(), ids=NUMBERS)
@pytest.mark.parametrize("field", ["version", "edit_count"])
def test_hostile_number_of_a_version_is_refused(field: str, number: Any, scene: Scene, ask: Ask) -> None:
    body = {**READ, "lines": [], field: number}

    answer = ask("PUT", f"/plans/{scene.parts['own'].plan.pk}/lines", body, token=scene.tokens["own"])

    assert (answer.status_code, is_error(answer)) == (422, True)


@pytest.mark.parametrize("tag", ["2-1", '"2-1', 'W/"2-1"', "*", '"２-1"', '"2-1", "2-2"', '"' + "9" * 5000 + '-1"', ""])
def test_hostile_etag_is_refused(tag: str, scene: Scene, ask: Ask) -> None:
    plan = scene.parts["own"].plan

    answer = ask("PUT", f"/plans/{plan.pk}/lines", {"lines": []}, token=scene.tokens["own"], **{"If-Match": tag})

    assert (answer.status_code, is_error(answer)) == (422, True)
    assert plan.versions.get(number=2).lines.count() == 2


@pytest.mark.parametrize(
    "body",
    [b"", b"null", b"[]", b'"x"', b"{", b"\xff\xfe", b"[" * 100_000, b'{"count": NaN}', b'{"count": 1e999}'],
    ids=["nothing", "null", "list", "text", "open", "no_utf8", "deep", "nan", "infinity"],
)
def test_body_that_is_no_object_is_refused(body: bytes, scene: Scene, ask: Ask) -> None:
    answer = ask(
        "POST", f"/sessions/{scene.parts['own'].public_session.pk}/head-counts", body, token=scene.tokens["own"]
    )

    assert is_error(answer)


def test_body_that_is_too_large_is_refused(scene: Scene, ask: Ask, settings: Any) -> None:
    settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 1000

    answer = ask(
        "POST",
        f"/sessions/{scene.parts['own'].public_session.pk}/head-counts",
        b'"' + b"x" * 2000 + b'"',
        token=scene.tokens["own"],
    )

    assert (answer.status_code, answer.json()["code"]) == (413, "too_large")


@pytest.mark.parametrize(
    "address",
    [
        "/programmes/{}",
        "/programmes/{}/sessions",
        "/programmes/{}/figures",
        "/programmes/week/figures/{}",
        "/programmes/week/figures/{}/evidence",
        "/sessions/{}",
        "/sessions/{}/ledger-entries",
        "/organisations/{}",
        "/brands/{}",
        "/regions/{}",
        "/programmes/{}/plans",
        "/plans/{}",
        "/plans/{}/lines",
        "/plans/1/lines/{}",
        "/{}",
    ],
)
def test_hostile_path_is_refused(address: str, scene: Scene, client: Client) -> None:
    headers = {"Authorization": f"Bearer {scene.tokens['own']}"}

    answers = {part: client.get(f"{ROOT}{address.format(part)}", headers=headers) for part in PATHS}

    assert [part for part, answer in answers.items() if not is_error(answer)] == []


QUERIES = [
    ("sessions", "q", ["", "\x00", "\u200b", "\u202e", "人" * 1000, "   "]),
    (
        "sessions",
        "day",
        ["0001-01-01", "9999-12-31", "２０２６-11-05", "20261105", "1", "2026-02-30", "2026-11-05T00:00"],
    ),
    ("sessions", "county", ["441", "４４１８２６", "\x00", "4" * 13, "a"]),
    ("sessions", "kind", ["nothing", ""]),
    ("sessions", "brand", ["\x00", "", "人"]),
    ("sessions", "page", ["0", "-1", "1e3", "２", str(2**63), "9" * 5000, "", "+1", "1.0", "1_0"]),
    ("plans", "state", ["nothing", "", "\x00"]),
    ("plans", "organisation", ["\x00", "", "人", "nobody"]),
    ("plans", "page", ["0", "-1", "２", "9" * 5000]),
    ("figures/attendance/evidence", "limit", ["0", "-1", "201", "２", str(2**63), "", "٣"]),
]


@pytest.mark.parametrize(
    ("address", "name", "values"), QUERIES, ids=[f"{address} {name}" for address, name, _ in QUERIES]
)
def test_hostile_query_is_refused(address: str, name: str, values: list[str], scene: Scene, ask: Ask) -> None:
    token = scene.tokens["own"]
    answers = {value: ask("GET", f"/programmes/week/{address}?{name}={quote(value)}", token=token) for value in values}

    assert [value for value, answer in answers.items() if (answer.status_code, is_error(answer)) != (422, True)] == []


@pytest.mark.parametrize(
    "query", ["q=%ED%A0%80", "q=%FF%FE", "%00=1", "q=1&%E2%80%AE=2", "a" * 5000, "day=2026-11-05%0A"]
)
def test_query_that_is_no_text_is_answered_without_a_fault(query: str, scene: Scene, ask: Ask) -> None:
    answer = ask("GET", f"/programmes/week/sessions?{query}")

    assert answer.status_code in (200, 422)


@pytest.mark.parametrize(
    "header", ["Bearer", "Bearer ", "Bearer \xff", "Basic YTpi", "qx_x", "Bearer " + "x" * 100_000]
)
def test_hostile_credentials_lead_to_nobody(header: str, scene: Scene, client: Client) -> None:
    answer = client.get(f"{ROOT}/programmes", headers={"Authorization": header})

    assert (answer.status_code, answer.json()["code"]) == (401, "not_signed_in")
    assert answer["WWW-Authenticate"] == "Bearer"


@pytest.mark.parametrize("language", ["", "*", "x" * 10_000, "zh;q=2", "en-\xff", ";;;,,,", "zh-Hans-CN,en;q=0.1"])
def test_hostile_language_falls_back_to_chinese(language: str, ask: Ask) -> None:
    answer = ask("GET", "/programmes/nothing", **{"Accept-Language": language})

    assert (answer.status_code, answer["Content-Language"]) == (404, "zh-hans")


@pytest.mark.parametrize("method", ["PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "BREW"])
def test_other_methods_are_named_as_such(method: str, ask: Ask) -> None:
    answer = ask(method, "/programmes")

    assert (answer.status_code, answer["Allow"], answer.json()["code"]) == (405, "GET", "method_not_allowed")


def test_document_is_offline_and_complete(ask: Ask) -> None:
    document = ask("GET", "/openapi.json").json()

    assert document["openapi"].startswith("3.1")
    assert document["paths"][f"{ROOT}/programmes"]["get"]["security"] == [{"Bearer": []}, {}]
    assert document["paths"][f"{ROOT}/ledger-entries/{{entry_id}}/voids"]["post"]["security"] == [{"Bearer": []}]
    assert "http" not in json.dumps(document).replace('"scheme": "bearer", "type": "http"', "").replace(
        '"type": "http", "scheme": "bearer"', ""
    )
    assert ask("GET", "/docs").status_code == 404
