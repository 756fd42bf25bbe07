"""Signing up as a resident: what a program sends, and where the household stands."""

import uuid
from typing import Annotated

from pydantic import BaseModel, Field

from qixue.api.schemas.keys import Body, Keyed
from qixue.api.schemas.parts import HIGHEST_ID, Moment, Named, Text, choice
from qixue.participation.models import Registration
from qixue.participation.models.registrations import MOST_PLACES
from qixue.participation.queries.registrations import Party, place_in_queue, state_at
from qixue.people.models import Resident
from qixue.programme.models import Session

State = Annotated[Registration.State, choice(Registration.State)]
People = Annotated[
    list[Annotated[int, Field(strict=True, ge=1, le=HIGHEST_ID)]], Field(min_length=1, max_length=MOST_PLACES)
]


class RegistrationIn(Keyed):
    """`people` are ids of the caller's household; without them the caller comes alone."""

    people: People | None = None


class CancellationIn(Body):
    """`people` are ids of those who do not come after all; without it all of the party are cancelled."""

    people: People | None = None


class HouseholdPersonOut(BaseModel):
    id: int
    name: str
    birth_year: int | None
    home: Named | None

    @classmethod
    def of(cls, person: Resident) -> "HouseholdPersonOut":
        return cls(id=person.pk, name=person.name, birth_year=person.birth_year, home=Named.of(person.home_region))


class HouseholdOut(BaseModel):
    """`me` is whose token it is, `dependents` those of whom they take care."""

    me: HouseholdPersonOut
    dependents: list[HouseholdPersonOut]


class PlaceOut(BaseModel):
    """One person's seat, or their place in the queue, counted from 1."""

    id: int
    resident_id: int
    place: int | None


class SignedUpOut(BaseModel):
    """The answer to signing up, as it was the first time; `place` is that of the first of the party."""

    party: uuid.UUID
    session_id: int
    registered_at: Moment
    state: State
    place: int | None
    people: list[PlaceOut]

    @classmethod
    def of(cls, rows: list[Registration], *, is_entered: bool = False) -> "SignedUpOut":
        """`is_entered`: they entered a draw."""
        first = rows[0]
        seated = Registration.State.ENTERED if is_entered else Registration.State.CONFIRMED
        return cls(
            party=first.party,
            session_id=first.session_id,
            registered_at=first.registered_at,
            state=Registration.State.WAITING if first.first_place else seated,
            place=first.first_place,
            people=[PlaceOut(id=row.pk, resident_id=row.resident_id, place=row.first_place) for row in rows],
        )


class MemberOut(BaseModel):
    id: int
    resident_id: int
    name: str
    state: State

    @classmethod
    def of(cls, row: Registration, session: Session) -> "MemberOut":
        state = Registration.State(state_at(session, row))
        return cls(id=row.pk, resident_id=row.resident_id, name=row.resident.name, state=state)


class PartyOut(BaseModel):
    """Where a party stands now."""

    party: uuid.UUID
    session_id: int
    title: Text
    starts_at: Moment | None
    registered_at: Moment
    state: State
    place: int | None
    offered_until: Moment | None
    people: list[MemberOut]

    @classmethod
    def of(cls, party: Party) -> "PartyOut":
        activity = party.session.activity
        return cls(
            party=party.key,
            session_id=party.session.pk,
            title=Text(zh=activity.title, en=activity.title_en),
            starts_at=party.session.starts_at,
            registered_at=party.rows[0].registered_at,
            state=Registration.State(party.state),
            place=place_in_queue(party),
            offered_until=party.offered_until,
            people=[MemberOut.of(row, party.session) for row in party.rows],
        )
