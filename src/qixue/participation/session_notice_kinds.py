"""The words in which people are told that a session has another time or place, or is called off."""

from django.utils.translation import gettext_lazy as _

from qixue.participation.notice_kinds import TOPIC
from qixue.people.notices import NoticeKind, register

# Of a new time or place: whether a seat is only offered, and whether a check-in for the former time is taken back.
OF_CHANGE = {
    (False, False): "registration_changed",
    (False, True): "registration_changed_checked_in",
    (True, False): "registration_changed_offer",
    (True, True): "registration_changed_offer_checked_in",
}
# Of people who are not signed up; the first also of those who are.
CHECK_IN_OFF, CHECK_IN_MOVED = "check_in_called_off", "check_in_moved"

CHECK_IN_AGAIN = _(
    "Changed: %(title)s is now on %(day_on)s at %(time)s, %(place)s (before: %(was_on)s at %(was_time)s, "
    "%(was_place)s). Your check-in does not count: please check in again when you come."
)  # as a text message, with a seat and without

register(
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
        OF_CHANGE[False, False],
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
        OF_CHANGE[False, True],
        TOPIC,
        _("New time or place: %(title)s"),
        _(
            "%(names)s: it is now on %(day_on)s at %(time)s, %(place)s. Before it was on %(was_on)s at %(was_time)s, "
            "%(was_place)s. Your place stays as it is, but your check-in does not count: please check in again when "
            "you come. If you cannot come, please give your place up."
        ),
        CHECK_IN_AGAIN,
    ),
    NoticeKind(
        OF_CHANGE[True, False],
        TOPIC,
        _("New time or place: %(title)s"),
        _(
            "%(names)s: it is now on %(day_on)s at %(time)s, %(place)s. Before it was on %(was_on)s at %(was_time)s, "
            "%(was_place)s. Please accept the seat that is kept for you until %(until)s; after that it is not kept any "
            "longer."
        ),
        _(
            "Changed: %(title)s is now on %(day_on)s at %(time)s, %(place)s (before: %(was_on)s at %(was_time)s, "
            "%(was_place)s). The seat offered to you is yours only when you accept it, until %(until)s. Accept it "
            "here:"
        ),
    ),
    NoticeKind(
        OF_CHANGE[True, True],
        TOPIC,
        _("New time or place: %(title)s"),
        _(
            "%(names)s: it is now on %(day_on)s at %(time)s, %(place)s. Before it was on %(was_on)s at %(was_time)s, "
            "%(was_place)s. Your check-in does not count: please check in again when you come. Please accept the seat "
            "that is kept for you until %(until)s; after that it is not kept any longer."
        ),
        _(
            "Changed: %(title)s is now on %(day_on)s at %(time)s, %(place)s (before: %(was_on)s at %(was_time)s, "
            "%(was_place)s). Your check-in does not count. The seat offered to you is yours only when you accept it, "
            "until %(until)s. Accept it here:"
        ),
    ),
    NoticeKind(
        CHECK_IN_OFF,
        TOPIC,
        _("Called off: %(title)s"),
        _(
            "%(names)s: the session on %(day_on)s does not take place, and your check-in does not count. Other "
            "sessions are on the programme's page. The reason: %(note)s"
        ),
        _("Called off: %(title)s, %(day_on)s. The reason: %(note)s"),
    ),
    NoticeKind(
        CHECK_IN_MOVED,
        TOPIC,
        _("New time or place: %(title)s"),
        _(
            "%(names)s: it is now on %(day_on)s at %(time)s, %(place)s. Before it was on %(was_on)s at %(was_time)s, "
            "%(was_place)s. Your check-in does not count; if you come then, please check in again."
        ),
        CHECK_IN_AGAIN,
    ),
)
