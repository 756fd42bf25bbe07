"""What residents are told about their registrations."""

from collections.abc import Sequence

from django.utils.translation import gettext_lazy as _

from qixue.core.clock import SHANGHAI, local_day
from qixue.participation.models import Registration
from qixue.people.models import NotificationPreference
from qixue.people.notices import Notice, NoticeKind, register

TOPIC = NotificationPreference.Topic.REGISTRATIONS

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
        "registration_message",
        TOPIC,
        _("From the organiser: %(title)s"),
        _("%(names)s, on %(day_on)s: %(text)s"),
    ),
)


def about_party(kind: str, party: Sequence[Registration], *, key: str = "", **more: str) -> Notice:
    """`key`: what it is about, by itself the party; `more`: further words of the kind."""
    session = party[0].session
    start, until = session.starts_at, party[0].offered_until
    return Notice(
        kind,
        f"{kind}:{key or party[0].party}",
        page_of(party[0]),
        {
            "title": session.activity.title,
            "names": "、".join(row.resident.name for row in party),
            "day_on": local_day(start).isoformat() if start else "",
            "time": f"{start.astimezone(SHANGHAI):%H:%M}" if start else "",
            "place": session.venue.name if session.venue else "",
            "until": f"{until.astimezone(SHANGHAI):%Y-%m-%d %H:%M}" if until else "",
            **more,
        },
    )


def page_of(row: Registration) -> str:
    """Where the account that is told sees it: their own page, or for a cadre the list of the session."""
    if row.source == Registration.Source.CADRE and row.resident.user_id is None:
        return f"/workspace/sessions/{row.session_id}/registrations/"
    return f"/me/registrations/{row.party}/"
