import pytest
from tests.factories import NOON, RoleAssignmentFactory
from tests.factories_swap_rounds import SwapRoundFactory, planned_ring, ring

from qixue.core.models import AuditEntry
from qixue.core.refusal import Refused
from qixue.people.models import Resident, Role, User
from qixue.swap.models import Handover, SwapRound
from qixue.swap.operations.at_once import confirm_all_here, confirm_all_received
from qixue.swap.operations.handovers import take_back_here

pytestmark = pytest.mark.django_db


@pytest.fixture
def round_() -> SwapRound:
    return SwapRoundFactory(state="handing_over")


@pytest.fixture
def desk(round_: SwapRound) -> User:
    return RoleAssignmentFactory(organisation=round_.organisation, role=Role.DOOR_VOLUNTEER).user


@pytest.fixture
def exchanges(round_: SwapRound) -> list[list[Handover]]:
    """Three, in each of which the same person gives the first thing and gets the last one."""
    found = [planned_ring(round_, ring(round_, 2)) for _exchange in range(3)]
    person = found[0][0].giver
    for first, last in found[1:]:
        Handover.objects.filter(pk=first.pk).update(giver=person)
        Handover.objects.filter(pk=last.pk).update(receiver=person)
    return [[Handover.objects.get(pk=row.pk) for row in rows] for rows in found]


def here(rows: list[Handover]) -> None:
    Handover.objects.filter(pk__in=[row.pk for row in rows]).update(giver_confirmed_at=NOON)


def test_one_press_says_that_somebody_is_here_with_everything(desk: User, exchanges: list[list[Handover]]) -> None:
    firsts = [rows[0] for rows in exchanges]

    noted = confirm_all_here(firsts[1], by=desk, at=NOON)
    again = confirm_all_here(firsts[1], by=desk, at=NOON)

    assert ([row.pk for row in noted], again) == ([row.pk for row in firsts], [])
    seen = Handover.objects.exclude(giver_confirmed_at=None)
    assert sorted(seen.values_list("pk", flat=True)) == sorted(row.pk for row in firsts)
    assert AuditEntry.objects.filter(action="swap.here").count() == 3


def test_what_was_noted_at_one_press_is_taken_back_one_by_one(desk: User, exchanges: list[list[Handover]]) -> None:
    noted = confirm_all_here(exchanges[0][0], by=desk, at=NOON)

    take_back_here(noted[2], by=desk, at=NOON)

    seen = Handover.objects.exclude(giver_confirmed_at=None).order_by("pk")
    assert list(seen) == noted[:2]


def test_one_press_hands_over_what_is_ready_and_nothing_else(desk: User, exchanges: list[list[Handover]]) -> None:
    here([*exchanges[0], *exchanges[1], exchanges[2][1]])

    noted = confirm_all_received(exchanges[0][1], by=desk, at=NOON)
    again = confirm_all_received(exchanges[0][1], by=desk, at=NOON)

    assert ([row.pk for row in noted], again) == ([exchanges[0][1].pk, exchanges[1][1].pk], [])
    assert Handover.objects.filter(state="done").count() == 2


def test_things_of_the_desk_itself_need_their_code(desk: User, exchanges: list[list[Handover]]) -> None:
    here([row for rows in exchanges for row in rows])
    Resident.objects.filter(pk=exchanges[0][1].giver_id).update(user=desk)

    noted = confirm_all_received(exchanges[0][1], by=desk, at=NOON)
    with pytest.raises(Refused) as refused:
        confirm_all_received(exchanges[0][1], by=desk, at=NOON)

    assert [row.pk for row in noted] == [exchanges[1][1].pk, exchanges[2][1].pk]
    assert refused.value.code == "nothing_without_code"


@pytest.mark.parametrize("note", [confirm_all_here, confirm_all_received])
def test_only_the_desk_notes_several_at_once(note, exchanges: list[list[Handover]]) -> None:
    stranger = RoleAssignmentFactory(role=Role.DOOR_VOLUNTEER).user

    with pytest.raises(Refused) as refused:
        note(exchanges[0][0], by=stranger, at=NOON)

    assert (refused.value.code, Handover.objects.exclude(giver_confirmed_at=None).exists()) == ("not_in_charge", False)
