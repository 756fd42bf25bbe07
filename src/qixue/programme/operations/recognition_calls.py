"""Calls for nominations: open, change, close."""

import dataclasses
import datetime
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from qixue.core.clock import local_day
from qixue.core.models import record_audit
from qixue.core.refusal import Refused
from qixue.people.models import Organisation, RoleAssignment, User
from qixue.people.operations.notifications import notify
from qixue.people.rules import TABLE, Action
from qixue.places.models import Region
from qixue.programme.models import Award, CallStage, Nomination, NominationStep, Programme, RecognitionCall
from qixue.programme.models.recognitions import MOST_NOTICE_DAYS
from qixue.programme.notices import recognitions as notices
from qixue.programme.operations.activities import ALREADY_CHANGED
from qixue.programme.operations.nominations import record_step, step_on
from qixue.programme.recognition_rules import may_lead_call, may_open_call

LEVELS = {Region.Level.CITY: Award.Level.CITY, Region.Level.COUNTY: Award.Level.COUNTY}
BELOW = {
    Award.Level.CITY: {CallStage.Level.TOWN, CallStage.Level.COUNTY},
    Award.Level.COUNTY: {CallStage.Level.TOWN},
}


@dataclass(frozen=True)
class StageDetails:
    """A level that reviews before the one that decides."""

    due_on: datetime.date | None = None
    quota: int | None = None


@dataclass(frozen=True)
class CallDetails:
    """What a call says. `stages` has the levels that review first; a level that is not in it is passed over."""

    kind: str
    name: str
    conditions: str
    nominate_until: datetime.date
    place_count: int | None = None
    notice_days: int = 5
    stages: Mapping[str, StageDetails] = field(default_factory=dict)

    def values(self) -> dict[str, object]:
        return {each.name: getattr(self, each.name) for each in dataclasses.fields(self) if each.name != "stages"}


@transaction.atomic
def open_call(
    programme: Programme,
    organisation: Organisation,
    *,
    details: CallDetails,
    key: uuid.UUID,
    by: User,
    at: datetime.datetime,
) -> RecognitionCall:
    """Open a call that the organisation decides; the same `key`, which the form made, returns the first one.

    Refused: not_judge, programme_closed, organisation_outside_programme, no_award_level, and those of `check_call`.
    """
    programme = Programme.objects.select_for_update(of=("self",)).select_related("organisation").get(pk=programme.pk)
    if existing := RecognitionCall.objects.filter(key=key, programme=programme).first():
        return existing
    if not may_open_call(by, organisation):
        raise Refused("not_judge", _("Only a coordinator of the organisation that decides can do this."))
    if programme.state == Programme.State.CLOSED:
        raise Refused("programme_closed", _("This programme is closed; nothing can be added to it."))
    if not organisation.path.startswith(programme.organisation.path):
        raise Refused("organisation_outside_programme", _("This organisation does not take part in the programme."))
    level = LEVELS.get(Region.Level(organisation.region.level)) if organisation.region else None
    if level is None:
        raise Refused("no_award_level", _("A call is opened by an organisation of the city or of a county."))
    check_call(details, level, local_day(at))
    call = RecognitionCall.objects.create(
        programme=programme, organisation=organisation, key=key, level=level, opened_at=at, **details.values()
    )
    write_stages(call, details)
    record_audit("recognition.opened", call, by=by, at=at)
    notify(people_who_nominate(call), notices.called(call), at=at)
    return call


def check_call(details: CallDetails, level: str, today: datetime.date) -> None:
    """Refused: due_in_past, notice_days_out_of_range, places_out_of_range, stage_unknown, stage_before_nominations."""
    if details.nominate_until < today:
        raise Refused("due_in_past", _("Please give a day that is not over yet."), field="nominate_until")
    if not 1 <= details.notice_days <= MOST_NOTICE_DAYS:
        raise Refused(
            "notice_days_out_of_range",
            _("Please give 1 to %(most)s working days for the public notice, for example 5."),
            field="notice_days",
            most=MOST_NOTICE_DAYS,
        )
    numbers = {"place_count": details.place_count, **{f"{s}_quota": each.quota for s, each in details.stages.items()}}
    for name, number in numbers.items():
        if number is not None and not 1 <= number <= 999:
            sentence = _("Please give a number from 1 to 999, or leave the field empty for no limit.")
            raise Refused("places_out_of_range", sentence, field=name)
    for stage, each in details.stages.items():
        if stage not in BELOW[Award.Level(level)]:
            raise Refused("stage_unknown", _("Only levels below the one that decides review first."), field="stages")
        if each.due_on and each.due_on < details.nominate_until:
            sentence = _("Please give a day that is not before the last day for nominations.")
            raise Refused("stage_before_nominations", sentence, field=f"{stage}_due_on")


def write_stages(call: RecognitionCall, details: CallDetails) -> None:
    call.stages.exclude(level__in=details.stages).delete()
    for level, stage in details.stages.items():
        CallStage.objects.update_or_create(
            call=call, level=level, defaults={"due_on": stage.due_on, "quota": stage.quota}
        )


def people_who_nominate(call: RecognitionCall) -> list[User]:
    """Everybody who can put somebody forward below the organisation that decides."""
    top = call.organisation.path
    holders = RoleAssignment.objects.current().filter(
        organisation__path__startswith=top, role__in=TABLE[Action.NOMINATE], user__is_active=True
    )
    return list(User.objects.filter(pk__in=holders.exclude(organisation__path=top).values("user")).order_by("pk"))


def lock_call(call: RecognitionCall, edit_count: int | None, by: User) -> RecognitionCall:
    """The call, locked for a change. Refused: not_judge, call_closed, changed_meanwhile."""
    related = ("programme__organisation", "organisation__region")
    call = RecognitionCall.objects.select_for_update(of=("self",)).select_related(*related).get(pk=call.pk)
    if not may_lead_call(by, call):
        raise Refused("not_judge", _("Only a coordinator of the organisation that decides can do this."))
    if call.closed_at is not None:
        raise Refused("call_closed", _("This call is closed; nothing of it can be changed any more."))
    if edit_count is not None and call.edit_count != edit_count:
        raise Refused("changed_meanwhile", ALREADY_CHANGED)
    return call


@transaction.atomic
def edit_call(
    call: RecognitionCall, *, details: CallDetails, edit_count: int, by: User, at: datetime.datetime
) -> RecognitionCall:
    """Change a call; its kind stays as soon as somebody is nominated. A last day that is over may stay.

    Refused: kind_is_fixed, and those of `lock_call` and `check_call`.
    """
    call = lock_call(call, edit_count, by)
    if details.kind != call.kind and call.nominations.exists():
        sentence = _("The kind cannot be changed: nominations were made for it.")
        raise Refused("kind_is_fixed", sentence, field="kind")
    is_same_day = details.nominate_until == call.nominate_until
    check_call(details, call.level, min(local_day(at), call.nominate_until) if is_same_day else local_day(at))
    changed = [name for name, value in details.values().items() if getattr(call, name) != value]
    for name in changed:
        setattr(call, name, getattr(details, name))
    call.edit_count += 1
    call.save(update_fields=[*changed, "edit_count"])
    write_stages(call, details)
    record_audit("recognition.edited", call, by=by, at=at, details={"fields": changed})
    return call


@transaction.atomic
def close_call(call: RecognitionCall, *, by: User, at: datetime.datetime) -> RecognitionCall:
    """Close a call after its result; what is still a draft or under review counts as not selected. Again: no change.

    Refused: not_judge, notice_running.
    """
    call = RecognitionCall.objects.select_for_update().get(pk=call.pk)
    if call.closed_at is not None:
        return call
    call = lock_call(call, None, by)
    on_notice = (Nomination.State.ON_NOTICE, Nomination.State.NOTICE_OVER)
    if call.nominations.filter(state__in=on_notice).exists():
        raise Refused("notice_running", _("Please confirm the result of the public notice first."))
    left = call.nominations.filter(state__in=Nomination.OPEN_STATES).select_for_update().order_by("pk")
    for nomination in left:
        step_on(nomination, Nomination.State.NOT_SELECTED)
        record_step(nomination, NominationStep.Kind.NOT_SELECTED, by=by, at=at, organisation=call.organisation)
    call.closed_at = at
    call.edit_count += 1
    call.save(update_fields=["closed_at", "edit_count"])
    record_audit("recognition.closed", call, by=by, at=at)
    return call
