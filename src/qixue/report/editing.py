"""Writing a section of the work summary. Each save is a version of its own; what two people changed is put together."""

import datetime
from collections.abc import Sequence
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext_lazy as _
from django.utils.translation import override

from qixue.core.fields import plain_text_validator
from qixue.core.models import record_audit
from qixue.core.refusal import Refused
from qixue.figures.queries import lasting_figures_of
from qixue.people.rules import Action, may
from qixue.programme.models import Programme
from qixue.report.drafting.material import Material
from qixue.report.manuscript_merge import Choice, Merge, merged, paragraphs
from qixue.report.manuscript_text import parsed
from qixue.report.models import SectionVersion, SummarySection, UnsavedText
from qixue.report.models.sections import LONGEST_TEXT
from qixue.report.section_text import Catalogue, draft_of
from qixue.report.text_remarks import mistake_sentence
from qixue.report.versions import latest_version, version_numbered


class TextsClash(Refused):
    """Two people changed the same paragraph. Nothing was saved; `theirs` is the version that stands.

    `text` was written upon version `based_on`, beside `draft`.
    """

    def __init__(self, merge: Merge, theirs: SectionVersion, text: str, based_on: int, draft: str) -> None:
        sentence = _("%(name)s has changed the same paragraph meanwhile. Please choose what is to stand.")
        super().__init__("texts_clash", sentence, field="text", name=theirs.author_name)
        self.merge = merge
        self.theirs = theirs
        self.text = text
        self.based_on = based_on
        self.draft = draft


def catalogue_of(programme: Programme, *, at: datetime.datetime) -> Catalogue:
    """What the texts of a programme may name now."""
    return Catalogue(Material(programme, lasting_figures_of(programme), at))


def draft_now(section: SummarySection, catalogue: Catalogue) -> str:
    """What the records give for a section, in Chinese whoever looks."""
    with override("zh-hans"):
        return draft_of(section, catalogue)


def save_section(
    section: SummarySection, text: str, *, based_on: int, draft: str | None = None, by: Any, at: datetime.datetime
) -> SectionVersion:
    """Save what somebody wrote upon version `based_on`, together with what others saved since.

    `draft` is what the records gave when the author began; None: what they give now. Saving the same text again returns
    the version that has it. Refused: writing_not_allowed, section_removed, version_unknown, text_too_long,
    text_invisible, text_mistaken with one line for each mistake; texts_clash.
    """
    refuse_outsider(section.programme, by)
    catalogue = catalogue_of(section.programme, at=at)
    refuse_mistakes(text, catalogue)
    seen = draft_now(section, catalogue) if draft is None else draft
    return put_together(section, text, draft=seen, based_on=based_on, by=by, at=at)


@transaction.atomic
def put_together(
    section: SummarySection, text: str, *, draft: str, based_on: int, by: Any, at: datetime.datetime
) -> SectionVersion:
    """The text merged with what stands now, as a new version."""
    section = locked(section)
    latest = latest_version(section)
    before, merged_with = text_before(section, based_on, draft=draft), None
    forget_if_typed(section, text, by=by)
    if latest and latest.number != based_on:
        merge = merged(before, text, latest.effective_text)
        if merge.clashes:
            raise TextsClash(merge, latest, text, based_on, draft)
        text, merged_with = merge.resolved([]), latest.number
    if latest and latest.is_written and paragraphs(text) == paragraphs(latest.text):
        return latest
    seen = latest.draft if latest and (latest.is_written or merged_with) else draft
    return add_version(section, text, draft=seen, based_on=based_on, merged_with=merged_with, by=by, at=at)


def clash_with(
    section: SummarySection, text: str, *, based_on: int, theirs: int, draft: str | None = None, at: datetime.datetime
) -> TextsClash:
    """What there is to decide between a text and a version that was saved meanwhile; `draft` as in `save_section`.

    Refused: version_unknown.
    """
    version = version_numbered(section, theirs)
    if version is None:
        raise Refused("version_unknown", _("There is no such version of this section."))
    seen = draft_now(section, catalogue_of(section.programme, at=at)) if draft is None else draft
    before = text_before(section, based_on, draft=seen)
    return TextsClash(merged(before, text, version.effective_text), version, text, based_on, seen)


def save_choices(
    section: SummarySection, clash: TextsClash, choices: Sequence[Choice], *, by: Any, at: datetime.datetime
) -> SectionVersion:
    """Save a text that clashed with another, as its author decided about each paragraph.

    Refused: choices_missing, and as `save_section` does: somebody may have saved once more.
    """
    if len(choices) != len(clash.merge.clashes):
        raise Refused("choices_missing", _("Please choose for each paragraph that both have changed."))
    text, theirs = clash.merge.resolved(choices), clash.theirs
    version = save_section(section, text, based_on=theirs.number, draft=theirs.draft, by=by, at=at)
    forget_if_typed(section, clash.text, by=by)
    return version


def return_to_draft(section: SummarySection, *, based_on: int, by: Any, at: datetime.datetime) -> SectionVersion:
    """Let the section follow the records again; what was written stays among its versions.

    Refused: writing_not_allowed, section_removed, section_changed when somebody has saved since.
    """
    refuse_outsider(section.programme, by)
    draft = draft_now(section, catalogue_of(section.programme, at=at))
    with transaction.atomic():
        latest = standing(locked(section), based_on)
        if not latest.is_written:
            return latest
        return add_version(section, None, draft=draft, based_on=latest.number, by=by, at=at)


def take_over_draft(section: SummarySection, *, based_on: int, by: Any, at: datetime.datetime) -> SectionVersion:
    """The records give another draft than when the text was written: take its changes into the text.

    A section that follows the records has them already and stays as it is. Refused: writing_not_allowed,
    section_removed, section_changed, and draft_clashes where people have changed the very paragraphs that changed in
    the draft.
    """
    refuse_outsider(section.programme, by)
    draft = draft_now(section, catalogue_of(section.programme, at=at))
    with transaction.atomic():
        latest = standing(locked(section), based_on)
        if not latest.is_written:
            return latest
        merge = merged(latest.draft, latest.text, draft)
        if merge.clashes:
            sentence = _("The draft has changed where people have written. Please take over by hand what is right.")
            raise Refused("draft_clashes", sentence)
        return add_version(section, merge.resolved([]), draft=draft, based_on=latest.number, by=by, at=at)


def keep_text(section: SummarySection, *, based_on: int, by: Any, at: datetime.datetime) -> SectionVersion:
    """The records give another draft, and somebody has looked: the text stays as it is.

    A section that follows the records has no text to keep, and goes on following them. Refused: writing_not_allowed,
    section_removed, section_changed.
    """
    refuse_outsider(section.programme, by)
    draft = draft_now(section, catalogue_of(section.programme, at=at))
    with transaction.atomic():
        latest = standing(locked(section), based_on)
        if not latest.is_written:
            return latest
        return add_version(section, latest.text, draft=draft, based_on=latest.number, by=by, at=at)


def keep_unsaved(
    section: SummarySection, text: str, *, draft: str | None = None, based_on: int, by: Any, at: datetime.datetime
) -> UnsavedText:
    """Keep what somebody has typed so far, right or wrong, and that they have the section open.

    `draft` as in `save_section`. What they began with, and what is saved already, is not changed. Refused:
    writing_not_allowed, version_unknown.
    """
    refuse_outsider(section.programme, by)
    seen = draft_now(section, catalogue_of(section.programme, at=at)) if draft is None else draft
    latest = latest_version(section)
    known = [text_before(section, based_on, draft=seen), *([latest.text] if latest and latest.is_written else [])]
    is_changed = all(paragraphs(text) != paragraphs(each) for each in known)
    storable = text.replace("\0", "")  # which PostgreSQL does not hold
    values = {"based_on": based_on, "draft": seen, "text": storable, "is_changed": is_changed}
    defaults = {**values, "author_name": by.display_name, "seen_at": at}
    return UnsavedText.objects.update_or_create(section=section, author_id=by.pk, defaults=defaults)[0]


def tell_open(section: SummarySection, *, based_on: int, by: Any, at: datetime.datetime) -> None:
    """Somebody has the section open and has typed nothing on this page; what they typed on another one stays.

    Refused: writing_not_allowed.
    """
    refuse_outsider(section.programme, by)
    seen = {"author_name": by.display_name, "seen_at": at}
    begun = {**seen, "based_on": based_on, "is_changed": False}
    UnsavedText.objects.update_or_create(section=section, author_id=by.pk, defaults=seen, create_defaults=begun)


def forget_unsaved(section: SummarySection, *, by: Any) -> None:
    """Somebody gives up what they have typed."""
    unsaved_of(section, by).delete()


def forget_if_typed(section: SummarySection, text: str, *, by: Any) -> None:
    """A text that is saved waits no longer. Something else that its author typed meanwhile still does."""
    kept = unsaved_of(section, by).first()
    if kept and paragraphs(kept.text) == paragraphs(text):
        kept.delete()


def unsaved_of(section: SummarySection, by: Any) -> Any:
    return UnsavedText.objects.filter(section=section, author_id=by.pk)


def add_version(
    section: SummarySection,
    text: str | None,
    *,
    draft: str,
    based_on: int,
    merged_with: int | None = None,
    by: Any,
    at: datetime.datetime,
) -> SectionVersion:
    """The next version; None for one that follows the records."""
    latest = latest_version(section)
    version = SectionVersion.objects.create(
        section=section,
        number=latest.number + 1 if latest else 1,
        is_written=text is not None,
        text=text or "",
        draft=draft,
        based_on=based_on,
        merged_with=merged_with,
        author_id=by.pk,
        author_name=by.display_name,
        saved_at=at,
    )
    action = "summary.section_written" if version.is_written else "summary.section_follows_records"
    record_audit(action, version, by=by, at=at, details={"section": section.pk, "number": version.number})
    return version


def refuse_outsider(programme: Programme, by: Any) -> None:
    if not may(by, Action.WRITE_REPORT, programme.organisation):
        raise Refused(
            "writing_not_allowed",
            _("Only coordinators of the organisation that keeps the programme write its summary."),
        )


def refuse_mistakes(text: str, catalogue: Catalogue) -> None:
    if len(text) > LONGEST_TEXT:
        sentence = _("The text has more than %(most)d characters; please make a second section of it.")
        raise Refused("text_too_long", sentence, field="text", most=LONGEST_TEXT)
    try:
        plain_text_validator(text)
    except ValidationError as error:
        raise Refused("text_invisible", error.messages[0], field="text") from error
    if mistakes := parsed(text, catalogue.names).mistakes:
        sentence = _("Some marks stand for nothing; nothing is saved yet, and nothing is lost:")
        raise Refused("text_mistaken", sentence, lines=[mistake_sentence(each) for each in mistakes], field="text")


def locked(section: SummarySection) -> SummarySection:
    """The section as it stands now, for the rest of the transaction. Refused: section_removed."""
    found = SummarySection.objects.select_for_update().get(pk=section.pk)
    if found.removed_at:
        raise Refused("section_removed", _("This section was taken out of the summary."))
    found.programme, found.brand = section.programme, section.brand
    return found


def standing(section: SummarySection, number: int) -> SectionVersion:
    """The latest version, which has to be the one that was looked at. Refused: section_changed."""
    latest = latest_version(section)
    if latest is None or latest.number != number:
        raise Refused("section_changed", _("Somebody has saved this section meanwhile. Please look at it again."))
    return latest


def text_before(section: SummarySection, number: int, *, draft: str) -> str:
    """What an author began with: the text of a version, or the draft that they saw. Refused: version_unknown."""
    if number == 0:
        return draft
    version = version_numbered(section, number)
    if version is None:
        raise Refused("version_unknown", _("There is no such version of this section."))
    return version.text if version.is_written else draft
