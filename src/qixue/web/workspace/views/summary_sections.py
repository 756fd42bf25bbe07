"""Writing one section of the work summary: the editor, its check while writing, its versions, its draft."""

from dataclasses import replace
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from qixue.core.clock import now
from qixue.core.refusal import Refused
from qixue.people.rules import Action
from qixue.report.editing import (
    TextsClash,
    catalogue_of,
    clash_with,
    draft_now,
    forget_unsaved,
    keep_text,
    keep_unsaved,
    return_to_draft,
    save_choices,
    save_section,
    take_over_draft,
    tell_open,
    unsaved_of,
)
from qixue.report.issuing import open_request
from qixue.report.manuscript_merge import Clash, as_text
from qixue.report.models import SectionVersion, SummarySection, UnsavedText
from qixue.report.models.sections import LONGEST_TEXT
from qixue.report.offers import fact_offers, figure_groups, placed_offers
from qixue.report.section_check import checked
from qixue.report.section_text import Catalogue, has_new_draft
from qixue.report.seen_drafts import signed_draft
from qixue.report.text_remarks import mistake_sentence
from qixue.report.versions import latest_version, others_at_work
from qixue.report.word_differences import changed_paragraphs
from qixue.web import parts, unfinished_forms
from qixue.web.forms import Form
from qixue.web.workspace.access import needs, staff, whole_programme_or_404
from qixue.web.workspace.act import Act, act_page, sent
from qixue.web.workspace.forms.summary import ClashForm, NumbersForm, SectionForm
from qixue.web.workspace.preview import preview_line

VERSIONS_PER_PAGE = 10
LARGEST_SECTION = 6 * LONGEST_TEXT  # bytes: four for a rare character, and the draft
KEEPING = unfinished_forms.Keeping(("text", "based_on", "draft_seen"), largest=LARGEST_SECTION)
KEEPING_FOR_EDITOR = replace(KEEPING, route="workspace:summary_section")
DRAFT_ACTS = {
    "take_over": (take_over_draft, gettext_lazy("The changes of the draft are in the text.")),
    "keep": (keep_text, gettext_lazy("The text stays as it is.")),
    "return": (return_to_draft, gettext_lazy("The section follows the records again.")),
}


def section_or_404(request: HttpRequest, code: str, pk: int, *, removed: bool = False) -> SummarySection:
    programme = whole_programme_or_404(request.user, code, Action.WRITE_REPORT)
    sections = programme.summary_sections.select_related("programme__organisation", "programme__region", "brand")
    return get_object_or_404(sections, pk=pk, removed_at__isnull=not removed)


def address_of(section: SummarySection, name: str = "summary_section") -> str:
    return reverse(f"workspace:{name}", args=[section.programme.code, section.pk])


def seen_version(request: HttpRequest) -> int:
    """The number of the version that the page showed; 0 for none."""
    return parts.number_sent(request, "version", digits=6) or 0


def act_on(section: SummarySection, **words: Any) -> Act:
    """A page for one step that leads back to the editor of the section."""
    crumbs = (
        (_("Work summary"), reverse("workspace:summary", args=[section.programme.code])),
        (section.heading or _("Opening"), address_of(section)),
    )
    context = {"programme": section.programme, **words.pop("context", {})}
    about = section.heading or _("Opening")
    return Act(about=about, back=words.pop("back", address_of(section)), crumbs=crumbs, context=context, **words)


@needs(Action.WRITE_REPORT, keeps=KEEPING)
def section(request: HttpRequest, code: str, section_pk: int) -> HttpResponse:
    """The editor. What was typed stays on the page until it is saved, whatever happens."""
    found = section_or_404(request, code, section_pk)
    answers = unfinished_forms.answers(request)
    if request.method != "POST":
        return editor_page(request, found, SectionForm(answers) if answers else None)
    form = SectionForm(answers)
    is_right = form.is_valid()
    keep_typed(request, found, form)
    if is_right and "check" not in request.POST and (answer := saved(request, found, form)):
        return answer
    return editor_page(request, found, form)


def keep_typed(request: HttpRequest, section: SummarySection, form: SectionForm) -> bool:
    """Keep what was sent, right or wrong, until it is saved; False where nobody knows what it was written upon."""
    answers = form.cleaned_data
    if "based_on" not in answers:
        return False
    based_on, draft = answers["based_on"], answers["draft_seen"]
    try:
        keep_unsaved(section, form.typed, draft=draft, based_on=based_on, by=staff(request), at=now())
    except Refused:
        return False
    return True


def editor_page(request: HttpRequest, found: SummarySection, form: SectionForm | None) -> HttpResponse:
    """The editor with what was sent, else with what there is."""
    catalogue = catalogue_of(found.programme, at=now())
    version, unsaved = latest_version(found), unsaved_of(found, request.user).filter(is_changed=True).first()
    draft = draft_now(found, catalogue)
    form = form or SectionForm(initial=beginning(version, unsaved, draft))
    context = editor_context(found, catalogue, form, version, draft)
    others = others_at_work(found, but=staff(request).pk, at=now())
    return parts.form_page(request, "workspace/summary/section.html", form, unsaved=unsaved, others=others, **context)


def beginning(version: SectionVersion | None, unsaved: UnsavedText | None, draft: str) -> dict[str, Any]:
    """What the editor shows first: what this person left unsaved, else what is written, else the draft."""
    if unsaved:
        seen = signed_draft(unsaved.draft)
        return {"text": unsaved.text, "based_on": unsaved.based_on, "draft_seen": seen}
    text = version.text if version and version.is_written else draft
    seen = signed_draft(draft)
    return {"text": text, "based_on": version.number if version else 0, "draft_seen": seen}


def editor_context(
    section: SummarySection, catalogue: Catalogue, form: SectionForm, version: SectionVersion | None, draft: str
) -> dict[str, Any]:
    return {
        "programme": section.programme,
        "section": section,
        "asked": open_request(section.programme),
        "version": version,
        "is_written": version is not None and version.is_written,
        "has_new_draft": has_new_draft(version, draft, catalogue.names),
        "groups": {
            _("Name, days and moment of the numbers"): fact_offers(catalogue),
            **figure_groups(catalogue, _("Of the whole programme")),
        },
        "placed": list(placed_offers(catalogue)),
        "comments": section.comments.with_state().prefetch_related("answers").order_by("-pk"),
        **check_context(section, form["text"].value() or "", catalogue),
    }


def check_context(section: SummarySection, text: str, catalogue: Catalogue) -> dict[str, Any]:
    """How a text will read, with remarks beside its paragraphs."""
    check = checked(section, text, catalogue)
    lines = [preview_line("", block) for block in check.blocks]
    return {
        "lines": list(zip(lines, check.remarks, strict=True)),
        "mistakes": [mistake_sentence(each) for each in check.mistakes],
    }


def saved(request: HttpRequest, section: SummarySection, form: SectionForm) -> HttpResponse | None:
    """The answer to a text that was saved, or that two people decide about; None where the form says why not."""
    text, based_on, draft = (form.cleaned_data[name] for name in KEEPING.names)
    try:
        version = save_section(section, text, based_on=based_on, draft=draft, by=staff(request), at=now())
    except TextsClash as clash:
        return clash_page(request, section, clash)
    except Refused as refusal:
        form.add_error("text", [refusal.sentence, *refusal.lines])
        return None
    return said_and_back(request, section, version)


def said_and_back(request: HttpRequest, section: SummarySection, version: SectionVersion) -> HttpResponse:
    merged = _("Saved. Somebody else had saved meanwhile: the text now holds what both of you changed.")
    messages.success(request, merged if version.merged_with else _("The section is saved."))
    return redirect(address_of(section))


@require_POST
@needs(Action.WRITE_REPORT, keeps=KEEPING_FOR_EDITOR)
def decide(request: HttpRequest, code: str, section_pk: int) -> HttpResponse:
    """Save with one choice for each paragraph that two people changed."""
    found = section_or_404(request, code, section_pk)
    numbers = NumbersForm(request.POST)
    if not numbers.is_valid():
        return editor_page(request, found, SectionForm(request.POST))
    text, based_on, draft, theirs = (numbers.cleaned_data[name] for name in (*KEEPING.names, "theirs"))
    try:
        clash = clash_with(found, text, based_on=based_on, theirs=theirs, draft=draft, at=now())
    except Refused:
        return editor_page(request, found, SectionForm(request.POST))
    form = ClashForm(request.POST, clashes=clash.merge.clashes)
    return decided(request, found, clash, form) if form.is_valid() else clash_page(request, found, clash, form)


def decided(request: HttpRequest, section: SummarySection, clash: TextsClash, form: ClashForm) -> HttpResponse:
    """The answer to choices that were saved, or that have to be made once more."""
    try:
        version = save_choices(section, clash, form.choices, by=staff(request), at=now())
    except TextsClash as again:
        return clash_page(request, section, again)
    except Refused as refusal:
        form.add_error(None, [refusal.sentence, *refusal.lines])
        return clash_page(request, section, clash, form)
    return said_and_back(request, section, version)


def clash_page(
    request: HttpRequest, section: SummarySection, clash: TextsClash, form: ClashForm | None = None
) -> HttpResponse:
    """Both texts of each paragraph, word by word, and what is to stand."""
    seen = signed_draft(clash.draft)
    sent_then = {"text": clash.text, "based_on": clash.based_on, "draft_seen": seen, "theirs": clash.theirs.number}
    form = form or ClashForm(initial=sent_then, clashes=clash.merge.clashes)
    fields = [form[f"choice_{at}"] for at in range(1, form.clash_count + 1)]
    pairs = [(field, shown_clash(each)) for field, each in zip(fields, clash.merge.clashes, strict=True)]
    context = {"programme": section.programme, "section": section, "theirs": clash.theirs, "pairs": pairs}
    status = 422 if form.errors else 409
    return render(request, "workspace/summary/clash.html", {"form": form, **context}, status=status)


def shown_clash(clash: Clash) -> dict[str, Any]:
    """What each of the two made of the paragraph, against what it was."""
    before, mine, theirs = (as_text(lines) for lines in (clash.before, clash.mine, clash.theirs))
    return {"mine": changed_paragraphs(before, mine), "theirs": changed_paragraphs(before, theirs)}


@require_POST
@needs(Action.WRITE_REPORT)
def check(request: HttpRequest, code: str, section_pk: int) -> HttpResponse:
    """A part of the editor while somebody writes: how the text will read. What was typed waits until it is saved.

    Where nothing was typed on this page, others only see that the section is open.
    """
    found, at = section_or_404(request, code, section_pk), now()
    form = SectionForm(request.POST)
    form.is_valid()
    based_on = form.cleaned_data.get("based_on")
    if based_on is None or ("typed" in request.POST and not keep_typed(request, found, form)):
        return HttpResponse(status=422)
    if "typed" not in request.POST:
        tell_open(found, based_on=based_on, by=staff(request), at=at)
    kept = unsaved_of(found, request.user).filter(is_changed=True).first()
    version = latest_version(found)
    context = {
        "programme": found.programme,
        "others": others_at_work(found, but=staff(request).pk, at=at),
        "kept": kept if "typed" in request.POST else None,
        "newer": version if version and version.number > based_on else None,
        "wrong": form.errors.get("text"),
        **check_context(found, form.typed, catalogue_of(found.programme, at=at)),
    }
    return render(request, "workspace/summary/checked.html", context)


@needs(Action.WRITE_REPORT)
def forget(request: HttpRequest, code: str, section_pk: int) -> HttpResponse:
    found = section_or_404(request, code, section_pk)
    act = act_on(
        found,
        title=_("Discard what was not saved"),
        lead=_("What you typed and did not save is deleted. What is saved stays."),
        button=_("Discard"),
        done=_("It is discarded."),
    )
    return act_page(request, sent(request, Form), act, lambda: forget_unsaved(found, by=staff(request)))


@needs(Action.WRITE_REPORT)
def versions(request: HttpRequest, code: str, section_pk: int) -> HttpResponse:
    """Every version with what its author changed; any one can be taken up again."""
    found = section_or_404(request, code, section_pk)
    page = parts.paginate(request, found.versions.order_by("-number"), VERSIONS_PER_PAGE)
    before = {each.number + 1: each for each in found.versions.filter(number__in=[each.number - 1 for each in page])}
    context = {
        "programme": found.programme,
        "section": found,
        "page": page,
        "rows": [
            (version, changed_paragraphs(text_under(version, before.get(version.number)), version.effective_text))
            for version in page
        ],
        "latest": latest_version(found),
    }
    return render(request, "workspace/summary/versions.html", context)


def text_under(version: SectionVersion, before: SectionVersion | None) -> str:
    """What the section said before this version: the version before it, or the draft."""
    return before.effective_text if before else version.draft


@needs(Action.WRITE_REPORT)
def take_up(request: HttpRequest, code: str, section_pk: int, number: int) -> HttpResponse:
    """Make an older version the text again, as a new version."""
    found = section_or_404(request, code, section_pk)
    version = get_object_or_404(found.versions, number=number)
    latest = latest_version(found)
    act = act_on(
        found,
        title=_("Take up version %(number)d again") % {"number": number},
        lead=_("It becomes the newest version. The versions in between stay and can be read."),
        button=_("Take it up again"),
        done=_("The older text is the text of the section again."),
        version=latest.number if latest else 0,
        above=("workspace/summary/version_text.html",),
        context={"version": version},
    )

    def do() -> HttpResponse | None:
        try:
            save_section(found, version.effective_text, based_on=seen_version(request), by=staff(request), at=now())
        except TextsClash as clash:  # the two of them decide
            return clash_page(request, found, clash)
        return None

    return act_page(request, sent(request, Form), act, do)


@needs(Action.WRITE_REPORT)
def draft(request: HttpRequest, code: str, section_pk: int) -> HttpResponse:
    """What the records give now, beside the text: take it over, leave the text, or follow the records again."""
    found = section_or_404(request, code, section_pk)
    version = latest_version(found)
    if version is None or not version.is_written:
        return redirect(address_of(found))
    if request.method == "POST" and request.POST.get("act") in DRAFT_ACTS:
        operation, said = DRAFT_ACTS[request.POST["act"]]
        seen = seen_version(request)
        try:
            operation(found, based_on=seen, by=staff(request), at=now())
        except Refused as refusal:
            back = address_of(found, "section_draft")
            return parts.refusal_page(request, refusal, back=back, programme=found.programme)
        messages.success(request, str(said))
        return redirect(address_of(found))
    catalogue = catalogue_of(found.programme, at=now())
    now_drafted = draft_now(found, catalogue)
    context = {
        "programme": found.programme,
        "section": found,
        "version": version,
        "has_new_draft": has_new_draft(version, now_drafted, catalogue.names),
        "changes": changed_paragraphs(version.draft, now_drafted),
        "against_text": changed_paragraphs(version.text, now_drafted),
    }
    return render(request, "workspace/summary/draft.html", context)
