"""Who is in at a session without being signed up for it, and through which account each of them is told."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from qixue.participation.models import LedgerEntry, Participant, Registration
from qixue.people.models import Resident, User
from qixue.people.queries import account_for
from qixue.programme.models import Session


@dataclass(frozen=True)
class Unregistered:
    """They came by the code on the wall, or as walk-ins, or gave their place up and came all the same."""

    people: Mapping[int, list[Resident]]  # by key of the account
    users: Mapping[int, User]
    unreached_count: int  # of whom no account, or no name, is known

    @property
    def reached_count(self) -> int:
        return sum(len(people) for people in self.people.values())


NOBODY = Unregistered({}, {}, 0)


def unregistered_at(session: Session, entries: Iterable[LedgerEntry]) -> Unregistered:
    """Of the people of these entries, by which they are, or were, in."""
    tokens = [entry.person_token for entry in entries if entry.session_id == session.pk]
    found = Participant.objects.filter(token__among={token for token in tokens if token}).order_by("pk")
    persons = [each.resident for each in found.select_related("resident__user", "resident__guardian__user")]
    signed_up = set(Registration.objects.active().filter(session=session).values_list("resident_id", flat=True))
    people: dict[int, list[Resident]] = {}
    users: dict[int, User] = {}
    for person in persons:
        if person.pk not in signed_up and (user := account_for(person)):
            users[user.pk] = user
            people.setdefault(user.pk, []).append(person)
    known = sum(person.pk in signed_up for person in persons) + sum(map(len, people.values()))
    return Unregistered(people, users, len(tokens) - known)


def untold_among(entries: Sequence[LedgerEntry]) -> int:
    """Of how many people of these entries, of any sessions, no account or no name is known."""
    sessions = {entry.session for entry in entries if entry.session}
    return sum(unregistered_at(session, entries).unreached_count for session in sessions)
