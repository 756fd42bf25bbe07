"""What a record file may say, and every complaint about one that says something else: where and what."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from qixue.core.fields import code_validator, partial_date_validator
from qixue.core.figures import registry
from qixue.core.quantity import ATTENDANCE, UNITS, Qualifier
from qixue.people.models import Organisation
from qixue.places.models import Region, Venue
from qixue.programme.models import Activity, Award, Involvement, Passage, Programme, ReportedCount, SourceIssue
from qixue.programme.models.sources import MEASURE_UNITS
from qixue.report.models import SummarySection

Check = Callable[[Any, "Known"], str | None]
HIGHEST_VALUE = 1_000_000_000


@dataclass(frozen=True)
class Known:
    """What a field may refer to: codes in this file by section, and the region codes of the database."""

    codes: dict[str, set[str]]
    regions: set[str]


@dataclass(frozen=True)
class Field:
    check: Check
    is_required: bool = False


def text(limit: int) -> Check:
    def check(value: Any, _known: Known) -> str | None:
        if not isinstance(value, str) or not value.strip():
            return _("please write a text.")
        return _("at most %(limit)s characters fit here.") % {"limit": limit} if len(value) > limit else None

    return check


def one_of(choices: Iterable[str]) -> Check:
    allowed = [str(choice) for choice in choices]

    def check(value: Any, _known: Known) -> str | None:
        if value in allowed:
            return None
        return _("%(value)s is not one of %(known)s.") % {"value": value, "known": ", ".join(allowed)}

    return check


def reference(section: str) -> Check:
    """The code of an item of another section of the same file."""

    def check(value: Any, known: Known) -> str | None:
        if value in known.codes.get(section, set()):
            return None
        return _("%(value)s does not stand under %(section)s.") % {"value": value, "section": section}

    return check


def references(section: str) -> Check:
    single = reference(section)

    def check(value: Any, known: Known) -> str | None:
        if not isinstance(value, list):
            return _("please write a list.")
        return next((complaint for item in value if (complaint := single(item, known))), None)

    return check


def region(value: Any, known: Known) -> str | None:
    return None if value in known.regions else _("there is no region with the code %(value)s.") % {"value": value}


def code(value: Any, _known: Known) -> str | None:
    return by_validator(code_validator, value)


def partial_date(value: Any, _known: Known) -> str | None:
    return by_validator(partial_date_validator, value)


def by_validator(validator: Callable[[Any], None], value: Any) -> str | None:
    try:
        validator(value if isinstance(value, str) else "")
    except ValidationError as error:
        return " ".join(error.messages)
    return None


def whole_number(value: Any, _known: Known) -> str | None:
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value <= HIGHEST_VALUE:
        return _("%(value)s is no whole number from 0.") % {"value": value}
    return None


def truth(value: Any, _known: Known) -> str | None:
    return None if isinstance(value, bool) else _("please write true or false.")


def texts(value: Any, _known: Known) -> str | None:
    is_fine = isinstance(value, list) and all(isinstance(item, str) and 0 < len(item) <= 100 for item in value)
    return None if is_fine else _("please write a list of texts.")


def nested(value: Any, _known: Known) -> str | None:
    return None if isinstance(value, list) else _("please write a list.")


NAME, NAME_EN, QUOTE = Field(text(100), is_required=True), Field(text(200)), Field(text(300))
CODE = Field(code, is_required=True)
HEDGED_NUMBER = {
    "value": Field(whole_number, is_required=True),
    "qualifier": Field(one_of(Qualifier), is_required=True),
    "period_from": Field(partial_date),
    "period_to": Field(partial_date),
    "period_quote": Field(text(100)),
    "quote": Field(text(300), is_required=True),
}
SINGLE = {
    "programme": {
        "code": CODE,
        "name": NAME,
        "name_en": NAME_EN,
        "short_name": Field(text(30)),
        "kind": Field(one_of(Programme.Kind.values), is_required=True),
        "year": Field(whole_number, is_required=True),
        "theme": Field(text(100)),
        "region": Field(region, is_required=True),
        "organisation": Field(reference("organisations"), is_required=True),
    },
    "source": {
        "code": CODE,
        "title": Field(text(200), is_required=True),
        "title_en": NAME_EN,
        "genre": Field(text(60), is_required=True),
        "written_on": Field(partial_date),
        "organ": Field(text(100)),
        "addressee": Field(text(100)),
    },
}
LISTS = {
    "organisations": {
        "code": CODE,
        "name": NAME,
        "name_en": NAME_EN,
        "kind": Field(one_of(Organisation.Kind.values)),
        "region": Field(region),
        "aliases": Field(texts),
        "is_group": Field(truth),
        "group_size": Field(whole_number),
    },
    "legal_bases": {
        "code": CODE,
        "name": Field(text(200), is_required=True),
        "name_en": NAME_EN,
        "document_number": Field(text(60)),
        "document_number_as_printed": Field(text(60)),
        "purpose": Field(text(100), is_required=True),
        "quote": QUOTE,
        "forwarding_steps": Field(nested),
    },
    "brands": {
        "code": CODE,
        "name": NAME,
        "name_en": NAME_EN,
        "slogan": Field(text(100)),
        "slogan_en": NAME_EN,
        "region": Field(region, is_required=True),
    },
    "series": {"code": CODE, "brand": Field(reference("brands"), is_required=True), "name": NAME, "name_en": NAME_EN},
    "activities": {
        "code": CODE,
        "title": NAME,
        "title_en": NAME_EN,
        "kind": Field(one_of(Activity.Kind.values), is_required=True),
        "audience": Field(one_of(Activity.Audience.values)),
        "brand": Field(reference("brands")),
        "region": Field(region),
        "quote": QUOTE,
        "sessions": Field(nested),
    },
    "involvements": {
        "organisation": Field(reference("organisations"), is_required=True),
        "role": Field(one_of(Involvement.Role.values), is_required=True),
        "programme": Field(reference("programme")),
        "brand": Field(reference("brands")),
        "activity": Field(reference("activities")),
        "quote": QUOTE,
    },
    "reported_counts": {
        "code": CODE,
        "measure": Field(one_of(ReportedCount.Measure.values), is_required=True),
        "brand": Field(reference("brands")),
        "series": Field(reference("series")),
        "activity": Field(reference("activities")),
        "unit": Field(one_of(UNITS), is_required=True),
        **HEDGED_NUMBER,
    },
    "attendance": {
        "code": CODE,
        "activity": Field(reference("activities"), is_required=True),
        "unit": Field(one_of([ATTENDANCE.code]), is_required=True),
        **HEDGED_NUMBER,
    },
    "awards": {
        "code": CODE,
        "brand": Field(reference("brands")),
        "recipient": Field(text(200), is_required=True),
        "scheme": Field(text(100)),
        "scheme_en": NAME_EN,
        "title": NAME,
        "title_en": NAME_EN,
        "level": Field(one_of(Award.Level.values), is_required=True),
        "awarded_on": Field(partial_date),
        "givers": Field(references("organisations")),
    },
    "channels": {"code": CODE, "brand": Field(reference("brands")), "name": NAME, "name_en": NAME_EN},
    "venues": {
        "code": CODE,
        "name": NAME,
        "name_en": NAME_EN,
        "kind": Field(one_of(Venue.Kind.values), is_required=True),
        "region": Field(region),
        "is_open_to_public": Field(truth),
    },
    "passages": {
        "code": CODE,
        "topic": Field(one_of(Passage.Topic.values), is_required=True),
        "brand": Field(reference("brands")),
        "quote": Field(text(300), is_required=True),
        "gloss": Field(text(300)),
        "is_narrative": Field(truth),
    },
    "issues": {
        "code": CODE,
        "kind": Field(one_of(SourceIssue.Kind.values), is_required=True),
        "record_code": Field(code),
        "quote": QUOTE,
        "explanation": Field(text(300), is_required=True),
        "explanation_en": Field(text(400), is_required=True),
        "suggestion": Field(text(200)),
    },
    "missing_facts": {"code": CODE, "name": NAME, "name_en": Field(text(160), is_required=True)},
    "sections": {
        "level": Field(whole_number, is_required=True),
        "heading": Field(text(60)),
        "draft": Field(one_of(SummarySection.Draft.values), is_required=True),
        "brand": Field(reference("brands")),
    },
    "figures": {
        "code": CODE,
        "definition": Field(lambda value, known: one_of(registry.definitions)(value, known), is_required=True),
        "brand": Field(reference("brands")),
        "series": Field(reference("series")),
        "region": Field(region),
        "kind": Field(one_of(Activity.Kind.values)),
        "is_printed": Field(truth),
    },
}


@dataclass
class Complaints:
    """Complaints with the place they are about, for example `reported_counts[3].unit`."""

    lines: list[str] = field(default_factory=list)

    def add(self, place: str, what: str) -> None:
        self.lines.append(f"{place}: {what}")


def complaints_about(data: Any) -> list[str]:
    """Everything that is wrong with the content of a record file; nothing when it can be loaded."""
    found = Complaints()
    if not isinstance(data, dict):
        found.add("-", _("the file must hold sections such as programme and organisations."))
        return found.lines
    for name in data.keys() - SINGLE.keys() - LISTS.keys() - {"schema_version"}:
        found.add(str(name), _("this section is not known."))
    if data.get("schema_version") != 1:
        found.add("schema_version", _("only version 1 is known."))
    known = Known(codes_by_section(data), set(Region.objects.values_list("code", flat=True)))
    for name, fields in SINGLE.items():
        check_item(data.get(name), fields, known, name, found)
    for name, fields in LISTS.items():
        check_list(data.get(name, []), fields, known, name, found)
    check_units(data.get("reported_counts", []), found)
    return found.lines


def check_units(counts: Any, found: Complaints) -> None:
    """Instalments are counted in 期, sessions in 场, people in 人: another known unit is a mistake all the same."""
    for at, item in enumerate(counts if isinstance(counts, list) else ()):
        wanted = MEASURE_UNITS.get(str(item.get("measure"))) if isinstance(item, dict) else None
        if wanted and item.get("unit") in UNITS and item["unit"] != wanted:
            values = {"value": item["unit"], "known": wanted}
            found.add(f"reported_counts[{at}].unit", _("%(value)s is not one of %(known)s.") % values)


def codes_by_section(data: dict[str, Any]) -> dict[str, set[str]]:
    """The codes of every section; `programme` has the one of the programme itself."""
    codes = {name: {str(item.get("code")) for item in items(data.get(name))} for name in LISTS}
    programme = data.get("programme")
    return {**codes, "programme": {str(programme.get("code"))} if isinstance(programme, dict) else set()}


def items(value: Any) -> Iterator[dict[str, Any]]:
    return (item for item in value if isinstance(item, dict)) if isinstance(value, list) else iter(())


def check_list(value: Any, fields: dict[str, Field], known: Known, place: str, found: Complaints) -> None:
    if not isinstance(value, list):
        found.add(place, _("please write a list."))
        return
    seen: set[str] = set()
    for at, item in enumerate(value):
        check_item(item, fields, known, f"{place}[{at}]", found)
        if isinstance(item, dict) and "code" in fields and item.get("code") in seen:
            found.add(f"{place}[{at}].code", _("%(value)s stands here twice.") % {"value": item["code"]})
        if isinstance(item, dict):
            seen.add(item.get("code", ""))


def check_item(value: Any, fields: dict[str, Field], known: Known, place: str, found: Complaints) -> None:
    if not isinstance(value, dict):
        found.add(place, _("please write names and values here."))
        return
    for name in value.keys() - fields.keys():
        found.add(f"{place}.{name}", _("this name is not known here."))
    for name, rule in fields.items():
        given = value.get(name)
        if given is None:
            if rule.is_required:
                found.add(f"{place}.{name}", _("this is missing."))
        elif complaint := rule.check(given, known):
            found.add(f"{place}.{name}", complaint)
