"""Issuing the work summary: one person asks, another issues; what was sealed, and what has changed since."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.functional import SimpleLazyObject
from django.utils.translation import gettext as _

from qixue.core.clock import now
from qixue.figures.queries import figures_named
from qixue.people.rules import Action, may
from qixue.programme.models import Programme
from qixue.report.changes_since_asked import changes_since_asked, sealed_on_other_records
from qixue.report.difference_words import name_for_reader, named_differences
from qixue.report.differences import differences_between, differences_since
from qixue.report.files import CONTENT_TYPES
from qixue.report.hindrances import hindrances, waived_words
from qixue.report.issuing import ask_for_issue, issue_summary, open_request, withdraw_request
from qixue.report.models import IssueRequest, Seal, SealedFile
from qixue.report.province_returns import goes_to_a_province
from qixue.report.sealing import states_of
from qixue.report.summary import draft_summary
from qixue.web import parts
from qixue.web.files import attached
from qixue.web.forms import Form
from qixue.web.workspace.access import needs, staff, whole_programme_or_404
from qixue.web.workspace.act import Act, act_page, page_of_act, sent
from qixue.web.workspace.at_work import Onward, page_at_work
from qixue.web.workspace.forms.seals import IssueForm
from qixue.web.workspace.to_settle import to_settle

KEY_DIGITS = 18  # more do not fit into a key


def act_of(programme: Programme, **words: Any) -> Act:
    """A page for one step towards the issue, which leads back to the summary."""
    back = reverse("workspace:summary", args=[programme.code])
    crumbs = ((_("Work summary"), back),)
    context = {"programme": programme, **words.pop("context", {})}
    return Act(about=programme.local_name, back=back, crumbs=crumbs, context=context, **words)


@needs(Action.ISSUE_REPORT)
def ask(request: HttpRequest, code: str) -> HttpResponse:
    """Ask a second person to issue the summary as it stands."""
    programme = whole_programme_or_404(request.user, code, Action.ISSUE_REPORT)
    replaced = open_request(programme)
    act = act_of(
        programme,
        title=_("Ask for the issue"),
        lead=_("You have read the summary as it stands. A second coordinator then issues just this, or nothing."),
        button=_("Ask for the issue"),
        done=_("The summary waits for a second person, who issues it."),
        note=_("Somebody has asked already; your request takes its place.") if replaced else "",
        above=("workspace/seals/asking.html",),
        context={"asking": SimpleLazyObject(lambda: before_asking(programme, replaced))},  # not before a redirect
    )
    return act_page(request, sent(request, Form), act, lambda: ask_for_issue(programme, by=staff(request), at=now()))


@needs(Action.ISSUE_REPORT)
def issue(request: HttpRequest, code: str) -> HttpResponseBase:
    """What was asked for, whether it still is so, what it should wait for; and the button that seals it."""
    programme = whole_programme_or_404(request.user, code, Action.ISSUE_REPORT)
    asked, by = request_shown(request, programme), staff(request)
    if request.method == "POST" and asked is None:
        return redirect("workspace:issue_summary", code)  # nothing is issued that its sender has not looked at
    figures = figures_named(programme, list(asked.figures)) if asked else []
    waits_for = hindrances(programme, figures, at=now())
    form = IssueForm(request.POST if request.method == "POST" else None, asked=asked, is_hindered=bool(waits_for))
    is_own = asked is not None and asked.asker_id == by.pk
    is_sealed_now = not is_own and form.is_valid()  # sealing drafts once more and looks itself
    shown = as_asked(asked) if asked and not is_sealed_now else {}
    act = act_of(
        programme,
        title=_("Issue the summary"),
        lead=_(
            "What you issue is sealed with both names, and can be proved and compared from then on. Sealing takes up to"
            " half a minute; whoever presses the button twice still issues once."
        ),
        button=_("Issue and seal"),
        done=_("The summary is issued and sealed."),
        above=("workspace/seals/request.html",),
        fits=asked is not None and not is_own and not (shown and shown["changes"].sentences),
        context={"asked": asked, "hindrances": to_settle(programme, waits_for), "is_own": is_own, **shown},
    )

    def do() -> Onward:
        reason = form.cleaned_data["waiver_reason"]
        issued = issue_summary(asked, waiver_reason=reason, by=by, at=now())  # type: ignore[arg-type]  # `fits` says it is there
        text = _("Open issue %(number)s") % {"number": issued.number}
        return Onward(text, reverse("workspace:seal", args=[code, issued.number]))

    if act.fits and is_sealed_now:
        return page_at_work(request, act, do)
    return page_of_act(request, form, act)


def before_asking(programme: Programme, replaced: IssueRequest | None) -> dict[str, Any]:
    """What whoever issues will be shown: the summary as it stands, what it should wait for, what has changed since."""
    at = now()
    draft = draft_summary(programme, at=at)
    changes = as_asked(replaced)["changes"] if replaced else None
    waits_for = hindrances(programme, draft.figures, at=at)
    return {"draft": draft, "hindrances": to_settle(programme, waits_for), "replaced": replaced, "changes": changes}


def request_shown(request: HttpRequest, programme: Programme) -> IssueRequest | None:
    """What is open; of somebody who sends the form what they have looked at, whatever became of it since."""
    if request.method != "POST":
        return open_request(programme)
    shown = parts.number_sent(request, "asked", digits=KEY_DIGITS)
    return None if shown is None else programme.issue_requests.filter(pk=shown).first()


def as_asked(asked: IssueRequest) -> dict[str, Any]:
    """The summary as it was asked for, with what a proof-reader would mark in it, and what has changed since."""
    draft = draft_summary(asked.programme, at=asked.asked_at)
    return {"draft": draft, "changes": changes_since_asked(asked, draft, states_of(draft))}


@needs(Action.ISSUE_REPORT)
def withdraw(request: HttpRequest, code: str) -> HttpResponse:
    programme = whole_programme_or_404(request.user, code, Action.ISSUE_REPORT)
    asked = open_request(programme)
    act = act_of(
        programme,
        title=_("Withdraw the request"),
        lead=_("The summary is not issued. Nothing that was issued before changes."),
        button=_("Withdraw the request"),
        done=_("The request is withdrawn."),
        fits=asked is not None,
    )

    def do() -> None:
        withdraw_request(asked, by=staff(request), at=now())  # type: ignore[arg-type]  # `fits` says that it is there

    return act_page(request, sent(request, Form), act, do)


def seal_or_404(request: HttpRequest, code: str, number: int) -> Seal:
    programme = whole_programme_or_404(request.user, code, Action.SEE_REPORT)
    return get_object_or_404(
        Seal.objects.select_related("programme__organisation", "programme__region", "request"),
        programme=programme,
        number=number,
    )


@needs(Action.SEE_REPORT)
def seal(request: HttpRequest, code: str, number: int) -> HttpResponse:
    """One issue with its files; what the records say since, or what another issue says."""
    found = seal_or_404(request, code, number)
    others = found.programme.seals.exclude(pk=found.pk).order_by("number")
    asked = request.GET.get("with", "")
    other = others.filter(number=int(asked)).first() if asked.isdecimal() and len(asked) < 7 else None
    different = differences_between(found, other) if other else differences_since(found)
    context = {
        "programme": found.programme,
        "seal": found,
        "others": others,
        "other": other,
        "differences": named_differences(found.programme, different),
        "files": found.files.filter(kind__in=CONTENT_TYPES).defer("content").order_by("pk"),
        "waivers": found.content["waivers"],
        "waived": waived_words(found),
        "other_records": [name_for_reader(figure) for figure in sealed_on_other_records(found)],
        "figure_count": len(found.content["figures"]),
        "may_send": goes_to_a_province(found) and may(request.user, Action.ISSUE_REPORT, found.programme.organisation),
    }
    return render(request, "workspace/seals/detail.html", context)


@needs(Action.SEE_REPORT)
def seal_file(request: HttpRequest, code: str, number: int, kind: str) -> HttpResponse:
    """A file to the byte as it was issued."""
    found = seal_or_404(request, code, number)
    if kind not in CONTENT_TYPES:
        raise Http404
    file = get_object_or_404(SealedFile, seal=found, kind=kind)
    return attached(bytes(file.content), CONTENT_TYPES[kind], f"{found.content['title']}-{number}.{kind}")
