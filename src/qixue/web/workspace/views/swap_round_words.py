"""What an act in a round does to how many, for where it is asked once more."""

from django.utils.translation import gettext as _

from qixue.swap.queries.rounds import Agreement, Counts, Outcome


def when_closed(counts: Counts) -> str:
    said = {"things": counts.things, "silent": counts.unanswered}
    return _("Things in the round: %(things)s. Of these, asked now whether their owner comes: %(silent)s.") % said


def when_matched(counts: Counts) -> str:
    said = {"yes": counts.yes + counts.from_table, "out": counts.no + counts.unanswered}
    return _("Things that take part: %(yes)s. Things that stay out: %(out)s.") % said


def when_begun(agreement: Agreement) -> str:
    said = {"off": agreement.exchanges_off, "all": agreement.exchanges, "silent": agreement.silent}
    return _("Exchanges that are off then: %(off)s of %(all)s. Things to which nobody has agreed: %(silent)s.") % said


def when_ended(outcome: Outcome) -> str:
    said = {"planned": outcome.planned, "done": outcome.handed_over}
    return _("Things handed over: %(done)s. Things of exchanges that are off then: %(planned)s.") % said
