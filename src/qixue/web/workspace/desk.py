"""What stands on the desk of somebody on the staff: the kinds of things that wait for them, and what comes next."""

import datetime
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from qixue.core.clock import day_bounds, local_day
from qixue.participation.queries import COUNTABLE, sessions_awaiting_count
from qixue.participation.queries.door_state import undecided_by_session
from qixue.participation.queries.left_in import left_in_after_start
from qixue.participation.queries.lotteries import draws_awaiting_a_number
from qixue.people.models import User
from qixue.people.queries import path_filter
from qixue.people.rules import Action, reach
from qixue.programme.models import Activity, Session
from qixue.programme.queries.follow_ups import follow_ups_waiting
from qixue.programme.queries.plans import Waiting, waiting_for
from qixue.programme.queries.recognitions import calls_open_to, nominations_waiting
from qixue.report.issuing import requests_waiting_for
from qixue.swap.queries.reports import reported_to
from qixue.web.workspace.follow_up_words import item_of
from qixue.web.workspace.return_words import return_tasks

SHOWN = 8
Rows = Sequence[Any] | QuerySet[Any]
# What waits -> the words for it, and the page on which it is done.
ACTS = {
    "file": (_("File the plan"), "plan"),
    "revise": (_("Go on with the new version of the plan"), "plan"),
    "countersign": (_("Countersign"), "countersign"),
    "decide": (_("Approve or return the plan"), "decide_plan"),
    "publish": (_("Publish the plan"), "publish_plan"),
}


@dataclass(frozen=True)
class Task:
    """Something that waits for the viewer, and the words and the route of the page on which it is done."""

    waiting: Waiting
    act: tuple[Any, str]
    today: datetime.date

    @property
    def due_words(self) -> Any:
        """What the day is by which it has to be done."""
        return _("First session") if self.waiting.act in {"decide", "publish"} else _("Last day")

    @property
    def is_overdue(self) -> bool:
        return self.waiting.due_on is not None and self.waiting.due_on < self.today

    @property
    def url(self) -> str:
        asked = self.waiting.countersignature
        return reverse(f"workspace:{self.act[1]}", args=[asked.pk if asked else self.waiting.plan.pk])


@dataclass(frozen=True)
class Kind:
    """Things of one kind: the most pressing first. `shown` makes of a row what the template shows."""

    title: Any
    template: str
    rows: Callable[[User, datetime.datetime], Rows]
    shown: Callable[[Any, datetime.datetime], Any] = lambda row, at: row


@dataclass(frozen=True)
class Desk:
    """Some or all of the things of one kind, and how many there are."""

    name: str
    kind: Kind
    rows: list[Any]
    count: int
    is_page: bool = False  # a page of its own, with the others on the next

    @property
    def is_cut(self) -> bool:
        return not self.is_page and self.count > len(self.rows)


def first_of(name: str, user: User, at: datetime.datetime) -> Desk:
    """The beginning of the kind of that name; the others are only counted."""
    kind = KINDS[name]
    rows = kind.rows(user, at)
    first = list(rows[: SHOWN + 1])
    count = len(first) if len(first) <= SHOWN else len(rows) if isinstance(rows, Sequence) else rows.count()
    return Desk(name, kind, [kind.shown(row, at) for row in first[:SHOWN]], count)


def within(user: User, action: Action, field: str = "activity__organisation__path") -> Q:
    return path_filter(reach(user, action), field)


def plan_tasks(user: User, at: datetime.datetime) -> list[Task]:
    return [Task(waiting, ACTS[waiting.act], local_day(at)) for waiting in waiting_for(user)]


def recognitions(user: User, at: datetime.datetime) -> list[Any]:
    """Nominations to judge, then calls in which somebody can be put forward."""
    return [*nominations_waiting(user), *calls_open_to(user, local_day(at))]


def drafts(user: User, at: datetime.datetime) -> QuerySet[Activity]:
    found = Activity.objects.filter(within(user, Action.SEE_RECORDS, "organisation__path"), state=Activity.State.DRAFT)
    return found.select_related("organisation").order_by("-pk")


def running(user: User, at: datetime.datetime) -> QuerySet[Session]:
    """Sessions that have begun and are not over, counted or not; without a known end until their day is over."""
    start, _end = day_bounds(local_day(at), local_day(at))
    not_over = Q(ends_at__gte=at) | Q(ends_at=None, starts_at__gte=start)
    attended = within(user, Action.RECORD_ATTENDANCE)
    begun = Session.objects.filter(attended, not_over, state__in=COUNTABLE, starts_at__lt=at)
    return begun.select_related("activity", "venue").order_by("starts_at", "pk")


def upcoming(user: User, at: datetime.datetime) -> QuerySet[Session]:
    attended = within(user, Action.RECORD_ATTENDANCE)
    planned = Session.objects.filter(attended, state=Session.State.PLANNED, starts_at__gte=at)
    return planned.select_related("activity", "venue").order_by("starts_at", "pk")


WAITING = {
    "plans": Kind(_("Waits for you"), "workspace/plans/waiting.html", plan_tasks),
    "issues": Kind(
        _("Summaries that wait to be issued"),
        "workspace/seals/waiting.html",
        lambda user, at: requests_waiting_for(user),
    ),
    "draws": Kind(
        _("Draws that wait for a public number"),
        "workspace/registrations/draws_waiting.html",
        lambda user, at: draws_awaiting_a_number(within(user, Action.EDIT_ACTIVITY)),
    ),
    "scans": Kind(
        _("Scans that wait for a decision"),
        "workspace/door/waiting.html",
        lambda user, at: undecided_by_session(within(user, Action.CORRECT_ATTENDANCE)),
    ),
    "reported": Kind(_("Reported things"), "workspace/swap/waiting.html", lambda user, at: reported_to(user)),
    "follow-ups": Kind(
        _("Follow-ups that wait for you"),
        "workspace/follow_ups/waiting.html",
        lambda user, at: follow_ups_waiting(user),
        lambda row, at: item_of(row, local_day(at)),
    ),
    "returns": Kind(
        _("Returns that wait for you"), "workspace/returns/waiting.html", lambda user, at: return_tasks(user)
    ),
    "recognitions": Kind(_("Recognitions"), "workspace/recognitions/waiting.html", recognitions),
}
LATER = {
    "running": Kind(pgettext_lazy("session", "Going on now"), "workspace/sessions/on_desk.html", running),
    "uncounted": Kind(
        _("Over, and not counted yet"),
        "workspace/sessions/on_desk.html",
        lambda user, at: sessions_awaiting_count(within(user, Action.RECORD_ATTENDANCE), at),
    ),
    "called-off": Kind(
        _("Called off, and people came after the start"),
        "workspace/sessions/on_desk.html",
        lambda user, at: left_in_after_start(within(user, Action.CORRECT_ATTENDANCE)),
    ),
    "drafts": Kind(_("Drafts"), "workspace/activities/drafts.html", drafts),
    "upcoming": Kind(_("Coming next"), "workspace/sessions/on_desk.html", upcoming),
}
KINDS = {**WAITING, **LATER}
