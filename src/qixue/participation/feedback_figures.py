"""Figures about how people found it. Nothing is stated of fewer than five answers: one could guess who said what."""

from django.db.models import Count, Q, QuerySet
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from qixue.core.changes import WHO_CAME, Subject
from qixue.core.clock import local_day
from qixue.core.figures import FEWEST, EvidenceRow, FigureDefinition, FigureValue, Scope, registry
from qixue.core.quantity import PERCENT, Quantity, share_of
from qixue.participation.models import Feedback
from qixue.participation.queries.attendance import named_entries
from qixue.participation.queries.feedback import counted_answers, tellable_shares
from qixue.programme.figures import DIMENSIONS
from qixue.programme.models import Session
from qixue.programme.queries import sessions_in

OF_ANSWERS = _("Of {answers} answers; {rate} per cent of the attendances by name were answered.")
TOO_FEW = _("Fewer than 5 answers: too few to state a share.")
TOO_FEW_BEHIND = _("Not stated: one could reckon what fewer than 5 people answered.")


def answers_in(scope: Scope) -> QuerySet[Feedback]:
    return counted_answers().filter(session__in=sessions_in(scope))


def satisfaction(scope: Scope) -> FigureValue:
    """Per cent of the answers that chose the first face; none where it tells how few did, or did not.

    The number of answers stands beside it, here and in the rate.
    """
    counts = answers_in(scope).aggregate(all=Count("pk"), good=Count("pk", filter=Q(face=Feedback.Face.GOOD)))
    if counts["all"] < FEWEST:
        return FigureValue(None, notes=(TOO_FEW,))
    if not tellable_shares({0: (counts["all"], counts["good"])}):
        return FigureValue(None, notes=(TOO_FEW_BEHIND,))
    rate = answer_rate(scope).quantity
    note = format_lazy(OF_ANSWERS, answers=f"{counts['all']:,}", rate=rate.value if rate else "—")
    return FigureValue(share_of(counts["good"], counts["all"]), notes=(note,))


def answer_rate(scope: Scope) -> FigureValue:
    """Per cent of the attendances by name about which the person said how it was."""
    answers = answers_in(scope).count()
    if answers < FEWEST:
        return FigureValue(None, notes=(TOO_FEW,))
    asked = named_entries().filter(session__in=sessions_in(scope)).order_by()
    return FigureValue(share_of(answers, asked.values("session_id", "person_token").distinct().count()))


def evidence(scope: Scope) -> list[EvidenceRow]:
    """One row per session with its share of good answers; without a number where it would tell of too few."""
    counts = answers_in(scope).order_by().values("session_id")
    counts = counts.annotate(all=Count("pk"), good=Count("pk", filter=Q(face=Feedback.Face.GOOD)))
    found = {row["session_id"]: (row["all"], row["good"]) for row in counts}
    told = tellable_shares(found)
    sessions = Session.objects.filter(pk__in=found).select_related("activity__organisation", "venue")
    return [
        evidence_row(session, share_of(*reversed(found[session.pk])) if session.pk in told else None)
        for session in sessions.order_by("starts_at", "pk")
    ]


def evidence_row(session: Session, share: Quantity | None) -> EvidenceRow:
    return EvidenceRow(
        id=f"feedback:{session.activity.code}/{session.number}",
        title=session.activity.local_title,
        quantity=share,
        occurred_on=local_day(session.starts_at).isoformat() if session.starts_at else "",
        place=session.venue.local_name if session.venue else "",
        source=str(_("Feedback")),
        quote="" if share else str(TOO_FEW_BEHIND),
        session_id=session.pk,
        organisation=session.activity.organisation.local_name,
    )


registry.register(
    FigureDefinition(
        code="satisfaction",
        name=_("Found it good"),
        unit=PERCENT,
        rule=_(
            "Answers “good” divided by all answers of people who were there by name; so-so and not good are the others."
            " Fewer than 5 answers give no number, nor do those of which fewer than 5, but some, were good or were not."
        ),
        rule_version=2,  # the first told how few
        dimensions=DIMENSIONS,
        value=satisfaction,
        recount=satisfaction,
        evidence=evidence,
        by_session=evidence,
        is_internal=True,
        stands_on=(*WHO_CAME, Subject.AFTERWARDS),
    )
)
registry.register(
    FigureDefinition(
        code="feedback_rate",
        name=_("Answered how it was"),
        unit=PERCENT,
        rule=_("Answers divided by attendances by name. Fewer than 5 answers give no number."),
        dimensions=DIMENSIONS,
        value=answer_rate,
        recount=answer_rate,
        evidence=evidence,
        by_session=evidence,
        is_internal=True,
        stands_on=(*WHO_CAME, Subject.AFTERWARDS),
    )
)
