"""The way of a programme: set up, edited, published, closed. What stands in it is in programme_parts.py."""

import dataclasses
import datetime
from dataclasses import dataclass

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from qixue.core.clock import local_day
from qixue.core.models import record_audit
from qixue.core.refusal import Refused
from qixue.people.models import Organisation, User
from qixue.people.rules import Action, may
from qixue.programme.models import Programme, ProgrammeStep
from qixue.programme.operations.activities import ALREADY_CHANGED
from qixue.programme.queries.programmes import missing_for_programme
from qixue.programme.rules import may_set_up, may_set_up_for_place_of

State = Programme.State
Kind = ProgrammeStep.Kind


@dataclass(frozen=True)
class ProgrammeDetails:
    """What a programme is called, what it is about and when it is. The days may follow later, both together."""

    name: str
    kind: str
    year: int
    name_en: str = ""
    short_name: str = ""
    theme: str = ""
    theme_en: str = ""
    starts_on: datetime.date | None = None
    ends_on: datetime.date | None = None

    def values(self) -> dict[str, object]:
        return {field.name: getattr(self, field.name) for field in dataclasses.fields(self)}


def check_days(details: ProgrammeDetails) -> None:
    """Refused: days_incomplete, ends_before_start, year_elsewhere."""
    first, last = details.starts_on, details.ends_on
    if (first is None) != (last is None):
        missing = "starts_on" if first is None else "ends_on"
        raise Refused("days_incomplete", _("Please give both days, or none."), field=missing)
    if first is None or last is None:
        return
    if last < first:
        raise Refused("ends_before_start", _("Please give a last day that is not before the first."), field="ends_on")
    if not first.year <= details.year <= last.year:
        raise Refused("year_elsewhere", _("Please give the year in which its days are."), field="year")


@transaction.atomic
def set_up_programme(
    *, organisation: Organisation, code: str, details: ProgrammeDetails, by: User, at: datetime.datetime
) -> Programme:
    """Begin a programme as a draft that its organisation keeps. The same again returns the first draft.

    Refused: not_in_charge, place_of_others, region_missing, code_taken, and those of `check_days`.
    """
    if not may(by, Action.SET_UP_PROGRAMME, organisation):
        raise Refused("not_in_charge", NOT_IN_CHARGE)
    if not may_set_up_for_place_of(by, organisation):
        text = _(
            "This organisation does not answer for its whole place; please ask the office above it to set this up."
        )
        raise Refused("place_of_others", text, field="organisation")
    if organisation.region is None:
        raise Refused("region_missing", _("The place of this organisation is not recorded yet."), field="organisation")
    check_days(details)
    fixed = {"organisation": organisation, "region": organisation.region}
    programme, is_new = Programme.objects.get_or_create(code=code, defaults={**details.values(), **fixed})
    if is_new:
        record_programme_step(programme, Kind.SET_UP, by=by, at=at)
    elif programme.organisation_id != organisation.pk or programme.name != details.name:
        raise Refused("code_taken", _("Another programme has this code; please choose another one."), field="code")
    return programme


NOT_IN_CHARGE = _("Only coordinators of the organisation that keeps the programme, or of one above it, set it up.")


def lock_programme(programme: Programme, version: int | None, *, by: User) -> Programme:
    """The programme, locked for a change of its set-up. `version` None: the change cannot overwrite anybody's.

    Refused: not_in_charge, programme_closed, changed_meanwhile.
    """
    related = Programme.objects.select_for_update(of=("self",)).select_related("organisation", "region")
    programme = related.get(pk=programme.pk)
    if not may_set_up(by, programme):
        raise Refused("not_in_charge", NOT_IN_CHARGE)
    if programme.state == State.CLOSED:
        raise Refused("programme_closed", _("This programme is closed; its set-up no longer changes."))
    if version is not None and programme.version != version:
        raise Refused("changed_meanwhile", ALREADY_CHANGED)
    return programme


def count_edit(programme: Programme) -> None:
    programme.version += 1
    programme.save(update_fields=["version"])


def record_programme_step(
    programme: Programme, kind: Kind, *, by: User | None, at: datetime.datetime, comment: str = ""
) -> ProgrammeStep:
    """Write the step and its audit entry."""
    record_audit(f"programme.{kind}", programme, by=by, at=at, details={"code": programme.code})
    return ProgrammeStep.objects.create(programme=programme, kind=kind, at=at, by=by, comment=comment)


@transaction.atomic
def edit_programme(
    programme: Programme, *, details: ProgrammeDetails, version: int, by: User, at: datetime.datetime
) -> Programme:
    """Change name, theme or days. `version` is the one that the editor read.

    Refused: published_needs, and those of `check_days` and `lock_programme`.
    """
    check_days(details)
    programme = lock_programme(programme, version, by=by)
    if programme.state == State.PUBLISHED and not (details.theme and details.starts_on):
        sentence = _("A published programme keeps a theme and its days; please give other ones.")
        raise Refused("published_needs", sentence, field="starts_on" if details.theme else "theme")
    changed = [name for name, value in details.values().items() if getattr(programme, name) != value]
    if not changed:
        return programme
    for name in changed:
        setattr(programme, name, getattr(details, name))
    programme.save(update_fields=changed)
    count_edit(programme)
    record_audit("programme.edited", programme, by=by, at=at, details={"fields": changed})
    return programme


@transaction.atomic
def publish_programme(programme: Programme, *, version: int, by: User, at: datetime.datetime) -> Programme:
    """Show a programme to everybody, as its coordinator has read it; again changes nothing.

    Refused: programme_incomplete, with what is missing, and those of `lock_programme`.
    """
    locked = lock_programme(programme, None, by=by)
    if locked.state == State.PUBLISHED:
        return locked
    programme = lock_programme(locked, version, by=by)
    if missing := missing_for_programme(programme):
        raise Refused("programme_incomplete", _("Some things are missing before this can be published."), lines=missing)
    programme.state = State.PUBLISHED
    programme.save(update_fields=["state"])
    count_edit(programme)
    record_programme_step(programme, Kind.PUBLISHED, by=by, at=at)
    return programme


@transaction.atomic
def close_programme(programme: Programme, *, by: User, at: datetime.datetime) -> Programme:
    """Close a programme that is over: nothing is added to it any more. Again changes nothing.

    Refused: not_published, programme_not_over, and those of `lock_programme`.
    """
    if Programme.objects.filter(pk=programme.pk, state=State.CLOSED).exists() and may_set_up(by, programme):
        programme.refresh_from_db()
        return programme
    programme = lock_programme(programme, None, by=by)
    if programme.state != State.PUBLISHED:
        raise Refused("not_published", _("Only a published programme can be closed."))
    if programme.ends_on is None or programme.ends_on >= local_day(at):
        raise Refused("programme_not_over", _("A programme can be closed after its last day."))
    programme.state = State.CLOSED
    programme.save(update_fields=["state"])
    count_edit(programme)
    record_programme_step(programme, Kind.CLOSED, by=by, at=at)
    return programme
