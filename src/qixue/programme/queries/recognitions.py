"""Recognitions as people ask for them: what waits where, what is public, which desk comes next."""

import datetime
from collections import defaultdict
from collections.abc import Iterable
from typing import Any

from django.db.models import Count, OuterRef, Q, QuerySet, Subquery

from qixue.people.models import Organisation, User
from qixue.people.queries import path_filter
from qixue.people.rules import Action, reach
from qixue.places.models import Region
from qixue.programme.models import CallStage, Nomination, NominationStep, Programme, RecognitionCall
from qixue.programme.queries.plans import holders_of
from qixue.programme.recognition_rules import may_judge, office_for

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


def paths_above(path: str) -> list[str]:
    """The paths of everything strictly above a path in the tree."""
    steps = path.rstrip("/").split("/")
    return ["/".join(steps[:length]) + "/" for length in range(1, len(steps))]


def ladder(call: RecognitionCall, path: str) -> list[Organisation]:
    """The desks strictly above a path in the tree, lowest first, that of the call last.

    At each level of the call it is the highest organisation of that level, so that a bureau inside a county answers to
    the county. A desk at which nobody judges is left out; the next one above does it.
    """
    above = [each for each in paths_above(path) if each.startswith(call.organisation.path)]
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
    within = path_filter(reach(user, Action.NOMINATE))
    below = Organisation.objects.filter(within, path__startswith=call.organisation.path, is_group=False)
    allowed = [each.pk for each in below if office_for(user, each, call)]
    return Organisation.objects.filter(pk__in=allowed).order_by("path", "pk")


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


def nominations_waiting(user: User) -> list[Nomination]:
    """What waits for this person's judgement and not for somebody nearer, and what came back to their office."""
    judged = set(reach(user, Action.JUDGE_NOMINATION))
    waiting = Nomination.objects.filter(state=State.NOMINATED, waits_at__path__in=judged)
    back = Nomination.objects.filter(state=State.SENT_BACK, organisation__path__in=reach(user, Action.NOMINATE))
    related = (*SHOWN_WITH, "waits_at")
    found = [each for each in waiting.select_related(*related).order_by("call", "pk") if may_judge(user, each)]
    return [*found, *back.select_related(*related).order_by("call", "pk")]


def calls_open_to(user: User, today: datetime.date) -> QuerySet[RecognitionCall]:
    """Calls in which the user can still put somebody forward, the one that ends first first."""
    decided_above = Q(pk__in=[])
    for path in reach(user, Action.NOMINATE):
        decided_above |= Q(organisation__path__in=paths_above(path))
    calls = RecognitionCall.objects.filter(decided_above, closed_at=None, nominate_until__gte=today)
    return calls.select_related("programme", "organisation").order_by("nominate_until", "pk")
