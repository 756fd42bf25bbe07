"""The pure parts: the envelope, the evidence beside it, and how an outsider checks a file with what the docs say."""

import hashlib
import io
import json
import re
import subprocess
import sys
import zipfile
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from tests.counted import check_in, head_count
from tests.factories import SessionFactory, key
from tests.ledger_histories import void
from tests.report.samples import sample
from tests.report.sealed_files import in_member, issued, rewritten

from qixue.core.figures import FigureDefinition, registry
from qixue.core.refusal import Refused
from qixue.core.signing_keys import public_keys, published
from qixue.participation.chain import entry_content
from qixue.participation.models import LedgerEntry
from qixue.participation.queries import ledger_entries
from qixue.participation.queries.session_roots import roots_of
from qixue.participation.session_evidence import ENTRIES_BY_NAME
from qixue.report.docx_writer import write_docx
from qixue.report.models import Seal
from qixue.report.official_document import printed_codes, printed_lines
from qixue.report.printed_numbers import missing_codes
from qixue.report.reading import LARGEST_PART, MOST_MEMBERS, WORD, read_summary
from qixue.report.seal_format import FORMATS, BadSeal, holds, read_envelope, sealed, text_digest, without_spaces
from qixue.report.sealed_evidence import RecordChanges, changes, packed, unpacked

KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
KEYS = {"0badcafe": KEY.public_key().public_bytes_raw()}
DOCUMENT = Path(__file__).parents[2] / "docs" / "reference" / "seals.md"
FIGURE = {
    "code": "F1",
    "name": "参与人次",
    "definition": "attendance",
    "rule_version": 1,
    "dimensions": {"brand": "B1"},
    "value": "3500",
    "qualifier": "at_least",
    "unit": "attendance",
    "text": "3500多人次",
    "number": "3500多",
    "record_count": 1,
    "evidence_root": "ab" * 32,
}
PAYLOAD = {
    "format": "qixue-seal/1",
    "programme": {"code": "week", "name": "活动周"},
    "number": 1,
    "title": "工作总结",
    "sealed_at": "2026-11-04T04:00:00Z",
    "text_sha256": "cd" * 32,
    "figures": [FIGURE],
    "printed": ["F1", "F1"],
}


def envelope_text(**changes: object) -> str:
    return sealed({**PAYLOAD, **changes}, lambda message: ("0badcafe", KEY.sign(message))).text()


def test_envelope_is_read_as_it_was_written() -> None:
    envelope = read_envelope(envelope_text())

    assert (envelope.payload, envelope.kid, holds(envelope, KEYS)) == (PAYLOAD, "0badcafe", True)


@pytest.mark.parametrize("name", FORMATS)
def test_seals_of_both_formats_are_read(name: str) -> None:
    assert read_envelope(envelope_text(format=name)).format == name


@pytest.mark.parametrize(
    ("old", "new"), [("3500多人次", "3600多人次"), ('"number":1', '"number":2'), ("0badcafe", "0badcaff")]
)
def test_any_other_digit_breaks_the_signature(old: str, new: str) -> None:
    assert not holds(read_envelope(envelope_text().replace(old, new)), KEYS)


@pytest.mark.parametrize(
    "changes",
    [
        {"format": "qixue-seal/3"},
        {"programme": "week"},
        {"programme": {"code": "a\0b"}},
        {"number": 0},
        {"number": 10**30},
        {"number": "one"},
        {"sealed_at": "yesterday"},
        {"text_sha256": ""},
        {"figures": [FIGURE, FIGURE]},
        {"figures": [{**FIGURE, "value": 3500}]},
        {"figures": [{"code": "F1"}]},
        {"figures": 7},
        {"printed": ["F2"]},
    ],
)
def test_list_of_another_form_is_no_seal(changes: dict[str, object]) -> None:
    text = envelope_text(**changes)

    with pytest.raises(BadSeal):
        read_envelope(text)


@pytest.mark.parametrize("text", ["", "{}", "[]", "7", '{"payload": 1.5}', "[" * 100_000])
def test_other_json_is_no_seal(text: str) -> None:
    with pytest.raises(BadSeal):
        read_envelope(text)


def test_words_of_the_docx_are_the_printed_lines_in_the_same_order() -> None:
    """So that what is sealed before the file is written is what a reader of the file finds."""
    file = read_summary(write_docx(sample()))

    assert file.words == without_spaces("".join(printed_lines(sample())))
    assert [code for code, _text in file.controls] == printed_codes(sample()) == ["F1", "F1"]


def test_spaces_and_line_ends_do_not_change_the_digest() -> None:
    assert text_digest("共 3500多\n人次\u3000") == text_digest("共3500多人次")


def test_evidence_is_unpacked_as_it_was_packed() -> None:
    evidence = {"F1": [("ledger:A/1", "aa"), ("ledger:A/2", "bb")], "F2": [("ledger:A/2", "bb")], "F3": []}

    assert unpacked(packed(evidence)) == evidence


def test_changes_of_records_are_told_apart() -> None:
    before, after = [("a", "1"), ("b", "2"), ("c", "3")], [("b", "2"), ("c", "4"), ("d", "5")]

    assert changes(before, after) == RecordChanges(added=("d",), gone=("a",), changed=("c",))
    assert len(changes(before, before)) == 0


@pytest.mark.parametrize(
    ("words", "missing"),
    [
        ("共500人次参加", []),
        ("共3500人次参加", ["F1"]),
        ("共500人次、5000人次", []),
        ("共0.500人次", ["F1"]),
        ("", ["F1"]),
    ],
)
def test_number_is_looked_for_as_a_whole(words: str, missing: list[str]) -> None:
    assert missing_codes([("F1", "500人次")], words) == missing


def programs() -> list[str]:
    """Those in the documentation."""
    return re.findall(r"```python\n(.*?)```", DOCUMENT.read_text(encoding="utf-8"), re.S)


@pytest.mark.django_db
def test_program_in_the_documentation_gives_the_root_of_a_session_from_the_exported_ledger() -> None:
    """As it was when a seal gave the length of the ledger, whatever was entered afterwards or in another year."""
    session = SessionFactory(activity__code="tea", number=1, counting_rule="head_count")
    activity, keeper = session.activity, session.activity.organisation
    check_in(SessionFactory(activity__code="tea", activity__organisation=keeper, number=1), key())
    check_in(session, key(), key(), key())
    head_count(session, 40)
    void(LedgerEntry.objects.select_related("organisation").get(sequence=3))
    roots = roots_of([session.pk])[session.pk]
    check_in(session, key())
    lines = [
        json.dumps({**entry_content(entry), "hash": entry.hash, "previous_hash": entry.previous_hash})
        for entry in ledger_entries()
    ]
    names: dict[str, Any] = {"hashlib": hashlib, "json": json}
    for program in programs()[:-1]:
        exec(program, names)  # noqa: S102 - our own documentation

    asked = (lines, activity.programme.code, "tea", 1, {keeper.code: 6})
    found = [names["digest_of_session"](*asked, only_names=only) for only in (False, True)]

    assert found == list(roots)


def test_documentation_names_each_figure_that_takes_entries_by_name_alone() -> None:
    [sentence] = re.findall(r"Figures of people by name\s\(([^)]*)\)", DOCUMENT.read_text(encoding="utf-8"))
    by_name = [code for code, each in registry.definitions.items() if standing_of(each) is ENTRIES_BY_NAME.standing]

    assert sorted(re.findall(r"`(\w+)`", sentence)) == sorted(by_name)


def standing_of(definition: FigureDefinition) -> object:
    return definition.session_records and definition.session_records.standing


@pytest.mark.django_db
def test_program_in_the_documentation_checks_an_issued_file(seal: Seal, tmp_path: Path) -> None:
    *_roots, program = programs()
    files = {name: tmp_path / name for name in ("check.py", "keys.json", "good.docx", "words.docx", "list.docx")}
    files["check.py"].write_text(program, encoding="utf-8")
    files["keys.json"].write_text(json.dumps({"keys": [published(key) for key in public_keys()]}))
    files["good.docx"].write_bytes(issued(seal))
    files["words.docx"].write_bytes(rewritten(issued(seal), in_member("document", "3500多", "3600多")))
    files["list.docx"].write_bytes(rewritten(issued(seal), in_member("customXml", "3500多", "3600多")))

    def run(name: str) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, str(files["check.py"]), str(files[name]), str(files["keys.json"])]
        return subprocess.run(command, capture_output=True, text=True, check=False)

    assert run("good.docx").stdout == "words as sealed: True\n"
    assert run("words.docx").stdout == "words as sealed: False\n"
    assert "InvalidSignature" in run("list.docx").stderr


def archive(**members: bytes) -> bytes:
    output = io.BytesIO()
    with zipfile.ZipFile(output, "w", zipfile.ZIP_DEFLATED) as target:
        for name, content in members.items():
            target.writestr(name.replace("__", "/").replace("_xml", ".xml"), content)
    return output.getvalue()


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"no archive",
        b"PK\x03\x04",
        archive(word__document_xml=b"<broken"),
        archive(word__document_xml=b"<a>" + b" " * (LARGEST_PART + 1) + b"</a>"),
        archive(**{f"part{number}": b"" for number in range(MOST_MEMBERS + 1)}),
        archive(xl__workbook_xml=b"<workbook/>"),
    ],
)
def test_file_that_is_no_summary_or_made_to_hurt_is_refused(data: bytes) -> None:
    with pytest.raises(Refused) as refusal:
        read_summary(data)

    assert refusal.value.code == "not_a_summary"


def test_entity_in_a_file_is_not_followed(tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_text("geheim")
    entity = f'<!DOCTYPE a [<!ENTITY e SYSTEM "file://{secret}">]>'
    body = f'{entity}<w:p xmlns:w="{WORD[1:-1]}"><w:r><w:t>&e;</w:t></w:r></w:p>'

    assert "geheim" not in read_summary(archive(word__document_xml=body.encode())).words
