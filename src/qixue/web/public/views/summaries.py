"""The issued work summary: everybody can read it, and check a file of it. What is sent in is read and forgotten."""

import threading

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache

from qixue.core.audience import for_everybody
from qixue.core.refusal import Refused
from qixue.report.difference_words import name_for_reader
from qixue.report.differences import sealed_figures
from qixue.report.files import CONTENT_TYPES
from qixue.report.marked_words import marked
from qixue.report.models import SealedFile
from qixue.report.seal_on_record import envelope_of
from qixue.report.seal_verification import facts_of, waived_sentence
from qixue.report.verdict_words import changed_sentence, heading, outcome_counts, touches_sentence
from qixue.report.verdicts import CHANGED, STANDS, Verification
from qixue.report.verification import verify_file
from qixue.web import parts
from qixue.web.files import attached
from qixue.web.public.forms.summaries import SummaryFileForm

PATIENCE = 20.0  # seconds for which a request waits for others that check files
checkers = threading.BoundedSemaphore(1)  # counting all figures takes a whole core: one at a time in each process
MOST_SHOWN = 20  # places where the words differ
SECONDS = 300  # for which a cache may answer


@for_everybody
@never_cache
def verify(request: HttpRequest) -> HttpResponse:
    """Send a file in: who sealed what, when, and how each number stands today."""
    form = SummaryFileForm(request.POST or None, request.FILES or None)
    if form.is_valid():
        try:
            verification = checked(form.cleaned_data["file"].read())
        except Refused as refusal:
            form.refuse(refusal)
        else:
            return render(request, "public/verify/summary_result.html", result(verification))
    return parts.form_page(request, "public/verify/summary.html", form)


def result(verification: Verification) -> dict[str, object]:
    """What stands is told apart: it is folded, and what does not stand comes first."""
    groups = verification.by_outcome()
    counts = zip(groups, outcome_counts(verification), strict=True)
    return {
        "verification": verification,
        "seal": verification.seal,
        "heading": heading(verification),
        "changed": changed_sentence(verification),
        "alterations": [
            {"place": each.place, "before": marked(each.before, each.after), "after": marked(each.after, each.before)}
            for each in verification.alterations[:MOST_SHOWN]
        ],
        "counts": [(colour_of(outcome), words) for outcome, words in counts],
        "failing": [each for outcome, verdicts in groups.items() if outcome != STANDS for each in verdicts],
        "changes": [(change.sentence, touches_sentence(change)) for change in verification.changes],
        "standing": groups.get(STANDS, []),
    }


def colour_of(outcome: str) -> str:
    return {STANDS: "tea", CHANGED: "ochre"}.get(outcome, "seal")


def checked(data: bytes) -> Verification:
    """Refused: checking_files, when many are being checked; not_a_summary."""
    if not checkers.acquire(timeout=PATIENCE):
        raise Refused("checking_files", _("Many files are being checked right now; please try again in a minute."))
    try:
        return verify_file(data, for_public=True)
    finally:
        checkers.release()


@for_everybody
@never_cache
def sealed(request: HttpRequest, code: str, number: int) -> HttpResponse:
    """Where the square code on an issued summary leads: who sealed what, when, and each figure as it was sealed."""
    programme = parts.get_programme_or_404(code)
    seal = get_object_or_404(programme.seals, number=number)
    later = programme.seals.filter(number__gt=number).order_by("-number").values_list("number", flat=True).first()
    envelope = envelope_of(seal)
    context = {
        "programme": programme,
        "seal": facts_of(envelope),
        "waived": waived_sentence(envelope),
        "figures": [(figure, name_for_reader(figure)) for figure in sealed_figures(seal).values()],
        "later": later,
    }
    return render(request, "public/verify/sealed.html", context)


@for_everybody
def issued(request: HttpRequest, code: str, kind: str) -> HttpResponse:
    """The latest issue of a published programme, to the byte. The annex names single records and is not public."""
    programme = parts.get_programme_or_404(code)
    files = SealedFile.objects.filter(seal__programme=programme, kind=kind).select_related("seal")
    file = files.order_by("-seal__number").first() if kind in {"pdf", "docx"} else None
    if file is None:
        raise Http404
    name = f"{file.seal.content['title']}.{kind}"
    response = attached(bytes(file.content), CONTENT_TYPES[kind], name)
    response.headers["Cache-Control"] = f"public, max-age={SECONDS}"
    return response
