"""What an issue should wait for, each with the page on which it is settled."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.urls import reverse

from qixue.programme.models import Programme
from qixue.report.hindrances import COMMENTED, HELD, SMALL, UNDECIDED, UNSAVED, Hindrance


@dataclass(frozen=True)
class ToSettle:
    """`url` is empty where only time settles it."""

    hindrance: Hindrance
    url: str


def to_settle(programme: Programme, waits_for: Sequence[Hindrance]) -> list[ToSettle]:
    return [ToSettle(each, page_of(programme, each)) for each in waits_for]


def page_of(programme: Programme, hindrance: Hindrance) -> str:
    session, section = hindrance.session, hindrance.section
    if session and hindrance.kind in {HELD, UNDECIDED}:
        return reverse("workspace:door" if hindrance.kind == HELD else "workspace:scans", args=[session.pk])
    if section and hindrance.kind in {COMMENTED, UNSAVED}:
        return reverse("workspace:summary_section", args=[programme.code, section.pk])
    return reverse("workspace:summary", args=[programme.code]) if hindrance.kind == SMALL else ""
