"""Having a round matched: both plans are asked for, the worker makes them, the organiser chooses one."""

import datetime
import time

from django.db import transaction
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from qixue.core.clock_words import day_clock_lazy
from qixue.core.logs import get_logger
from qixue.core.models import record_audit
from qixue.core.refusal import Refused
from qixue.people.models import User
from qixue.swap.matching import Plan, load, solve
from qixue.swap.models import RoundEntry, RoundPlan, SwapRound
from qixue.swap.operations.exchanges import (
    NOT_TO_BE_MATCHED,
    exchanges_of,
    match_anew,
    plan_exchanges,
    rules_of,
    still_wanted,
)
from qixue.swap.operations.in_charge import must_run
from qixue.swap.operations.locks import lock_things, locked_round
from qixue.swap.operations.round_details import must_be_time
from qixue.swap.queries.instances import candidates, instance_of

log = get_logger("qixue.swap")

SECONDS = 20.0  # for one plan; where the best is not proven by then, the plan says how far it may be from it
MOST_TRIES = 2  # what kills its worker twice is not tried again
LEASE = datetime.timedelta(minutes=5)  # a worker that dies with a plan gives it back after this
ANSWERED_UNTIL = _("It was announced that people can answer, and change their answer, until %(until)s.")
HOURS_OVER = _("The hours of the hand-over are over. Please change them before the things are matched.")
TOO_LATE = _("The hours of the hand-over are over: nobody can be asked to come any more.")
State = RoundPlan.State


@transaction.atomic
def ask_for_plans(round_: SwapRound, *, by: User, at: datetime.datetime, confirmed: bool = False) -> list[RoundPlan]:
    """Have the round matched in both ways, so that they can be compared. Asked again, those before give way.

    Refused: not_in_charge, not_to_be_matched, hours_over, answers_wait, nobody_comes; unless confirmed,
    earlier_than_announced.
    """
    must_run(by, round_)
    round_ = locked_round(round_)
    states = SwapRound.State
    if round_.state not in {states.ANSWERING, states.MATCHING}:
        raise Refused("not_to_be_matched", NOT_TO_BE_MATCHED)
    if at >= round_.ends_at:
        raise Refused("hours_over", HOURS_OVER)
    silent = round_.entries.filter(state=RoundEntry.State.IN, answer=RoundEntry.Answer.NONE)
    if at < round_.answers_until and silent.exists():
        sentence = _("Not everybody has answered. Please match the things after %(until)s, or once all have.")
        raise Refused("answers_wait", sentence, until=day_clock_lazy(round_.answers_until))
    if not candidates(round_).exists():
        raise Refused("nobody_comes", _("Nobody has said yet that they come: there is nothing to match."))
    must_be_time(round_.answers_until, ANSWERED_UNTIL, at=at, confirmed=confirmed)
    round_.plans.filter(state=State.QUEUED).delete()
    plans = [
        RoundPlan(round=round_, objective=objective, asked_by=by, asked_at=at)
        for objective in RoundPlan.Objective.values
    ]
    RoundPlan.objects.bulk_create(plans)
    round_.state = states.MATCHING
    round_.save(update_fields=["state"])
    record_audit("swap.plans_asked_for", round_, by=by, at=at)
    return plans


def has_plans_to_make(*, at: datetime.datetime) -> bool:
    return RoundPlan.objects.filter(free(at)).exists()


def keep_plans(*, at: datetime.datetime) -> int:
    """A duty of many seconds: make the plans that were asked for. Nothing is locked while it searches."""
    given_up = RoundPlan.objects.filter(free(at), tries__gte=MOST_TRIES).update(state=State.FAILED)
    if given_up:
        log.error("swap_plans_given_up", plans=given_up)
    due = RoundPlan.objects.filter(free(at)).order_by("pk").values_list("pk", flat=True)
    return sum(make_plan(pk, at=at) for pk in list(due))


def free(at: datetime.datetime) -> Q:
    return Q(state=State.QUEUED) & (Q(begun_at=None) | Q(begun_at__lt=at - LEASE))


def make_plan(pk: int, *, at: datetime.datetime) -> int:
    """Take one, unless another worker has it, and write what came of it."""
    if not RoundPlan.objects.filter(free(at), pk=pk).update(begun_at=at, tries=F("tries") + 1):
        return 0
    plan = RoundPlan.objects.select_related("round").get(pk=pk)
    try:
        finish(plan, instance_of(candidates(plan.round), at=plan.asked_at))
    except Exception:  # too much to match, or a fault: the organiser sees that it failed, and others do not wait
        log.exception("swap_plan_failed", plan=pk)
        RoundPlan.objects.filter(pk=pk, state=State.QUEUED).update(state=State.FAILED)
    return 1


def finish(plan: RoundPlan, instance: str) -> None:
    from qixue.swap.matching.document import document  # noqa: PLC0415 - numpy and a solver, in the worker only
    from qixue.swap.matching.unmatched import unmatched  # noqa: PLC0415 - as above

    begun = time.perf_counter()
    loaded = load(instance.encode())
    read = time.perf_counter()
    found: Plan = solve(loaded, **rules_of(plan.round, plan.objective, seconds=SECONDS))
    seconds = {"load": read - begun, "solve": time.perf_counter() - read}
    RoundPlan.objects.filter(pk=plan.pk, state=State.QUEUED).update(
        state=State.DONE,
        instance=instance,
        result=document(found, seconds),
        reasons=unmatched(found),
        trades=found.trades,
        people=found.people,
        done_at=F("begun_at") + datetime.timedelta(seconds=sum(seconds.values())),
    )


@transaction.atomic
def choose_plan(plan: RoundPlan, *, by: User, at: datetime.datetime) -> RoundPlan:
    """Carry a plan out: its exchanges are proposed to their people. Where somebody has left since, theirs is off and
    the rest is matched anew. Again: no change.

    Refused: not_in_charge, plan_not_ready, hours_over, not_to_be_matched.
    """
    must_run(by, plan.round)
    round_ = locked_round(plan.round)
    plan = RoundPlan.objects.defer("instance").get(pk=plan.pk)
    if plan.chosen_at:
        return plan
    if plan.result is None or round_.state != SwapRound.State.MATCHING:
        raise Refused("plan_not_ready", _("This plan is not ready, or another one was chosen."))
    if at >= round_.ends_at:
        raise Refused("hours_over", TOO_LATE)
    plan.chosen_at = at
    plan.save(update_fields=["chosen_at"])
    round_.state = SwapRound.State.PROPOSED
    round_.save(update_fields=["state"])
    round_.entries.filter(state=RoundEntry.State.IN).update(told_at=None)
    lock_things(rounds=[round_])
    all_exchanges = exchanges_of(plan.result["cycles"], plan.result["chains"])
    still = still_wanted(all_exchanges, instance_of(candidates(round_), at=at))
    plan_exchanges(round_, still, at=at)
    if len(still) < len(all_exchanges):
        match_anew(round_, at=at)
    details = {"plan": plan.pk, "objective": plan.objective, "trades": plan.trades, "people": plan.people}
    record_audit("swap.plan_chosen", round_, by=by, at=at, details=details)
    return plan
