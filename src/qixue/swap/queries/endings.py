"""Why an exchange is off: read from what was kept of it, so that nobody is said to have been missing who was not."""

from collections import defaultdict
from collections.abc import Collection, Iterable

from django.db.models import QuerySet, TextChoices
from django.utils.translation import gettext_lazy as _

from qixue.swap.models import Handover, RoundEntry, SwapRound


class WhyOff(TextChoices):
    """As somebody reads it whose thing was in the exchange, and is in no other."""

    ROUND_ENDED = "round_ended", _("There was an exchange, but the round was ended before it was handed over.")
    DID_NOT_COME = (
        "did_not_come",
        _("There was an exchange, but somebody of it did not come. No other was found for it."),
    )
    NOT_AGREED = (
        "not_agreed",
        _("There was an exchange, but somebody of it did not agree in time. No other was found for it."),
    )
    LEFT = "left", _("There was an exchange, but somebody took their thing out of it. No other was found for it.")
    CALLED_OFF = "called_off", _("There was an exchange, but it was called off. No other was found for it.")


def why_off(round_: SwapRound, exchanges: Collection[int]) -> dict[int, WhyOff]:
    """Of exchanges of which something is off, by their numbers."""
    rows = round_.handovers.filter(exchange__in=exchanges, state=Handover.State.VOID).order_by("exchange", "position")
    by_number: dict[int, list[Handover]] = defaultdict(list)
    for row in rows:
        by_number[row.exchange].append(row)
    gone = gone_from(round_, rows)
    return {number: reason_of(found, gone, round_) for number, found in by_number.items()}


def gone_from(round_: SwapRound, rows: QuerySet[Handover]) -> dict[int, RoundEntry]:
    """By its key, of things in these hand-overs, that which was taken out or whose owner did not come or agree."""
    states = (RoundEntry.State.LEFT, RoundEntry.State.MISSED)
    entries = round_.entries.filter(listing__in=rows.order_by().values("listing"), state__in=states)
    return {entry.listing_id: entry for entry in entries.order_by("pk")}


def reason_of(rows: Iterable[Handover], gone: dict[int, RoundEntry], round_: SwapRound) -> WhyOff:
    """`rows` are those of one exchange that are off."""
    reasons = {reason_at(row, gone.get(row.listing_id), round_) for row in rows}
    return min(reasons, key=list(WhyOff).index)


def reason_at(row: Handover, entry: RoundEntry | None, round_: SwapRound) -> WhyOff:
    """What is off since the moment in which the round was closed or called off ended with it."""
    if row.void_at == round_.ended_at:
        return WhyOff.ROUND_ENDED
    if row.off_with_id:
        return WhyOff.DID_NOT_COME
    if entry is None:
        return WhyOff.CALLED_OFF
    if entry.state == RoundEntry.State.LEFT:
        return WhyOff.LEFT
    return WhyOff.NOT_AGREED if never_agreed(row, entry) else WhyOff.DID_NOT_COME


def never_agreed(row: Handover, entry: RoundEntry) -> bool:
    """Whether somebody was left out when the desk opened, and not said there to be missing."""
    return entry.missed_with_id is None and row.agreed_at is None
