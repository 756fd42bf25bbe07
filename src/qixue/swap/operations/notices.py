"""What people are told about a round. The worker tells of new exchanges, some at a time; see `tell_rounds`."""

import datetime
from collections.abc import Collection, Sequence

from django.utils.translation import gettext_lazy as _

from qixue.core.clock import SHANGHAI, local_day, minute_text
from qixue.people.models import NotificationPreference, User
from qixue.people.notices import Notice, NoticeKind, names_of, register
from qixue.people.operations.notifications import notify_each
from qixue.swap.models import Handover, Listing, RoundEntry, SwapRound

TOPIC = NotificationPreference.Topic.REGISTRATIONS
AGREE = _(
    "You can get %(gets)s for %(thing)s: %(day_on)s %(time)s, %(place)s. Please say before it begins whether you agree,"
    " else it is off:"
)  # as a text message: whoever reads nothing else must not take it for settled
BRING = _(
    "Somebody would like %(thing)s: %(day_on)s %(time)s, %(place)s. Please say before it begins that you bring it, else"
    " it is off:"
)

register(
    NoticeKind(
        "swap_answer_asked",
        TOPIC,
        _("Do you come? %(title)s"),
        _("%(thing)s: please say by %(until)s whether you bring it on %(day_on)s. Without an answer it stays home."),
    ),
    NoticeKind(
        "swap_exchange_found",
        TOPIC,
        _("An exchange for %(thing)s: %(title)s"),
        _(
            "You can get %(gets)s for it, on %(day_on)s at %(time)s, %(place)s. Please say before it begins whether you"
            " agree; without an answer it is off."
        ),
        AGREE,
    ),
    NoticeKind(
        "swap_gift_wanted",
        TOPIC,
        _("Somebody would like %(thing)s: %(title)s"),
        _(
            "Please bring your gift on %(day_on)s at %(time)s, %(place)s, and say before it begins that you do; without"
            " an answer it is off."
        ),
        BRING,
    ),
    NoticeKind(
        "swap_thing_to_bring",
        TOPIC,
        _("An exchange for %(thing)s: %(title)s"),
        _(
            "You can get %(gets)s for it. Please say before %(day_on)s whether you agree; without an answer it is off."
            " Then bring your thing to %(place)s from %(day_on)s on, until %(until)s (open: %(hours)s)."
        ),
        AGREE,
    ),
    NoticeKind(
        "swap_gift_to_bring",
        TOPIC,
        _("Somebody would like %(thing)s: %(title)s"),
        _(
            "Please say before %(day_on)s that you bring your gift; without an answer it is off. Then bring it to"
            " %(place)s from %(day_on)s on, until %(until)s (open: %(hours)s)."
        ),
        BRING,
    ),
    NoticeKind(
        "swap_found_now",
        TOPIC,
        _("Another exchange for %(thing)s: %(title)s"),
        _("You get %(gets)s for it, at %(place)s. Do you not want it? Please tell the desk."),
    ),
    NoticeKind(
        "swap_gift_now",
        TOPIC,
        _("Somebody would like %(thing)s: %(title)s"),
        _("Please hand your gift over at %(place)s."),
    ),
    NoticeKind(
        "swap_to_fetch",
        TOPIC,
        _("Yours to fetch: %(thing)s"),
        _("All things of your exchange are at %(place)s. Please fetch yours by %(until)s (open: %(hours)s)."),
    ),
    NoticeKind(
        "swap_changed",
        TOPIC,
        _("Changed: %(title)s"),
        _(
            "Your things are in this round. It is now on %(day_on)s at %(time)s, %(place)s. If you cannot come then,"
            " please say so by %(until)s."
        ),
    ),
    NoticeKind(
        "swap_point_changed",
        TOPIC,
        _("Changed: %(title)s"),
        _(
            "Your things are in this round. They are now to be brought to %(place)s from %(day_on)s on, until %(ends)s"
            " (open: %(hours)s). If you cannot come then, please say so by %(until)s."
        ),
    ),
    NoticeKind(
        "swap_not_found",
        TOPIC,
        _("No exchange for %(thing)s this time: %(title)s"),
        _("The page says why. The thing stays on offer, and whoever has waited longer comes first next time."),
    ),
    NoticeKind(
        "swap_exchange_off",
        TOPIC,
        _("The exchange for %(thing)s is off: %(title)s"),
        _("Somebody of it does not come. Your thing stays yours; should another exchange be found, we tell you."),
    ),
    NoticeKind(
        "swap_exchange_not_agreed",
        TOPIC,
        _("The exchange for %(thing)s is off: %(title)s"),
        _(
            "Somebody of it did not agree in time. Your thing stays yours; should another exchange be found, we tell"
            " you."
        ),
    ),
    NoticeKind(
        "swap_exchange_called_off",
        TOPIC,
        _("The exchange for %(thing)s is off: %(title)s"),
        _("It was called off. Your thing stays yours; should another exchange be found, we tell you."),
    ),
    NoticeKind(
        "swap_marked_missing",
        TOPIC,
        _("Marked as not there: %(title)s"),
        _(
            "%(thing)s: it was noted at the desk that you did not come, and the exchange is off. Is that a mistake? "
            "Please tell the desk, which can take it back."
        ),
    ),
    NoticeKind(
        "swap_round_closed",
        TOPIC,
        _("The exchange for %(thing)s is off: %(title)s"),
        _("The round was ended before it was handed over. Your thing stays yours and on offer."),
    ),
    NoticeKind(
        "swap_stands_again",
        TOPIC,
        _("The exchange for %(thing)s takes place after all: %(title)s"),
        _("It was said by mistake that somebody of it does not come. All stands as before: %(place)s, %(day_on)s."),
    ),
    NoticeKind(
        "swap_cancelled",
        TOPIC,
        _("Called off: %(title)s"),
        _("The swap round on %(day_on)s does not take place. Your thing stays yours and on offer: %(thing)s"),
    ),
    NoticeKind(
        "swap_ended",
        TOPIC,
        _("Over: %(title)s"),
        _("A week after its day the round has ended by itself. Your thing stays yours and on offer: %(thing)s"),
    ),
)


DOES_NOT_COME, NOT_AGREED, CALLED_OFF = (
    "swap_exchange_off",
    "swap_exchange_not_agreed",
    "swap_exchange_called_off",
)  # why an exchange is off
TO_COME = ("swap_gift_wanted", "swap_exchange_found")  # a gift, and a thing for which something is received
TO_BRING = ("swap_gift_to_bring", "swap_thing_to_bring")
NOW = ("swap_gift_now", "swap_found_now")  # once things are handed over nobody is asked to agree any more


def told(kind: str, round_: SwapRound, thing: Listing, key: int | str, **more: str) -> tuple[list[User], Notice]:
    """Whom and what: `key` is what it is about, so that nobody hears of it twice."""
    start = round_.starts_at.astimezone(SHANGHAI)
    words = {
        "title": round_.title,
        "thing": thing.title,
        "day_on": local_day(round_.starts_at).isoformat(),
        "time": f"{start:%H:%M}",
        "ends": minute_text(round_.ends_at),
        **names_of(place=round_.venue),
        "until": minute_text(round_.answers_until),
        "hours": round_.opening_hours,
        **more,
    }
    owner = None if thing.state == Listing.State.ON_TABLE else thing.owner
    accounts = [owner.user] if owner and owner.user else []
    return accounts, Notice(kind, f"{kind}:{key}", f"/me/swap/rounds/{round_.pk}/", words)


def ask_for_answers(round_: SwapRound, *, at: datetime.datetime) -> None:
    """Those who have not said yet whether they come; nobody once it is too late to say so."""
    if at >= round_.answers_until:
        return
    entries = round_.entries.filter(state=RoundEntry.State.IN, answer=RoundEntry.Answer.NONE)
    entries = entries.select_related("listing__owner__user").order_by("pk")
    notify_each([told("swap_answer_asked", round_, entry.listing, entry.pk) for entry in entries], at=at)


def tell_of_cancellation(round_: SwapRound, *, at: datetime.datetime) -> None:
    """Those whose things are in the round; before it ends."""
    tell_all("swap_cancelled", round_, at=at)


def tell_of_end(round_: SwapRound, *, at: datetime.datetime) -> None:
    """The same people, of a round that was forgotten."""
    tell_all("swap_ended", round_, at=at)


def tell_all(kind: str, round_: SwapRound, *, at: datetime.datetime) -> None:
    entries = round_.entries.filter(state=RoundEntry.State.IN).select_related("listing__owner__user").order_by("pk")
    notify_each([told(kind, round_, entry.listing, entry.pk) for entry in entries], at=at)


def tell_of_change(round_: SwapRound, *, at: datetime.datetime) -> None:
    """Each owner of things in the round once, whatever they have said so far; but for what lay on the common table."""
    entries = round_.entries.filter(state=RoundEntry.State.IN, is_from_table=False)
    entries = entries.select_related("listing__owner__user").order_by("pk")
    first = {entry.listing.owner_id: entry for entry in reversed(list(entries))}
    kind, ends = "swap_point_changed" if round_.is_at_point else "swap_changed", minute_text(round_.ends_at)
    keys = {f"{entry.pk}:{round_.edit_count}": entry.listing for entry in first.values()}
    notify_each([told(kind, round_, thing, key, ends=ends) for key, thing in keys.items()], at=at)


def tell_to_fetch(round_: SwapRound, exchanges: Collection[int], *, at: datetime.datetime) -> None:
    """At a community point: those who receive something in an exchange of which all things have been brought."""
    if not round_.is_at_point:
        return
    rows = round_.handovers.filter(exchange__in=exchanges, state=Handover.State.PLANNED)
    waiting = set(rows.filter(giver_confirmed_at=None).values_list("exchange", flat=True))
    complete_at = dict(rows.order_by("giver_confirmed_at").values_list("exchange", "giver_confirmed_at"))  # the latest
    ready = rows.filter(receiver__isnull=False).select_related("listing", "receiver__user").order_by("pk")
    notices, until = [], minute_text(round_.ends_at)
    for row in ready:
        if row.exchange not in waiting and row.receiver and row.receiver.user:
            key = f"{row.pk}:{complete_at[row.exchange]}"  # taken back and brought again, it is said again
            _owner, notice = told("swap_to_fetch", round_, row.listing, key, day_on="", until=until)
            notices.append(([row.receiver.user], notice))
    notify_each(notices, at=at)


def tell_of_exchanges(handovers: Sequence[Handover], gets: dict[int, str], *, at: datetime.datetime) -> None:
    """The givers; `gets` has what each thing brings its owner, by the thing's key, and nothing for a gift."""
    notices = []
    for handover in handovers:
        received = gets.get(handover.listing_id, "")
        is_at_point = handover.round.is_at_point
        has_begun = handover.round.state == SwapRound.State.HANDING_OVER
        kind = (NOW if has_begun else TO_BRING if is_at_point else TO_COME)[bool(received)]
        until = {"until": minute_text(handover.round.ends_at)} if is_at_point else {}
        notices.append(told(kind, handover.round, handover.listing, handover.pk, gets=received, **until))
    notify_each(notices, at=at)


def tell_of_missing(handover: Handover, *, at: datetime.datetime) -> None:
    """The giver, who alone knows whether it is a mistake; each time anew."""
    key = f"{handover.pk}:{at.isoformat()}"
    notify_each([told("swap_marked_missing", handover.round, handover.listing, key)], at=at)


def tell_of_standing_again(handovers: Sequence[Handover], *, at: datetime.datetime) -> None:
    """The givers of exchanges that were off for a while, each time anew."""
    notices = [told("swap_stands_again", row.round, row.listing, f"{row.pk}:{at.isoformat()}") for row in handovers]
    notify_each(notices, at=at)


def tell_of_nothing_found(entries: Sequence[RoundEntry], *, at: datetime.datetime) -> None:
    notify_each([told("swap_not_found", entry.round, entry.listing, entry.pk) for entry in entries], at=at)


def tell_of_closing(round_: SwapRound, *, at: datetime.datetime) -> None:
    """Those whose exchange ends undone with the round; before it ends."""
    rows = round_.handovers.filter(state=Handover.State.PLANNED, giver__isnull=False)
    rows = rows.select_related("listing__owner__user").order_by("pk")
    notify_each([told("swap_round_closed", round_, row.listing, row.pk) for row in rows], at=at)


def tell_of_lost_exchange(
    round_: SwapRound, gone: Sequence[Handover], made: Sequence[Handover], *, why: str, at: datetime.datetime
) -> None:
    """Those who are still in the round and have no new exchange; the others hear of the new one."""
    again = {handover.listing_id for handover in made}
    keys = {handover.listing_id: handover.pk for handover in gone if handover.listing_id not in again}
    entries = round_.entries.filter(state=RoundEntry.State.IN, listing__in=keys)
    entries = entries.select_related("listing__owner__user").order_by("pk")
    notices = [told(why, round_, entry.listing, keys[entry.listing_id]) for entry in entries]
    notify_each(notices, at=at)
