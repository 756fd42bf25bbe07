"""What stands in swap rounds about residents: what they brought, gave and got. Of that only counts stay."""

import datetime
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from qixue.core.clock import minute_text
from qixue.people.personal_data import Holding, Left, Section, Subject, holdings
from qixue.swap.models import Handover, Listing, RoundEntry, SwapRound
from qixue.swap.operations.entries import take_out
from qixue.swap.operations.locks import lock_things, locked_rounds


def entries_of(subject: Subject) -> QuerySet[RoundEntry]:
    return RoundEntry.objects.of(subject.people).select_related("round", "listing").order_by("pk")


def entries_copy(subject: Subject) -> Section:
    rows = [
        (
            entry.round.title,
            entry.listing.title,
            minute_text(entry.entered_at),
            entry.get_answer_display(),
            entry.get_state_display(),
        )
        for entry in entries_of(subject)
    ]
    return Section(_("In swap rounds"), [_("Round"), _("Thing"), _("When"), _("Answer"), _("State")], rows)


def handovers_of(subject: Subject) -> QuerySet[Handover]:
    theirs = Q(giver__in=subject.people) | Q(receiver__in=subject.people)
    return Handover.objects.filter(theirs).select_related("round", "listing").order_by("pk")


def handovers_copy(subject: Subject) -> Section:
    """Who the other one was is theirs, and not told."""
    people = set(subject.people)
    rows = [
        (
            row.round.title,
            row.listing.title,
            pgettext("hand-over", "Given") if row.giver in people else pgettext("hand-over", "Received"),
            minute_text(row.receiver_confirmed_at),
            row.get_state_display(),
        )
        for row in handovers_of(subject).select_related("giver")
    ]
    return Section(_("Exchanges"), [_("Round"), _("Thing"), _("Way"), _("When"), _("State")], rows)


def handovers_left(subject: Subject, **_when: Any) -> list[Left]:
    done = handovers_of(subject).filter(state=Handover.State.DONE)
    return [Left(done.count(), _("Things that changed hands, counted by kind and town without a name"))]


def erase_entries(subject: Subject, *, at: datetime.datetime) -> None:
    """Exchanges that wait for them are off, and the other people of these are matched anew."""
    entries = entries_of(subject).filter(state=RoundEntry.State.IN)
    rounds = locked_rounds(SwapRound.objects.filter(Exists(entries.filter(round=OuterRef("pk")).order_by())))
    own = Listing.objects.filter(owner__in=subject.people)
    lock_things(rounds=rounds, and_also=own.values_list("pk", flat=True))
    by_key = {round_.pk: round_ for round_ in rounds}
    for entry in entries:
        take_out(by_key[entry.round_id], entry, at=at)


def erase_handovers(subject: Subject, **_when: Any) -> None:
    Handover.objects.filter(giver__in=subject.people).update(giver=None)
    Handover.objects.filter(receiver__in=subject.people).update(receiver=None)


HOLDINGS = [
    Holding("swap_handovers", ("swap.handover",), handovers_copy, erase_handovers, handovers_left),
    Holding("swap_entries", ("swap.roundentry",), entries_copy, erase_entries),
]

holdings.register(*HOLDINGS)
