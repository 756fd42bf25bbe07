"""How it went with the sessions for which a household had signed up: who was there, who was missed, what came of it."""

from collections.abc import Sequence
from dataclasses import dataclass

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
class WalkIn:
    """A session at which people of a household were who had not signed up for it."""

    session: Session
    people: Sequence[Resident]


def walk_ins_of(household: Sequence[Resident], parties: Sequence[Party], *, most: int) -> list[WalkIn]:
    """The sessions that began last first; `parties` are all of the household."""
    tokens = dict(Participant.objects.filter(resident__in=household).values_list("token", "resident_id"))
    people = {person.pk: person for person in household}
    signed_up = {(party.session.pk, row.resident_id) for party in parties for row in party.rows}
    rows = Attendance.objects.filter(person_token__among=set(tokens)).select_related(
        "session__activity", "session__venue"
    )
    came: dict[Session, list[Resident]] = {}
    for row in rows.order_by("-session__starts_at", "session", "pk"):
        resident = tokens[row.person_token]
        if (row.session_id, resident) not in signed_up:
            came.setdefault(row.session, []).append(people[resident])
    return [WalkIn(session, there) for session, there in came.items()][:most]


def visits_of(parties: Sequence[Party], household: Sequence[Resident], questions: Sequence[Question]) -> list[Visit]:
    """In the order of the parties, each with the first of the open questions that is about it."""
    tokens = dict(Participant.objects.filter(resident__in=household).values_list("token", "resident_id"))
    entries = entries_of_people([party.session for party in parties], tokens)
    came = {(session, tokens[token]) for session, token in entries}
    gone = Registration.objects.filter(party__in=[party.key for party in parties])
    absent = set(missed(gone).values_list("pk", flat=True))
    given = list(certificates_of(household).in_force())

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
