"""Saying that a thing should not be on the pages, and deciding about it."""

import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from qixue.core.models import record_audit
from qixue.core.refusal import Refused
from qixue.people.models import Resident, User
from qixue.swap.models import Listing, ListingReport
from qixue.swap.operations.entries import take_out
from qixue.swap.operations.locks import entry_held, lock_things, locked_listing
from qixue.swap.rules import may_manage_swaps

MOST_OPEN_REPORTS = 20  # of one person: what is beyond is not looked at any sooner
LONGEST_NOTE = 200
State = ListingReport.State


@transaction.atomic
def report_listing(
    listing: Listing, *, reporter: Resident, reason: str, note: str = "", by: User, at: datetime.datetime
) -> ListingReport:
    """Tell the staff that a thing should not be on the pages; once more while that is open changes what was said.

    The owner is not told who. Refused: not_yours, own_thing, note_too_long, too_many_reports.
    """
    if reason not in ListingReport.Reason.values:
        raise ValueError(f"There is no reason {reason}.")
    if reporter.user_id != by.pk:
        raise Refused("not_yours", _("You can do this for yourself only."))
    if listing.owner_id == reporter.pk:
        raise Refused("own_thing", _("This is a thing of your own."))
    if len(note) > LONGEST_NOTE:
        raise Refused("note_too_long", _("Please write up to %(limit)s characters."), field="note", limit=LONGEST_NOTE)
    locked_listing(listing)
    open_ones = ListingReport.objects.filter(reporter=reporter, state=State.OPEN)
    if not open_ones.filter(listing=listing).exists() and open_ones.count() >= MOST_OPEN_REPORTS:
        sentence = _("You have reported %(most)s things already. Please wait until somebody has looked at them.")
        raise Refused("too_many_reports", sentence, most=MOST_OPEN_REPORTS)
    values = {"reason": reason, "note": note.strip()}
    report, is_new = ListingReport.objects.update_or_create(
        listing=listing,
        reporter=reporter,
        state=State.OPEN,
        defaults=values,
        create_defaults={**values, "reported_at": at},
    )
    if is_new:
        record_audit("listing.reported", listing, by=None, at=at, details={"reason": reason})  # not by whom
    return report


@transaction.atomic
def decide_reports(listing: Listing, *, is_hidden: bool, seen: int, by: User, at: datetime.datetime) -> Listing:
    """Take a thing off the pages or leave it there, and settle the open reports about it. Decided anew at any time.

    `seen` is the key of the last report that was read; what came after it stays open.
    What is taken off the pages leaves its round as well: its exchange is off and the others of it are matched anew,
    unless things of it have been handed over.

    Refused: not_in_charge, own_thing.
    """
    entry = entry_held(listing)
    lock_things(rounds=[entry.round] if entry else [], and_also=[listing.pk])
    listing = locked_listing(listing)
    if not may_manage_swaps(by, listing.programme):
        raise Refused("not_in_charge", _("Only staff of the office that keeps the programme can decide this."))
    if listing.owner and listing.owner.user_id == by.pk:
        raise Refused("own_thing", _("This is a thing of your own: a colleague has to decide."))
    listing.hidden_at = (listing.hidden_at or at) if is_hidden else None
    listing.save(update_fields=["hidden_at"])
    if is_hidden and entry:
        take_out(entry.round, entry, at=at)
        listing.refresh_from_db(fields=["state"])
    decision = State.HIDDEN if is_hidden else State.KEPT
    settled = ListingReport.objects.filter(listing=listing, state=State.OPEN, pk__lte=seen)
    count = settled.update(state=decision, decided_by=by, decided_at=at)
    record_audit(f"listing.{decision}", listing, by=by, at=at, details={"reports": count})
    return listing
