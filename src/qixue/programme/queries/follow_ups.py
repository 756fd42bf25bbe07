"""Follow-ups as people ask for them: in which state, how late, whose turn it is."""

import datetime
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Q, QuerySet

from qixue.people.models import Organisation, User
from qixue.people.queries import path_filter, whose_turn
from qixue.people.rules import Action, reach
from qixue.places.models import Region
from qixue.programme.models import FollowUp, FollowUpStep, Programme

State = FollowUp.State
RELATED = ("programme__organisation", "owner__region", "assigner", "escalated_to")
DONE_STATES = (State.CLOSED, State.WITHDRAWN)


def follow_ups_for(user: Any, action: Action = Action.SEE_FOLLOW_UPS) -> QuerySet[FollowUp]:
    """Items of the organisations in reach. Who reaches the assigner reaches all owners below it too."""
    return FollowUp.objects.filter(path_filter(reach(user, action), "owner__path"))


def follow_ups_to_decide(user: Any) -> QuerySet[FollowUp]:
    """Items that were assigned by the organisations in reach."""
    return FollowUp.objects.filter(path_filter(reach(user, Action.ASSIGN_FOLLOW_UP), "assigner__path"))


def overdue(today: datetime.date) -> Q:
    """It is the owner's turn, and the deadline is over; what was reported is no longer late."""
    return Q(state__in=FollowUp.OWNERS_TURN, due_on__lt=today)


def turn_of(user: Any) -> Q:
    """Items that wait for the user's own organisations, or past one in which nobody can act, not for one nearer."""
    as_owner = Q(state__in=FollowUp.OWNERS_TURN) & waits_for(user, Action.ANSWER_FOLLOW_UP, "owner__path")
    return as_owner | (Q(state=State.REPORTED) & waits_for(user, Action.ASSIGN_FOLLOW_UP, "assigner__path"))


def waits_for(user: Any, action: Action, field: str) -> Q:
    """Items whose owner or assigner, as `field` says, has its nearest holder of the action in the user's offices."""
    below = FollowUp.objects.filter(path_filter(reach(user, action), field), state__in=FollowUp.OPEN_STATES)
    paths = below.order_by().values_list(field, flat=True).distinct()
    return Q(**{f"{field}__in": whose_turn(user, action, paths)})


def follow_ups_waiting(user: User) -> QuerySet[FollowUp]:
    """What waits for this person, the earliest deadline first."""
    waiting = FollowUp.objects.filter(turn_of(user)).exclude(programme__state=Programme.State.CLOSED)
    return waiting.select_related(*RELATED).order_by("due_on", "pk")


@dataclass(frozen=True)
class Narrowing:
    """What the board is narrowed to. `owner` and `assigner` are codes or parts of names, `county` a code."""

    owner: str = ""
    county: str = ""
    assigner: str = ""
    is_overdue: bool = False
    is_mine: bool = False

    def condition(self, user: Any, today: datetime.date) -> Q:
        found = Q()
        if self.owner:
            found &= named("owner", self.owner)
        if self.assigner:
            found &= named("assigner", self.assigner)
        if self.county:
            found &= Q(owner__region__path__contains=f"{self.county}/")
        if self.is_overdue:
            found &= overdue(today)
        return found & turn_of(user) if self.is_mine else found


def named(role: str, words: str) -> Q:
    """The organisation with this code, else those whose name has these words."""
    exact = Organisation.objects.filter(code=words).values_list("pk", flat=True).first()
    if exact is not None:
        return Q(**{role: exact})
    return Q(**{f"{role}__name__icontains": words}) | Q(**{f"{role}__name_en__icontains": words})


@dataclass(frozen=True)
class Counts:
    """How many items there are; `late` are among the assigned and acknowledged ones."""

    by_state: Mapping[str, int]
    late: int

    @property
    def total(self) -> int:
        return sum(self.by_state.values())

    @property
    def open(self) -> int:
        return sum(self.by_state.get(state, 0) for state in FollowUp.OPEN_STATES)


def counts_of(items: QuerySet[FollowUp], today: datetime.date) -> Counts:
    """In one query."""
    rows = items.order_by().values("state").annotate(number=Count("pk"), late=Count("pk", filter=overdue(today)))
    found = {row["state"]: (row["number"], row["late"]) for row in rows}
    by_state = {state: found.get(state, (0, 0))[0] for state in State.values}
    return Counts(by_state, sum(late for _number, late in found.values()))


def in_state(items: QuerySet[FollowUp], state: str) -> QuerySet[FollowUp]:
    """Open ones by their deadline, so that overdue ones come first; the others with the latest first."""
    order = ("-waiting_since", "-pk") if state in DONE_STATES else ("due_on", "pk")
    return items.filter(state=state).select_related(*RELATED).order_by(*order)


def by_deadline(items: QuerySet[FollowUp]) -> QuerySet[FollowUp]:
    """For programs: every item, by deadline."""
    return items.select_related(*RELATED).order_by("due_on", "pk")


def steps_of(follow_up: FollowUp) -> QuerySet[FollowUpStep]:
    return follow_up.steps.select_related("by", "organisation").order_by("at", "pk")


def assignable_by(user: Any, programme: Programme) -> QuerySet[Organisation]:
    """Organisations of the programme to which the user may assign, those near the root first."""
    within = path_filter(reach(user, Action.ASSIGN_FOLLOW_UP))
    below = Organisation.objects.within(programme.organisation).filter(within, is_group=False)
    return below.select_related("region__parent").prefetch_related("aliases").order_by("path", "pk")


def counties_of(programme: Programme) -> QuerySet[Region]:
    return programme.region.children.filter(level=Region.Level.COUNTY).order_by("code")
