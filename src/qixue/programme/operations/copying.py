"""A new programme from an earlier one, in one step: everything that was chosen, or nothing.

People stay behind: names in the leading group, speakers, registrations, and all that was counted.
"""

import datetime
import uuid
from typing import Any

from django.db import models, transaction
from django.utils.translation import gettext_lazy as _

from qixue.core.clock import SHANGHAI
from qixue.core.models import record_audit
from qixue.core.refusal import Refused
from qixue.people.models import User
from qixue.people.operations.notifications import notify
from qixue.people.queries import people_in_charge
from qixue.people.rules import Action
from qixue.programme.models import (
    Activity,
    ForwardingStep,
    GroupMember,
    Involvement,
    LeadingGroup,
    LegalBasis,
    Liaison,
    Plan,
    PlanLine,
    PlanStep,
    PlanVersion,
    Programme,
    ProgrammeStep,
    PublicityChannel,
    Session,
    TaskAssignment,
)
from qixue.programme.new_week import Move
from qixue.programme.notices import plans as notices
from qixue.programme.operations.listings import keep_listings
from qixue.programme.operations.plans import record_step
from qixue.programme.operations.programmes import NOT_IN_CHARGE, record_programme_step
from qixue.programme.queries import copying as queries
from qixue.programme.queries.copying import CopyChoices
from qixue.programme.queries.programmes import leading_group_of, members_of, tasks_of
from qixue.programme.rules import may_set_up

LINE_KEEPS = (
    "title", "kind", "audience", "brand_id", "description", "topic", "venue_id", "room_id", "region_id", "is_online",
    "seat_count", "counting_rule", "expected_attendance", "budget_fen", "is_flagship",
)  # fmt: skip
SESSION_KEEPS = ("venue_id", "number", "topic", "topic_en", "is_online", "seat_count", "counting_rule")


@transaction.atomic
def copy_programme(
    source: Programme,
    *,
    code: str,
    year: int,
    first_day: datetime.date,
    choices: CopyChoices,
    by: User,
    at: datetime.datetime,
) -> Programme:
    """Begin a programme with what an earlier one had, as a draft. The same again returns the first copy.

    Refused: not_in_charge, code_taken, days_missing, year_elsewhere.
    """
    if not may_set_up(by, source):
        raise Refused("not_in_charge", NOT_IN_CHARGE)
    if choices.activities != queries.NO_ACTIVITIES and source.starts_on is None:
        sentence = _("The days of the earlier programme are not known, so its activities cannot be moved to new ones.")
        raise Refused("days_missing", sentence, field="activities")
    if first_day.year != year:
        raise Refused("year_elsewhere", _("Please give the year in which its days are."), field="year")
    programme, is_new = Programme.objects.get_or_create(code=code, defaults=values_of(source, year, first_day, choices))
    if not is_new:
        if programme.steps.filter(kind=ProgrammeStep.Kind.COPIED, comment=source.code).exists():
            return programme
        raise Refused("code_taken", _("Another programme has this code; please choose another one."), field="code")
    copy_parts(source, programme, choices)
    move = queries.move_to(source, first_day)
    if move and choices.activities == queries.AS_PLANS:
        copy_plans(source, programme, move, by=by, at=at)
    if move and choices.activities != queries.NO_ACTIVITIES:
        copy_activities(source, programme, move, choices.activities)
    record_programme_step(programme, ProgrammeStep.Kind.COPIED, by=by, at=at, comment=source.code)
    record_audit("programme.copied_from", source, by=by, at=at, details={"code": code})
    return programme


def values_of(source: Programme, year: int, first_day: datetime.date, choices: CopyChoices) -> dict[str, Any]:
    return {
        "name": queries.renamed(source.name, source.year, year),
        "name_en": queries.renamed(source.name_en, source.year, year),
        "short_name": source.short_name,
        "kind": source.kind,
        "year": year,
        "theme": source.theme if choices.keeps_theme else "",
        "theme_en": source.theme_en if choices.keeps_theme else "",
        "starts_on": first_day,
        "ends_on": queries.last_day(source, first_day),
        "region": source.region,
        "organisation": source.organisation,
        "is_synthetic": source.is_synthetic,
    }


def copy_parts(source: Programme, programme: Programme, choices: CopyChoices) -> None:
    copies = {
        queries.LEGAL_BASES: copy_legal_bases,
        queries.ROLES: copy_roles,
        queries.GROUP: copy_leading_group,
        queries.TASKS: copy_tasks,
        queries.BRANDS: copy_brands,
        queries.CHANNELS: copy_channels,
    }
    for part, copy in copies.items():
        if choices.has(part):
            copy(source, programme)


def fresh(row: Any, **changes: Any) -> Any:
    """An unsaved copy of a row."""
    copy = type(row)(**{field.attname: getattr(row, field.attname) for field in plain_fields(row)})
    for name, value in changes.items():
        setattr(copy, name, value)
    return copy


def plain_fields(row: models.Model) -> list[Any]:
    return [field for field in row._meta.concrete_fields if not field.primary_key]


def copy_legal_bases(source: Programme, programme: Programme) -> None:
    """With their chains. Whether they are still in force is for somebody to say."""
    for basis in source.legal_bases.order_by("position", "pk"):
        copy: LegalBasis = fresh(basis, programme=programme, needs_check=True)
        copy.save()
        steps = basis.forwarding_steps.order_by("position")
        ForwardingStep.objects.bulk_create(fresh(step, legal_basis=copy) for step in steps)


def copy_roles(source: Programme, programme: Programme) -> None:
    roles = source.involvements.order_by("position", "pk")
    Involvement.objects.bulk_create(fresh(role, programme=programme, quote="") for role in roles)


def copy_leading_group(source: Programme, programme: Programme) -> None:
    """Its seats and the organisations with a liaison officer; who holds them now is for somebody to say."""
    group = leading_group_of(source)
    if group is None:
        return
    copy: LeadingGroup = fresh(group, programme=programme)
    copy.name = queries.renamed(group.name, source.year, programme.year)
    copy.name_en = queries.renamed(group.name_en, source.year, programme.year)
    copy.save()
    seats = [member for member in members_of(group) if member.organisation_id or member.duty]
    GroupMember.objects.bulk_create(fresh(member, group=copy, name="") for member in seats)
    liaisons = {liaison.organisation_id: liaison for liaison in group.liaisons.order_by("-position", "-pk")}
    ordered = sorted(liaisons.values(), key=lambda liaison: liaison.position)
    Liaison.objects.bulk_create(fresh(liaison, group=copy, name="", phone="") for liaison in ordered)


def copy_tasks(source: Programme, programme: Programme) -> None:
    """Without their days, which were those of the earlier year."""
    for task in tasks_of(source):
        copy: TaskAssignment = fresh(task, programme=programme, due_on=None)
        copy.save()
        copy.supporters.set(task.supporters.all())


def copy_brands(source: Programme, programme: Programme) -> None:
    """Brands last over the years: the same ones, with their series, also run in the new programme."""
    programme.brands.set(source.brands.all())


def copy_channels(source: Programme, programme: Programme) -> None:
    shown = brand_ids_of(programme)
    channels = source.publicity_channels.order_by("position", "pk")
    PublicityChannel.objects.bulk_create(
        fresh(channel, programme=programme, **brand_where_shown(channel, shown)) for channel in channels
    )


def brand_ids_of(programme: Programme) -> set[int]:
    return set(programme.brands.values_list("pk", flat=True))


def brand_where_shown(row: PublicityChannel | Activity, shown: set[int]) -> dict[str, None]:
    """The change that a copy needs when the new programme does not show the brand of the row."""
    if row.brand_id in shown:
        return {}
    return {"brand": None, "series": None} if isinstance(row, Activity) else {"brand": None}


def copy_plans(source: Programme, programme: Programme, move: Move, *, by: User, at: datetime.datetime) -> None:
    """Each plan in force becomes a draft of its organisation, which is told."""
    shown = brand_ids_of(programme)
    for version in queries.versions_to_copy(source):
        organisation = version.plan.organisation
        plan = Plan.objects.create(programme=programme, organisation=organisation, invited_at=at)
        draft = PlanVersion.objects.create(plan=plan, number=1)
        PlanLine.objects.bulk_create(moved_line(line, draft, move, shown) for line in version.lines.all())
        record_step(draft, PlanStep.Kind.INVITED, by=by, at=at, organisation=organisation)
        notify(people_in_charge(organisation, Action.FILE_PLAN), notices.invited(plan), at=at)


def moved_line(line: PlanLine, draft: PlanVersion, move: Move, shown: set[int]) -> PlanLine:
    """Planned anew: without speaker, and without what was said about the former one."""
    kept = {name: getattr(line, name) for name in LINE_KEEPS}
    if kept["brand_id"] not in shown:
        kept["brand_id"] = None
    return PlanLine(version=draft, key=uuid.uuid4(), position=line.position, **kept, **moved_times(line, move))


def moved_times(row: PlanLine | Session, move: Move) -> dict[str, datetime.datetime | None]:
    """Start and end; a session over midnight keeps its length."""
    if row.starts_at is None:
        return {"starts_at": None, "ends_at": None}
    starts_at = move.moment(row.starts_at.astimezone(SHANGHAI))
    return {"starts_at": starts_at, "ends_at": row.ends_at and starts_at + (row.ends_at - row.starts_at)}


def copy_activities(source: Programme, programme: Programme, move: Move, choice: str) -> None:
    """Drafts with their sessions on the new days and the roles that organisations had in them."""
    shown = brand_ids_of(programme)
    for activity in queries.activities_to_copy(source, choice):
        changes = {"plan": None, "quote": "", "state": Activity.State.DRAFT, "version": 1}
        copy: Activity = fresh(activity, programme=programme, **changes, **brand_where_shown(activity, shown))
        copy.save()
        Session.objects.bulk_create(moved_session(each, copy, move) for each in activity.sessions.all())
        keep_listings(copy.sessions.all())
        Involvement.objects.bulk_create(fresh(role, activity=copy, quote="") for role in activity.involvements.all())


def moved_session(session: Session, activity: Activity, move: Move) -> Session:
    """Planned anew: without instalment, speaker and booked room, which belong to the one that was."""
    kept = {name: getattr(session, name) for name in SESSION_KEEPS}
    return Session(activity=activity, **kept, **moved_times(session, move))
