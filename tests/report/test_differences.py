"""What changed behind a figure since it was sealed is named down to the entry, though a seal names sessions only."""

from collections.abc import Callable

import pytest
from tests.counted import check_in, head_count
from tests.factories import (
    NOON,
    ActivityFactory,
    BrandFactory,
    MemberFactory,
    ProgrammeFactory,
    ResidentFactory,
    SessionFactory,
    UserFactory,
    key,
)
from tests.factories_afterwards import organiser_of
from tests.ledger_histories import void

from qixue.core.figures import shared_reads
from qixue.core.quantity import Qualifier
from qixue.figures.models import NamedFigure
from qixue.figures.queries import figures_named
from qixue.participation.models import LedgerEntry, Participant
from qixue.participation.operations.cells import keep_cells
from qixue.participation.operations.ledger import correct_entry
from qixue.participation.queries.ledger_heads import ledger_heads
from qixue.people.models import Merge
from qixue.people.operations.erasure import erase_account
from qixue.people.operations.merging import merge_people
from qixue.programme.models import Activity, Programme, Session
from qixue.report.differences import Stand, differences, stand_now
from qixue.report.seal_format import FIRST_FORMAT, FORMAT
from qixue.report.sealed_evidence import RecordChanges
from qixue.report.sealing import states_in

pytestmark = pytest.mark.django_db
ANNA, BERT, CLARA = key(), key(), key()


@pytest.fixture
def programme() -> Programme:
    """Two sessions of one organisation; three people came to the first, and heads were counted at the second."""
    programme = ProgrammeFactory(code="week", organisation__code="lib")
    NamedFigure.objects.create(programme=programme, code="F1", definition="attendance", position=1)
    NamedFigure.objects.create(programme=programme, code="F2", definition="participants", position=2)
    tea = ActivityFactory(programme=programme, code="tea")
    first = SessionFactory(activity=tea, number=1)
    second = SessionFactory(activity=tea, number=2, counting_rule=Session.CountingRule.HEAD_COUNT)
    check_in(first, ANNA, BERT, CLARA)
    head_count(second, 40)
    return programme


def session(number: int) -> Session:
    return Session.objects.select_related("activity__organisation", "activity__programme").get(number=number)


def entry(sequence: int) -> LedgerEntry:
    return LedgerEntry.objects.select_related("organisation").get(sequence=sequence)


def stand(programme: Programme, seal_format: str = FORMAT) -> Stand:
    """As it would be sealed now."""
    states = states_in(seal_format, figures_named(programme, ["F1", "F2"]))
    lengths = tuple((head.organisation, head.length) for head in ledger_heads(programme))
    return Stand(programme.code, seal_format, states, lengths)


def records(before: Stand, after: Stand) -> dict[str, list[str]]:
    """By figure the ids of the records, with a sign for what came (+), went (-) or says something else (~)."""
    return {each.figure.code: signed(each.records) for each in differences(before, after)}


def signed(found: RecordChanges | None) -> list[str]:
    groups = [] if found is None else [("-", found.gone), ("+", found.added), ("~", found.changed)]
    return [f"{sign}{record}" for sign, group in groups for record in group]


def changed(programme: Programme, before: Stand) -> dict[str, list[str]]:
    return records(before, stand_now(programme, before))


@pytest.mark.parametrize("seal_format", [FIRST_FORMAT, FORMAT])
def test_nothing_changes_while_nothing_is_entered(programme: Programme, seal_format: str) -> None:
    """Whether tallies wait, are merged, or their sessions get another time."""
    before = stand(programme, seal_format)

    keep_cells()
    Session.objects.filter(number=1).update(starts_at=None)

    assert changed(programme, before) == {}


def test_both_formats_count_as_many_records(programme: Programme) -> None:
    counts = [
        {code: state.figure.record_count for code, state in stand(programme, each).states.items()}
        for each in (FIRST_FORMAT, FORMAT)
    ]

    assert counts == [{"F1": 4, "F2": 3}] * 2


@pytest.mark.parametrize("seal_format", [FIRST_FORMAT, FORMAT])
def test_entries_that_came_later_are_named(programme: Programme, seal_format: str) -> None:
    before = stand(programme, seal_format)
    keep_cells()

    check_in(session(1), key())

    assert changed(programme, before) == {code: ["+ledger:lib/5"] for code in ("F1", "F2")}


@pytest.mark.parametrize("seal_format", [FIRST_FORMAT, FORMAT])
def test_entry_that_was_taken_back_is_named(programme: Programme, seal_format: str) -> None:
    before = stand(programme, seal_format)

    void(entry(2))

    assert changed(programme, before) == {code: ["-ledger:lib/2"] for code in ("F1", "F2")}


@pytest.mark.parametrize("seal_format", [FIRST_FORMAT, FORMAT])
def test_correction_is_named_with_what_it_replaced_and_only_where_it_counts(
    programme: Programme, seal_format: str
) -> None:
    before = stand(programme, seal_format)

    given = {"count": 46, "qualifier": Qualifier.EXACT, "reason": "补报", "evidence": None}
    correct_entry(entry(4), by=organiser_of(entry(4).activity), at=NOON, client_uuid=key(), **given)

    assert changed(programme, before) == {"F1": ["-ledger:lib/4", "+ledger:lib/5"]}


def test_entry_that_came_and_went_since_changes_nothing(programme: Programme) -> None:
    before = stand(programme)

    check_in(session(1), key())
    void(entry(5))

    assert changed(programme, before) == {}


def test_session_that_was_counted_for_the_first_time_is_named_by_its_entries(programme: Programme) -> None:
    before = stand(programme)

    check_in(SessionFactory(activity=Activity.objects.get(), number=3), ANNA)

    assert changed(programme, before)["F1"] == ["+ledger:lib/5"]


def test_session_of_which_all_was_taken_back_is_named_by_its_entries(programme: Programme) -> None:
    before = stand(programme)

    void(entry(4))

    assert changed(programme, before) == {"F1": ["-ledger:lib/4"]}


def test_session_that_moved_out_of_the_figure_is_named_as_a_whole(programme: Programme) -> None:
    brand = BrandFactory()
    Activity.objects.update(brand=brand)
    NamedFigure.objects.filter(code="F1").update(brand_code=brand.code)
    before = stand(programme)

    Activity.objects.update(brand=None)

    assert changed(programme, before) == {"F1": ["-tally:tea/1", "-tally:tea/2"]}


def test_two_seals_are_compared_down_to_the_entries_between_them(programme: Programme) -> None:
    first = stand(programme)
    check_in(session(1), key())
    second = stand(programme)
    check_in(session(1), key())

    assert records(first, second)["F1"] == ["+ledger:lib/5"]
    assert records(second, first)["F1"] == ["-ledger:lib/5"]


def test_seals_of_two_formats_are_compared_by_their_numbers(programme: Programme) -> None:
    """Their roots always differ."""
    first = stand(programme, FIRST_FORMAT)
    assert differences(first, stand(programme)) == []

    void(entry(4))

    assert records(first, stand(programme)) == {"F1": []}


def erased(people: list[Participant]) -> None:
    erase_account(people[0].resident.user, at=NOON)


def merged_with_whom_nobody_counted(people: list[Participant]) -> None:
    merge_people(people[0].resident, ResidentFactory(), ground=Merge.Ground.PROVED, by=UserFactory(), at=NOON)


@pytest.mark.parametrize("act", [erased, merged_with_whom_nobody_counted])
def test_what_is_forgotten_of_people_changes_nothing(
    programme: Programme, act: Callable[[list[Participant]], None]
) -> None:
    """The hashes of the ledger hold."""
    people = [Participant.objects.create(resident=MemberFactory(), programme=programme) for _person in range(2)]
    check_in(session(1), *(person.token for person in people))
    keep_cells()
    before = stand(programme)

    act(people)

    assert changed(programme, before) == {}


def test_merge_of_two_who_were_both_counted_is_named_by_its_entries(programme: Programme) -> None:
    people = [Participant.objects.create(resident=MemberFactory(), programme=programme) for _person in range(2)]
    check_in(session(1), people[0].token)
    check_in(session(2), people[1].token)
    keep_cells()
    before = stand(programme)

    residents = [person.resident for person in people]
    merge_people(*residents, ground=Merge.Ground.PROVED, by=residents[0].user, at=NOON)

    [gone, added] = changed(programme, before)["F1"]
    assert gone.startswith("-ledger:lib/")
    assert added == "+ledger:lib/8"


def test_records_of_a_figure_are_read_once_for_all_that_stand_on_them(
    programme: Programme, django_assert_max_num_queries: Callable
) -> None:
    figures = figures_named(programme, ["F1", "F2"])
    keep_cells()

    with shared_reads(), django_assert_max_num_queries(6):
        for figure in figures * 3:
            figure.folded_records()
