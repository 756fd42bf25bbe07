"""Figures about sessions of one sort: by kind, by the way of meeting, by place; and who spoke there."""

from collections.abc import Callable
from typing import Any

from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from qixue.core.figures import EvidenceRow, FigureValue, Scope, Theme
from qixue.core.quantity import CLASS, PERCENT, PERSON, PIECE, SESSION, Quantity, Unit, share_of
from qixue.places.models import Region, Venue
from qixue.programme.figures import counted_or_missing, define, held_activities, rows_of_sessions
from qixue.programme.models import Activity, Programme, Session
from qixue.programme.models.activities import SessionQuerySet
from qixue.programme.queries import held_sessions_in, sessions_in

Kind = Activity.Kind
ONLINE = Q(is_online=True, venue=None)  # with a place people could come as well: that counts as held there
RURAL = Q(venue__region__urban_rural_class=Region.UrbanRural.RURAL)


def define_sessions(code: str, name: object, rule: object, condition: Q, **more: Any) -> None:
    """A count of the held sessions for which the condition holds."""

    def chosen(scope: Scope) -> SessionQuerySet:
        return held_sessions_in(scope).filter(condition)

    define(
        code,
        name,
        SESSION,
        rule,
        lambda scope: counted_or_missing(scope, chosen(scope).count(), SESSION),
        lambda scope: rows_of_sessions(chosen(scope)),
        **more,
    )


def define_activities(code: str, name: object, unit: Unit, rule: object, kind: str) -> None:
    """A count of the activities of a kind that had a session; their sessions are the evidence."""
    define(
        code,
        name,
        unit,
        rule,
        lambda scope: counted_or_missing(scope, held_activities(scope).filter(kind=kind).count(), unit),
        lambda scope: rows_of_sessions(held_sessions_in(scope).filter(activity__kind=kind)),
    )


def open_venues(scope: Scope) -> QuerySet[Venue]:
    """Real places only: a source may name a kind of place without saying which one."""
    return Venue.objects.filter(pk__in=held_sessions_in(scope).values("venue"), is_group=False)


def with_speaker(scope: Scope) -> SessionQuerySet:
    return held_sessions_in(scope).exclude(speaker="")


def speakers(scope: Scope) -> int:
    return with_speaker(scope).order_by().values("speaker").distinct().count()


def due_by_plan(scope: Scope) -> SessionQuerySet:
    """Sessions that an approved plan announced: held or called off ones, and once the programme is closed all."""
    still_open = Q(state=Session.State.PLANNED) & ~Q(activity__programme__state=Programme.State.CLOSED)
    return sessions_in(scope).filter(plan_line_key__isnull=False).exclude(still_open)


def plan_rate(scope: Scope) -> FigureValue:
    due = due_by_plan(scope)
    total = due.count()
    return FigureValue(share_of(due.held().count(), total) if total else None)


def rows_with(condition: Q) -> Callable[[Scope], list[EvidenceRow]]:
    return lambda scope: rows_of_sessions(held_sessions_in(scope).filter(condition))


define_sessions(
    "lectures",
    _("Lectures"),
    _("Sessions of the kind lecture that were held."),
    Q(activity__kind=Kind.LECTURE),
)
define_activities(
    "training_classes",
    _("Training classes"),
    CLASS,
    _("Activities of the kind training with at least one session that was held; one activity is one class."),
    Kind.TRAINING,
)
define_activities(
    "exhibitions",
    _("Exhibitions"),
    PIECE,
    _("Activities of the kind exhibition with at least one session that was held."),
    Kind.EXHIBITION,
)
define_sessions(
    "sessions_online",
    _("Sessions online"),
    _("Sessions that were held online only; one that people could come to as well counts as held at its place."),
    ONLINE,
)
define_sessions(
    "sessions_rural",
    _("Sessions in the country"),
    _("Sessions that were held at a place whose town is classed as country."),
    RURAL,
    theme=Theme.REACH,
)
define(
    "venues_open",
    _("Places that were open for learning"),
    PIECE,
    _("Distinct places at which a session was held; a kind of place that a source does not name is not one."),
    lambda scope: counted_or_missing(scope, open_venues(scope).count(), PIECE),
    rows_with(Q(venue__is_group=False)),
    theme=Theme.REACH,
)
define(
    "teachers",
    _("Speakers and teachers"),
    PERSON,
    _("Distinct names of speakers of sessions that were held, as they were entered. People of one name count once."),
    lambda scope: FigureValue(Quantity(count, PERSON) if (count := speakers(scope)) else None),
    lambda scope: rows_of_sessions(with_speaker(scope)),
    theme=Theme.PEOPLE,
)
define(
    "plan_completion_rate",
    _("Plan carried out"),
    PERCENT,
    _(
        "Sessions that came from a published plan and were held, divided by those from plans that were held or called"
        " off, and once the programme is closed by all of them."
    ),
    plan_rate,
    lambda scope: rows_of_sessions(due_by_plan(scope)),
)
