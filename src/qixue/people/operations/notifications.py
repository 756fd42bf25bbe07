"""Telling people: into the inbox always, by mail and SMS as they wish, never inside a request."""

import datetime
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext

from qixue.core.clock import SHANGHAI, local_moment
from qixue.core.inserts import made
from qixue.core.language import speaking
from qixue.core.models import record_audit
from qixue.core.outbox import Letter, put_into_outbox
from qixue.core.refusal import Refused
from qixue.people.models import Notification, NotificationPreference, QuietHours, RoleAssignment, User
from qixue.people.notices import KINDS, WRITTEN, Notice, short_of, words_of
from qixue.people.text_messages import MOST, length_of, shortened

NEXT_DAY = datetime.timedelta(days=1)
ACCOUNT = NotificationPreference.Topic.ACCOUNT  # always by mail and at once: it warns of strangers


@dataclass(frozen=True)
class Wishes:
    """How one person wants to hear of one topic. Without a word of theirs: mail yes, SMS no, at any hour."""

    by_mail: bool = True
    by_sms: bool = False
    quiet: tuple[datetime.time, datetime.time] | None = None


def notify(users: Iterable[User], notice: Notice, *, at: datetime.datetime) -> None:
    """Put the notice into the inboxes and, as each person wishes, into the outbox; who has its key already is left out.

    Raises KeyError for a kind that nobody registered.
    """
    notify_each([(users, notice)], at=at)


@transaction.atomic
def notify_each(told: Iterable[tuple[Iterable[User], Notice]], *, at: datetime.datetime) -> None:
    """The same for many notices, each to its own people, with no more queries than for one."""
    pairs = {(user.pk, notice.key): (user, notice) for users, notice in told for user in users}
    people = {user.pk: user for user, _notice in pairs.values()}
    keys = {notice.key for _user, notice in pairs.values()}
    for known in Notification.objects.filter(user__in=people, key__in=keys).values_list("user_id", "key"):
        pairs.pop(known, None)
    Notification.objects.bulk_create(
        [line_of(user, notice, at=at) for user, notice in pairs.values()], ignore_conflicts=True
    )
    topics = {KINDS[notice.kind].topic for _user, notice in pairs.values()}
    wishes, scopes = {topic: wishes_of(people, topic) for topic in topics}, scopes_of(people)
    letters = [
        letter
        for user, notice in pairs.values()
        for letter in letters_to(
            user, notice, wishes[KINDS[notice.kind].topic][user.pk], scope=scopes.get(user.pk, ""), at=at
        )
    ]
    put_into_outbox(letters, at=at)


def line_of(user: User, notice: Notice, *, at: datetime.datetime) -> Notification:
    """The line in the inbox, not saved."""
    return made(
        Notification,
        user_id=user.pk,
        kind=KINDS[notice.kind].code,
        params=dict(notice.params),
        link=notice.link,
        created_at=at,
        key=notice.key,
    )


def wishes_of(people: dict[int, User], topic: str) -> dict[int, Wishes]:
    quiet = {hours.user_id: (hours.begins, hours.ends) for hours in QuietHours.objects.filter(user__in=people)}
    stated = NotificationPreference.objects.filter(user__in=people, topic=topic)
    channels = {preference.user_id: (preference.by_mail, preference.by_sms) for preference in stated}
    if topic == ACCOUNT:
        return {pk: Wishes(by_sms=channels.get(pk, (True, False))[1]) for pk in people}
    return {pk: Wishes(*channels.get(pk, (True, False)), quiet=quiet.get(pk)) for pk in people}


def scopes_of(people: dict[int, User]) -> dict[int, str]:
    """The part of the tree a message belongs to: that of the reader's first role."""
    roles = RoleAssignment.objects.current().filter(user__in=people).select_related("organisation").order_by("-pk")
    return {role.user_id: role.organisation.path for role in roles}


def letters_to(user: User, notice: Notice, wishes: Wishes, *, scope: str, at: datetime.datetime) -> list[Letter]:
    chosen = []
    with speaking(user.language):
        address = f"{settings.QIXUE['BASE_URL']}{notice.link}" if notice.link else ""
        if wishes.by_mail and user.email:
            chosen.append(("mail", user.email, *mail(notice, address)))
        if wishes.by_sms and user.mobile:
            chosen.append(("sms", user.mobile, "", text_message(notice, address)))
    return [
        Letter(
            channel=channel,
            recipient=recipient,
            recipient_name=user.display_name,
            subject=subject,
            body=body,
            key=f"{notice.key}:{user.pk}:{channel}",
            scope=scope,
            due_at=after_quiet_hours(at, wishes.quiet),
        )
        for channel, recipient, subject, body in chosen
    ]


def mail(notice: Notice, address: str) -> tuple[str, str]:
    """Its subject and its text."""
    title, text = words_of(notice.kind, notice.params)
    is_account = KINDS[notice.kind].topic == ACCOUNT
    choice = "" if is_account else _("You can change what reaches you under Notices.")
    return title, "\n\n".join(part for part in (text, address, choice) if part)


def text_message(notice: Notice, address: str) -> str:
    """Signed as the carriers ask for; a space keeps the address apart from the words, so that it can be tapped.

    What somebody wrote is cut where the whole gets too long: the address leads to all of it.
    """
    body = signed(notice.kind, notice.params, address)
    over = length_of(body) - MOST
    written = next((name for name in WRITTEN if name in notice.params), None)
    if over <= 0 or written is None:
        return body
    return signed(notice.kind, {**notice.params, written: shortened(str(notice.params[written]), by=over)}, address)


def signed(kind: str, params: Mapping[str, str | int], address: str) -> str:
    words = {"site": settings.QIXUE["SITE_NAME"], "text": short_of(kind, params)}
    said = pgettext("text message", "%(site)s: %(text)s") % words
    return f"{said} {address}".rstrip()


def after_quiet_hours(at: datetime.datetime, quiet: tuple[datetime.time, datetime.time] | None) -> datetime.datetime:
    """The moment itself, or the end of the quiet hours (Asia/Shanghai) in which it falls; they may pass midnight."""
    if quiet is None:
        return at
    begins, ends = quiet
    moment = at.astimezone(SHANGHAI)
    passes_midnight = begins > ends
    if passes_midnight and moment.time() >= begins:
        return local_moment(moment.date() + NEXT_DAY, ends)
    starts = datetime.time.min if passes_midnight else begins
    return local_moment(moment.date(), ends) if starts <= moment.time() < ends else at


@transaction.atomic
def mark_read(user: User, *, upto: int | None = None, only: int | None = None, at: datetime.datetime) -> int:
    """Mark one notice (`only`), or all up to one (`upto`), as read. Returns how many were unread."""
    unread = Notification.objects.filter(user=user, read_at=None)
    chosen = unread.filter(pk=only) if only is not None else unread.filter(pk__lte=upto)
    return chosen.update(read_at=at)


@dataclass(frozen=True)
class Reachability:
    """Where and in which language somebody can be reached, about which topics, and when not."""

    email: str = ""
    mobile: str = ""
    language: str = "zh-hans"
    mail_topics: frozenset[str] = frozenset()
    sms_topics: frozenset[str] = frozenset()
    quiet: tuple[datetime.time, datetime.time] | None = None


@transaction.atomic
def choose_channels(user: User, reachability: Reachability, *, at: datetime.datetime) -> None:
    """Keep somebody's own wishes. Refused: no_mail_address, no_mobile_number, quiet_hours_empty."""
    if reachability.mail_topics and not reachability.email:
        raise Refused("no_mail_address", gettext_lazy("Please give a mail address, or choose no topic for mail."))
    if reachability.sms_topics and not reachability.mobile:
        raise Refused("no_mobile_number", gettext_lazy("Please give a mobile number, or choose no topic for SMS."))
    quiet = reachability.quiet
    if quiet and quiet[0] == quiet[1]:
        raise Refused(
            "quiet_hours_empty", gettext_lazy("Please let the quiet hours end at another time than they begin.")
        )
    user.email, user.mobile, user.language = reachability.email, reachability.mobile, reachability.language
    user.save(update_fields=["email", "mobile", "language"])
    for topic in NotificationPreference.Topic.values:
        wanted = {"by_mail": topic in reachability.mail_topics, "by_sms": topic in reachability.sms_topics}
        NotificationPreference.objects.update_or_create(user=user, topic=topic, defaults=wanted)
    QuietHours.objects.filter(user=user).delete()
    if quiet:
        QuietHours.objects.create(user=user, begins=quiet[0], ends=quiet[1])
    record_audit("notifications.chosen", user, by=user, at=at)


@transaction.atomic
def choose_sms(user: User, topic: str, *, is_wanted: bool, at: datetime.datetime) -> None:
    """Keep whether somebody wants to hear of one topic by SMS; their other wishes stay."""
    NotificationPreference.objects.update_or_create(user=user, topic=topic, defaults={"by_sms": is_wanted})
    record_audit("notifications.chosen", user, by=user, at=at)


def reachability_of(user: User) -> Reachability:
    """What choose_channels keeps, as it is now."""
    wishes = {topic: wishes_of({user.pk: user}, topic)[user.pk] for topic in NotificationPreference.Topic.values}
    return Reachability(
        email=user.email,
        mobile=user.mobile,
        language=user.language,
        mail_topics=frozenset(t for t, wish in wishes.items() if wish.by_mail and user.email and t != ACCOUNT),
        sms_topics=frozenset(topic for topic, wish in wishes.items() if wish.by_sms),
        quiet=wishes[NotificationPreference.Topic.PLANS].quiet,
    )
