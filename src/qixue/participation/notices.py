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
)


def about_party(kind: str, party: Sequence[Registration]) -> Notice:
    session = party[0].session
    start, until = session.starts_at, party[0].offered_until
    return Notice(
        kind,
        f"{kind}:{party[0].party}",
        f"/me/registrations/{party[0].party}/",
        {
            "title": session.activity.title,
            "names": "、".join(row.resident.name for row in party),
            "day_on": local_day(start).isoformat() if start else "",
            "time": f"{start.astimezone(SHANGHAI):%H:%M}" if start else "",
            "place": session.venue.name if session.venue else "",
            "until": f"{until.astimezone(SHANGHAI):%Y-%m-%d %H:%M}" if until else "",
        },
    )
