"""The door app as it is served: a public page without data, and one set of files that belong together."""

import hashlib
import json
import re
from typing import Any

import pytest
from django.contrib.staticfiles import finders
from django.test import Client
from tests.factories import RegistrationFactory, ResidentFactory

from qixue.participation.door_words import SHOWN
from qixue.participation.merge import LET_IN, NAME_GONE
from qixue.web.door.shell import PACKAGE, STATIC
from qixue.web.door.words import WORDS, words

pytestmark = pytest.mark.django_db

SCRIPTS = {path.name: path.read_text(encoding="utf-8") for path in sorted((STATIC / "door").glob("*.js"))}
TEMPLATES = sorted((PACKAGE.parent / "templates" / "door").glob("*.html"))
PAGES = ("/door/", "/door/manifest.webmanifest")
VERDICTS = re.findall(r"\b(\w+): \"(?:good|mind|stop)\"", SCRIPTS["verdicts.js"])


def shell_of(worker: str) -> dict[str, Any]:
    return json.JSONDecoder().raw_decode(worker.removeprefix("const SHELL = "))[0]


def test_page_names_nobody_and_asks_the_database_nothing(client: Client, django_assert_num_queries: Any):
    RegistrationFactory(resident=ResidentFactory(name="张桂兰"))

    with django_assert_num_queries(0):
        page = client.get("/door/")

    assert "张桂兰" not in page.content.decode()


def test_page_keeps_the_strict_policy_of_the_site(client: Client):
    policy = client.get("/door/")["Content-Security-Policy"]

    assert policy == client.get("/about/privacy/")["Content-Security-Policy"]
    assert "unsafe" not in policy
    assert client.get("/door/sw.js")["Content-Security-Policy"] == policy


def test_worker_lists_every_file_with_its_digest(client: Client):
    answer = client.get("/door/sw.js")

    files = shell_of(answer.content.decode())["files"]
    own = {name: digest for name, digest in files.items() if name.startswith("/static/door/")}
    assert answer["Content-Type"] == "text/javascript; charset=utf-8"
    assert {name: [digest_of(name)] for name in own} == own
    assert {f"/static/door/{name}" for name in SCRIPTS} <= own.keys()
    assert [name for name in files if finders.find(name.removeprefix("/static/")) is None] == []


def test_worker_knows_the_digest_of_the_page_in_each_language(client: Client):
    digests = shell_of(client.get("/door/sw.js").content.decode())["digests"]

    served = []
    for language in ("zh-hans", "en"):
        client.cookies["qixue_language"] = language
        served.append(hashlib.sha256(client.get("/door/").content).hexdigest())
    assert served == digests
    assert len(set(digests)) == 2


def digest_of(address: str) -> str:
    return hashlib.sha256((STATIC / address.removeprefix("/static/")).read_bytes()).hexdigest()


def test_worker_is_another_one_when_the_page_changes(client: Client, settings: Any):
    first = shell_of(client.get("/door/sw.js").content.decode())["version"]
    again = shell_of(client.get("/door/sw.js", headers={"Accept-Language": "en"}).content.decode())["version"]
    settings.QIXUE = {**settings.QIXUE, "SITE_NAME": "新名字"}

    changed = shell_of(client.get("/door/sw.js").content.decode())["version"]

    assert first == again
    assert first != changed


def test_modules_import_only_files_that_are_kept():
    imported = {
        (name, path)
        for name, text in SCRIPTS.items()
        for path in re.findall(r"(?:from|import)\(? ?\"(\./[^\"]+)\"", text)
    }

    assert len(imported) > 20
    assert [pair for pair in sorted(imported) if not (STATIC / "door" / pair[1]).is_file()] == []


def test_manifest_is_in_the_language_of_the_reader(client: Client):
    names = []
    for language in ("zh-hans", "en"):
        client.cookies["qixue_language"] = language
        manifest = client.get("/door/manifest.webmanifest").json()
        names.append((manifest["name"], manifest["lang"], manifest["scope"], manifest["start_url"]))

    assert names == [("齐学签到台", "zh-hans", "/door/", "/door/"), ("齐学 door", "en", "/door/", "/door/")]


@pytest.mark.parametrize(
    ("accepted", "chosen", "language"),
    [
        ("en-GB,en;q=0.9", "", "en"),
        ("zh-CN,zh;q=0.9,en;q=0.8", "", "zh-hans"),
        ("de", "", "zh-hans"),
        ("en-GB,en;q=0.9", "zh-hans", "zh-hans"),
        ("zh-CN", "en", "en"),
    ],
)
def test_app_is_in_the_language_of_the_phone_unless_one_was_chosen(
    accepted: str, chosen: str, language: str, client: Client
):
    client.cookies["qixue_language"] = chosen

    page, manifest = (client.get(path, headers={"Accept-Language": accepted}) for path in PAGES)

    assert f'<html lang="{language}">' in page.content.decode()
    assert (page["Content-Language"], manifest.json()["lang"]) == (language, language)


def test_every_word_that_is_asked_for_exists_and_no_other():
    asked = {name for text in SCRIPTS.values() for name in re.findall(r"\bword\(\"(\w+)\"", text)}
    asked |= {name for text in SCRIPTS.values() for name in re.findall(r"\bsay\(.+, \"(\w+)\"\)", text)}
    asked |= {name for path in TEMPLATES for name in re.findall(r"data-word=\"(\w+)\"", path.read_text())}
    asked |= {name for path in TEMPLATES for name in re.findall(r"words\.(\w+)", path.read_text())}
    asked |= {name for pair in re.findall(r"\? \"(\w+)\" : \"(\w+)\"\)", SCRIPTS["screens.js"]) for name in pair}
    asked |= {*VERDICTS, *(f"{code}_help" for code in VERDICTS)}
    asked |= {"scan", "code", "name", "walk_in", "head_count", "ticket", "exact", "about"}  # ways, kinds, qualifiers
    asked |= {f"sent_{verdict}" for verdict in ("counted", "already_in", "review", "refused", "accepted", "rejected")}

    assert sorted(words("en")) == sorted(asked)
    assert set(WORDS) == set(words("zh-hans")) - {"other_language"}


def test_server_knows_all_that_the_app_can_show():
    assert sorted([*VERDICTS, NAME_GONE]) == sorted([*SHOWN, *(LET_IN - {""})])


def test_languages_differ_in_every_sentence_and_share_the_placeholders():
    chinese, english = words("zh-hans"), words("en")

    def holes(text: str) -> set[str]:
        return set(re.findall(r"\{\w+\}", text))

    assert [name for name in english if chinese[name] == english[name]] == []
    assert [name for name in english if holes(chinese[name]) != holes(english[name])] == []


def test_code_of_others_is_as_it_came():
    vendor = STATIC / "door" / "vendor"
    listed = (vendor / "THIRD_PARTY.txt").read_text()

    digests = {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in vendor.rglob("*.js")}

    assert [name for name, digest in digests.items() if digest not in listed] == []


def test_code_of_others_is_named_with_its_licence():
    vendor = STATIC / "door" / "vendor"
    listed = (vendor / "THIRD_PARTY.txt").read_text()

    scripts = sorted(path.relative_to(vendor).as_posix() for path in vendor.rglob("*.js"))

    assert scripts == sorted(re.findall(r"^([\w/-]+\.js)", listed, re.M))
    assert sorted(path.relative_to(vendor).as_posix() for path in vendor.rglob("*LICENSE.txt")) == [
        "noble-ed25519.LICENSE.txt",
        "qr/LICENSE.txt",
    ]
