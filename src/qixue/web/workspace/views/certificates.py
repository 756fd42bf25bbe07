"""Certificates of an activity: what they say, who gets one, and taking one back."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from qixue.core.clock import now
from qixue.core.refusal import Refused
from qixue.participation.operations.certificates import issue_certificates, revoke_certificate, save_rule
from qixue.participation.queries.certificates import candidates_of, rule_of, session_total
from qixue.participation.queries.certificates import certificates as all_certificates
from qixue.people.models import Resident
from qixue.people.namesakes import told_apart
from qixue.people.rules import Action
from qixue.report.certificate_pdf import certificates_pdf
from qixue.web import parts, table_files, unfinished_forms
from qixue.web.files import pdf_file
from qixue.web.table_files import PageTable
from qixue.web.workspace.access import activity_or_404, needs, staff
from qixue.web.workspace.act import Act, act_page
from qixue.web.workspace.forms.certificates import IssueForm, RevokeForm, RuleForm, initial_of
from qixue.web.workspace.reach.certificates import certificate_or_404
from qixue.web.workspace.tables.people import certificates_table

PER_PAGE = 50


@needs(Action.ISSUE_CERTIFICATES)
def certificates(request: HttpRequest, pk: int) -> HttpResponseBase:
    """The rule, and every certificate that was issued, the revoked ones too."""
    activity = activity_or_404(request.user, pk, Action.ISSUE_CERTIFICATES)
    issued = all_certificates().filter(activity=activity)
    context = {
        "activity": activity,
        "programme": activity.programme,
        "rule": rule_of(activity),
        "total": session_total(activity),
        "page": parts.paginate(request, issued, PER_PAGE),
        "apart": told_apart(Resident.objects.filter(certificates__activity=activity)),
    }
    table = PageTable("certificates", lambda: certificates_table(activity, issued), activity)
    return table_files.page(request, "workspace/certificates/list.html", context, table)


@needs(Action.ISSUE_CERTIFICATES)
def rule(request: HttpRequest, pk: int) -> HttpResponse:
    activity = activity_or_404(request.user, pk, Action.ISSUE_CERTIFICATES)
    form = RuleForm(request.POST or None, initial=initial_of(rule_of(activity), title=activity.title[:60]))
    page = Act(
        title=_("What the certificate says"),
        about=activity.local_title,
        lead=_("This is for certificates to come. Those that were issued stay as they are."),
        button=_("Save"),
        back=reverse("workspace:certificates", args=[pk]),
        done=_("Saved."),
        context={"activity": activity, "programme": activity.programme},
    )
    return act_page(
        request, form, page, lambda: save_rule(activity, details=form.details(), by=staff(request), at=now())
    )


@needs(Action.ISSUE_CERTIFICATES)
def issue(request: HttpRequest, pk: int) -> HttpResponse:
    """Choose, look at every line once more, then issue."""
    activity = activity_or_404(request.user, pk, Action.ISSUE_CERTIFICATES)
    found = rule_of(activity)
    candidates = [row for row in candidates_of(activity, found, at=now()) if not row.certificate]
    entitled = [row for row in candidates if row.is_entitled]
    by_rule = [str(row.resident.pk) for row in entitled] if found and found.least_session_count else []
    form = IssueForm(unfinished_forms.answers(request), candidates=entitled, initial={"people": by_rule})
    context = {"activity": activity, "programme": activity.programme, "rule": found, "total": session_total(activity)}
    if "confirmed" in request.POST and form.is_valid():
        try:
            made = issue_certificates(activity, people=form.residents(), by=staff(request), at=now())
        except Refused as refusal:
            form.refuse(refusal)
        else:
            messages.success(request, issued_words(len(made)))
            return redirect("workspace:certificates", pk)
    if unfinished_forms.is_to_check(request, form):
        return parts.form_page(request, "workspace/certificates/check.html", form, **context)
    others = [row for row in candidates if not row.is_entitled]
    return unfinished_forms.form_page(request, "workspace/certificates/issue.html", form, **context, others=others)


def issued_words(count: int) -> str:
    return ngettext("%(count)s certificate is issued.", "%(count)s certificates are issued.", count) % {"count": count}


@needs(Action.ISSUE_CERTIFICATES)
def print_all(request: HttpRequest, pk: int) -> HttpResponse:
    """Every certificate in force on paper, one a page: for people without a phone. `?only=` gives one of them."""
    activity = activity_or_404(request.user, pk, Action.ISSUE_CERTIFICATES)
    rows = all_certificates().in_force().filter(activity=activity).exclude(name="")
    only = request.GET.get("only", "")
    found = list(rows.filter(pk=only) if only.isdecimal() else rows)
    if not found:
        raise Http404
    return pdf_file(certificates_pdf(found), f"certificates-{activity.code}.pdf")


@needs(Action.ISSUE_CERTIFICATES)
def revoke(request: HttpRequest, pk: int) -> HttpResponse:
    """For good: whoever checks it reads from now on that it was revoked."""
    found = certificate_or_404(request.user, pk)
    form = RevokeForm(request.POST or None)
    page = Act(
        title=_("Revoke a certificate"),
        about=found.title,
        lead=_("This cannot be undone. Whoever checks the certificate reads that it was revoked, when and what for."),
        button=_("Revoke the certificate"),
        back=reverse("workspace:certificates", args=[found.activity_id]),
        done=_("The certificate is revoked."),
        fits=found.revoked_at is None,
        above=("workspace/certificates/facts.html",),
        context={"activity": found.activity, "programme": found.activity.programme, "certificate": found},
    )

    def act() -> object:
        answers = form.cleaned_data
        return revoke_certificate(found, kind=answers["kind"], reason=answers["reason"], by=staff(request), at=now())

    return act_page(request, form, page, act)
