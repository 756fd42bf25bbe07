"""What a summary should wait for before it is issued, unless somebody says by name why not."""

import datetime
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from qixue.core.figures import FEWEST
from qixue.core.language import enumeration
from qixue.figures.queries import Figure
from qixue.participation.queries.door_state import devices_in, undecided_by_session
from qixue.programme.models import Programme, Session
from qixue.report.models import Seal, SummarySection
from qixue.report.seal_format import UNFINISHED
from qixue.report.small_numbers import small_numbers
from qixue.report.stage import Stage, stage_of
from qixue.report.versions import open_comments, unsaved_texts

HELD, UNDECIDED = "scans_held", "scans_undecided"
COMMENTED, UNSAVED = "comments_open", "texts_unsaved"
SMALL = "small_numbers"


@dataclass(frozen=True)
class Hindrance:
    """`count` scans of a session: held by a device whose name is for the staff, or waiting for a person's decision.

    Or `count` comments on a section that nobody has closed, or texts of people who have not saved them; or figures
    that public pages withhold.
    """

    kind: str
    count: int = 0
    session: Session | None = None
    device: str = ""
    section: SummarySection | None = None
    figures: tuple[Figure, ...] = ()

    @property
    def sentence(self) -> str:
        if self.figures:
            return small_sentence(self.figures)
        if self.section:
            return section_sentence(self.kind, self.section, self.count)
        if self.kind == UNFINISHED or self.session is None:
            return _("The week is not over: what is issued now is an interim summary.")
        words = {"title": self.session.activity.local_title, "number": self.session.number, "count": self.count}
        if self.kind == HELD:
            text = ngettext(
                "“%(title)s”, session %(number)d: the door device %(device)s still holds %(count)d scan.",
                "“%(title)s”, session %(number)d: the door device %(device)s still holds %(count)d scans.",
                self.count,
            )
            return text % {**words, "device": self.device}
        text = ngettext(
            "“%(title)s”, session %(number)d: %(count)d scan waits for a decision.",
            "“%(title)s”, session %(number)d: %(count)d scans wait for a decision.",
            self.count,
        )
        return text % words

    def as_json(self) -> dict[str, Any]:
        """As the seal keeps it: no name of a device, which may be that of a person."""
        session = f"{self.session.activity.code}/{self.session.number}" if self.session else ""
        section = self.section.heading if self.section else ""
        figures = [figure.code for figure in self.figures]
        return {"kind": self.kind, "session": session, "section": section, "figures": figures, "count": self.count}


def small_sentence(figures: Sequence[Figure]) -> str:
    text = ngettext(
        "Public pages withhold this number, which tells of fewer than %(fewest)d people: %(names)s.",
        "Public pages withhold these numbers, which tell of fewer than %(fewest)d people: %(names)s.",
        len(figures),
    )
    return text % {"fewest": FEWEST, "names": enumeration(f"{figure.name} ({figure.code})" for figure in figures)}


def section_sentence(kind: str, section: SummarySection, count: int) -> str:
    texts = {
        COMMENTED: ngettext(
            "Section “%(heading)s”: %(count)d comment is open.",
            "Section “%(heading)s”: %(count)d comments are open.",
            count,
        ),
        UNSAVED: ngettext(
            "Section “%(heading)s”: %(count)d person has typed and not saved.",
            "Section “%(heading)s”: %(count)d people have typed and not saved.",
            count,
        ),
    }
    return texts[kind] % {"heading": section.heading or _("Opening"), "count": count}


def waived_words(seal: Seal) -> list[str]:
    """What a seal waived, in words. It keeps codes: sessions and figures are named as people know them."""
    waivers = seal.content["waivers"]
    titles = titles_of(seal.programme, {waiver["session"] for waiver in waivers})
    names = {figure["code"]: figure["name"] for figure in seal.content["figures"]}
    shown = [{**waiver, "session": titles.get(waiver["session"], waiver["session"])} for waiver in waivers]
    return [waiver_sentence(waiver, names) for waiver in shown]


def titles_of(programme: Programme, names: Collection[str]) -> dict[str, str]:
    """By activity/number as a seal names sessions; without those that are on record no more."""
    activities = {name.rpartition("/")[0] for name in names}
    found = Session.objects.filter(activity__programme=programme, activity__code__in=activities)
    text = _("“%(title)s”, session %(number)d")
    return {
        f"{session.activity.code}/{session.number}": text
        % {"title": session.activity.local_title, "number": session.number}
        for session in found.select_related("activity")
    }


def waiver_sentence(waiver: Mapping[str, Any], names: Mapping[str, str]) -> str:
    """`names` are those of figures by their codes."""
    if waiver["kind"] == UNFINISHED:
        return _("The week was not over.")
    texts = {
        HELD: ngettext(
            "%(session)s: a door device held %(count)d scan.",
            "%(session)s: a door device held %(count)d scans.",
            waiver["count"],
        ),
        UNDECIDED: ngettext(
            "%(session)s: %(count)d scan waited for a decision.",
            "%(session)s: %(count)d scans waited for a decision.",
            waiver["count"],
        ),
        COMMENTED: ngettext(
            "Section “%(section)s”: %(count)d comment was still open.",
            "Section “%(section)s”: %(count)d comments were still open.",
            waiver["count"],
        ),
        UNSAVED: ngettext(
            "Section “%(section)s”: %(count)d text was typed and not saved.",
            "Section “%(section)s”: %(count)d texts were typed and not saved.",
            waiver["count"],
        ),
        SMALL: ngettext(
            "%(count)d number tells of very few people: %(names)s.",
            "%(count)d numbers tell of very few people: %(names)s.",
            waiver["count"],
        ),
    }
    section = waiver.get("section") or _("Opening")
    figures = enumeration(names.get(code, code) for code in waiver.get("figures", []))
    return texts[waiver["kind"]] % {**waiver, "section": section, "names": figures}


def is_interim(seal: Seal) -> bool:
    """Whether it was issued before the week was over, for a reason that somebody gave."""
    return any(waiver["kind"] == UNFINISHED for waiver in seal.content["waivers"])


def hindrances(programme: Programme, figures: Sequence[Figure], *, at: datetime.datetime) -> list[Hindrance]:
    """`figures` are those that the summary prints."""
    found = [] if stage_of(programme, at) is Stage.OVER else [Hindrance(UNFINISHED)]
    for state in devices_in(programme, at=at):
        if state.held_count:
            session = state.device.sessions.select_related("activity__organisation").order_by("starts_at", "pk").first()
            found.append(Hindrance(HELD, state.held_count, session, state.device.name))
    undecided = undecided_by_session(Q(activity__programme=programme))
    found += [Hindrance(UNDECIDED, count, session) for session, count in undecided]
    for kind, waiting in ((COMMENTED, open_comments(programme)), (UNSAVED, unsaved_texts(programme))):
        counts = Counter(each.section for each in waiting)
        found += [Hindrance(kind, count, section=section) for section, count in counts.items()]
    small = tuple(small_numbers(figures))
    found += [Hindrance(SMALL, len(small), figures=small)] if small else []
    return found
