"""What a verification says in a line: of the file as a whole, and of how many figures which outcome was found."""

from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from qixue.report.verdicts import (
    ALTERED,
    CHANGED,
    LIST_ALTERED,
    NOT_COMPARED,
    STANDS,
    UNKNOWN,
    NamedChange,
    Verification,
)


def heading(verification: Verification) -> str:
    """Tells a file that was altered from one that says what it said, though the records have moved on."""
    if verification.stands:
        return _("Every number that this summary takes from the records stands")
    if not verification.is_unaltered:
        return _("Not everything in this file stands")
    if verification.is_issued_file:
        return _("This is the issued file, unaltered")
    if verification.seal:
        return _("The numbers in this file are as they were issued")
    return _("The numbers in this draft are as they were written")


def changed_sentence(verification: Verification) -> str:
    """How many figures the records give in another way by now; empty where none."""
    count = len(verification.by_outcome().get(CHANGED, []))
    if not count:
        return ""
    return ngettext(
        "%(count)d figure has changed in the records since.",
        "%(count)d figures have changed in the records since.",
        count,
    ) % {"count": count}


def touches_sentence(change: NamedChange) -> str:
    """The figures behind which it changed; empty for how many others there are."""
    names = pgettext("between names", ", ").join(change.figures)
    return _("Touches: %(figures)s") % {"figures": names} if names else ""


def outcome_words(outcome: str, count: int) -> str:
    """“text altered: 2”."""
    words = {
        LIST_ALTERED: pgettext("an outcome", "list altered"),
        ALTERED: pgettext("an outcome", "text altered"),
        UNKNOWN: pgettext("an outcome", "not on record"),
        NOT_COMPARED: pgettext("an outcome", "not compared"),
        CHANGED: pgettext("an outcome", "changed since"),
        STANDS: pgettext("an outcome", "stands"),
    }
    return _("%(outcome)s: %(count)d") % {"outcome": words[outcome], "count": count}


def outcome_counts(verification: Verification) -> list[str]:
    """What is worst first."""
    return [outcome_words(outcome, len(verdicts)) for outcome, verdicts in verification.by_outcome().items()]
