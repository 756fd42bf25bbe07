"""Issuing a work summary (签发): one person asks for it as it stands, another issues just that."""

import datetime
from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from qixue.core.models import record_audit
from qixue.core.refusal import Refused
from qixue.participation.queries.ledger_heads import ledger_heads
from qixue.people.models import User
from qixue.people.operations.notifications import notify
from qixue.people.queries import path_filter, people_in_charge
from qixue.people.rules import Action, may, reach
from qixue.programme.models import Programme
from qixue.report.annotation import how_to_check, why_early
from qixue.report.changes_since_asked import changes_since_asked, kept_figures, kept_lines
from qixue.report.hindrances import hindrances
from qixue.report.models import IssueRequest, Seal, SealedFile, SectionVersion
from qixue.report.notices import issue_asked
from qixue.report.seal_format import FORMAT, Envelope, base64url
from qixue.report.sealing import Issue, issued_files, sealed_summary, states_of
from qixue.report.summary import draft_summary

Outcome = IssueRequest.Outcome


def ask_for_issue(programme: Programme, *, by: Any, at: datetime.datetime) -> IssueRequest:
    """Ask that the summary be issued as it stands at this moment, and tell those who can; an open request is replaced.

    Refused: issue_not_allowed.
    """
    refuse_outsider(programme, by)
    draft = draft_summary(programme, at=at)
    figures = kept_figures(states_of(draft))
    with transaction.atomic():
        for open_request in locked_open_requests(programme):
            close(open_request, Outcome.REPLACED, at=at)
        request = IssueRequest.objects.create(
            programme=programme,
            lines=kept_lines(draft.manuscript),
            figures=figures,
            seal_format=FORMAT,
            asker_id=by.pk,
            asker_name=by.display_name,
            asked_at=at,
        )
        record_audit("summary.issue_asked", request, by=by, at=at)
        notify(waits_for(request), issue_asked(request), at=at)
    return request


@transaction.atomic
def withdraw_request(request: IssueRequest, *, by: Any, at: datetime.datetime) -> None:
    """Whoever may issue may also say that this is not to be issued. Refused: issue_not_allowed, request_closed."""
    refuse_outsider(request.programme, by)
    request = locked(request)
    refuse_closed(request)
    close(request, Outcome.WITHDRAWN, at=at)
    record_audit("summary.issue_withdrawn", request, by=by, at=at)


def issue_summary(request: IssueRequest, *, waiver_reason: str = "", by: Any, at: datetime.datetime) -> Seal:
    """Seal the summary that was asked for, and keep its files. Who does so twice gets the same seal again.

    Where its words and numbers are what they were, it is sealed on the records of now: in a running week some change
    every minute.

    Refused: issue_not_allowed, request_closed, needs_two_people; changed_since_asked with what changed; issue_hindered
    with what it should wait for, unless a reason is given; signing_key_sealed; records_moved, when somebody wrote
    meanwhile.
    """
    programme = request.programme
    refuse_outsider(programme, by)
    if by.pk == request.asker_id:
        raise Refused(
            "needs_two_people", _("You asked for this issue yourself; a second person has to look and issue.")
        )
    if issued := issued_by(by, request):
        return issued
    refuse_closed(request)
    heads = ledger_heads(programme)
    draft = draft_summary(programme, at=request.asked_at)
    states = states_of(draft)
    changes = changes_since_asked(request, draft, states)
    if changes.sentences:
        sentence = _("The summary is not the one that was asked for. Please look at it and ask again:")
        raise Refused("changed_since_asked", sentence, lines=changes.sentences)
    hindered = hindrances(programme, draft.figures, at=at)
    if hindered and not waiver_reason:
        sentence = _("The summary should wait. If it must be issued all the same, please say why:")
        lines = [each.sentence for each in hindered]
        raise Refused("issue_hindered", sentence, lines=lines, field="waiver_reason")
    last = programme.seals.order_by("-number").first()
    number = last.number + 1 if last else 1
    waiver = why_early(by.display_name, waiver_reason) if hindered else ""
    check = how_to_check(programme, number, asked_at=request.asked_at, waiver=waiver)
    draft = draft.signed_off(programme.organisation.name, at, check)
    issue = Issue(
        request=request,
        number=number,
        previous=last.digest if last else None,
        heads=heads,
        hindrances=hindered,
        waiver_reason=waiver_reason,
        other_records=[figure.code for figure in changes.other_records],
    )
    envelope = sealed_summary(draft, states, issue, by=by, at=at)
    files = issued_files(draft, states, envelope)  # takes seconds: before anybody has to wait for the database
    return keep(issue, envelope, files, by=by, at=at)


@transaction.atomic
def keep(issue: Issue, envelope: Envelope, files: list[SealedFile], *, by: Any, at: datetime.datetime) -> Seal:
    """Write the seal, if nothing was written since its figures were read. Refused: request_closed, records_moved."""
    request = locked(issue.request)
    if issued := issued_by(by, request):  # the button was pressed once more while the first press was at work
        return issued
    refuse_closed(request)
    programme = request.programme
    if ledger_heads(programme) != issue.heads or programme.seals.filter(number__gte=issue.number).exists():
        sentence = _("Records came in while the summary was being sealed: nothing is issued. Please issue it again.")
        raise Refused("records_moved", sentence)
    seal = Seal.objects.create(
        programme=programme,
        number=issue.number,
        request=request,
        asker_id=request.asker_id,
        asker_name=request.asker_name,
        issuer_id=by.pk,
        issuer_name=by.display_name,
        sealed_at=at,
        payload=envelope.message.decode(),
        digest=envelope.digest,
        text_digest=envelope.text_digest,
        kid=envelope.kid,
        signature=base64url(envelope.signature),
    )
    for file in files:
        file.seal = seal
    SealedFile.objects.bulk_create(files)
    close(request, Outcome.ISSUED, at=at)
    details = {"number": seal.number, "digest": seal.digest, "other_records": issue.other_records}
    record_audit("summary.issued", seal, by=by, at=at, details=details)
    return seal


def open_request(programme: Programme) -> IssueRequest | None:
    """The request that waits for a second person."""
    return programme.issue_requests.filter(outcome=Outcome.OPEN).first()


def waits_for(request: IssueRequest) -> list[User]:
    """Who was told of the request: the people in charge, without the one who asked."""
    in_charge = people_in_charge(request.programme.organisation, Action.ISSUE_REPORT)
    return [user for user in in_charge if user.pk != request.asker_id]


def edits_since(request: IssueRequest) -> QuerySet[SectionVersion]:
    """What was saved since in sections that are in the summary, oldest first: what was asked for is no longer that."""
    versions = SectionVersion.objects.filter(
        section__programme=request.programme_id, section__removed_at=None, saved_at__gt=request.asked_at
    )
    return versions.select_related("section").order_by("saved_at", "pk")


def requests_waiting_for(user: Any) -> QuerySet[IssueRequest]:
    """What the user can issue: nobody issues what they asked for themselves."""
    within = path_filter(reach(user, Action.ISSUE_REPORT), "programme__organisation__path")
    others = IssueRequest.objects.filter(within, outcome=Outcome.OPEN).exclude(asker_id=user.pk)
    return others.select_related("programme").order_by("asked_at", "pk")


def refuse_outsider(programme: Programme, by: Any) -> None:
    if not may(by, Action.ISSUE_REPORT, programme.organisation):
        raise Refused("issue_not_allowed", _("Only coordinators of the organisation that keeps the programme do this."))


def locked_open_requests(programme: Programme) -> list[IssueRequest]:
    return list(programme.issue_requests.select_for_update().filter(outcome=Outcome.OPEN))


def locked(request: IssueRequest) -> IssueRequest:
    """The request as it stands now, for the rest of the transaction."""
    return IssueRequest.objects.select_for_update().select_related("programme").get(pk=request.pk)


def refuse_closed(request: IssueRequest) -> None:
    if request.outcome != Outcome.OPEN:
        raise Refused("request_closed", _("This request is no longer open: it was issued, withdrawn or replaced."))


def issued_by(by: Any, request: IssueRequest) -> Seal | None:
    """What the same person has issued on this request already."""
    return Seal.objects.filter(request=request, issuer_id=by.pk).first()


def close(request: IssueRequest, outcome: IssueRequest.Outcome, *, at: datetime.datetime) -> None:
    request.outcome, request.closed_at = outcome, at
    request.save(update_fields=["outcome", "closed_at"])
