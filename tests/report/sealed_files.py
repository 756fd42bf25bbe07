"""An issued summary, and its files changed as somebody would who hopes that nobody looks."""

import io
import uuid
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest
from tests.factories import NOON, RoleAssignmentFactory
from tests.factories_afterwards import organiser_of

from qixue.core.quantity import Qualifier
from qixue.demo.records import load_records
from qixue.figures.queries import Figure
from qixue.participation.models import LedgerEntry
from qixue.participation.operations.ledger import correct_entry
from qixue.people.models import Role, User
from qixue.places.operations import load_regions
from qixue.programme.models import Programme
from qixue.report import changes_since_asked, issuing, sealing
from qixue.report.issuing import ask_for_issue, issue_summary
from qixue.report.models import Seal
from qixue.report.seal_format import FIRST_FORMAT


def programme_of_2016() -> Programme:
    load_regions(at=NOON)
    return load_records(at=NOON)


def two_coordinators(programme: Programme) -> list[User]:
    """They may ask for the issue of the summary and issue it."""
    roles = [
        RoleAssignmentFactory(organisation=programme.organisation, role=Role.COORDINATOR, user__display_name=name)
        for name in ("梁静宜", "陈志远")
    ]
    return [role.user for role in roles]


def issued_by_two(programme: Programme, coordinators: list[User]) -> Seal:
    asker, issuer = coordinators
    return issue_summary(ask_for_issue(programme, by=asker, at=NOON), by=issuer, at=NOON)


@contextmanager
def as_before_sessions() -> Iterator[None]:
    """While it lasts, drafts are written and seals are set as by versions that knew the first format alone."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Figure, "folded_records", Figure.single_records)
        patch.setattr(sealing, "FORMAT", FIRST_FORMAT)
        patch.setattr(issuing, "FORMAT", FIRST_FORMAT)
        patch.setattr(changes_since_asked, "FORMAT", FIRST_FORMAT)
        yield


def issued(seal: Seal, kind: str = "docx") -> bytes:
    return bytes(seal.files.get(kind=kind).content)


def correct_f1() -> None:
    """The records behind the first figure change: 3500多 becomes 3600."""
    entry = LedgerEntry.objects.select_related("organisation").get(activity__code="B1-A")
    correct_entry(
        entry,
        count=3600,
        qualifier=Qualifier.EXACT,
        reason="补报",
        evidence=None,
        by=organiser_of(entry.activity),
        at=NOON,
        client_uuid=uuid.uuid4(),
    )


def rewritten(data: bytes, change: Callable[[str, str], str]) -> bytes:
    """The file with the text of some members changed; `change` is given the name and the text of each."""
    output = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as source, zipfile.ZipFile(output, "w") as target:
        for name in source.namelist():
            content = source.read(name)
            if name.endswith(".xml"):
                content = change(name, content.decode()).encode()
            target.writestr(name, content)
    return output.getvalue()


def in_member(part: str, old: str, new: str) -> Callable[[str, str], str]:
    """Replaces words in the members whose name contains `part`."""
    return lambda name, text: text.replace(old, new) if part in name else text


def without_seal(data: bytes) -> bytes:
    """As a program saves it that knows no custom XML."""
    return rewritten(data, lambda name, text: "<nothing/>" if name == "customXml/item2.xml" else text)


def without_controls(data: bytes) -> bytes:
    """The words alone, as after copying them into another document."""
    marks = ("<w:sdt>", "</w:sdt>", "<w:sdtContent>", "</w:sdtContent>")

    def plain(name: str, text: str) -> str:
        if name != "word/document.xml":
            return text
        for mark in marks:
            text = text.replace(mark, "")
        while "<w:sdtPr>" in text:
            text = text[: text.index("<w:sdtPr>")] + text[text.index("</w:sdtPr>") + len("</w:sdtPr>") :]
        return text

    return rewritten(data, plain)
