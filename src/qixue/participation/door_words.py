"""Why a scan was put aside or marked, in plain words, by the codes of `merge.py` and of what the ledger refuses."""

from typing import Any

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

SENTENCES: dict[str, Any] = {
    "": "",
    "bad_ticket": _("This is no ticket of ours, or it was changed."),
    "cancelled": _("The registration was cancelled before, and the device knew."),
    "conflict": _("Another scan was sent under the same number before; that one stays."),
    "count_far_above": _("The head count is far above what there is room for."),
    "count_is_zero": _("The head count says that nobody came."),
    "count_out_of_range": _("The head count gives no possible number."),
    "device_hours_over": _("The hours of the device were over."),
    "evidence_missing": _("The head count came without a photo and without a note."),
    "forgotten": _("This person was counted already and has been forgotten since; they would count twice."),
    "head_count_exists": _("There is a head count already."),
    "in_future": _("By the clock of the device this has not happened yet."),
    "name_gone": _("It was sent before; when it was asked for again, the phone had forgotten the name or photo of it."),
    "outside_hours": _("More than two hours before the session began or after it ended."),
    "photo_too_large": _("The photo was too large and could not be kept."),
    "photo_unreadable": _("The photo could not be read."),
    "qualifier_not_countable": _("The head count does not say whether it is exact."),
    "session_cancelled": _("The session did not take place."),
    "session_counts_names": _("This session is counted by names; a head count would double them."),
    "session_not_started": _("The head count came before the session had begun."),
    "session_off": _("The session was called off or put off."),
    "ticket_over": _("The ticket was for a session that is long over."),
    "too_fast": _("More than 60 scans within a minute: nobody lets people in so fast."),
    "too_many_scans": _("Please send at most %(limit)s scans at once; keep the others and send them next."),
    "turned_away": _("The phone let nobody in when this was scanned; by what is known now it would count."),
    "unknown_code": _("Nobody who is signed up for this session has this code."),
    "unknown_person": _("The person is not on the list."),
    "unknown_session": _("The device was not set up for this session."),
    "waiting": _("The person is on the waiting list and has no seat."),
    "wall_late": _("Many people used the same code of the wall after it was over; somebody may have passed it on."),
    "wrong_session": _("The ticket is for another session."),
    # marks: odd, and counted all the same; of what is put aside, what else is odd
    "cancelled_later": _(
        "The registration was cancelled, which the device could not know yet; somebody else may have come with the"
        " seat."
    ),
    "namesake": _("Somebody of this name is signed up or in already: the same person may be counted twice."),
    "late": _("The code on the wall was just over."),
    "clock_off": _("The clock of the device was more than five minutes off; the time was corrected."),
}

SHOWN: dict[str, Any] = {  # by which the door app turns people away, in its own words
    "waiting": pgettext_lazy("door", "Waiting list"),
    "cancelled": _("Not valid any more"),
    "wrong_session": _("Another session"),
    "expired": pgettext_lazy("door", "Expired"),
    "forged": pgettext_lazy("door", "No valid ticket"),
    "unknown_key": _("Cannot be checked"),
    "unknown_code": _("Unknown code"),
    "not_now": _("Not the time of this session"),
    "session_off": _("This session does not take place"),
    "name_gone": _("The name or photo was forgotten"),
}


def sentence_of(code: str) -> Any:
    """The sentence in the reader's language once it is shown. Raises KeyError for a code that has none."""
    return SENTENCES[code]
