"""What people wrote into the sections of a work summary: reading it."""

import datetime

from django.db.models import Exists, OuterRef, QuerySet

from qixue.programme.models import Programme
from qixue.report.models import SectionComment, SectionVersion, SummarySection, UnsavedText

STILL_OPEN = datetime.timedelta(minutes=2)  # the editor tells every half minute that it is open


def latest_versions(programme: Programme) -> dict[int, SectionVersion]:
    """By the key of the section; sections that nobody has written into have none."""
    newer = SectionVersion.objects.filter(section=OuterRef("section"), number__gt=OuterRef("number"))
    latest = SectionVersion.objects.filter(~Exists(newer), section__programme=programme)
    return {version.section_id: version for version in latest}


def latest_version(section: SummarySection) -> SectionVersion | None:
    return section.versions.order_by("-number").first()


def version_numbered(section: SummarySection, number: int) -> SectionVersion | None:
    return section.versions.filter(number=number).first()


def open_comments(programme: Programme) -> QuerySet[SectionComment]:
    """Those on sections that are in the summary, in the order of the outline."""
    comments = SectionComment.objects.open().filter(section__programme=programme, section__removed_at=None)
    return comments.select_related("section").order_by("section__position", "pk")


def unsaved_texts(programme: Programme) -> QuerySet[UnsavedText]:
    """What people have typed and not saved, in the order of the outline."""
    texts = UnsavedText.objects.filter(section__programme=programme, section__removed_at=None, is_changed=True)
    return texts.select_related("section").order_by("section__position", "pk")


def others_at_work(section: SummarySection, *, but: int, at: datetime.datetime) -> QuerySet[UnsavedText]:
    """Who else has the section open now."""
    return section.unsaved_texts.filter(seen_at__gte=at - STILL_OPEN).exclude(author_id=but).order_by("pk")
