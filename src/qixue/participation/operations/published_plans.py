"""A version of a plan comes into force: whoever is signed up for what it calls off or moves is told."""

import datetime
from dataclasses import replace

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from qixue.core.refusal import Refused, ask_at_once
from qixue.participation.operations.calling_off import keep_reason
from qixue.participation.operations.check_ins import hold_attended
from qixue.participation.operations.people_inside import (
    doubts_about_inside,
    hold_doors,
    take_back_inside,
    tell_unregistered,
)
from qixue.participation.operations.session_changes import MOVED, release_forgotten, tell_if_moved, words_of_change
from qixue.participation.operations.terms import fit_terms
from qixue.participation.queries.plan_effects import Reached, effects_of
from qixue.participation.session_notice_kinds import CHECK_IN_MOVED, CHECK_IN_OFF
from qixue.people.models import User
from qixue.programme.models import PlanVersion, Session
from qixue.programme.operations import plan_publication
from qixue.programme.operations.plan_lines import lock_version
from qixue.programme.operations.plans import refuse_others
from qixue.programme.queries.publications import Publication, publication_of, sessions_of


@transaction.atomic
def publish_plan(
    version: PlanVersion, *, reason: str = "", by: User, at: datetime.datetime, confirmed: bool = False
) -> PlanVersion:
    """Bring an approved version into force; again changes nothing. Tell whoever is signed up for what it moves.

    `reason` is why it calls sessions off, kept for each of them as `calling_off.call_off` does; the worker tells
    it. What it moves fares as by `change_session`: terms, offers, and whoever was let in. Refused: as by
    `check_publication`, `bring_into_force` and `fit_terms`, and reason_missing, naming the sessions. Unless confirmed,
    a doubt: people_are_in.
    """
    refuse_others(version, by)
    version = lock_version(version)
    if version.state == PlanVersion.State.PUBLISHED:
        return version
    plan_publication.check_publication(version, by=by)
    work = held(publication_of(version), at=at)
    effects = effects_of(work, at=at)
    plan_publication.bring_into_force(version, work, by=by, at=at)
    called_off, reason = effects.called_off.sessions, reason.strip()
    if called_off and not reason:
        raise reason_missing(effects.called_off)
    if not confirmed:
        ask_at_once(doubts_about_inside([*called_off, *effects.moved_away]))
    keep_reason(called_off, reason)
    off = take_back_inside(called_off, reason, by=by, at=at)
    away = take_back_inside(effects.moved_away, str(MOVED), by=by, at=at)
    before = {session.pk: session for session in effects.moved.sessions}
    moved = list(Session.objects.filter(pk__in=before).select_related("activity", "venue").order_by("pk"))
    release_forgotten([after for after in moved if after in effects.moved_away], at=at)
    for after in moved:
        fit_terms(after, by=by, at=at)
    for session in called_off:
        tell_unregistered(CHECK_IN_OFF, session, off, at=at, note=reason)
    for after in moved:
        tell_if_moved(before[after.pk], after, away, at=at)
        tell_unregistered(CHECK_IN_MOVED, after, away, at=at, **words_of_change(before[after.pk], after))
    return version


def held(work: Publication, *, at: datetime.datetime) -> Publication:
    """The same with the sessions of the plan as they are now: nobody signs up until the transaction ends, and nobody is
    let in where a session may be called off or start at another time. The version is locked: its lines stay.
    """
    leaving = work.leaving()
    if leaving:
        hold_doors(work.plan.organisation, leaving)
    plan_publication.hold_sessions(work.plan)
    hold_attended(Session.objects.filter(pk__in=[session.pk for session in leaving]), at=at)
    return replace(work, sessions=sessions_of(work.plan))


def reason_missing(called_off: Reached) -> Refused:
    """Naming the sessions, and how many people hear of it."""
    sentence = _(
        "Sessions that this version cancels: %(sessions)s. People who are told so: %(people)s; whom no notice reaches: "
        "%(unreached)s. Please give the reason, which everybody reads."
    )
    lines = [plan_publication.named(session) for session in called_off.sessions]
    return Refused(
        "reason_missing",
        sentence,
        lines=lines,
        field="reason",
        sessions=len(lines),
        people=called_off.reach.reached_count,
        unreached=len(called_off.reach.unreached),
    )
