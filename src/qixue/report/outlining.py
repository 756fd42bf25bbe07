"""Changing the outline of a work summary: the standard one becomes the programme's own, and is edited."""

import datetime
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from qixue.core.models import record_audit
from qixue.core.refusal import Refused
from qixue.programme.models import Brand, Programme
from qixue.report.editing import refuse_outsider
from qixue.report.models import SummarySection
from qixue.report.outline import own_sections, standard_sections

Draft = SummarySection.Draft
MOST_SECTIONS = 40


@dataclass(frozen=True)
class NewSection:
    """A section that somebody adds after the one at `after`; 0: at the beginning."""

    heading: str
    level: int
    after: int
    draft: str = Draft.NONE
    brand: Brand | None = None


@transaction.atomic
def begin_outline(programme: Programme, *, by: Any, at: datetime.datetime) -> list[SummarySection]:
    """Make the standard outline the programme's own, so that people can write into it. Refused: writing_not_allowed."""
    refuse_outsider(programme, by)
    if sections := locked_sections(programme):
        return sections
    SummarySection.objects.bulk_create(standard_sections(programme))
    record_audit("summary.outline_begun", programme, by=by, at=at)
    return own_sections(programme)


@transaction.atomic
def add_section(programme: Programme, new: NewSection, *, by: Any, at: datetime.datetime) -> SummarySection:
    """Refused: writing_not_allowed, too_many_sections, heading_taken."""
    refuse_outsider(programme, by)
    sections = locked_sections(programme)
    refuse_one_too_many(sections)
    refuse_same_heading(sections, new.heading)
    section = SummarySection.objects.create(
        programme=programme,
        position=highest(programme) + 1,
        level=new.level,
        heading=new.heading,
        draft=new.draft,
        brand=new.brand,
    )
    before = [each for each in sections if each.position <= new.after]
    put_in_order(programme, [*before, section, *(each for each in sections if each.position > new.after)])
    record_audit("summary.section_added", section, by=by, at=at, details={"heading": section.heading})
    return section


@transaction.atomic
def rename_section(section: SummarySection, heading: str, *, by: Any, at: datetime.datetime) -> None:
    """Refused: writing_not_allowed, section_removed, heading_taken, heading_missing."""
    refuse_outsider(section.programme, by)
    sections = locked_sections(section.programme)
    section = among(sections, section)
    if section.level and not heading:
        raise Refused("heading_missing", _("Please write a heading."), field="heading")
    refuse_same_heading([each for each in sections if each.pk != section.pk], heading)
    details = {"old": section.heading, "new": heading}
    section.heading = heading
    section.save(update_fields=["heading"])
    record_audit("summary.section_renamed", section, by=by, at=at, details=details)


@transaction.atomic
def move_section(section: SummarySection, *, to: int, by: Any, at: datetime.datetime) -> None:
    """Put the section at a place of the outline, counted from 1. Refused: writing_not_allowed, section_removed."""
    refuse_outsider(section.programme, by)
    sections = locked_sections(section.programme)
    section = among(sections, section)
    order = [each for each in sections if each.pk != section.pk]
    order.insert(min(max(to, 1), len(sections)) - 1, section)
    if order == sections:
        return
    put_in_order(section.programme, order)
    record_audit("summary.section_moved", section, by=by, at=at, details={"to": to})


@transaction.atomic
def remove_section(section: SummarySection, *, by: Any, at: datetime.datetime) -> None:
    """Take the section out; what was written in it stays, and comes back with it.

    Refused: writing_not_allowed, last_section: without any the summary would follow the standard outline again.
    """
    refuse_outsider(section.programme, by)
    sections = locked_sections(section.programme)
    if all(each.pk != section.pk for each in sections):
        return
    if len(sections) == 1:
        raise Refused("last_section", _("This is the last section of the summary; please add another one first."))
    SummarySection.objects.filter(pk=section.pk).update(removed_at=at)
    record_audit("summary.section_removed", section, by=by, at=at, details={"heading": section.heading})


@transaction.atomic
def restore_section(section: SummarySection, *, by: Any, at: datetime.datetime) -> None:
    """Put a section that was taken out at the end of the outline, with its text.

    Refused: writing_not_allowed, too_many_sections, heading_taken.
    """
    refuse_outsider(section.programme, by)
    sections = locked_sections(section.programme)
    if any(each.pk == section.pk for each in sections):
        return
    refuse_one_too_many(sections)
    refuse_same_heading(sections, section.heading)
    SummarySection.objects.filter(pk=section.pk).update(removed_at=None, position=highest(section.programme) + 1)
    record_audit("summary.section_restored", section, by=by, at=at, details={"heading": section.heading})


def locked_sections(programme: Programme) -> list[SummarySection]:
    """The outline as it stands, for the rest of the transaction: whoever changes it holds the programme."""
    Programme.objects.select_for_update().get(pk=programme.pk)
    return own_sections(programme)


def among(sections: Sequence[SummarySection], section: SummarySection) -> SummarySection:
    """Refused: section_removed."""
    for each in sections:
        if each.pk == section.pk:
            return each
    raise Refused("section_removed", _("This section was taken out of the summary."))


def refuse_one_too_many(sections: Sequence[SummarySection]) -> None:
    if len(sections) >= MOST_SECTIONS:
        raise Refused("too_many_sections", _("A summary has at most %(most)d sections."), most=MOST_SECTIONS)


def refuse_same_heading(sections: Sequence[SummarySection], heading: str) -> None:
    if heading and any(each.heading == heading for each in sections):
        raise Refused("heading_taken", _("There is a section of this heading already."), field="heading")


def highest(programme: Programme) -> int:
    """The last position that was ever given."""
    last = programme.summary_sections.order_by("-position").values_list("position", flat=True).first()
    return last or 0


def put_in_order(programme: Programme, sections: Sequence[SummarySection]) -> None:
    """Number the sections from 1. They step aside first: no two may have one position, not even on the way."""
    aside = highest(programme)
    for step in (aside, 0):
        for position, section in enumerate(sections, start=step + 1):
            section.position = position
            section.save(update_fields=["position"])
