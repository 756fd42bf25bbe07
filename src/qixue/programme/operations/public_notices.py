"""The public notice (公示) before an award, its end, and the result."""

import datetime
from collections.abc import Sequence

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from qixue.core.clock import local_day
from qixue.core.clock_words import day_lazy
from qixue.core.duties import for_each
from qixue.core.refusal import Refused
from qixue.people.models import User
from qixue.people.operations.notifications import notify
from qixue.people.queries import people_in_charge
from qixue.people.rules import Action
from qixue.programme.models import Award, Nomination, NominationStep, RecognitionCall
from qixue.programme.notices import recognitions as notices
from qixue.programme.operations.nomination_reviews import OWN_OFFICE
from qixue.programme.operations.nominations import (
    lock_nomination,
    lock_nominations,
    people_who_nominate_for,
    record_step,
    step_on,
)
from qixue.programme.operations.recognition_calls import lock_call
from qixue.programme.queries.recognitions import last_notice_day
from qixue.programme.recognition_rules import judgeable, may_decide

State = Nomination.State
Kind = NominationStep.Kind
MOST_DAYS = 90  # of a notice, counted in the calendar
TITLES = {
    RecognitionCall.Kind.LEARNING_STAR: ("百姓学习之星", "Learning star of the people"),
    RecognitionCall.Kind.BRAND_PROJECT: ("终身学习品牌项目", "Lifelong learning brand project"),
    RecognitionCall.Kind.EXCELLENT_ORGANISER: ("优秀组织奖", "Excellent organiser award"),
}


def names(nominations: Sequence[Nomination]) -> list[str]:
    return [nomination.shown_name for nomination in nominations]


def locked(
    call: RecognitionCall, nominations: Sequence[Nomination], by: User
) -> tuple[RecognitionCall, list[Nomination]]:
    """The call and some of its nominations. Refused: none_chosen, not_judge, call_closed."""
    call = lock_call(call, None, by)
    chosen = lock_nominations(nominations)
    if not chosen or any(each.call_id != call.pk for each in chosen):
        raise Refused("none_chosen", _("Please choose at least one nomination."), field="nominations")
    judged = judgeable(by, [(each, call.organisation) for each in chosen])
    if own := [each for each in chosen if each not in judged]:
        raise Refused("not_judge", OWN_OFFICE, lines=names(own), field="nominations")
    return call, chosen


@transaction.atomic
def open_public_notice(
    call: RecognitionCall,
    nominations: Sequence[Nomination],
    *,
    until: datetime.date | None = None,
    by: User,
    at: datetime.datetime,
) -> list[Nomination]:
    """Show the chosen candidates to everybody from today, all or none; those on notice already stay as they are.

    `until` None: so many working days as the call says. Refused: consent_missing, too_many, notice_too_short,
    notice_too_long, not_waiting, and those of `locked`.
    """
    call, chosen = locked(call, nominations, by)
    today = local_day(at)
    shortest = last_notice_day(today, call.notice_days)
    until = until or shortest
    if until < shortest:
        sentence = _("The notice has to last %(days)s working days: please give %(day)s or a later day.")
        raise Refused("notice_too_short", sentence, field="until", days=call.notice_days, day=day_lazy(shortest))
    if until > today + datetime.timedelta(days=MOST_DAYS):
        raise Refused("notice_too_long", _("Please give a day within the next 90 days."), field="until")
    fresh = [each for each in chosen if each.state != State.ON_NOTICE]
    if astray := [each for each in fresh if each.state != State.NOMINATED or each.waits_at_id != call.organisation_id]:
        sentence = _("These nominations have not reached the level that decides:")
        raise Refused("not_waiting", sentence, lines=names(astray), field="nominations")
    if silent := [each for each in fresh if each.consented_at is None]:
        sentence = _("These nominees have not agreed to publication yet; nothing of them can be shown:")
        raise Refused("consent_missing", sentence, lines=names(silent), field="nominations")
    refuse_too_many(call, fresh)
    for nomination in fresh:
        nomination.notice_from, nomination.notice_until, nomination.is_public = today, until, True
        nomination.state, nomination.waits_at = State.ON_NOTICE, None
        nomination.edit_count += 1
        nomination.save()
        record_step(nomination, Kind.NOTICE_OPENED, by=by, at=at, organisation=call.organisation)
        notify(people_who_nominate_for(nomination), notices.moved_on("nomination_on_notice", nomination), at=at)
    return chosen


def refuse_too_many(call: RecognitionCall, fresh: Sequence[Nomination]) -> None:
    taken = call.nominations.filter(state__in=Nomination.PUBLIC_STATES).count()
    if call.place_count is not None and taken + len(fresh) > call.place_count:
        sentence = _("This call has %(places)s places; %(taken)s of them are taken.")
        raise Refused("too_many", sentence, field="nominations", places=call.place_count, taken=taken)


def end_notices(*, at: datetime.datetime) -> int:
    """Duty of the worker: notices whose last day is over end by themselves. Returns how many did."""
    over = Nomination.objects.filter(state=State.ON_NOTICE, notice_until__lt=local_day(at)).order_by("pk")
    return for_each("public_notices", over, lambda nomination: end_notice(nomination, at=at))


@transaction.atomic
def end_notice(nomination: Nomination, *, at: datetime.datetime) -> bool:
    """Whether this call ended it; another worker may have been faster."""
    nomination = lock_nomination(nomination)
    if nomination.state != State.ON_NOTICE:
        return False
    step_on(nomination, State.NOTICE_OVER)
    record_step(nomination, Kind.NOTICE_ENDED, by=None, at=at)
    people = people_in_charge(nomination.call.organisation, Action.JUDGE_NOMINATION)
    notify(people, notices.notice_over(nomination), at=at)
    return True


@transaction.atomic
def award_nominations(
    call: RecognitionCall, nominations: Sequence[Nomination], *, by: User, at: datetime.datetime
) -> list[Nomination]:
    """Confirm the result for the chosen candidates, all or none; those awarded before stay as they are.

    Refused: notice_running, objection_open, and those of `locked`.
    """
    call, chosen = locked(call, nominations, by)
    fresh = [each for each in chosen if each.state != State.AWARDED]
    if early := [each for each in fresh if each.state != State.NOTICE_OVER]:
        sentence = _("The public notice of these candidates is not over:")
        raise Refused("notice_running", sentence, lines=names(early), field="nominations")
    if disputed := [each for each in fresh if each.open_objection_count]:
        sentence = _("An objection against these candidates is not settled yet:")
        raise Refused("objection_open", sentence, lines=names(disputed), field="nominations")
    for nomination in fresh:
        nomination.award = write_award(nomination, at)
        nomination.save(update_fields=["award"])
        step_on(nomination, State.AWARDED)
        record_step(nomination, Kind.AWARDED, by=by, at=at, organisation=call.organisation)
        notify(people_who_nominate_for(nomination), notices.moved_on("nomination_awarded", nomination), at=at)
    return chosen


def write_award(nomination: Nomination, at: datetime.datetime) -> Award:
    """The award that figures and the work summary count."""
    call = nomination.call
    title, title_en = TITLES[RecognitionCall.Kind(call.kind)]
    award = Award.objects.create(
        programme=call.programme,
        code=f"R{nomination.pk}",
        brand=nomination.brand,
        recipient=nomination.name,
        title=title,
        title_en=title_en,
        level=call.level,
        awarded_on=local_day(at).isoformat(),
    )
    award.givers.add(call.organisation)
    return award


@transaction.atomic
def recommend_upward(nomination: Nomination, *, by: User, at: datetime.datetime) -> Nomination:
    """Note that an awarded nominee was recommended to the level above. Again: no change.

    Refused: not_judge, not_awarded.
    """
    nomination = lock_nomination(nomination)
    if not may_decide(by, nomination):
        raise Refused("not_judge", OWN_OFFICE)
    if nomination.state != State.AWARDED:
        raise Refused("not_awarded", _("Only who was honoured here can be recommended to the level above."))
    if nomination.recommended_at is None:
        nomination.recommended_at = at
        nomination.save(update_fields=["recommended_at"])
        record_step(nomination, Kind.RECOMMENDED, by=by, at=at, organisation=nomination.call.organisation)
    return nomination
