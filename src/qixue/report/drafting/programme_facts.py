"""What a text may say of its programme by name, so that it follows the records: {{as_of}}, {{dates}}, {{theme}}.

A number in such words is no figure: it is the day of the data, or a day that the programme has on record.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _

from qixue.programme.models import Programme
from qixue.report.drafting.material import Material
from qixue.report.official_document import FactRun, Run, date_text
from qixue.report.phrases import inner_marks
from qixue.report.stage import day_text, full_day_text


@dataclass(frozen=True)
class ProgrammeFact:
    """A fact by the name that stands in a text; its words are empty while it is not on record."""

    name: str
    title: Any  # translatable
    words: Callable[[Material], str]


def official_name(programme: Programme) -> str:
    """The name without city and year, which the title already states."""
    return programme.name.removeprefix(programme.region.name).removeprefix(f"{programme.year}年")


def days_text(programme: Programme) -> str:
    """2026年11月23日至29日; month and year stand twice where there are two, and a single day once."""
    start, end = programme.starts_on, programme.ends_on
    if start is None or end is None:
        return ""
    if start == end:
        return date_text(start)
    if start.year != end.year:
        return f"{date_text(start)}至{date_text(end)}"
    until = f"{end.day}日" if start.month == end.month else f"{end.month}月{end.day}日"
    return f"{date_text(start)}至{until}"


FACTS = {
    fact.name: fact
    for fact in (
        ProgrammeFact("as_of", _("Day of the numbers"), lambda of: f"截至{day_text(of.at)}"),
        ProgrammeFact(
            "as_of_with_year", _("Day of the numbers, with its year"), lambda of: f"截至{full_day_text(of.at)}"
        ),
        ProgrammeFact("programme", _("Name without place and year"), lambda of: official_name(of.programme)),
        ProgrammeFact("short_name", _("Short name"), lambda of: of.programme.short_name or of.programme.name),
        ProgrammeFact("dates", _("First and last day"), lambda of: days_text(of.programme)),
        ProgrammeFact("theme", _("Theme"), lambda of: inner_marks(of.programme.theme)),
    )
}


def fact_texts(material: Material) -> dict[str, str]:
    """The words of each fact that is on record, by its name."""
    return {name: words for name, fact in FACTS.items() if (words := fact.words(material))}


def fact_run(material: Material, name: str) -> FactRun:
    """The fact as a sentence prints it. Raises KeyError for a name that is not among FACTS."""
    return FactRun(name, FACTS[name].words(material))


def as_of_runs(material: Material) -> Iterator[Run | str]:
    """截至11月23日， before a number that still grows; nothing once the week is over."""
    if material.is_interim:
        yield from (fact_run(material, "as_of"), "，")
