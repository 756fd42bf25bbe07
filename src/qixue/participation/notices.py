"""What people are told about their registrations, certificates and feedback."""

import datetime
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from qixue.core.clock import SHANGHAI, local_day, minute_text
from qixue.participation.models import Certificate, Registration
from qixue.participation.notice_kinds import IN_PERSON, TOO_LARGE
from qixue.people.models import Resident
from qixue.people.notices import Notice, names_kept
from qixue.people.queries import account_for
from qixue.programme.models import Session

# As the place of a session, in both languages.
ONLINE = ("线上", "Online")
NOT_STATED = ("地点待定", "place to be announced")


def about_certificate(kind: str, certificate: Certificate) -> Notice:
    return Notice(
        kind,
        f"{kind}:{certificate.pk}",
        "/me/record/",
        {"name": certificate.name, "title": certificate.title, "issuer": certificate.issuer_name},
    )


def about_feedback(session: Session, people: Sequence[Resident]) -> Notice:
    """`people` are those of one account; the key is that of the session and of whom it asks about."""
    return Notice(
        "feedback_invited",
        f"feedback:{session.pk}:{'-'.join(str(person.pk) for person in people)}",
        "/me/feedback/",
        {
            **both("title", session.full_title, session.full_title_en),
            "names": names_kept(person.name for person in people),
            "day_on": local_day(session.starts_at).isoformat() if session.starts_at else "",
        },
    )


@dataclass(frozen=True)
class Event:
    """A session as far as a notice tells of it; what has no English name is called by its Chinese one."""

    title: str
    title_en: str
    starts_at: datetime.datetime | None
    place: str
    place_en: str

    @cached_property
    def words(self) -> dict[str, str]:
        """The same for all who are told of it."""
        start = self.starts_at.astimezone(SHANGHAI) if self.starts_at else None
        return {
            **both("title", self.title, self.title_en),
            "day_on": start.date().isoformat() if start else "",
            "time": f"{start:%H:%M}" if start else "",
            **both("place", self.place, self.place_en),
        }


def both(name: str, chinese: str, english: str) -> dict[str, str]:
    """A parameter in both languages where both are on record."""
    return {name: chinese, f"{name}_en": english} if english else {name: chinese}


def event_of(session: Session) -> Event:
    venue = (session.venue.name, session.venue.name_en) if session.venue else None
    place = place_of(venue, is_online=session.is_online)
    return Event(session.full_title, session.full_title_en, session.starts_at, *place)


def place_of(venue: tuple[str, str] | None, *, is_online: bool) -> tuple[str, str]:
    """Where people go, in Chinese and English; `venue` are the names of one."""
    return ONLINE if is_online else venue or NOT_STATED


def worded(kind: str, state: str, offer_hours: int | None) -> tuple[str, dict[str, str]]:
    """The kind for people in the state, with its words: whoever waits may have to accept a free seat in time."""
    if state == Registration.State.WAITING and offer_hours:
        return f"{kind}_for_offer", {"hours": str(offer_hours)}
    return kind, {}


def told_at_once(made: Sequence[Registration], offer_hours: int | None) -> tuple[str, dict[str, str]]:
    """What people are told of a registration when they have made it, with its words."""
    return worded(f"registration_{made[0].state}", made[0].state, offer_hours)


def about_party(kind: str, party: Sequence[Registration], *, key: str = "", **more: str) -> Notice:
    """`key`: what it is about, by itself the party; `more`: further words of the kind."""
    return about_event(kind, event_of(party[0].session), party, key=key, **more)


def about_event(kind: str, event: Event, party: Sequence[Registration], *, key: str = "", **more: str) -> Notice:
    """The same where the session has been read as an event."""
    names, until = names_kept(row.resident.name for row in party), minute_text(party[0].offered_until)
    return Notice(
        kind,
        f"{kind}:{key or party[0].party}",
        page_of(party[0]),
        {**event.words, "names": names, "until": until, **more},
    )


def about_people_in(kind: str, session: Session, people: Sequence[Resident], **more: str) -> Notice:
    """`people` are those of one account who were in, and are not signed up. Their keys stand beside their names, so
    that one of them can be forgotten without a namesake.
    """
    keys = ",".join(str(person.key) for person in people)
    params = {**event_of(session).words, "names": names_kept(each.name for each in people), "people": keys, **more}
    return Notice(kind, f"{kind}:{session.pk}-{session.version}", f"/sessions/{session.pk}/", params)


def too_large_key(party: uuid.UUID, people: int, seats: int) -> str:
    """Of what is told about a party of more people than seats: anew when one of the two numbers has changed."""
    return f"{people}-{seats}:{party}"


def about_too_large_party(party: Sequence[Registration], seats: int) -> Notice:
    """For who runs the session; under the key of what the party itself is told."""
    key = f"{TOO_LARGE}:{too_large_key(party[0].party, len(party), seats)}"
    said = {
        **event_of(party[0].session).words,
        "names": names_kept(row.resident.name for row in party),
        "people": str(len(party)),
        "seats": str(seats),
    }
    return Notice("registration_stepped_past", key, list_of(party[0]), said)


def about_people_in_person(rows: Sequence[Registration], key: str = "") -> Notice:
    """For who runs the session: people of one round, all in one state of IN_PERSON, who are told in person only. No
    party moves up twice; what is said again has a `key`.
    """
    first = rows[0]
    kind = IN_PERSON[Registration.State(first.state)]
    names, until = names_kept(row.resident.name for row in rows), minute_text(first.offered_until)
    said = {**event_of(first.session).words, "names": names, "until": until}
    return Notice(kind, f"{kind}:{first.session_id}-{first.party}{key}", f"{list_of(first)}?state={first.state}", said)


def page_of(row: Registration) -> str:
    """Where the account that is told sees it: the page of their household, or for a cadre the list of the session,
    which shows those who left only by their state.
    """
    if not is_told_by_cadre(row):
        return party_page(row.party)
    has_left = row.state == Registration.State.CANCELLED
    return f"{list_of(row)}?state={row.state}" if has_left else list_of(row)


def party_page(party: uuid.UUID) -> str:
    return f"/me/registrations/{party}/"


def is_told_by_cadre(row: Registration) -> bool:
    """Whether the cadre who signed the person up passes on what happens: the person has no account, nor a household."""
    return row.source == Registration.Source.CADRE and account_for(row.resident) is None


def list_of(row: Registration) -> str:
    return f"/workspace/sessions/{row.session_id}/registrations/"
