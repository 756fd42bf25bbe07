"""Figures about who the people are: how old, where at home, whether they came before."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _
from pyroaring import BitMap

from qixue.core.changes import WHO_CAME, Subject
from qixue.core.figures import (
    CountingNote,
    FigureDefinition,
    FigureValue,
    People,
    Scope,
    Theme,
    registry,
    shared,
)
from qixue.core.quantity import ATTENDANCE, PERCENT, PERSON, Quantity, rounded
from qixue.participation.counted_people import BY_NAME
from qixue.participation.models import LedgerEntryQuerySet
from qixue.participation.queries.cells import Placed, counts_in, numbers_of, people_in, whole_of
from qixue.participation.queries.placed import Column, Tallies, column, places_of
from qixue.participation.queries.presences import (
    Ages,
    at_home,
    counted,
    distinct_people,
    known_elsewhere,
    of,
    of_age,
    people_with_known_age,
    returning,
    seats_by_session,
    with_known_age,
    with_known_home,
)
from qixue.participation.residents import population, population_note
from qixue.participation.session_evidence import ENTRIES_BY_NAME, named_evidence, names_by_session, session_rows
from qixue.programme.figures import DIMENSIONS

WHO_IS_KNOWN = (*WHO_CAME, Subject.PEOPLE)
OLDER, YOUNG = Ages(60, 150), Ages(0, 17)
AGE_KNOWN = _("The year of birth is known of {known} of {all} attendances by name; the others are not in this number.")
HOME_KNOWN = _("Where people live is known of {known} of {all} who came by name; the others are not in this number.")


@dataclass(frozen=True)
class Aged:
    """人次 of people of some ages, and of all whose age is known."""

    wanted: int
    known: int


@shared
def has_known_ages(programme_code: str) -> bool:
    return people_with_known_age(programme_code).exists()


@shared
def aged_at_sessions(programme_code: str, ages: Ages) -> dict[int, Aged]:
    """By key of the session; those at which nobody's age is known have none."""
    if not has_known_ages(programme_code):
        return {}
    scope = Scope(programme_code)
    wanted = seats_by_session(of_age(scope, ages))
    return {pk: Aged(wanted.get(pk, 0), known) for pk, known in seats_by_session(with_known_age(scope)).items()}


@shared
def aged_placed(programme_code: str, ages: Ages) -> Placed[Aged]:
    known, sessions = aged_at_sessions(programme_code, ages), places_of(programme_code).sessions
    found = zip(sessions.at(column(known)).tolist(), known.values(), strict=True)
    return Placed((sessions.placed.places[at], aged) for at, aged in found if at >= 0)


def people_of_age(ages: Ages) -> People:
    def at(tallies: Tallies) -> Column:
        known = aged_at_sessions(tallies.programme_code, ages)
        return tallies.given({session: aged.wanted for session, aged in known.items()})

    return People(lambda scope: sum(aged.wanted for aged in aged_placed(scope.programme, ages).within(scope)), at)


def known_of(sentence: Any, wanted: int, known: int, everybody: int) -> CountingNote:
    text = format_lazy(sentence, known=f"{known:,}", all=f"{everybody:,}")
    return CountingNote(text, groups=(known, known - wanted, everybody - known))


def attendances_of(wanted: int, known: int, by_name: int) -> FigureValue:
    """Missing where no year of birth is known."""
    note = known_of(AGE_KNOWN, wanted, known, by_name)
    return FigureValue(Quantity(wanted, ATTENDANCE), notes=(note,)) if known else FigureValue(None)


def define_age(code: str, name: object, rule: object, ages: Ages) -> None:
    def value(scope: Scope) -> FigureValue:
        found = aged_placed(scope.programme, ages).within(scope)
        by_name = whole_of(counts_in(scope)).named
        return attendances_of(sum(aged.wanted for aged in found), sum(aged.known for aged in found), by_name)

    def recount(scope: Scope) -> FigureValue:
        parts = (of_age(scope, ages), with_known_age(scope), counted(scope))
        return attendances_of(*(sum(seats_by_session(part).values()) for part in parts))

    registry.register(
        FigureDefinition(
            code=code,
            name=name,
            unit=ATTENDANCE,
            rule=rule,
            dimensions=DIMENSIONS,
            value=value,
            recount=recount,
            evidence=lambda scope: session_rows(seats_by_session(of_age(scope, ages)), ATTENDANCE),
            theme=Theme.PEOPLE,
            people=people_of_age(ages),
            is_of_people_on_record=True,
            stands_on=WHO_IS_KNOWN,
        )
    )


@shared
def returned(programme_code: str) -> BitMap:
    return numbers_of(programme_code, returning(programme_code))


@shared
def returned_at_sessions(programme_code: str) -> dict[int, int]:
    if not returned(programme_code):
        return {}
    return seats_by_session(of(counted(Scope(programme_code)), returning(programme_code)))


def new_people(scope: Scope) -> int:
    return len(people_in(scope) - returned(scope.programme))


def new_at(tallies: Tallies) -> Column:
    return tallies.named - tallies.given(returned_at_sessions(tallies.programme_code))


@shared
def has_earlier_people(programme_code: str) -> bool:
    return known_elsewhere(programme_code).exists()


def new_participants(scope: Scope, new: int, people: int) -> FigureValue:
    """Missing where nobody is known by name from before: all would be new."""
    return FigureValue(Quantity(new, PERSON) if people and has_earlier_people(scope.programme) else None)


def without_returning(scope: Scope) -> LedgerEntryQuerySet:
    return counted(scope).exclude(person_token__in=returning(scope.programme).values("token"))


def recounted_new_participants(scope: Scope) -> FigureValue:
    return new_participants(scope, distinct_people(without_returning(scope)), distinct_people(counted(scope)))


@shared
def residents_in(scope: Scope) -> int:
    return len(people_in(scope) & numbers_of(scope.programme, at_home(scope)))


def participation_rate(scope: Scope, residents: int, known: int, people: int) -> FigureValue:
    """Per cent of the residents of the area who came by name to a session in it; missing where no home is known."""
    published = population(scope, "resident_population")
    if published is None or not known:
        return FigureValue(None)
    note = known_of(HOME_KNOWN, residents, known, people)
    rate = rounded(100 * Decimal(residents) / published.value, 2)
    return FigureValue(Quantity(rate, PERCENT), notes=(note, population_note(published)))


def rate_from_cells(scope: Scope) -> FigureValue:
    people = people_in(scope)
    known = numbers_of(scope.programme, with_known_home(scope.programme))
    return participation_rate(scope, residents_in(scope), len(people & known), len(people))


def recounted_rate(scope: Scope) -> FigureValue:
    came = counted(scope)
    parts = (of(came, at_home(scope)), of(came, with_known_home(scope.programme)), came)
    return participation_rate(scope, *map(distinct_people, parts))


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
        name=_("People who are new"),
        unit=PERSON,
        rule=_(
            "People by name who were at no session by name, of any programme, before the first day of this one. Whoever"
            " was erased, or gave only a name at the door, counts as new. People never add up."
        ),
        dimensions=DIMENSIONS,
        value=lambda scope: new_participants(scope, new_people(scope), len(people_in(scope))),
        recount=recounted_new_participants,
        evidence=lambda scope: session_rows(seats_by_session(without_returning(scope)), PERSON),
        theme=Theme.PEOPLE,
        people=People(new_people, new_at),
        fewest=lambda scope: len(people_in(scope) & returned(scope.programme)),
        is_of_people_on_record=True,
        stands_on=WHO_IS_KNOWN,
        has_public_rows=False,  # beside who came at all they say who came again
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
        value=rate_from_cells,
        recount=recounted_rate,
        evidence=named_evidence,
        by_session=names_by_session,
        session_records=ENTRIES_BY_NAME,
        theme=Theme.REACH,
        people=BY_NAME,
        fewest=residents_in,
        is_of_people_on_record=True,
        stands_on=WHO_IS_KNOWN,
    )
)
