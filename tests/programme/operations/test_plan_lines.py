import dataclasses
import datetime
from typing import Any

import pytest
from tests.factories import NOON, UserFactory, VenueFactory, key
from tests.factories_planning import PlanLineFactory, PlanVersionFactory, RoomFactory

from qixue.core.refusal import Refused
from qixue.programme.models import Activity, PlanVersion, Programme
from qixue.programme.operations.plan_lines import PlanLineDetails, add_line, edit_line, remove_line, replace_lines

pytestmark = pytest.mark.django_db
TWO_HOURS = datetime.timedelta(hours=2)


def details(**values: Any) -> PlanLineDetails:
    given = {"title": "茶园讲座", "kind": Activity.Kind.LECTURE, "starts_at": NOON, "ends_at": NOON + TWO_HOURS}
    return PlanLineDetails(**{**given, "is_online": True, **values})


def code_of(refused: pytest.ExceptionInfo[Refused]) -> str:
    return refused.value.code


def test_add_line_puts_it_at_the_end_and_counts_the_edit() -> None:
    first = PlanLineFactory(position=4)

    line = add_line(first.version, details=details(budget_fen=120_000), key=key(), by=UserFactory(), at=NOON)

    assert (line.position, line.title, line.budget_fen) == (5, "茶园讲座", 120_000)
    assert PlanVersion.objects.get().edit_count == 2


def test_add_line_sent_twice_makes_one() -> None:
    version, same, by = PlanVersionFactory(), key(), UserFactory()
    first = add_line(version, details=details(), key=same, by=by, at=NOON)

    second = add_line(version, details=details(), key=same, by=by, at=NOON)

    assert (second, version.lines.count()) == (first, 1)


def test_add_line_refuses_the_key_of_another_version() -> None:
    other = PlanLineFactory()

    with pytest.raises(Refused) as refused:
        add_line(PlanVersionFactory(), details=details(), key=other.key, by=UserFactory(), at=NOON)

    assert code_of(refused) == "key_taken"


@pytest.mark.parametrize(
    ("values", "code"),
    [
        ({"ends_at": NOON}, "ends_before_start"),
        ({"seat_count": 0}, "seats_out_of_range"),
        ({"seat_count": 100_001}, "seats_out_of_range"),
        ({"is_online": False}, "place_missing"),
    ],
)
def test_add_line_refuses_what_cannot_be(values: dict[str, Any], code: str) -> None:
    with pytest.raises(Refused) as refused:
        add_line(PlanVersionFactory(), details=details(**values), key=key(), by=UserFactory(), at=NOON)

    assert code_of(refused) == code


def test_add_line_refuses_online_at_a_venue() -> None:
    with pytest.raises(Refused) as refused:
        add_line(PlanVersionFactory(), details=details(venue=VenueFactory()), key=key(), by=UserFactory(), at=NOON)

    assert code_of(refused) == "place_twice"


def test_add_line_refuses_room_of_another_venue() -> None:
    wrong = details(is_online=False, venue=VenueFactory(), room=RoomFactory())

    with pytest.raises(Refused) as refused:
        add_line(PlanVersionFactory(), details=wrong, key=key(), by=UserFactory(), at=NOON)

    assert code_of(refused) == "room_elsewhere"


@pytest.mark.parametrize("state", [state for state in PlanVersion.State if state != PlanVersion.State.DRAFT])
def test_add_line_to_what_was_filed_is_refused(state: str) -> None:
    version = PlanVersionFactory(state=state)

    with pytest.raises(Refused) as refused:
        add_line(version, details=details(), key=key(), by=UserFactory(), at=NOON)

    assert code_of(refused) == "not_a_draft"


def test_add_line_in_closed_programme_is_refused() -> None:
    version = PlanVersionFactory(plan__programme__state=Programme.State.CLOSED)

    with pytest.raises(Refused) as refused:
        add_line(version, details=details(), key=key(), by=UserFactory(), at=NOON)

    assert code_of(refused) == "programme_closed"


def test_edit_line_by_two_editors_keeps_the_first_and_says_so() -> None:
    line = PlanLineFactory()
    edit_line(line, details=details(title="第一位写的"), edit_count=1, by=UserFactory(), at=NOON)

    with pytest.raises(Refused) as refused:
        edit_line(line, details=details(title="第二位写的"), edit_count=1, by=UserFactory(), at=NOON)

    line.refresh_from_db()
    assert (code_of(refused), line.title) == ("changed_meanwhile", "第一位写的")


def test_editors_of_two_lines_of_one_draft_are_not_in_each_others_way() -> None:
    first = PlanLineFactory()
    second, third = PlanLineFactory(version=first.version), PlanLineFactory(version=first.version)

    edit_line(first, details=details(title="第一位写的"), edit_count=1, by=UserFactory(), at=NOON)
    edit_line(second, details=details(title="第二位写的"), edit_count=1, by=UserFactory(), at=NOON)
    remove_line(third, edit_count=1, by=UserFactory(), at=NOON)

    titles = list(first.version.lines.order_by("pk").values_list("title", flat=True))
    assert (titles, PlanVersion.objects.get().edit_count) == (["第一位写的", "第二位写的"], 4)


def test_edit_line_without_change_counts_no_edit() -> None:
    line = PlanLineFactory()
    same = details(title=line.title, kind=line.kind, is_online=False, venue=line.venue)

    edit_line(line, details=same, edit_count=1, by=UserFactory(), at=NOON)

    assert PlanVersion.objects.get().edit_count == 1


def test_edit_line_that_is_gone_is_refused() -> None:
    line, by = PlanLineFactory(), UserFactory()
    remove_line(line, edit_count=1, by=by, at=NOON)

    with pytest.raises(Refused) as refused:
        edit_line(line, details=details(), edit_count=2, by=by, at=NOON)

    assert code_of(refused) == "line_removed"


def test_remove_line_again_changes_nothing() -> None:
    line, by = PlanLineFactory(), UserFactory()
    remove_line(line, edit_count=1, by=by, at=NOON)

    remove_line(line, edit_count=1, by=by, at=NOON)

    assert (line.version.lines.count(), PlanVersion.objects.get().edit_count) == (0, 2)


def test_remove_line_by_second_editor_is_refused() -> None:
    line = PlanLineFactory(edit_count=2)

    with pytest.raises(Refused) as refused:
        remove_line(line, edit_count=1, by=UserFactory(), at=NOON)

    assert (code_of(refused), line.version.lines.count()) == ("changed_meanwhile", 1)


def test_replace_lines_keeps_the_key_of_the_same_line() -> None:
    line = PlanLineFactory(title="茶园讲座")
    gone = PlanLineFactory(version=line.version, title="不再举办")

    written = replace_lines(
        line.version, details=[details(title="新的"), details()], edit_count=1, by=UserFactory(), at=NOON
    )

    assert [row.position for row in written] == [1, 2]
    assert (written[1].key, written[0].key in {line.key, gone.key}) == (line.key, False)
    assert list(line.version.lines.order_by("position").values_list("title", flat=True)) == ["新的", "茶园讲座"]


def test_replace_lines_takes_keys_of_this_plan_only() -> None:
    own, foreign = PlanLineFactory(), PlanLineFactory()
    brought = [details(key=own.key), details(key=foreign.key)]

    written = replace_lines(own.version, details=brought, edit_count=1, by=UserFactory(), at=NOON)

    assert [row.key == line.key for row, line in zip(written, [own, foreign], strict=True)] == [True, False]


def test_replace_lines_refuses_one_key_for_two() -> None:
    line = PlanLineFactory()
    twice = [details(key=line.key), details(key=line.key)]

    with pytest.raises(Refused) as refused:
        replace_lines(line.version, details=twice, edit_count=1, by=UserFactory(), at=NOON)

    assert code_of(refused) == "key_twice"


def test_replace_lines_with_one_wrong_line_writes_none() -> None:
    line = PlanLineFactory()
    lines = [details(), dataclasses.replace(details(), ends_at=NOON)]

    with pytest.raises(Refused) as refused:
        replace_lines(line.version, details=lines, edit_count=1, by=UserFactory(), at=NOON)

    assert (code_of(refused), list(line.version.lines.all())) == ("ends_before_start", [line])


def test_replace_lines_after_another_editor_is_refused() -> None:
    line = PlanLineFactory(version__edit_count=5)

    with pytest.raises(Refused) as refused:
        replace_lines(line.version, details=[details()], edit_count=4, by=UserFactory(), at=NOON)

    assert (code_of(refused), list(line.version.lines.all())) == ("changed_meanwhile", [line])


def test_replace_lines_refuses_more_than_a_plan_takes() -> None:
    with pytest.raises(Refused) as refused:
        replace_lines(PlanVersionFactory(), details=[details()] * 2001, edit_count=1, by=UserFactory(), at=NOON)

    assert code_of(refused) == "too_many_lines"
