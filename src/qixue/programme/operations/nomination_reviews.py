"""Judging a nomination on its way up: pass it on, send it back, or do not select it."""

import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from qixue.core.fields import checked_reason
from qixue.core.refusal import Refused
from qixue.people.models import User
from qixue.people.operations.notifications import notify
from qixue.people.queries import people_in_charge
from qixue.people.rules import Action
from qixue.programme.models import Nomination, NominationStep, RecognitionCall
from qixue.programme.notices import recognitions as notices
from qixue.programme.operations.nominations import (
    lock_nomination,
    people_who_nominate_for,
    record_step,
    refuse_closed,
    refuse_old_page,
    step_on,
)
from qixue.programme.queries.recognitions import ladder, passed_on_count, stage_of
from qixue.programme.recognition_rules import may_judge

State = Nomination.State
Kind = NominationStep.Kind
HIGHEST_RANK = 999
OWN_OFFICE = _("Your own office put this nomination forward; somebody above or from another office judges it.")


def lock_waiting(nomination: Nomination, edit_count: int, by: User) -> Nomination:
    """Refused: not_waiting, not_judge, call_closed, changed_meanwhile."""
    nomination = lock_nomination(nomination)
    if nomination.state != State.NOMINATED or nomination.waits_at is None:
        raise Refused("not_waiting", _("This nomination does not wait for a review."))
    if not may_judge(by, nomination):
        raise Refused("not_judge", OWN_OFFICE)
    refuse_closed(nomination.call)
    refuse_old_page(nomination, edit_count)
    return nomination


def is_repeated(nomination: Nomination, kind: Kind, edit_count: int, by: User) -> bool:
    """Whether the same person has just taken this step from the same page: a button that was pressed twice."""
    last = nomination.steps.order_by("-at", "-pk").first()
    is_next = Nomination.objects.filter(pk=nomination.pk, edit_count=edit_count + 1).exists()
    return is_next and last is not None and (last.kind, last.by_id) == (kind, by.pk)


@transaction.atomic
def pass_on_nomination(
    nomination: Nomination,
    *,
    comment: str = "",
    rank: int | None = None,
    edit_count: int,
    by: User,
    at: datetime.datetime,
) -> Nomination:
    """Pass it to the next level, with a place among those passed on if there is one. Pressed twice: once.

    Refused: last_level, quota_full, rank_out_of_range, and those of `lock_waiting`.
    """
    RecognitionCall.objects.select_for_update().get(pk=nomination.call_id)  # two that pass on at once keep the quota
    if is_repeated(nomination, Kind.PASSED_ON, edit_count, by):
        return nomination
    nomination = lock_waiting(nomination, edit_count, by)
    desk, call = nomination.waits_at, nomination.call
    if desk is None or desk.pk == call.organisation_id:
        raise Refused("last_level", _("This is the level that decides; please open the public notice."))
    if rank is not None and not 1 <= rank <= HIGHEST_RANK:
        raise Refused("rank_out_of_range", _("Please give a place from 1 to 999, or leave it empty."), field="rank")
    stage = stage_of(call, desk)
    if stage and stage.quota is not None and passed_on_count(call, desk) >= stage.quota:
        sentence = _("%(desk)s passes on at most %(quota)s nominations in this call.")
        raise Refused("quota_full", sentence, desk=desk.local_name, quota=stage.quota)
    following = ladder(call, desk.path)[0]
    step_on(nomination, State.NOMINATED, waits_at=following)
    record_step(nomination, Kind.PASSED_ON, by=by, at=at, organisation=desk, comment=comment.strip(), rank=rank)
    judges = people_in_charge(following, Action.JUDGE_NOMINATION)
    notify(judges, notices.moved_on("nomination_waits", nomination), at=at)
    notify(people_who_nominate_for(nomination), notices.moved_on("nomination_passed_on", nomination), at=at)
    return nomination


@transaction.atomic
def send_back_nomination(
    nomination: Nomination, *, comment: str, edit_count: int, by: User, at: datetime.datetime
) -> Nomination:
    """Give it back to who put it forward, with what has to change. Pressed twice: once.

    Refused: reason_missing, and those of `lock_waiting`.
    """
    return end_review(nomination, Kind.SENT_BACK, comment, edit_count, by=by, at=at)


@transaction.atomic
def decline_nomination(
    nomination: Nomination, *, comment: str, edit_count: int, by: User, at: datetime.datetime
) -> Nomination:
    """Do not select it, with the reason. Pressed twice: once. Refused: reason_missing, and those of `lock_waiting`."""
    return end_review(nomination, Kind.NOT_SELECTED, comment, edit_count, by=by, at=at)


def end_review(
    nomination: Nomination, kind: Kind, comment: str, edit_count: int, *, by: User, at: datetime.datetime
) -> Nomination:
    if is_repeated(nomination, kind, edit_count, by):
        return nomination
    nomination = lock_waiting(nomination, edit_count, by)
    sentence = _("Please say why, so that those who put it forward can understand it.")
    comment = checked_reason(comment, sentence, field="comment")
    desk = nomination.waits_at
    step_on(nomination, State.SENT_BACK if kind == Kind.SENT_BACK else State.NOT_SELECTED)
    record_step(nomination, kind, by=by, at=at, organisation=desk, comment=comment)
    notify(people_who_nominate_for(nomination), notices.moved_on(f"nomination_{kind}", nomination), at=at)
    return nomination
