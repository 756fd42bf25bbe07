"""What people are told about a round. The worker tells of new exchanges, some at a time; see `tell_rounds`."""

import datetime
from collections.abc import Sequence

from django.utils.translation import gettext_lazy as _

from qixue.core.clock import SHANGHAI, local_day, minute_text
from qixue.people.models import NotificationPreference, User
from qixue.people.notices import Notice, NoticeKind, register
from qixue.people.operations.notifications import notify_each
from qixue.swap.models import Handover, Listing, RoundEntry, SwapRound

TOPIC = NotificationPreference.Topic.REGISTRATIONS

register(
    NoticeKind(
        "swap_answer_asked",
        TOPIC,
        _("Do you come? %(title)s"),
        _("%(thing)s: please say until %(until)s whether you bring it on %(day_on)s. Without an answer it stays home."),
    ),
    NoticeKind(
        "swap_exchange_found",
        TOPIC,
        _("An exchange for %(thing)s: %(title)s"),
        _("You get %(gets)s for it, on %(day_on)s at %(time)s, %(place)s. Please say whether you agree."),
    ),
    NoticeKind(
        "swap_gift_wanted",
        TOPIC,
        _("Somebody would like %(thing)s: %(title)s"),
        _("Please bring your gift on %(day_on)s at %(time)s, %(place)s, and say beforehand that you do."),
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


def told(kind: str, round_: SwapRound, thing: Listing, key: int, **more: str) -> tuple[list[User], Notice]:
    """Whom and what: `key` is what it is about, so that nobody hears of it twice."""
    start = round_.starts_at.astimezone(SHANGHAI)
    words = {
        "title": round_.title,
        "thing": thing.title,
        "day_on": local_day(round_.starts_at).isoformat(),
        "time": f"{start:%H:%M}",
        "place": round_.venue.name,
        "until": minute_text(round_.answers_until),
        **more,
    }
    owner = None if thing.state == Listing.State.ON_TABLE else thing.owner
    accounts = [owner.user] if owner and owner.user else []
    return accounts, Notice(kind, f"{kind}:{key}", f"/me/swap/rounds/{round_.pk}/", words)


def ask_for_answers(round_: SwapRound, *, at: datetime.datetime) -> None:
    """Those who have not said yet whether they come."""
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


def tell_of_exchanges(handovers: Sequence[Handover], gets: dict[int, str], *, at: datetime.datetime) -> None:
    """The givers; `gets` has what each thing brings its owner, by the thing's key, and nothing for a gift."""
    notices = []
    for handover in handovers:
        received = gets.get(handover.listing_id, "")
        kind = "swap_exchange_found" if received else "swap_gift_wanted"
        notices.append(told(kind, handover.round, handover.listing, handover.pk, gets=received))
    notify_each(notices, at=at)


def tell_of_nothing_found(entries: Sequence[RoundEntry], *, at: datetime.datetime) -> None:
    notify_each([told("swap_not_found", entry.round, entry.listing, entry.pk) for entry in entries], at=at)


def tell_of_lost_exchange(
    round_: SwapRound, gone: Sequence[Handover], made: Sequence[Handover], *, at: datetime.datetime
) -> None:
    """Those who are still in the round and have no new exchange; the others hear of the new one."""
    again = {handover.listing_id for handover in made}
    keys = {handover.listing_id: handover.pk for handover in gone if handover.listing_id not in again}
    entries = round_.entries.filter(state=RoundEntry.State.IN, listing__in=keys)
    entries = entries.select_related("listing__owner__user").order_by("pk")
    notices = [told("swap_exchange_off", round_, entry.listing, keys[entry.listing_id]) for entry in entries]
    notify_each(notices, at=at)
