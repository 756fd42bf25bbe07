"""The minutes of a meeting in one paste: read, shown as a table that can be mended, assigned all or none."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from qixue.core.clock import local_day, now
from qixue.core.refusal import Refused
from qixue.people.rules import Action
from qixue.programme.minutes import parse_minutes
from qixue.programme.models import FollowUp, Programme
from qixue.programme.operations.follow_ups import assign_all
from qixue.programme.queries.follow_ups import assignable_by
from qixue.programme.queries.owners import Owners
from qixue.web import parts
from qixue.web.workspace.access import needs, programme_or_404, staff
from qixue.web.workspace.forms.minutes import MOST_ROWS, MinutesForm, ProposalForm, rows_of
from qixue.web.workspace.views.follow_ups import MOST_NAMES


@needs(Action.ASSIGN_FOLLOW_UP)
def minutes(request: HttpRequest, code: str) -> HttpResponse:
    """First the text, then what was read in it; nothing is written until the rows are assigned."""
    programme, _part = programme_or_404(request.user, code, Action.ASSIGN_FOLLOW_UP)
    if request.method != "POST":
        return text_page(request, programme, MinutesForm())
    owners = Owners(assignable_by(request.user, programme), programme.region)
    if (row_count := rows_sent(request)) is not None:
        return assign(request, programme, owners, row_count)
    form = MinutesForm(request.POST)
    if form.is_valid():
        found = parse_minutes(form.cleaned_data["text"], today=local_day(now()))
        rows = rows_of(found.proposals, owners)
        if 0 < len(rows) <= MOST_ROWS:
            proposal = ProposalForm.of(rows, form.cleaned_data["source"], owners)
            return proposal_page(request, programme, owners, proposal, left_out=found.left_out)
        form.add_error("text", nothing_found() if not rows else too_many(len(rows)))
    return text_page(request, programme, form)


def text_page(request: HttpRequest, programme: Programme, form: MinutesForm) -> HttpResponse:
    context = {
        "programme": programme,
        "heading": _("Paste minutes"),
        "lead": _("You see first what was read in them, and can mend it. Nothing is assigned before."),
        "button": _("Read the minutes"),
    }
    return parts.form_page(request, "workspace/board/form.html", form, **context)


def rows_sent(request: HttpRequest) -> int | None:
    """How many rows of a proposal were sent; None where the text itself was."""
    number = parts.number_sent(request, "row_count", digits=4)
    return number if number is not None and 0 < number <= MOST_ROWS else None


def nothing_found() -> str:
    return _(
        "No item was found. Please number the items, for example: 1. Send in the plan. 责任单位：…；完成时限：11月20日"
    )


def too_many(count: int) -> str:
    return _("These are %(count)s items; please paste at most %(most)s at once.") % {"count": count, "most": MOST_ROWS}


def assign(request: HttpRequest, programme: Programme, owners: Owners, row_count: int) -> HttpResponse:
    form = ProposalForm(request.POST, owners=owners, row_count=row_count)
    at = now()
    if form.is_valid() and form.refuse_past(local_day(at)):
        wanted = form.details(programme.code)
        known = FollowUp.objects.filter(client_uuid__in=[details.key for details in wanted]).count()
        try:
            assign_all(programme, wanted, by=staff(request), at=at)
        except Refused as refusal:
            form.refuse(refusal)
        else:
            messages.success(request, outcome(len({details.key for details in wanted}) - known, known))
            return redirect("workspace:board", programme.code)
    return proposal_page(request, programme, owners, form)


def outcome(new: int, known: int) -> str:
    text = ngettext("%(count)s item is assigned.", "%(count)s items are assigned.", new) % {"count": new}
    if not known:
        return text
    again = ngettext("%(count)s was there already.", "%(count)s were there already.", known) % {"count": known}
    return _("%(assigned)s %(again)s") % {"assigned": text, "again": again}


def proposal_page(
    request: HttpRequest,
    programme: Programme,
    owners: Owners,
    form: ProposalForm,
    left_out: tuple[str, ...] = (),
) -> HttpResponse:
    context = {"programme": programme, "names": owners.organisations[:MOST_NAMES], "left_out": left_out}
    return parts.form_page(request, "workspace/board/proposal.html", form, **context)
