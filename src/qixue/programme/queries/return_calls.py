"""Calls for returns and the returns to them, as far as a viewer reaches; who can be asked; for whom they wait."""

import datetime
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Exists, OuterRef, Q, QuerySet

from qixue.core.figures import FigureDefinition, registry
from qixue.core.quantity import ACTIVITY, ATTENDANCE, INSTALMENT, MONTH, PERSON, PIECE, SESSION
from qixue.people.models import Organisation, OrganisationQuerySet, User
from qixue.people.queries import holders_of, nearest_holder, path_filter
from qixue.people.rules import Action, reach
from qixue.places.models import Region
from qixue.programme.models import ReturnCall, ReturnSubmission
from qixue.programme.rules import returns_accepted_by

FIGURE_UNITS = (ATTENDANCE, PERSON, SESSION, INSTALMENT, ACTIVITY, PIECE, MONTH)  # whole numbers, so they can be kept
TOWN_KINDS = (Organisation.Kind.TOWN_GOVERNMENT, Organisation.Kind.SUBDISTRICT_OFFICE)
State = ReturnSubmission.State
RELATED = ("call__programme", "call__organisation", "organisation__region", "parent__organisation", "sent_step")


def due_day(submission: ReturnSubmission) -> datetime.date:
    """The last day for its level."""
    is_town = submission.level == ReturnSubmission.Level.TOWN
    return submission.call.town_due_on if is_town else submission.call.county_due_on


def figures_to_ask_for() -> list[FigureDefinition]:
    """Definitions that can be computed for one organisation's part and kept as a whole number."""
    return [each for each in registry.all() if "organisation" in each.dimensions and each.unit in FIGURE_UNITS]


def submissions_for(user: Any, action: Action = Action.SEE_RETURNS) -> QuerySet[ReturnSubmission]:
    """Returns of the organisations in reach."""
    within = path_filter(reach(user, action), "organisation__path")
    return ReturnSubmission.objects.filter(within).select_related(*RELATED)


def calls_for(user: Any) -> QuerySet[ReturnCall]:
    """Open and closed calls by or to the organisations in reach, and drafts of those for whom the viewer may ask."""
    seen = ReturnSubmission.objects.filter(
        path_filter(reach(user, Action.SEE_RETURNS), "organisation__path"), call=OuterRef("pk")
    )
    asks = path_filter(reach(user, Action.SEE_RETURNS), "organisation__path")
    sets_up = path_filter(reach(user, Action.ACCEPT_RETURN), "organisation__path")
    opened = ~Q(state=ReturnCall.State.DRAFT) & (asks | Q(Exists(seen)))
    drafts = Q(state=ReturnCall.State.DRAFT) & sets_up
    return ReturnCall.objects.filter(opened | drafts).select_related("programme__region", "organisation__region")


def with_counts(calls: QuerySet[ReturnCall], user: Any) -> QuerySet[Any]:
    """Each call with how many returns in the viewer's reach there are, were submitted, and were accepted."""
    within = path_filter(reach(user, Action.SEE_RETURNS), "submissions__organisation__path")
    reported = Q(submissions__state__in=ReturnSubmission.REPORTED)
    accepted = Q(submissions__state=State.ACCEPTED)
    return calls.annotate(
        asked_count=Count("submissions", filter=within),
        reported_count=Count("submissions", filter=within & reported),
        accepted_count=Count("submissions", filter=within & accepted),
    ).order_by("-number", "pk")


def candidates(call: ReturnCall) -> OrganisationQuerySet:
    """Organisations below the one that asks, in tree order."""
    below = Organisation.objects.within(call.organisation).filter(is_group=False).exclude(pk=call.organisation_id)
    return below.select_related("region").order_by("path", "pk")


def county_desks(call: ReturnCall) -> list[Organisation]:
    """For each county the organisation below the asking one that stands highest in the tree."""
    found: dict[int, Organisation] = {}
    at_counties = candidates(call).filter(region__level=Region.Level.COUNTY)
    for organisation in sorted(at_counties, key=lambda each: (each.path.count("/"), each.path)):
        found.setdefault(organisation.region_id or 0, organisation)
    return sorted(found.values(), key=lambda each: each.path)


def town_desks(call: ReturnCall) -> list[Organisation]:
    """Town governments and subdistrict offices below the asking one; a town without one is not invented."""
    return list(candidates(call).filter(region__level=Region.Level.TOWNSHIP, kind__in=TOWN_KINDS))


@dataclass(frozen=True)
class ReturnWaiting:
    """One return that waits for somebody. `act` is file, correct or decide."""

    submission: ReturnSubmission
    act: str


def returns_waiting_for(user: User) -> list[ReturnWaiting]:
    """What waits for this person and not for somebody nearer to it in the tree; the most urgent first."""
    running = ReturnSubmission.objects.filter(call__state=ReturnCall.State.OPEN).select_related(*RELATED)
    own = running.filter(organisation__path__in=reach(user, Action.FILE_RETURN), state__in=ReturnSubmission.EDITABLE)
    found = [ReturnWaiting(each, "correct" if each.state == State.SENT_BACK else "file") for each in own]
    found += [ReturnWaiting(each, "decide") for each in decisions_waiting(user, running)]
    return sorted(found, key=lambda waiting: (due_day(waiting.submission), waiting.submission.organisation.path))


def decisions_waiting(user: User, running: QuerySet[ReturnSubmission]) -> list[ReturnSubmission]:
    """Submitted returns that go to one of the user's organisations, or past one in which nobody decides."""
    own = set(reach(user, Action.ACCEPT_RETURN))
    if not own:
        return []
    holders = set(holders_of(Action.ACCEPT_RETURN))
    submitted = running.filter(returns_accepted_by(user), state=State.SUBMITTED)
    return [each for each in submitted if nearest_holder(superior_of(each).path, holders) in own]


def superior_of(submission: ReturnSubmission) -> Organisation:
    """To whom the return goes: into whose return it is consolidated, else who asks."""
    return submission.parent.organisation if submission.parent else submission.call.organisation
