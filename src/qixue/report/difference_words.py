"""The records that changed behind a figure, named in sentences; a correction and what it replaced are one."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from qixue.participation.queries.ledger_heads import successors_of
from qixue.report.differences import FigureDifference
from qixue.report.sealed_evidence import RecordChanges

MOST_NAMED = 20


@dataclass(frozen=True)
class NamedDifference:
    """A difference as a page shows it."""

    code: str
    name: str
    old: str
    new: str
    sentence: str  # where the numbers alone do not tell what changed
    records: list[str]


def named_differences(differences: Iterable[FigureDifference]) -> list[NamedDifference]:
    return [
        NamedDifference(
            code=each.figure.code,
            name=each.figure.name,
            old=each.old.text if each.old else _("not printed"),
            new=each.new.text if each.new else _("not printed"),
            sentence=same_number_sentence(each),
            records=record_sentences(each.records),
        )
        for each in differences
    ]


def same_number_sentence(difference: FigureDifference) -> str:
    """Why a figure does not stand although its number is the same; empty where it is another number."""
    if difference.has_another_rule:
        return _("stands as sealed, but is counted by another rule since")
    if difference.is_same_number:
        return _("the number is the same, but records behind it have changed")
    return ""


def record_sentences(records: RecordChanges | None) -> list[str]:
    """At most twenty records by name, and how many others there are. Ids name no person."""
    if records is None:
        return []
    replaced = {old: new for old, new in successors_of(records.gone).items() if new in records.added}
    groups = (
        (_("%(id)s was replaced by %(new)s"), list(replaced.items())),
        (_("%(id)s no longer counts"), [(key, "") for key in records.gone if key not in replaced]),
        (_("%(id)s was added"), [(key, "") for key in records.added if key not in replaced.values()]),
        (_("%(id)s says something else"), [(key, "") for key in records.changed]),
    )
    named = [text % {"id": key, "new": new} for text, pairs in groups for key, new in pairs]
    others = len(named) - MOST_NAMED
    rest = ngettext("and %(count)d more", "and %(count)d more", others) % {"count": others}
    return [*named[:MOST_NAMED], rest] if others > 0 else named
