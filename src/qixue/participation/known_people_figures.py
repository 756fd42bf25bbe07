"""Figures about who the people are: how old, where at home, whether they came before. From the entries each time."""

from decimal import Decimal
from typing import Any

from django.db.models import Count
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from qixue.core.figures import EvidenceRow, FigureDefinition, FigureValue, People, Scope, Theme, registry, shared
from qixue.core.quantity import ATTENDANCE, PERCENT, PERSON, Quantity, rounded
from qixue.participation.counted_people import BY_NAME
from qixue.participation.figures import (
    evidence_rows,
    named_evidence,
    names_by_session,
    session_rows,
)
from qixue.participation.queries.placed import PlacedTally
from qixue.participation.queries.presences import (
    Ages,
    at_home,
    came_before,
    counted,
    distinct_people,
    known_elsewhere,
    of_age,
    seats_taken,
    with_known_age,
    with_known_home,
)
from qixue.participation.residents import population, population_note
from qixue.programme.figures import DIMENSIONS

OLDER, YOUNG = Ages(60, 150), Ages(0, 17)
AGE_KNOWN = _("The year of birth is known of {known} of {all} attendances by name; the others are not in this number.")
HOME_KNOWN = _("Where people live is known of {known} of {all} who came by name; the others are not in this number.")


@shared
def seats_by_session(programme_code: str, ages: Ages) -> dict[int, int]:
    """人次 of people of that age, by key of the session."""
    rows = of_age(Scope(programme_code), ages).order_by().values_list("session")
    return dict(rows.annotate(Count("person_token", distinct=True)))


def people_of_age(ages: Ages) -> People:
    return People(
        lambda scope: seats_taken(of_age(scope, ages)),
        lambda tally: seats_by_session(tally.programme_code, ages).get(tally.session_id or 0, 0),
    )


def attendances_of(ages: Ages, scope: Scope) -> FigureValue:
    """Missing where no year of birth is known."""
    known = seats_taken(with_known_age(scope))
    if not known:
        return FigureValue(None)
    note = format_lazy(AGE_KNOWN, known=f"{known:,}", all=f"{seats_taken(counted(scope)):,}")
    return FigureValue(Quantity(seats_taken(of_age(scope, ages)), ATTENDANCE), notes=(note,))


def rows_of_age(ages: Ages, scope: Scope) -> list[EvidenceRow]:
    """One row per session: how old somebody is stands beside no single record."""
    rows = of_age(scope, ages).order_by().values_list("session")
    counts = dict(rows.annotate(Count("person_token", distinct=True)))
    return session_rows({session: Quantity(count, ATTENDANCE) for session, count in counts.items()}, counts)


def define_age(code: str, name: object, rule: object, ages: Ages) -> None:
    def value(scope: Scope) -> FigureValue:
        return attendances_of(ages, scope)

    registry.register(
        FigureDefinition(
            code=code,
            name=name,
            unit=ATTENDANCE,
            rule=rule,
            dimensions=DIMENSIONS,
            value=value,
            recount=value,
            evidence=lambda scope: rows_of_age(ages, scope),
            theme=Theme.PEOPLE,
            people=people_of_age(ages),
        )
    )


def new_people(scope: Scope) -> int:
    return distinct_people(counted(scope)) - distinct_people(came_before(scope))


def new_participants(scope: Scope) -> FigureValue:
    """Missing where nobody is known by name from before: all would be new."""
    if not known_elsewhere(scope.programme).exists() or not counted(scope).exists():
        return FigureValue(None)
    return FigureValue(Quantity(new_people(scope), PERSON))


def returned_to(tally: PlacedTally) -> int:
    return returned_by_session(tally.programme_code).get(tally.session_id or 0, 0)


@shared
def returned_by_session(programme_code: str) -> dict[int, int]:
    rows = came_before(Scope(programme_code)).order_by().values_list("session")
    return dict(rows.annotate(Count("person_token", distinct=True)))


def without_those_who_came_before(scope: Scope) -> Any:
    return counted(scope).exclude(pk__in=came_before(scope).values("pk"))


def new_by_session(scope: Scope) -> list[EvidenceRow]:
    rows = without_those_who_came_before(scope).order_by().values_list("session")
    counts = dict(rows.annotate(Count("person_token", distinct=True)))
    return session_rows({session: Quantity(count, PERSON) for session, count in counts.items()}, counts)


def participation_rate(scope: Scope) -> FigureValue:
    """Per cent of the residents of the area who came by name to a session in it."""
    residents, known = population(scope, "resident_population"), distinct_people(with_known_home(scope))
    if residents is None or not known:
        return FigureValue(None)
    note = format_lazy(HOME_KNOWN, known=f"{known:,}", all=f"{distinct_people(counted(scope)):,}")
    rate = rounded(100 * Decimal(distinct_people(at_home(scope))) / residents.value, 2)
    return FigureValue(Quantity(rate, PERCENT), notes=(note, population_note(residents)))


define_age(
    "older_attendances",
    _("Attendances of older people"),
    _(
        "Attendances by name of people who were 60 or older in the year of the session, as far as their year of birth"
        " is known. Heads that were counted without names are not in it."
    ),
    OLDER,
)
define_age(
    "young_attendances",
    _("Attendances of children and young people"),
    _(
        "Attendances by name of people who were under 18 in the year of the session, as far as their year of birth is"
        " known. Heads that were counted without names are not in it."
    ),
    YOUNG,
)
registry.register(
    FigureDefinition(
        code="new_participants",
        name=_("New people"),
        unit=PERSON,
        rule=_(
            "People by name who were at no session by name, of any programme, before the first day of this one. Whoever"
            " was erased, or gave only a name at the door, counts as new. People never add up."
        ),
        dimensions=DIMENSIONS,
        value=new_participants,
        recount=new_participants,
        evidence=lambda scope: evidence_rows(without_those_who_came_before(scope)),
        by_session=new_by_session,
        theme=Theme.PEOPLE,
        people=People(new_people, lambda tally: tally.named - returned_to(tally)),
        fewest=lambda scope: distinct_people(came_before(scope)),
    )
)
registry.register(
    FigureDefinition(
        code="participation_rate",
        name=_("Share of residents who took part"),
        unit=PERCENT,
        rule=_(
            "Distinct people by name who live in the area and came to a session in it, divided by its resident"
            " population, whose source is named. Who came without a name or did not say where they live is not in it,"
            " so that the true share is not lower."
        ),
        dimensions=("brand", "series", "region", "kind"),  # an organisation has no residents
        value=participation_rate,
        recount=participation_rate,
        evidence=named_evidence,
        by_session=names_by_session,
        theme=Theme.REACH,
        people=BY_NAME,
        fewest=lambda scope: distinct_people(at_home(scope)),
    )
)
