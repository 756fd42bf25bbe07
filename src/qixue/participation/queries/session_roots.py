"""What stands for all entries of a session in a seal: Merkle roots over their hashes (docs/reference/seals.md).

The worker keeps them beside the tally that it merges. Whatever adds an entry takes the mark of the tally back, so that
the root of a merged tally is never an old one.
"""

import uuid
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import NamedTuple

from django.db.models import QuerySet

from qixue.core.digests import root_of_set
from qixue.participation.models import LedgerEntry, Tally

SESSIONS_AT_ONCE = 500  # of which all entries are held together
Kind = LedgerEntry.Kind


class Roots(NamedTuple):
    """Over the entries of a session that count, and over those by name among them."""

    entries: str
    names: str


NO_ROOTS = Roots("", "")  # where nobody has worked them out, or a document states numbers without a session


class Line(NamedTuple):
    """What decides whether an entry counts, and what names it."""

    pk: int
    session: int
    kind: str
    token: uuid.UUID | None
    target: int | None
    hash: str
    organisation: str
    sequence: int

    @property
    def is_by_name(self) -> bool:
        return self.kind == Kind.ATTENDANCE and self.token is not None


def roots_of(sessions: Sequence[int]) -> dict[int, Roots]:
    """By key of the session, from its entries themselves; those without an entry have the roots of nothing."""
    found = dict.fromkeys(sessions, Roots(root_of_set([]), root_of_set([])))
    for start in range(0, len(sessions), SESSIONS_AT_ONCE):
        for session, lines in lines_of(sessions[start : start + SESSIONS_AT_ONCE]).items():
            counting = those_that_count(lines)
            names = [line.hash for line in counting if line.is_by_name]
            found[session] = Roots(root_of_set(line.hash for line in counting), root_of_set(names))
    return found


def lines_of(sessions: Collection[int]) -> dict[int, list[Line]]:
    """All entries of each session, those that no longer count as well."""
    rows = LedgerEntry.objects.filter(session__in=sessions).order_by()
    columns = ("pk", "session_id", "kind", "person_token", "target_id", "hash", "organisation__code", "sequence")
    found: dict[int, list[Line]] = defaultdict(list)
    for row in rows.values_list(*columns).iterator(chunk_size=2000):
        line = Line._make(row)
        found[line.session].append(line)
    return found


def those_that_count(lines: Iterable[Line]) -> list[Line]:
    """What replaces an entry of a session is of the same session: asking the database for each would take longer."""
    lines = list(lines)
    replaced = {line.target for line in lines}
    return [line for line in lines if line.kind != Kind.VOID and line.pk not in replaced]


def counting_at(lines: Iterable[Line], lengths: Mapping[str, int] | None) -> list[Line]:
    """Those that counted when the ledgers were so long, by organisation; today where no lengths are given.

    A ledger of which the length is not told had no entry yet.
    """
    if lengths is None:
        return those_that_count(lines)
    return those_that_count(line for line in lines if line.sequence <= lengths.get(line.organisation, 0))


def roots_that_differ(programme_code: str) -> list[str]:
    """The sessions whose roots beside a merged tally are not those of their entries, as ACTIVITY/NUMBER; empty when all
    is well.

    What is compared was not read at one moment, so that a session is named only when it differs twice.
    """
    merged = Tally.objects.filter(activity__programme__code=programme_code, session__isnull=False, is_merged=True)
    known = merged.exclude(entries_root="")
    differing = sessions_that_differ(known)
    differing = sessions_that_differ(known.filter(session__in=differing)) if differing else {}
    return sorted(differing.values())


def sessions_that_differ(tallies: "QuerySet[Tally]") -> dict[int, str]:
    rows = tallies.values_list("session_id", "entries_root", "names_root", "session__activity__code", "session__number")
    kept = {session: (Roots(entries, names), f"{code}/{number}") for session, entries, names, code, number in rows}
    counted = roots_of(list(kept))
    return {session: name for session, (roots, name) in kept.items() if roots != counted[session]}
