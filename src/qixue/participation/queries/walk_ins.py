"""Who is in without being signed up, and who of the same name is there already."""

import datetime
from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

from qixue.participation.models import Attendance, LedgerEntry, Participant, Registration
from qixue.participation.queries.attendances import entries_of_people
from qixue.participation.queries.door_state import Expected
from qixue.participation.queries.forgotten import forgotten_inside
from qixue.people.models import Resident
from qixue.people.namesakes import name_to_compare
from qixue.programme.models import Session


@dataclass(frozen=True)
class WalkIn:
    """Somebody who is in and has no registration. `resident` is None where no name was given, or where it was erased;
    `left` is the registration for the session that they do not have any more.
    """

    entry: LedgerEntry
    resident: Resident | None
    left: Registration | None
    is_like_listed: bool  # somebody of that name is signed up
    is_like_another: bool  # another walk-in has that name

    @property
    def name(self) -> str:
        return self.resident.name if self.resident else ""

    @property
    def came_at(self) -> datetime.datetime:
        return self.entry.occurred_at or self.entry.recorded_at


def walk_ins_at(session: Session, expected: Iterable[Expected]) -> list[WalkIn]:
    """The latest first; `expected` is everybody who is signed up."""
    expected = list(expected)
    inside = {person.came_in.entry for person in expected if person.came_in}
    inside.update(forgotten_inside(session, [person.registration for person in expected]))
    entries = LedgerEntry.objects.effective().one_by_one().filter(session=session).order_by("-occurred_at", "-pk")
    others = [entry for entry in entries if entry.pk not in inside]
    known = Participant.objects.filter(
        programme=session.activity.programme, token__among={one.person_token for one in others if one.person_token}
    )
    people = {person.token: person.resident for person in known.select_related("resident")}
    left = registrations_left(session, people.values())
    found = [(entry, people.get(entry.person_token) if entry.person_token else None) for entry in others]
    compared = [(entry, person, name_to_compare(person.name) if person else "") for entry, person in found]
    signed_up = {name_to_compare(person.registration.resident.name) for person in expected} - {""}
    walked_in = Counter(same for _entry, _person, same in compared if same)
    return [
        WalkIn(entry, person, left.get(person.pk) if person else None, same in signed_up, walked_in[same] > 1)
        for entry, person, same in compared
    ]


def registrations_left(session: Session, people: Iterable[Resident]) -> dict[int, Registration]:
    """By key of the person the last registration for the session that ended."""
    rows = Registration.objects.filter(session=session, state=Registration.State.CANCELLED, resident__in=list(people))
    return {row.resident_id: row for row in rows.order_by("cancelled_at", "pk")}


@dataclass(frozen=True)
class Namesake:
    """Somebody of a name: signed up, in, or both."""

    name: str
    registration: Registration | None
    came_at: datetime.datetime | None


def namesakes_at(session: Session, name: str, expected: Sequence[Expected]) -> list[Namesake]:
    """Who of that name is signed up or walked in, those who are signed up first."""
    wanted = name_to_compare(name)
    signed_up = [
        Namesake(person.registration.resident.name, person.registration, person.came_in.at if person.came_in else None)
        for person in expected
    ]
    walked_in = [Namesake(each.name, None, each.came_at) for each in walk_ins_at(session, expected) if each.name]
    return [each for each in [*signed_up, *walked_in] if name_to_compare(each.name) == wanted]


def walked_in_as(session: Session, people: Collection[Resident]) -> dict[int, datetime.datetime]:
    """By key of those people who are not in since when somebody of their name is, who is not signed up."""
    here = Attendance.objects.filter(session=session).values("person_token")
    inside = Participant.objects.filter(programme=session.activity.programme, token__in=here)
    are_in = set(inside.filter(resident__in=people).values_list("resident_id", flat=True))
    names = {person.pk: name_to_compare(person.name) for person in people if person.pk not in are_in}
    if not names:
        return {}
    signed_up = Registration.objects.active().filter(session=session).values("resident")
    others = inside.filter(resident__isnull=False).exclude(resident__in=signed_up)
    tokens = {name_to_compare(name): token for token, name in others.values_list("token", "resident__name")}
    like = {pk: tokens[name] for pk, name in names.items() if name in tokens}
    entries = entries_of_people([session], like.values())
    since = {token: entry.occurred_at or entry.recorded_at for (_session, token), entry in entries.items()}
    return {pk: since[token] for pk, token in like.items()}


def names_at(sessions: Iterable[Session]) -> set[tuple[int, str]]:
    """By key of the session the names, to compare, of everybody who is signed up or in."""
    sessions = list(sessions)
    signed_up = Registration.objects.active().filter(session__in=sessions).order_by()
    known = set(signed_up.values_list("session_id", "resident__name"))
    seats = list(Attendance.objects.filter(session__in=sessions).order_by().values_list("session_id", "person_token"))
    people = Participant.objects.filter(token__among={token for _session, token in seats})
    names = dict(people.values_list("token", "resident__name"))
    known |= {(session, names[token]) for session, token in seats if token in names}
    return {(session, name_to_compare(name)) for session, name in known}


def name_of(entry: LedgerEntry) -> str:
    """Of whoever came; empty where none was given, or it was erased."""
    if entry.person_token is None:
        return ""
    known = Participant.objects.filter(token=entry.person_token).values_list("resident__name", flat=True)
    return known.first() or ""
