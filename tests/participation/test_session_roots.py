"""What stands for the entries of a session in a seal: roots that anybody can work out, and that are never old ones."""

import hashlib
from collections.abc import Callable

import pytest
from django.db import connection
from django.utils.translation import override
from tests.counted import check_in, head_count
from tests.factories import SessionFactory, key
from tests.ledger_histories import void

from qixue.core.digests import EMPTY, root_of_set
from qixue.participation.models import LedgerEntry, Tally
from qixue.participation.operations.attendances import rebuild_attendances
from qixue.participation.operations.cells import keep_cells
from qixue.participation.queries.session_roots import Roots, roots_of, roots_that_differ
from qixue.programme.models import Session

pytestmark = pytest.mark.django_db

AS_BEFORE = """
INSERT INTO participation_tally (activity_id, session_id, named_count, head_qualifier, attendance_count,
    attendance_qualifier, is_merged, merged_to)
VALUES (%s, %s, 1, '', 1, 'exact', %s, 0)
"""


def joined(left: str, right: str) -> str:
    return hashlib.sha256((left + right).encode()).hexdigest()


def test_root_of_three_digests_is_worked_out_by_hand_in_whatever_order_they_come() -> None:
    first, second, third = ("aa" * 32, "bb" * 32, "cc" * 32)

    assert root_of_set([third, first, second]) == joined(joined(first, second), third)
    assert root_of_set([first]) == first
    assert root_of_set([]) == EMPTY


@pytest.fixture
def session() -> Session:
    """Two came by name, and forty-six heads were counted."""
    session = SessionFactory(counting_rule=Session.CountingRule.HEAD_COUNT)
    check_in(session, key(), key())
    head_count(session, 46)
    return session


def kept(session: Session) -> Roots:
    return Roots(*Tally.objects.values_list("entries_root", "names_root").get(session=session))


def test_worker_keeps_the_roots_of_all_entries_and_of_those_by_name(session: Session) -> None:
    *names, head = LedgerEntry.objects.order_by("sequence").values_list("hash", flat=True)

    keep_cells()

    assert kept(session) == (root_of_set([*names, head]), root_of_set(names))
    assert roots_that_differ(session.activity.programme.code) == []


def test_entry_that_was_taken_back_is_in_no_root(session: Session) -> None:
    first, second, head = LedgerEntry.objects.order_by("sequence")
    keep_cells()

    void(first)
    void(head)
    keep_cells()
    keep_cells()  # its cell was made anew

    assert kept(session) == (second.hash, second.hash)


def test_session_without_an_entry_has_the_roots_of_nothing() -> None:
    assert roots_of([SessionFactory().pk]) == {Session.objects.get().pk: Roots(EMPTY, EMPTY)}


def someone_comes(session: Session) -> None:
    check_in(session, key())


def heads_are_taken_back(session: Session) -> None:
    void(LedgerEntry.objects.effective().head_counts().get(session=session))


def attendances_are_rebuilt(_session: Session) -> None:
    rebuild_attendances()


@pytest.mark.parametrize("act", [someone_comes, heads_are_taken_back, attendances_are_rebuilt])
def test_no_old_root_is_said_to_be_right(session: Session, act: Callable[[Session], None]) -> None:
    keep_cells()

    act(session)

    assert roots_that_differ(session.activity.programme.code) == []
    keep_cells()
    keep_cells()
    assert kept(session) == roots_of([session.pk])[session.pk]


@pytest.mark.parametrize("column", ["entries_root", "names_root"])
def test_recount_names_the_session_whose_root_was_changed(session: Session, column: str) -> None:
    keep_cells()

    Tally.objects.update(**{column: "0" * 64})

    with override("en"):
        assert roots_that_differ(session.activity.programme.code) == [f"{session.activity.code}/{session.number}"]


def test_the_version_before_can_write_tallies_while_a_site_is_updated() -> None:
    session = SessionFactory()
    values = [session.activity_id, session.pk, False]
    with connection.cursor() as cursor:
        cursor.execute(AS_BEFORE, values)

    tally = Tally.objects.get(session=session)

    assert (tally.entries_root, tally.names_root) == ("", "")
