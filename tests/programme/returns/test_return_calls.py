import datetime
import uuid
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from tests.factories import NOON, OrganisationFactory, RoleAssignmentFactory, UserFactory
from tests.factories_returns import DUE, ReturnCallFactory
from tests.programme.returns.conftest import Desks, told

from qixue.core.models import OutboxMessage
from qixue.core.refusal import Refused
from qixue.people.models import Role
from qixue.programme.models import Programme, ReturnCall, ReturnField, ReturnSubmission
from qixue.programme.operations.return_calls import (
    CallDetails,
    FieldDetails,
    add_field,
    choose_organisations,
    close_call,
    create_call,
    edit_call,
    edit_field,
    move_due_days,
    open_call,
    remove_field,
)

DETAILS = CallDetails("活动周情况", DUE, DUE)
NUMBER = FieldDetails("number", "媒体报道", rule="按标题去重", unit="report")
OPENING, MOVING = 21, 16  # queries
YESTERDAY = NOON.date() - datetime.timedelta(days=1)


def refusal(act) -> str:
    with pytest.raises(Refused) as refused:
        act()
    return refused.value.code


def test_call_is_created_once_for_one_form(draft: Desks) -> None:
    programme, city, by, form = draft.call.programme, draft.places["city"], draft.people["city"], uuid.uuid4()

    first = create_call(programme, city, details=DETAILS, key=form, by=by, at=NOON)
    again = create_call(programme, city, details=DETAILS, key=form, by=by, at=NOON)

    assert (first, first.number, first.state) == (again, 2, ReturnCall.State.DRAFT)


def test_call_that_cannot_be_is_refused(draft: Desks) -> None:
    programme, places, people = draft.call.programme, draft.places, draft.people

    def create(details: CallDetails = DETAILS, place: str = "city", by: str = "city") -> None:
        create_call(programme, places[place], details=details, key=uuid.uuid4(), by=people[by], at=NOON)

    assert refusal(lambda: create(by="county")) == "not_asker"
    assert refusal(lambda: create(CallDetails("填报", YESTERDAY, DUE))) == "due_in_past"
    assert refusal(lambda: create(CallDetails("填报", DUE, NOON.date()))) == "counties_before_towns"
    programme.state = Programme.State.CLOSED
    assert refusal(create) == "programme_closed"


def test_field_that_would_count_people_by_hand_is_refused(draft: Desks) -> None:
    def add(**details: str) -> None:
        given = FieldDetails(**{"kind": "number", "name": "参与", "rule": "清点", **details})
        add_field(draft.call, details=given, edit_count=1, by=draft.people["city"], at=NOON)

    assert refusal(lambda: add(unit="attendance")) == "unit_missing"
    assert refusal(lambda: add(unit="report", rule=" ")) == "rule_missing"
    assert refusal(lambda: add(kind="figure", figure="awards")) == "figure_unknown"
    assert refusal(lambda: add(kind="figure", figure="named_share")) == "figure_unknown"


def test_field_is_added_changed_and_taken_out(draft: Desks) -> None:
    by = draft.people["city"]

    field = add_field(draft.call, details=NUMBER, edit_count=1, by=by, at=NOON)
    figure = FieldDetails("figure", "场次", unit="report", figure="sessions_total")
    changed = edit_field(field, details=figure, edit_count=2, by=by, at=NOON)
    remove_field(draft.volunteers, edit_count=3, by=by, at=NOON)

    assert (changed.unit, changed.figure) == ("", "sessions_total")
    assert list(draft.call.fields.values_list("name", flat=True)) == ["媒体报道", "参与人次", "场次"]


def test_two_editors_of_a_draft_never_overwrite_each_other(draft: Desks) -> None:
    by = draft.people["city"]
    edit_call(draft.call, details=DETAILS, edit_count=1, by=by, at=NOON)

    assert refusal(lambda: edit_call(draft.call, details=DETAILS, edit_count=1, by=by, at=NOON)) == "changed_meanwhile"


def test_opening_asks_everybody_in_the_shape_of_the_tree(draft: Desks) -> None:
    draft.open()

    rows = ReturnSubmission.objects.order_by("organisation__path").values_list("organisation__code", "parent", "level")
    county = draft.of("county").pk
    assert list(rows) == [("county", None, "county"), ("other", county, "town"), ("town", county, "town")]
    assert told("return_asked") == sorted(draft.people[name].pk for name in ("county", "town", "other"))


@pytest.mark.parametrize("count", [1, 30])
def test_opening_and_moving_ask_the_database_equally_often(
    draft: Desks, count: int, django_assert_num_queries: Any
) -> None:
    """The county and towns below it: two levels of returns, each town with a person of its own who has mail."""
    towns = [OrganisationFactory(parent=draft.places["county"], kind="town_government") for _at in range(count)]
    for town in towns:
        user = UserFactory(email=f"{town.code}@example.com")
        RoleAssignmentFactory(organisation=town, role=Role.COORDINATOR, user=user)
    draft.call.asked.set([draft.places["county"], *towns])

    with django_assert_num_queries(OPENING):
        open_call(draft.call, edit_count=1, by=draft.people["city"], at=NOON)
    draft.call.refresh_from_db()
    with django_assert_num_queries(MOVING):
        moved(draft, DUE + datetime.timedelta(days=1), DUE + datetime.timedelta(days=9))

    parents = ReturnSubmission.objects.filter(organisation__in=towns).values_list("parent__organisation__code")
    assert list(parents) == [("county",)] * count
    assert (len(told("return_asked")), OutboxMessage.objects.count()) == (count + 1, 2 * count)


def test_opening_twice_changes_nothing(desks: Desks) -> None:
    open_call(desks.call, edit_count=1, by=desks.people["city"], at=NOON)

    assert ReturnSubmission.objects.count() == 3


def test_opening_an_unfinished_call_is_refused(draft: Desks) -> None:
    by = draft.people["city"]
    empty = ReturnCallFactory(programme=draft.call.programme, number=9)

    assert refusal(lambda: open_call(empty, edit_count=1, by=by, at=NOON)) == "no_fields"
    assert refusal(lambda: open_call(draft.call, edit_count=1, by=by, at=NOON)) == "nobody_asked"
    assert refusal(lambda: open_call(draft.call, edit_count=1, by=draft.people["county"], at=NOON)) == "not_asker"


def test_field_of_an_open_call_never_changes(desks: Desks) -> None:
    by, count = desks.people["city"], desks.call.edit_count

    def tries():
        yield lambda: add_field(desks.call, details=NUMBER, edit_count=count, by=by, at=NOON)
        yield lambda: edit_field(desks.reports, details=NUMBER, edit_count=count, by=by, at=NOON)
        yield lambda: remove_field(desks.reports, edit_count=count, by=by, at=NOON)
        yield lambda: edit_call(desks.call, details=DETAILS, edit_count=count, by=by, at=NOON)
        yield lambda: choose_organisations(desks.call, [], edit_count=count, by=by, at=NOON)

    assert [refusal(act) for act in tries()] == ["call_opened"] * 5


def test_organisation_elsewhere_cannot_be_asked(draft: Desks) -> None:
    by = draft.people["city"]

    def choose(organisation: object) -> None:
        choose_organisations(draft.call, [organisation], edit_count=1, by=by, at=NOON)

    assert refusal(lambda: choose(OrganisationFactory())) == "organisation_outside_call"
    assert refusal(lambda: choose(draft.places["city"])) == "organisation_outside_call"


def test_days_move_and_those_who_still_file_are_told(desks: Desks) -> None:
    later = DUE + datetime.timedelta(days=9)

    call = moved(desks, later, later)

    assert (call.town_due_on, call.county_due_on, len(told("return_days_moved"))) == (later, later, 3)


def moved(desks: Desks, town: datetime.date, county: datetime.date, *, at: datetime.datetime = NOON) -> ReturnCall:
    """As an editor moves them who has read the call when it was opened."""
    days = {"town_due_on": town, "county_due_on": county, "edit_count": desks.call.edit_count}
    return move_due_days(desks.call, **days, by=desks.people["city"], at=at)


def test_days_move_only_to_days_that_are_not_over_and_in_their_order(desks: Desks) -> None:
    """By the last day for towns DUE stands, that for counties is later; one of them moves."""
    county = desks.call.county_due_on
    between, afterwards = NOON + datetime.timedelta(days=1), datetime.datetime.combine(county, NOON.timetz())
    afterwards += datetime.timedelta(days=3)
    too_early = DUE - datetime.timedelta(days=1)

    assert refusal(lambda: moved(desks, DUE, too_early, at=between)) == "counties_before_towns"
    assert refusal(lambda: moved(desks, county + datetime.timedelta(days=1), county)) == "counties_before_towns"
    assert refusal(lambda: moved(desks, DUE, county + datetime.timedelta(days=1), at=afterwards)) == "due_in_past"
    assert moved(desks, DUE, afterwards.date(), at=afterwards).town_due_on == DUE


def test_two_who_move_the_days_never_overwrite_each_other(desks: Desks) -> None:
    later = DUE + datetime.timedelta(days=9)
    moved(desks, later, later)

    assert moved(desks, later, later).town_due_on == later
    assert refusal(lambda: moved(desks, DUE, later)) == "changed_meanwhile"


def test_call_is_closed_once_and_then_its_days_stand(desks: Desks) -> None:
    by = desks.people["city"]

    closed = close_call(desks.call, by=by, at=NOON)
    again = close_call(desks.call, by=by, at=NOON + datetime.timedelta(hours=1))

    assert (closed.closed_at, again.closed_at) == (NOON, NOON)
    assert refusal(lambda: moved(desks, DUE, DUE)) == "call_not_open"


@pytest.mark.parametrize(
    "changes",
    [
        {"kind": "number", "unit": "", "rule": "口径"},
        {"kind": "number", "unit": "report", "rule": ""},
        {"kind": "figure", "figure": ""},
        {"kind": "text", "unit": "report"},
    ],
)
def test_database_refuses_a_field_that_is_no_fact(draft: Desks, changes: dict[str, str]) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        ReturnField.objects.create(call=draft.call, position=50, name="字段", **changes)


def test_database_refuses_a_state_without_its_times(draft: Desks) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        ReturnCall.objects.filter(pk=draft.call.pk).update(state="open")
