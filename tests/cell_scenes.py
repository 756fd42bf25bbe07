"""The figures that cells say, beside a recount."""

from collections import defaultdict

from qixue.core.digests import root_of_set
from qixue.core.figures import Scope, registry

FIGURES = ("attendance", "participants", "named_share", "repeat_rate", "training_attendances")


def assert_recount(scope: Scope) -> None:
    for code in FIGURES:
        figure = registry.definitions[code]
        assert (code, figure.value(scope).quantity) == (code, figure.recount(scope).quantity)


def assert_rows_stand_for_their_entries(scope: Scope) -> None:
    """The row of each session has the root over those of its entries that are evidence today, and their number."""
    for code in ("attendance", "participants"):
        figure = registry.definitions[code]
        hashes: dict[int | None, list[str]] = defaultdict(list)
        for row in figure.evidence(scope):
            hashes[row.session_id].append(row.digest)
        assert figure.session_records is not None
        folded = {row.session_id: (row.digest, row.record_count) for row in figure.session_records.folded(scope)}
        assert folded == {session: (root_of_set(found), len(found)) for session, found in hashes.items()}
