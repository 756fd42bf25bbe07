"""The words in which people are told about their registrations, certificates and feedback."""

from django.utils.translation import gettext_lazy as _

from qixue.participation.models import Registration
from qixue.people.models import NotificationPreference
from qixue.people.notices import NoticeKind, register

TOPIC = NotificationPreference.Topic.REGISTRATIONS
TOO_LARGE = "registration_too_large"
REMOVED, REMOVED_TO_PASS_ON = "registration_removed", "registration_removed_to_pass_on"  # the second is for a cadre
# By state, for who runs the session: people whom no notice reaches.
IN_PERSON = {
    Registration.State.OFFERED: "registration_offered_in_person",
    Registration.State.CONFIRMED: "registration_seated_in_person",
}
# Of an offer that nobody answered: the second of each where one cannot sign up again.
PASSED_ON, PASSED_ON_CLOSED = "registration_offer_expired", "registration_offer_expired_closed"  # others have the seat
OFFER_OVER, OFFER_OVER_CLOSED = "registration_offer_over", "registration_offer_over_closed"

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
            "have %(hours)s h by day to accept it, until the start at the latest, or it goes to the next in line."
        ),
        _(
            "You are on the waiting list: %(title)s, %(day_on)s. When a seat becomes free, we write to you; then you "
            "have %(hours)s h by day to accept it, until the start at the latest."
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
            "Then you have %(hours)s h by day to accept it, until the start at the latest, or it goes to the next in "
            "line."
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
        _("%(names)s: please accept it until %(until)s; after that it is not kept any longer."),
        _(
            "A seat is free for you: %(title)s, %(day_on)s %(time)s, %(place)s. It is yours only when you accept it, "
            "until %(until)s. Accept it here:"
        ),
    ),
    NoticeKind(
        IN_PERSON[Registration.State.OFFERED],
        TOPIC,
        _("Please ask in person who takes the seat: %(title)s"),
        _(
            "A seat on %(day_on)s is offered to these people, whom no notice reaches: %(names)s. Please ask each of "
            "them, and accept or decline it for them on the list until %(until)s; after that it is not kept any longer."
        ),
        _(
            "%(title)s, %(day_on)s: a seat is offered to people whom no notice reaches. Please ask them in person "
            "until %(until)s. Who they are:"
        ),
    ),
    NoticeKind(
        IN_PERSON[Registration.State.CONFIRMED],
        TOPIC,
        _("Please tell in person who has a seat now: %(title)s"),
        _(
            "These people have a seat on %(day_on)s at %(time)s now, and no notice reaches them: %(names)s. Please "
            "tell each of them; take out who does not come."
        ),
        _("%(title)s, %(day_on)s: people whom no notice reaches have a seat now. Please tell them. Who they are:"),
    ),
    NoticeKind(
        "registration_offer_declined",
        TOPIC,
        _("The offered seat was declined for you: %(title)s"),
        _("%(names)s: the organiser noted that you do not come on %(day_on)s. Is that wrong? Please call them."),
    ),
    NoticeKind(
        TOO_LARGE,
        TOPIC,
        _("More of you than seats: %(title)s"),
        _(
            "%(names)s: the session on %(day_on)s has room for %(seats)s by now, and your party has %(people)s people. "
            "Please take somebody out of it: until then others move up past you, and you keep your place in line."
        ),
    ),
    NoticeKind(
        "registration_stepped_past",
        TOPIC,
        _("More people in a party than seats: %(title)s"),
        _(
            "%(names)s: %(people)s people who signed up together wait for %(day_on)s, where there is room for "
            "%(seats)s. Others move up past them. Please add seats, move them to another session, or speak to them."
        ),
    ),
    NoticeKind(
        PASSED_ON,
        TOPIC,
        _("The offered seat went to the next: %(title)s"),
        _("%(names)s: the time to accept the seat on %(day_on)s is over. You can sign up again."),
    ),
    NoticeKind(
        PASSED_ON_CLOSED,
        TOPIC,
        _("The offered seat went to the next: %(title)s"),
        _("%(names)s: the time to accept the seat on %(day_on)s is over, and signing up has ended."),
    ),
    NoticeKind(
        OFFER_OVER,
        TOPIC,
        _("The time to accept the seat is over: %(title)s"),
        _("%(names)s: the time to accept the seat on %(day_on)s is over. You can sign up again."),
    ),
    NoticeKind(
        OFFER_OVER_CLOSED,
        TOPIC,
        _("The time to accept the seat is over: %(title)s"),
        _("%(names)s: the time to accept the seat on %(day_on)s is over, and signing up has ended."),
    ),
    NoticeKind(
        REMOVED,
        TOPIC,
        _("You are not signed up any more: %(title)s"),
        _("%(names)s: the organiser cancelled your registration for %(day_on)s. The reason: %(note)s"),
    ),
    NoticeKind(
        REMOVED_TO_PASS_ON,
        TOPIC,
        _("Please tell %(names)s: not signed up any more for %(title)s"),
        _(
            "The organiser cancelled the registration of %(names)s for %(day_on)s. You signed them up, and no notice "
            "reaches them: please tell them. The reason: %(note)s"
        ),
        _(
            "%(title)s, %(day_on)s: the organiser cancelled the registration of somebody whom you signed up. Please "
            "tell them. Who it is:"
        ),
    ),
    NoticeKind(
        "registration_seat_moved",
        TOPIC,
        _("Moved to another session: %(title)s"),
        _(
            "%(names)s: your seat is now on %(day_on)s at %(time)s, %(place)s, instead of %(was_title)s on %(was_on)s. "
            "If you cannot come, please say so."
        ),
        _(
            "Moved to another session, with a seat: %(title)s, %(day_on)s %(time)s, %(place)s (instead of "
            "%(was_title)s, %(was_on)s)"
        ),
    ),
    NoticeKind(
        "registration_wait_moved",
        TOPIC,
        _("Moved to another session: %(title)s"),
        _(
            "%(names)s: you wait in line for %(day_on)s at %(time)s, instead of %(was_title)s on %(was_on)s. You hear "
            "from us when a seat becomes free."
        ),
        _(
            "Moved to the waiting list of another session: %(title)s, %(day_on)s %(time)s (instead of %(was_title)s, "
            "%(was_on)s)"
        ),
    ),
    NoticeKind(
        "registration_wait_moved_for_offer",
        TOPIC,
        _("Moved to another session: %(title)s"),
        _(
            "%(names)s: you wait in line for %(day_on)s at %(time)s, instead of %(was_title)s on %(was_on)s. When a "
            "seat becomes free for you, we write to you. Then you have %(hours)s h by day to accept it, until the "
            "start at the latest, or it goes to the next in line."
        ),
        _(
            "Moved to the waiting list of another session: %(title)s, %(day_on)s %(time)s (instead of %(was_title)s, "
            "%(was_on)s)"
        ),
    ),
    NoticeKind(
        "registration_entry_moved",
        TOPIC,
        _("Moved to another session: %(title)s"),
        _(
            "%(names)s: you are in the draw for %(day_on)s, instead of %(was_title)s on %(was_on)s. You hear from us "
            "when the seats are drawn."
        ),
        _(
            "Moved to the draw of another session: %(title)s, %(day_on)s %(time)s (instead of %(was_title)s, "
            "%(was_on)s)"
        ),
    ),
    # The next three stand in inboxes only: nobody was told then which session was left.
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
            "you. Then you have %(hours)s h by day to accept it, until the start at the latest, or it goes to the next "
            "in line."
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
