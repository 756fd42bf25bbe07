"""How it went with the sessions for which a household had signed up: who was there, who was missed, what came of it."""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.db.models import Exists, F, OuterRef

from qixue.participation.models import Attendance, Certificate, Participant, Registration
from qixue.participation.queries.attendances import entries_of_people
from qixue.participation.queries.certificates import certificates_of
from qixue.participation.queries.feedback import Question
from qixue.participation.queries.registered import missed
from qixue.participation.queries.registrations import Party
from qixue.people.models import Resident
from qixue.programme.models import Session


@dataclass(frozen=True)
class Visit:
    """A party at a session that is over. Where nobody was counted by name `there` and `missed` are empty."""

    party: Party
    there: Sequence[Resident]
    missed: Sequence[Resident]
    question: Question | None  # that nobody has answered yet
    certificates: Sequence[Certificate]  # in force, of the activity, for those who were there


@dataclass(frozen=True)
class UnregisteredVisit:
    """A session at which people of a household were who had not signed up for it."""

    session: Session
    people: Sequence[Resident]


def by_token(household: Sequence[Resident]) -> dict[uuid.UUID, Resident]:
    """Those who came anywhere, by the tokens under which the ledger knows them."""
    people = {person.pk: person for person in household}
    tokens = Participant.objects.filter(resident__in=people).values_list("token", "resident_id")
    return {token: people[pk] for token, pk in tokens}


def unregistered_visits_of(people: Mapping[uuid.UUID, Resident], *, most: int) -> list[UnregisteredVisit]:
    """The sessions that began last first, without those called off; `people` are those `by_token`."""
    signed_up = Registration.objects.filter(
        session=OuterRef("session"), resident__participants__token=OuterRef("person_token")
    )
    came_in = Attendance.objects.filter(~Exists(signed_up), person_token__among=set(people))
    rows = came_in.exclude(session__state=Session.State.CANCELLED)  # as the learning record has it
    ordered = rows.order_by(F("session__starts_at").desc(nulls_last=True), "session", "pk")
    came: dict[Session, list[Resident]] = {}
    # nobody is in twice at a session, so these are enough for as many sessions
    for row in ordered.select_related("session__activity", "session__venue")[: most * len(people)]:
        came.setdefault(row.session, []).append(people[row.person_token])
    return [UnregisteredVisit(session, there) for session, there in came.items()][:most]


def came_to(parties: Sequence[Party], known: Mapping[uuid.UUID, Resident]) -> set[tuple[int, int]]:
    """Who is in at the sessions of the parties, as keys of session and resident; `known` are people `by_token`."""
    entries = entries_of_people([party.session for party in parties], known)
    return {(session, known[token].pk) for session, token in entries}


def visits_of(
    parties: Sequence[Party], known: Mapping[uuid.UUID, Resident], questions: Sequence[Question]
) -> list[Visit]:
    """In the order of the parties, each with the first of the open questions that is about it; `known` are the people
    of the household `by_token`.
    """
    came = came_to(parties, known)
    gone = Registration.objects.filter(party__in=[party.key for party in parties])
    absent = set(missed(gone).values_list("pk", flat=True))
    given = list(certificates_of(list(known.values())).in_force())

    def visit_of(party: Party) -> Visit:
        session, people = party.session, {row.resident_id: row.resident for row in party.rows}
        there = [person for key, person in people.items() if (session.pk, key) in came]
        asked = (each for each in questions if each.session.pk == session.pk and each.person in there)
        certificates = [each for each in given if each.activity_id == session.activity_id and each.resident in there]
        return Visit(
            party,
            there,
            [row.resident for row in party.active if row.pk in absent],
            next(asked, None),
            certificates,
        )

    return [visit_of(party) for party in parties]
