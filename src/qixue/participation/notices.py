"""What residents are told about their registrations."""

import datetime
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from django.utils.translation import gettext_lazy as _

from qixue.core.clock import SHANGHAI, local_day, minute_text
from qixue.participation.models import Certificate, Registration
from qixue.people.models import NotificationPreference, Resident
from qixue.people.notices import Notice, NoticeKind, register
from qixue.people.queries import account_for
from qixue.programme.models import Session

TOPIC = NotificationPreference.Topic.REGISTRATIONS
CHANGED, OFFER_CHANGED = "registration_changed", "registration_changed_offer"  # where a seat is only offered
TOO_LARGE = "registration_too_large"
IN_PERSON = "registration_offered_in_person"
# As the place of a session, in both languages.
ONLINE = ("线上", "Online")
NOT_STATED = ("地点待定", "place to be announced")

register(
    NoticeKind(
        "registration_confirmed",
        TOPIC,
        _("You are signed up: %(title)s"),
        _("%(names)s: a seat on %(day_on)s at %(time)s, %(place)s."),
    ),
    NoticeKind(
        "registration_waiting",
        TOPIC,
        _("You are on the waiting list: %(title)s"),
        _("%(names)s: the session on %(day_on)s is full. You hear from us when a seat becomes free."),
    ),
    NoticeKind(
        "registration_waiting_for_offer",
        TOPIC,
        _("You are on the waiting list: %(title)s"),
        _(
            "%(names)s: the session on %(day_on)s is full. When a seat becomes free for you, we write to you. Then you "
            "have %(hours)s h by day to accept it, or it goes to the next in line."
        ),
        _(
            "You are on the waiting list: %(title)s, %(day_on)s. When a seat becomes free, we write to you; then you "
            "have %(hours)s h by day to accept it."
        ),
    ),
    NoticeKind(
        "registration_entered",
        TOPIC,
        _("You are in the draw: %(title)s"),
        _("%(names)s: the seats on %(day_on)s are drawn by lot. You hear from us when that is done."),
    ),
    NoticeKind(
        "lottery_seat",
        TOPIC,
        _("You drew a seat: %(title)s"),
        _("%(names)s: a seat on %(day_on)s at %(time)s, %(place)s. If you cannot come, please give it up."),
    ),
    NoticeKind(
        "lottery_waiting",
        TOPIC,
        _("You drew no seat: %(title)s"),
        _("%(names)s: you are on the waiting list for %(day_on)s. You hear from us when a seat becomes free."),
    ),
    NoticeKind(
        "lottery_waiting_for_offer",
        TOPIC,
        _("You drew no seat: %(title)s"),
        _(
            "%(names)s: you are on the waiting list for %(day_on)s. When a seat becomes free for you, we write to you. "
            "Then you have %(hours)s h by day to accept it, or it goes to the next in line."
        ),
    ),
    NoticeKind(
        "registration_moved_up",
        TOPIC,
        _("You have a seat now: %(title)s"),
        _("%(names)s: a seat became free on %(day_on)s at %(time)s, %(place)s. If you cannot come, please give it up."),
    ),
    NoticeKind(
        "registration_offered",
        TOPIC,
        _("A seat is free for you: %(title)s"),
        _("%(names)s: please accept it until %(until)s, or it goes to the next in the queue."),
        _(
            "A seat is free for you: %(title)s, %(day_on)s %(time)s, %(place)s. It is yours only when you accept it, "
            "until %(until)s; later it goes to the next. Accept it here:"
        ),
    ),
    NoticeKind(
        IN_PERSON,
        TOPIC,
        _("Please ask in person who takes the seat: %(title)s"),
        _(
            "A seat on %(day_on)s is offered to these people, whom no notice reaches: %(names)s. Please ask each of "
            "them, and accept or decline it for them on the list until %(until)s, or it goes to the next in line."
        ),
        _(
            "%(title)s, %(day_on)s: a seat is offered to people whom no notice reaches. Please ask them in person "
            "until %(until)s. Who they are:"
        ),
    ),
    NoticeKind(
        "registration_offer_declined",
        TOPIC,
        _("The offered seat was declined for you: %(title)s"),
        _(
            "%(names)s: the organiser noted that you do not come on %(day_on)s. Is that wrong? Please sign up again "
            "or call them."
        ),
    ),
    NoticeKind(
        TOO_LARGE,
        TOPIC,
        _("More of you than seats: %(title)s"),
        _(
            "%(names)s: the session on %(day_on)s has %(seats)s seats by now, and your party has %(people)s people. "
            "Please take somebody out of it: until then others move up past you, and you keep your place in line."
        ),
    ),
    NoticeKind(
        "registration_stepped_past",
        TOPIC,
        _("More people in a party than seats: %(title)s"),
        _(
            "%(names)s: %(people)s people who signed up together wait for %(day_on)s, where there are %(seats)s seats. "
            "Others move up past them. Please add seats, move them to another session, or speak to them."
        ),
    ),
    NoticeKind(
        "registration_offer_expired",
        TOPIC,
        _("The offered seat went to the next: %(title)s"),
        _("%(names)s: the time to accept the seat on %(day_on)s is over. You can sign up again."),
    ),
    NoticeKind(
        "registration_session_off",
        TOPIC,
        _("Called off: %(title)s"),
        _("%(names)s: the session on %(day_on)s does not take place. Other sessions are on the programme's page."),
    ),
    NoticeKind(
        "registration_session_off_with_others",
        TOPIC,
        _("Called off: %(title)s"),
        _("%(names)s: the session on %(day_on)s does not take place. Similar ones with free seats: %(similar)s."),
    ),
    NoticeKind(
        "registration_called_off",
        TOPIC,
        _("Called off: %(title)s"),
        _(
            "%(names)s: the session on %(day_on)s does not take place. Other sessions are on the programme's page. The "
            "reason: %(note)s"
        ),
        _("Called off: %(title)s, %(day_on)s. The reason: %(note)s"),
    ),
    NoticeKind(
        "registration_called_off_with_others",
        TOPIC,
        _("Called off: %(title)s"),
        _(
            "%(names)s: the session on %(day_on)s does not take place. Similar ones with free seats: %(similar)s. The "
            "reason: %(note)s"
        ),
        _("Called off: %(title)s, %(day_on)s. The reason: %(note)s"),
    ),
    NoticeKind(
        CHANGED,
        TOPIC,
        _("New time or place: %(title)s"),
        _(
            "%(names)s: it is now on %(day_on)s at %(time)s, %(place)s. Before it was on %(was_on)s at %(was_time)s, "
            "%(was_place)s. Your place stays as it is; if you cannot come, please give it up."
        ),
        _(
            "Changed: %(title)s is now on %(day_on)s at %(time)s, %(place)s (before: %(was_on)s at %(was_time)s, "
            "%(was_place)s)"
        ),
    ),
    NoticeKind(
        OFFER_CHANGED,
        TOPIC,
        _("New time or place: %(title)s"),
        _(
            "%(names)s: it is now on %(day_on)s at %(time)s, %(place)s. Before it was on %(was_on)s at %(was_time)s, "
            "%(was_place)s. Please accept the seat that is kept for you until %(until)s, or it goes to the next in "
            "line."
        ),
        _(
            "Changed: %(title)s is now on %(day_on)s at %(time)s, %(place)s (before: %(was_on)s at %(was_time)s, "
            "%(was_place)s). The seat offered to you is yours only when you accept it, now until %(until)s. Accept it "
            "here:"
        ),
    ),
    NoticeKind(
        "registration_removed",
        TOPIC,
        _("You are not signed up any more: %(title)s"),
        _("%(names)s: the organiser gave the place on %(day_on)s to somebody else. The reason: %(note)s"),
    ),
    NoticeKind(
        "registration_moved_to_a_seat",
        TOPIC,
        _("Moved to another session: %(title)s"),
        _("%(names)s: your seat is now on %(day_on)s at %(time)s, %(place)s. If you cannot come, please say so."),
    ),
    NoticeKind(
        "registration_moved_to_the_queue",
        TOPIC,
        _("Moved to another session: %(title)s"),
        _("%(names)s: you wait in line for %(day_on)s at %(time)s. You hear from us when a seat becomes free."),
    ),
    NoticeKind(
        "registration_moved_to_the_queue_for_offer",
        TOPIC,
        _("Moved to another session: %(title)s"),
        _(
            "%(names)s: you wait in line for %(day_on)s at %(time)s. When a seat becomes free for you, we write to "
            "you. Then you have %(hours)s h by day to accept it, or it goes to the next in line."
        ),
    ),
    NoticeKind(
        "registration_message",
        TOPIC,
        _("From the organiser: %(title)s"),
        _("%(names)s, on %(day_on)s: %(text)s"),
        _("From the organiser of %(title)s, %(day_on)s: %(text)s"),
    ),
)


register(
    NoticeKind(
        "certificate_issued",
        TOPIC,
        _("A certificate for %(name)s: %(title)s"),
        _("%(issuer)s has issued it. It stands in the learning record, where it can be printed and shown to others."),
    ),
    NoticeKind(
        "certificate_revoked",
        TOPIC,
        _("A certificate was taken back: %(title)s"),
        _("%(issuer)s has taken back the certificate of %(name)s. Please ask them if you do not know why."),
    ),
    NoticeKind(
        "feedback_invited",
        TOPIC,
        _("How was it? %(title)s"),
        _("%(names)s: three taps tell the organiser how it was on %(day_on)s. Your name does not go with it."),
    ),
)


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
            "names": "、".join(person.name for person in people),
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


def names_of(rows: Sequence[Registration]) -> str:
    """Those of the people, as notices and pages list them."""
    return "、".join(row.resident.name for row in rows)


def about_event(kind: str, event: Event, party: Sequence[Registration], *, key: str = "", **more: str) -> Notice:
    """The same where the session has been read as an event."""
    names, until = names_of(party), minute_text(party[0].offered_until)
    return Notice(
        kind,
        f"{kind}:{key or party[0].party}",
        page_of(party[0]),
        {**event.words, "names": names, "until": until, **more},
    )


def too_large_key(party: uuid.UUID, people: int, seats: int) -> str:
    """Of what is told about a party of more people than seats: anew when one of the two numbers has changed."""
    return f"{people}-{seats}:{party}"


def about_too_large_party(party: Sequence[Registration], seats: int) -> Notice:
    """For who runs the session; under the key of what the party itself is told."""
    key = f"{TOO_LARGE}:{too_large_key(party[0].party, len(party), seats)}"
    said = {
        **event_of(party[0].session).words,
        "names": names_of(party),
        "people": str(len(party)),
        "seats": str(seats),
    }
    return Notice("registration_stepped_past", key, list_of(party[0]), said)


def about_offers_in_person(rows: Sequence[Registration], key: str = "") -> Notice:
    """For who runs the session: who of a round of offers is told in person only. No party is offered seats twice; what
    is said again has a `key`.
    """
    until = minute_text(rows[0].offered_until)
    said = {**event_of(rows[0].session).words, "names": names_of(rows), "until": until}
    about = f"{IN_PERSON}:{rows[0].session_id}-{rows[0].party}{key}"
    return Notice(IN_PERSON, about, f"{list_of(rows[0])}?state={Registration.State.OFFERED}", said)


def page_of(row: Registration) -> str:
    """Where the account that is told sees it: the page of their household, or for a cadre the list of the session."""
    return list_of(row) if is_told_by_cadre(row) else f"/me/registrations/{row.party}/"


def is_told_by_cadre(row: Registration) -> bool:
    """Whether the cadre who signed the person up passes on what happens: the person has no account, nor a household."""
    return row.source == Registration.Source.CADRE and account_for(row.resident) is None


def list_of(row: Registration) -> str:
    return f"/workspace/sessions/{row.session_id}/registrations/"
