"""Setting up a call for returns: its fields and who files, then open, then closed. Open, only its days can move."""

import dataclasses
import datetime
import uuid
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext_lazy as _

from qixue.core.clock import local_day
from qixue.core.figures import registry
from qixue.core.models import record_audit
from qixue.core.refusal import Refused
from qixue.people.models import Organisation, User
from qixue.people.notices import Notice
from qixue.people.operations.notifications import notify_each
from qixue.people.queries import people_in_charge, people_in_charge_of
from qixue.people.rules import Action, may, paths_up_from
from qixue.places.models import Region
from qixue.programme.models import Programme, ReturnCall, ReturnField, ReturnSubmission
from qixue.programme.models.return_calls import TYPED_UNITS
from qixue.programme.notices import returns as notices
from qixue.programme.operations.activities import ALREADY_CHANGED
from qixue.programme.queries.return_calls import FIGURE_UNITS
from qixue.programme.rules import may_set_up_call

State = ReturnCall.State
MOST_FIELDS = 30


@dataclass(frozen=True)
class CallDetails:
    name: str
    town_due_on: datetime.date
    county_due_on: datetime.date
    instruction: str = ""


@dataclass(frozen=True)
class FieldDetails:
    """`unit` and `rule` for a typed number, `figure` for a figure of the platform."""

    kind: str
    name: str
    name_en: str = ""
    rule: str = ""
    unit: str = ""
    figure: str = ""
    is_required: bool = True


def check_days(
    town_due_on: datetime.date,
    county_due_on: datetime.date,
    at: datetime.datetime,
    *,
    standing: tuple[datetime.date | None, datetime.date | None] = (None, None),
) -> None:
    """A day that stands already, for towns or counties, may be over. Refused: due_in_past, counties_before_towns."""
    days = {"town_due_on": town_due_on, "county_due_on": county_due_on}
    for (field, day), former in zip(days.items(), standing, strict=True):
        if day != former and day < local_day(at):
            raise Refused("due_in_past", _("Please give a day that is not over yet."), field=field)
    if county_due_on < town_due_on:
        text = _("Please give the counties at least as long as the towns: they add up what the towns report.")
        raise Refused("counties_before_towns", text, field="county_due_on")


@transaction.atomic
def create_call(
    programme: Programme,
    organisation: Organisation,
    *,
    details: CallDetails,
    key: uuid.UUID,
    by: User,
    at: datetime.datetime,
) -> ReturnCall:
    """Begin the draft of a call. The same `key`, which the form made, gives the first draft.

    Refused: programme_closed, organisation_outside_programme, not_asker, and those of `check_days`.
    """
    Programme.objects.select_for_update().get(pk=programme.pk)  # numbers are given one after the other
    if existing := ReturnCall.objects.filter(key=key, programme=programme).first():
        return existing
    if not may(by, Action.ACCEPT_RETURN, organisation):
        raise Refused("not_asker", _("Only coordinators of the organisation that asks can do this."))
    if programme.state == Programme.State.CLOSED:
        raise Refused("programme_closed", _("This programme is closed; nothing can be added to it."))
    if not organisation.path.startswith(programme.organisation.path):
        raise Refused("organisation_outside_programme", _("This organisation does not take part in the programme."))
    check_days(details.town_due_on, details.county_due_on, at)
    number = (programme.return_calls.aggregate(last=Max("number"))["last"] or 0) + 1
    call = ReturnCall.objects.create(
        programme=programme, organisation=organisation, number=number, key=key, **dataclasses.asdict(details)
    )
    record_audit("return_call.created", call, by=by, at=at)
    return call


def lock_call(call: ReturnCall, by: User) -> ReturnCall:
    """Refused: not_asker."""
    related = ("programme__organisation", "organisation")
    call = ReturnCall.objects.select_for_update(of=("self",)).select_related(*related).get(pk=call.pk)
    if not may_set_up_call(by, call):
        raise Refused("not_asker", _("Only coordinators of the organisation that asks can do this."))
    return call


def lock_draft_call(call: ReturnCall, edit_count: int | None, by: User) -> ReturnCall:
    """Refused: not_asker, call_opened, changed_meanwhile."""
    call = lock_call(call, by)
    if call.state != State.DRAFT:
        text = _("This call is open; what it asks for no longer changes. Please make a new call for anything else.")
        raise Refused("call_opened", text)
    if edit_count is not None and call.edit_count != edit_count:
        raise Refused("changed_meanwhile", ALREADY_CHANGED)
    return call


def count_edit(call: ReturnCall, *fields: str) -> None:
    call.edit_count += 1
    call.save(update_fields=["edit_count", *fields])


@transaction.atomic
def edit_call(
    call: ReturnCall, *, details: CallDetails, edit_count: int, by: User, at: datetime.datetime
) -> ReturnCall:
    """Change the words and days of a draft. Refused: those of `lock_draft_call` and `check_days`."""
    call = lock_draft_call(call, edit_count, by)
    check_days(details.town_due_on, details.county_due_on, at)
    changes = dataclasses.asdict(details)
    for name, value in changes.items():
        setattr(call, name, value)
    count_edit(call, *changes)
    record_audit("return_call.edited", call, by=by, at=at)
    return call


@transaction.atomic
def move_due_days(
    call: ReturnCall,
    *,
    town_due_on: datetime.date,
    county_due_on: datetime.date,
    edit_count: int,
    by: User,
    at: datetime.datetime,
) -> ReturnCall:
    """Give everybody other last days; the same days again change nothing.

    Refused: not_asker, call_not_open, changed_meanwhile, and those of `check_days`.
    """
    call = lock_call(call, by)
    refuse_unless_open(call)
    standing = (call.town_due_on, call.county_due_on)
    if standing == (town_due_on, county_due_on):
        return call
    if call.edit_count != edit_count:
        raise Refused("changed_meanwhile", ALREADY_CHANGED)
    check_days(town_due_on, county_due_on, at, standing=standing)
    former = {"town_due_on": call.town_due_on.isoformat(), "county_due_on": call.county_due_on.isoformat()}
    call.town_due_on, call.county_due_on = town_due_on, county_due_on
    count_edit(call, "town_due_on", "county_due_on")
    record_audit("return_call.days_moved", call, by=by, at=at, details=former)
    waiting = call.submissions.filter(state__in=ReturnSubmission.EDITABLE).select_related("organisation")
    submissions = list(waiting.order_by("pk"))
    for submission in submissions:
        submission.call = call
    tell_filers(submissions, notices.days_moved, at=at)
    return call


def refuse_unless_open(call: ReturnCall) -> None:
    if call.state != State.OPEN:
        raise Refused("call_not_open", _("This call is not open: nothing can be filed, accepted or sent back."))


def check_field(details: FieldDetails) -> None:
    """Refused: unit_missing, rule_missing, figure_unknown."""
    if details.kind == ReturnField.Kind.NUMBER:
        if details.unit not in {unit.code for unit in TYPED_UNITS}:
            raise Refused("unit_missing", _("Please choose what the number counts."), field="unit")
        if not details.rule.strip():
            text = _("Please say how it is counted, so that everybody counts the same.")
            raise Refused("rule_missing", text, field="rule")
    if details.kind == ReturnField.Kind.FIGURE:
        definition = registry.get(details.figure)
        if definition is None or "organisation" not in definition.dimensions or definition.unit not in FIGURE_UNITS:
            raise Refused("figure_unknown", _("Please choose one of the figures."), field="figure")


def cleaned(details: FieldDetails) -> FieldDetails:
    """Without what does not belong to its kind."""
    kind = details.kind
    return dataclasses.replace(
        details,
        unit=details.unit if kind == ReturnField.Kind.NUMBER else "",
        figure=details.figure if kind == ReturnField.Kind.FIGURE else "",
    )


@transaction.atomic
def add_field(
    call: ReturnCall, *, details: FieldDetails, edit_count: int, by: User, at: datetime.datetime
) -> ReturnField:
    """Ask for one more fact. Refused: too_many_fields, and those of `check_field` and `lock_draft_call`."""
    check_field(details)
    call = lock_draft_call(call, edit_count, by)
    if call.fields.count() >= MOST_FIELDS:
        raise Refused("too_many_fields", _("A call asks for at most %(most)s facts."), most=MOST_FIELDS)
    position = (call.fields.aggregate(last=Max("position"))["last"] or 0) + 1
    field = ReturnField.objects.create(call=call, position=position, **dataclasses.asdict(cleaned(details)))
    count_edit(call)
    record_audit("return_call.field_added", field, by=by, at=at, details={"call": call.pk})
    return field


@transaction.atomic
def edit_field(
    field: ReturnField, *, details: FieldDetails, edit_count: int, by: User, at: datetime.datetime
) -> ReturnField:
    """Refused: those of `check_field` and `lock_draft_call`."""
    check_field(details)
    call = lock_draft_call(field.call, edit_count, by)
    changes = dataclasses.asdict(cleaned(details))
    for name, value in changes.items():
        setattr(field, name, value)
    field.save(update_fields=list(changes))
    count_edit(call)
    record_audit("return_call.field_edited", field, by=by, at=at, details={"call": call.pk})
    return field


@transaction.atomic
def remove_field(field: ReturnField, *, edit_count: int, by: User, at: datetime.datetime) -> None:
    """Refused: those of `lock_draft_call`."""
    call = lock_draft_call(field.call, edit_count, by)
    record_audit("return_call.field_removed", field, by=by, at=at, details={"call": call.pk, "name": field.name})
    field.delete()
    count_edit(call)


@transaction.atomic
def choose_organisations(
    call: ReturnCall, organisations: Iterable[Organisation], *, edit_count: int, by: User, at: datetime.datetime
) -> ReturnCall:
    """Say who will have to file. Refused: organisation_outside_call, and those of `lock_draft_call`."""
    call = lock_draft_call(call, edit_count, by)
    chosen = list(organisations)
    refuse_outside(call, chosen)
    call.asked.set(chosen)
    count_edit(call)
    record_audit("return_call.organisations_chosen", call, by=by, at=at, details={"count": len(chosen)})
    return call


def refuse_outside(call: ReturnCall, organisations: Iterable[Organisation]) -> None:
    top = call.organisation.path
    if any(each.is_group or not each.path.startswith(top) or each.path == top for each in organisations):
        text = _("Please choose organisations below the one that asks.")
        raise Refused("organisation_outside_call", text, field="organisations")


@transaction.atomic
def open_call(call: ReturnCall, *, edit_count: int, by: User, at: datetime.datetime) -> ReturnCall:
    """Ask everybody chosen; from now on the fields stand. Opening again changes nothing.

    Refused: no_fields, nobody_asked, programme_closed, and those of `lock_draft_call` and `check_days`.
    """
    if lock_call(call, by).state == State.OPEN:
        return call
    call = lock_draft_call(call, edit_count, by)
    if call.programme.state == Programme.State.CLOSED:
        raise Refused("programme_closed", _("This programme is closed; nothing can be added to it."))
    if not call.fields.exists():
        raise Refused("no_fields", _("Please add at least one field before you open the call."))
    organisations = list(call.asked.select_related("region").order_by("path", "pk"))
    if not organisations:
        raise Refused("nobody_asked", _("Please choose who has to file before you open the call."))
    refuse_outside(call, organisations)
    check_days(call.town_due_on, call.county_due_on, at)
    call.state, call.opened_at = State.OPEN, at
    count_edit(call, "state", "opened_at")
    record_audit("return_call.opened", call, by=by, at=at, details={"count": len(organisations)})
    tell_filers(create_submissions(call, organisations), notices.asked, at=at)
    return call


def create_submissions(call: ReturnCall, organisations: Iterable[Organisation]) -> list[ReturnSubmission]:
    """An empty return for each, below that of the nearest asked organisation above it.

    One query for each level of the tree of returns, parents first, however many are asked.
    """
    asked = {organisation.path: organisation for organisation in organisations}
    above = {
        path: [each for each in paths_up_from(organisation.path)[1:] if each in asked]
        for path, organisation in asked.items()
    }
    made: dict[str, ReturnSubmission] = {}
    for depth in sorted({len(paths) for paths in above.values()}):
        level = [
            ReturnSubmission(
                call=call,
                organisation=asked[path],
                parent=made[paths[0]] if paths else None,
                level=level_of(asked[path]),
            )
            for path, paths in above.items()
            if len(paths) == depth
        ]
        made |= {each.organisation.path: each for each in ReturnSubmission.objects.bulk_create(level)}
    return list(made.values())


def tell_filers(
    submissions: list[ReturnSubmission], notice: Callable[[ReturnSubmission], Notice], *, at: datetime.datetime
) -> None:
    """Tell those who file each of the returns, with no more queries for many than for one."""
    people = people_in_charge_of([each.organisation for each in submissions], Action.FILE_RETURN)
    notify_each([(people[each.organisation_id], notice(each)) for each in submissions], at=at)


def level_of(organisation: Organisation) -> str:
    """By the place for which it speaks: a town's deadline is the earlier one."""
    is_town = organisation.region and organisation.region.level in {Region.Level.TOWNSHIP, Region.Level.VILLAGE}
    return ReturnSubmission.Level.TOWN if is_town else ReturnSubmission.Level.COUNTY


@transaction.atomic
def close_call(call: ReturnCall, *, by: User, at: datetime.datetime) -> ReturnCall:
    """End it: what was sent stands as it is. Closing again changes nothing. Refused: not_asker, call_not_open."""
    call = lock_call(call, by)
    if call.state == State.CLOSED:
        return call
    refuse_unless_open(call)
    call.state, call.closed_at = State.CLOSED, at
    count_edit(call, "state", "closed_at")
    record_audit("return_call.closed", call, by=by, at=at)
    return call


def people_who_file(submission: ReturnSubmission) -> list[User]:
    return people_in_charge(submission.organisation, Action.FILE_RETURN)
