"""Recognitions as people ask for them: what waits where, what is public, which desk comes next."""

import datetime
from collections import defaultdict
from collections.abc import Iterable
from typing import Any

from django.db.models import Case, Count, F, OuterRef, Q, QuerySet, Subquery, When

from qixue.people.models import Organisation, User
from qixue.people.queries import holders_of, path_filter, whose_turn
from qixue.people.rules import Action, paths_up_from, reach
from qixue.places.models import Region
from qixue.programme.models import CallStage, Nomination, NominationStep, Programme, RecognitionCall
from qixue.programme.recognition_rules import judgeable, offices_that_nominate

State = Nomination.State
FRIDAY = 4
LEVELS = {CallStage.Level.TOWN: Region.Level.TOWNSHIP, CallStage.Level.COUNTY: Region.Level.COUNTY}
SHOWN_WITH = ("call__programme__region", "call__programme__organisation", "call__organisation", "organisation__region")


def calls_of(programme: Programme) -> QuerySet[Any]:
    """The calls of a programme, each with `award_count`, how many it honoured."""
    awarded = Count("nominations", filter=Q(nominations__state=State.AWARDED))
    calls = RecognitionCall.objects.filter(programme=programme).select_related("organisation__region")
    return calls.annotate(award_count=awarded).prefetch_related("stages").order_by("level", "kind", "opened_at", "pk")


def nominations_for(user: Any, action: Action = Action.SEE_NOMINATIONS) -> QuerySet[Nomination]:
    """Nominations of the organisations in reach."""
    return Nomination.objects.filter(path_filter(reach(user, action), "organisation__path"))


def public_nominations(programme: Programme) -> QuerySet[Nomination]:
    """What everybody may see: candidates on public notice and results, with the nominee's consent."""
    nominations = Nomination.objects.filter(
        call__programme=programme, is_public=True, state__in=Nomination.PUBLIC_STATES
    )
    return nominations.select_related(*SHOWN_WITH, "brand", "award").order_by("call", "name", "pk")


def ladder(call: RecognitionCall, path: str) -> list[Organisation]:
    """The desks strictly above a path in the tree, lowest first, that of the call last.

    At each level of the call it is the highest organisation of that level, so that a bureau inside a county answers to
    the county. A desk at which nobody judges is left out; the next one above does it.
    """
    above = [each for each in paths_up_from(path)[1:] if each.startswith(call.organisation.path)]
    found = Organisation.objects.filter(path__in=above, region__isnull=False).select_related("region")
    wanted = {LEVELS[CallStage.Level(stage.level)] for stage in call.stages.all()}
    highest: dict[str, Organisation] = {}
    for organisation in sorted(found, key=lambda each: len(each.path), reverse=True):
        if organisation.region and organisation.pk != call.organisation_id and organisation.region.level in wanted:
            highest[organisation.region.level] = organisation
    manned = set(holders_of(Action.JUDGE_NOMINATION))
    desks = sorted(highest.values(), key=lambda each: len(each.path), reverse=True)
    return [*(desk for desk in desks if desk.path in manned), call.organisation]


def stage_of(call: RecognitionCall, desk: Organisation) -> CallStage | None:
    """The stage of the call that a desk is; None for the one that decides."""
    if desk.pk == call.organisation_id or desk.region is None:
        return None
    return next(
        (stage for stage in call.stages.all() if LEVELS[CallStage.Level(stage.level)] == desk.region.level), None
    )


def passed_on_count(call: RecognitionCall, desk: Organisation) -> int:
    """How many nominations a desk has passed on that are still in the running or were honoured."""
    passed = NominationStep.objects.filter(kind=NominationStep.Kind.PASSED_ON, organisation=desk)
    alive = call.nominations.filter(Q(state=State.NOMINATED) | Q(state__in=Nomination.PUBLIC_STATES))
    return alive.filter(steps__in=passed).exclude(waits_at=desk).distinct().count()


def last_notice_day(first: datetime.date, working_days: int) -> datetime.date:
    """The last day of a notice that opens on `first`: so many working days after it, Monday to Friday.

    Public holidays are not known here; who opens a notice can set a later last day.
    """
    day = first
    while working_days:
        day += datetime.timedelta(days=1)
        working_days -= day.weekday() <= FRIDAY
    return day


def organisations_to_nominate(user: User, call: RecognitionCall) -> QuerySet[Organisation]:
    """For whom the user can put somebody forward in this call."""
    within = path_filter(offices_that_nominate(user, call))
    return Organisation.objects.filter(within, is_group=False).order_by("path", "pk")


def honoured_before(nomination: Nomination) -> Nomination | None:
    """A nominee of the same name who was honoured at this level by the same city or county."""
    call = nomination.call
    same = Nomination.objects.filter(call__kind=call.kind, call__level=call.level, name=nomination.name)
    honoured = same.filter(state=State.AWARDED, call__organisation=call.organisation).exclude(pk=nomination.pk)
    return honoured.select_related("call__programme").order_by("-pk").first()


def with_rank(nominations: QuerySet[Nomination]) -> QuerySet[Any]:
    """Each with `rank`, the place that the level below gave it when it passed it on."""
    passed = NominationStep.objects.filter(nomination=OuterRef("pk"), kind=NominationStep.Kind.PASSED_ON)
    return nominations.annotate(rank=Subquery(passed.order_by("-at", "-pk").values("rank")[:1]))


def by_place(nominations: Iterable[Any]) -> dict[str, list[Any]]:
    """Nominations by where they stand: the level at which they wait, else their state."""
    found: dict[str, list[Any]] = defaultdict(list)
    for nomination in nominations:
        desk = nomination.waits_at
        is_last = desk is None or desk.pk == nomination.call.organisation_id or desk.region is None
        found[nomination.state if desk is None else "last" if is_last else desk.region.level].append(nomination)
    return found


def nominations_waiting(user: User) -> list[Any]:
    """What waits for this person's judgement and not for somebody nearer, and what came back to their office; each with
    `due_on`, what is due first first and what has no day last.
    """
    waiting = turn_of(user, State.NOMINATED, Action.JUDGE_NOMINATION, "waits_at__path")
    back = turn_of(user, State.SENT_BACK, Action.NOMINATE, "organisation__path")
    desks = [(each, each.waits_at) for each in waiting if each.waits_at]
    found: list[Any] = [*judgeable(user, desks), *back]
    return sorted(found, key=lambda each: (each.due_on or datetime.date.max, each.call_id, each.pk))


def due_day() -> Case:
    """The last day of the level at which a nomination waits; of one that came back, that of the call.

    Where it is decided there is none.
    """
    stages = CallStage.objects.filter(call=OuterRef("call")).order_by("pk").values("due_on")
    levels = [
        When(waits_at__region__level=region, then=Subquery(stages.filter(level=stage)[:1]))
        for stage, region in LEVELS.items()
    ]
    return Case(When(state=State.SENT_BACK, then=F("call__nominate_until")), *levels)


def turn_of(user: User, state: str, action: Action, field: str) -> QuerySet[Any]:
    """Those in the state whose organisation, as `field` says, has its nearest holder of the action in the user's."""
    below = Nomination.objects.filter(path_filter(reach(user, action), field), state=state)
    paths = below.order_by().values_list(field, flat=True).distinct()
    mine = below.filter(**{f"{field}__in": whose_turn(user, action, paths)})
    return mine.annotate(due_on=due_day()).select_related(*SHOWN_WITH, "waits_at").order_by("call", "pk")


def calls_open_to(user: User, today: datetime.date) -> QuerySet[RecognitionCall]:
    """Calls in which the user can still put somebody forward, the one that ends first first."""
    decided_above = Q(pk__in=[])
    for path in reach(user, Action.NOMINATE):
        decided_above |= Q(organisation__path__in=paths_up_from(path)[1:])
    calls = RecognitionCall.objects.filter(decided_above, closed_at=None, nominate_until__gte=today)
    return calls.select_related("programme", "organisation").order_by("nominate_until", "pk")
