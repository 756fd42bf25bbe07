"""What the pages of recognitions offer to somebody, and the columns of the ladder."""

import datetime
from dataclasses import dataclass
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from qixue.people.models import User
from qixue.people.rules import Action, may
from qixue.programme.models import CallStage, Nomination, RecognitionCall
from qixue.programme.queries.recognitions import LEVELS, by_place, organisations_to_nominate
from qixue.programme.recognition_rules import may_decide, may_judge, may_lead_call, may_put_forward
from qixue.web.workspace.plan_words import Act

State = Nomination.State
GRAVE = {"withdraw_nomination", "withdraw_consent", "erase_nominee", "close_recognition"}
OVER = (State.NOT_SELECTED, State.REMOVED, State.WITHDRAWN)


@dataclass(frozen=True)
class Column:
    """A level of the ladder with what waits there; `due_on` is its last day."""

    title: str
    due_on: datetime.date | None
    nominations: list[Any]


def columns_of(call: RecognitionCall, nominations: list[Any]) -> list[Column]:
    places = by_place(nominations)
    stages = {stage.level: stage for stage in call.stages.all()}
    columns = [Column(_("With those who nominate"), call.nominate_until, [*places["sent_back"], *places["draft"]])]
    for level in CallStage.Level:
        waiting = sorted(places[LEVELS[level]], key=rank_of)
        if level in stages or waiting:
            columns.append(Column(str(level.label), stages[level].due_on if level in stages else None, waiting))
    columns.append(Column(call.organisation.local_name, None, sorted(places["last"], key=rank_of)))
    columns.append(Column(_("On public notice"), None, [*places["on_notice"], *places["notice_over"]]))
    columns.append(Column(_("Awarded"), None, places["awarded"]))
    return columns


def rank_of(nomination: Any) -> tuple[int, int]:
    return (nomination.rank or 1000, nomination.pk)


def acts_on_call(user: User, call: RecognitionCall, today: datetime.date) -> list[Act]:
    acts: list[tuple[str, str]] = []
    if call.closed_at is None:
        if call.nominate_until >= today and organisations_to_nominate(user, call).exists():
            acts.append((_("Nominate"), "nominate"))
        if may_lead_call(user, call):
            acts += leading_acts(call)
    return [Act(text, reverse(f"workspace:{route}", args=[call.pk]), route in GRAVE) for text, route in acts]


def leading_acts(call: RecognitionCall) -> list[tuple[str, str]]:
    acts = []
    states = set(call.nominations.values_list("state", flat=True))
    if call.nominations.filter(state=State.NOMINATED, waits_at=call.organisation).exists():
        acts.append((_("Open the public notice"), "open_public_notice"))
    if State.NOTICE_OVER in states:
        acts.insert(0, (_("Confirm the result"), "confirm_result"))
    acts.append((_("Change the call"), "edit_recognition"))
    if not states & {State.ON_NOTICE, State.NOTICE_OVER}:
        acts.append((pgettext("recognition", "Close the call"), "close_recognition"))
    return acts


def acts_on_nomination(user: User, nomination: Nomination) -> list[Act]:
    """What the viewer can do with it now, the next step first."""
    acts: list[tuple[str, str]] = []
    is_open = nomination.call.closed_at is None
    if is_open and may_judge(user, nomination):
        acts.append((_("Review"), "judge_nomination"))
    if is_open and may_put_forward(user, nomination):
        acts += nominating_acts(nomination)
    if may(user, Action.NOMINATE, nomination.organisation):
        acts += consent_acts(nomination)
    if nomination.state == State.AWARDED and not nomination.recommended_at and may_decide(user, nomination):
        acts.append((_("Recommend to the level above"), "recommend_nomination"))
    if not nomination.erased_at and may(user, Action.JUDGE_NOMINATION, nomination.organisation):
        acts.append((_("Erase personal data"), "erase_nominee"))
    return [Act(text, reverse(f"workspace:{route}", args=[nomination.pk]), route in GRAVE) for text, route in acts]


def nominating_acts(nomination: Nomination) -> list[tuple[str, str]]:
    withdraw = (pgettext("recognition", "Withdraw"), "withdraw_nomination")
    if nomination.state in Nomination.EDITABLE_STATES:
        edit = [(_("Check and put forward"), "submit_nomination"), (_("Edit"), "edit_nomination")]
        return [*edit, withdraw]
    return [withdraw] if nomination.state in Nomination.OPEN_STATES else []


def consent_acts(nomination: Nomination) -> list[tuple[str, str]]:
    acts = []
    is_missing = nomination.consented_at is None or (nomination.photo and nomination.photo_consented_at is None)
    if is_missing and nomination.state in (*Nomination.OPEN_STATES, State.AWARDED) and not nomination.erased_at:
        acts.append((_("Record the agreement to publication"), "record_consent"))
    if nomination.consented_at or nomination.photo_consented_at:
        acts.append((_("The nominee takes the agreement back"), "withdraw_consent"))
    return acts
