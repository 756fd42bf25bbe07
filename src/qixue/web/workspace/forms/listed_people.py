"""Several people at once: those of the list, five rows to fill in, and whatever was copied from a sheet."""

import re
from collections.abc import Sequence
from operator import itemgetter
from typing import Any, cast

from django import forms
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from qixue.core.clock import now
from qixue.core.fields import LONGEST_NAME, check_person_name
from qixue.core.language import enumeration
from qixue.core.refusal import Refused
from qixue.core.typed import half_width, may_hold_identity_number, parse_day, parse_whole_number
from qixue.participation.models import ListedPerson
from qixue.participation.operations.listed_people import (
    NewPerson,
    SignUp,
    identity_of,
    obstacles_in_sheet,
    same_on_list,
)
from qixue.people.models import Organisation, Resident
from qixue.people.namesakes import with_particulars
from qixue.places.models import Region
from qixue.web.forms import Form, RawTextField
from qixue.web.workspace.forms.fields import BirthYearField, DayField, PersonNameField, PlainCharField, SuggestingInput

ROWS = range(1, 6)
COLUMNS = ("name", "birth_year", "home", "guardian", "agreed_on")
REMARKS = {  # of a row in which somebody is written down; home may stay empty
    "name": "",
    "birth_year": "",
    "guardian": pgettext_lazy("after a label", " (for a child under 14)"),
    "agreed_on": pgettext_lazy("after a label", " (for a child under 14)"),
}
COMMAS = re.compile(r"[,，;；、|]")
HEADS = {"姓名", "name"}


class TakeOffForm(Form):
    """Nothing to answer."""


class PeopleForm(Form):
    key = forms.UUIDField(widget=forms.HiddenInput)
    listed = forms.MultipleChoiceField(
        label=_("People on your list"), required=False, widget=forms.CheckboxSelectMultiple
    )
    paste = RawTextField(
        label=_("Or paste from a sheet"),
        required=False,
        max_length=5000,
        help_text=_(
            "One person per line: name, year of birth, home town; for a child under 14 also the guardian who agreed "
            "on paper, and the day. For an elder a rough year will do. For example: 李桂芳，1948，三排镇"
        ),
        widget=forms.Textarea(attrs={"rows": 6, "spellcheck": "false"}),
    )
    is_together = forms.BooleanField(
        label=_("They come together: all get a seat, or all wait"),
        required=False,
        help_text=_("Otherwise each has a place of their own, in the order in which they stand here."),
    )

    def __init__(self, *args: Any, organisation: Organisation, listed: Sequence[ListedPerson], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.organisation, self.towns = organisation, Towns(organisation)
        self.people = {str(row.resident_id): row.resident for row in listed}
        self.new: list[NewPerson] = []
        self.places: list[tuple[str, int]] = []  # where each of the new people was written: row or paste, its number
        self.faults: list[tuple[int, str]] = []  # of the paste: the number of the line, and what is wrong there
        self.twice: list[str] = []  # who was written down or chosen twice, with the year of birth
        field = cast(forms.MultipleChoiceField, self.fields["listed"])
        field.choices = [(key, f"{person.name} {person.birth_year or ''}") for key, person in self.people.items()]
        for number in ROWS:
            self.fields.update({f"{name}_{number}": made for name, made in row_fields(self.towns).items()})
        self.remarks = {f"{name}_{number}": REMARKS[name] for number in ROWS for name in REMARKS}

    def rows(self) -> list[list[forms.BoundField]]:
        return [[self[f"{name}_{number}"] for name in COLUMNS] for number in ROWS]

    def clean(self) -> dict[str, Any]:
        answers = super().clean() or {}
        for number in ROWS:
            self.read_row(number, answers)
        for number, line in enumerate(answers.get("paste", "").splitlines(), start=1):
            self.read_line(number, line)
        self.leave_out_twice(answers.get("listed", []))
        for refusal in obstacles_in_sheet(self.organisation, self.new, at=now()):
            self.place(refusal)
        self.show_faults()
        if not self.errors and not self.new and not answers.get("listed"):
            self.add_error(None, _("Please choose somebody from the list, or write somebody down."))
        return answers

    def leave_out_twice(self, chosen: Sequence[str]) -> None:
        """Whoever stands there more than once is signed up once, also who is chosen and written down once more."""
        seen = {identity_of(self.people[key]) for key in chosen}
        once = []
        for person, place in zip(self.new, self.places, strict=True):
            if identity_of(person) in seen:
                self.twice.append(with_particulars(person.name, str(person.birth_year or "")))
            else:
                seen.add(identity_of(person))
                once.append((person, place))
        self.new, self.places = [person for person, _place in once], [place for _person, place in once]

    def names_twice(self) -> str:
        return enumeration(dict.fromkeys(self.twice))

    def read_row(self, number: int, answers: dict[str, Any]) -> None:
        values = [answers.get(f"{name}_{number}") for name in COLUMNS]
        name, birth_year, home, guardian, agreed_on = values
        if name:
            region = self.home(home or "", row=number)
            self.new.append(NewPerson(name, birth_year, region, guardian or "", agreed_on))
            self.places.append(("row", number))
        elif any(values):
            self.add_error(f"name_{number}", _("Please fill in the name, or empty the row."))

    def read_line(self, number: int, line: str) -> None:
        if may_hold_identity_number(line):
            complaint = gettext("Line %(number)s: please leave out identity numbers; the year of birth is enough.")
            self.faults.append((number, complaint % {"number": number}))
            return
        name, year, home, guardian, agreed = cells_of(line)
        if not name or name.lower() in HEADS:
            return
        birth_year = parse_whole_number(half_width(year).removesuffix("年")) if year else None
        agreed_on = parse_day(agreed) if agreed else None
        fault = fault_of(name) or fault_of(guardian)
        if fault and (year or home):
            self.faults.append((number, gettext("Line %(number)s: ") % {"number": number} + fault))
            return
        if fault or (year and birth_year is None) or (agreed and agreed_on is None):
            complaint = gettext(
                "Line %(number)s: please write name, year of birth and home town, for example 李桂芳，1948，三排镇"
            )
            self.faults.append((number, complaint % {"number": number}))
            return
        self.new.append(NewPerson(name, birth_year, self.home(home, line=number), guardian, agreed_on))
        self.places.append(("paste", number))

    def home(self, text: str, *, row: int = 0, line: int = 0) -> Region | None:
        """Where nothing is written, the place of the organisation itself; `row` or `line` says where it stands."""
        if not text:
            return self.towns.own
        if (region := self.towns.named(text)) is None:
            sentence = gettext(
                "“%(text)s” is not a town of this city, or there are several. Please write it like 三排镇"
            )
            if row:
                self.add_error(f"home_{row}", sentence % {"text": text})
            else:
                self.faults.append((line, gettext("Line %(number)s: ") % {"number": line} + sentence % {"text": text}))
        return region

    def refuse(self, refusal: Refused) -> None:
        self.place(refusal)
        self.show_faults()

    def show_faults(self) -> None:
        """Beside the paste, in the order of its lines."""
        for _line, sentence in sorted(self.faults, key=itemgetter(0)):
            self.add_error("paste", sentence)
        self.faults = []

    def place(self, refusal: Refused) -> None:
        """A refusal about the nth new person stands where that person was written."""
        name, _under, number = refusal.field.rpartition("_")
        if name in COLUMNS and number.isdigit():
            place, written = self.places[int(number) - 1]
            if place == "row":
                self.add_error(f"{name}_{written}", refusal.sentence)
            else:
                self.faults.append((written, in_line(written, self.new[int(number) - 1].name, refusal.sentence)))
        else:
            super().refuse(refusal)

    def chosen_people(self) -> list[Any]:
        """Those who will be signed up, in that order: of the list first."""
        return [*(self.people[key] for key in self.cleaned_data["listed"]), *self.new]

    def known_people(self) -> list[Resident]:
        """Of those the ones who are on the list, also where somebody wrote them down once more."""
        chosen = [self.people[key] for key in self.cleaned_data["listed"]]
        again = (same_on_list(self.organisation, person, at=now()) for person in self.new)
        return list(dict.fromkeys([*chosen, *(row.resident for row in again if row)]))

    def wanted(self) -> SignUp:
        answers = self.cleaned_data
        listed = tuple(int(key) for key in answers["listed"])
        return SignUp(answers["key"], listed, tuple(self.new), answers["is_together"])


def in_line(number: int, name: str, sentence: str) -> str:
    """What is wrong with a line of the paste, which says whose it is."""
    where = gettext("Line %(number)s: ") if name in sentence else gettext("Line %(number)s, %(name)s: ")
    return where % {"number": number, "name": name} + sentence


class Towns:
    """The towns of the city by what people call them; those of the organisation's own county come first."""

    def __init__(self, organisation: Organisation) -> None:
        region = organisation.region
        levels = (Region.Level.TOWNSHIP, Region.Level.VILLAGE)
        towns: Sequence[Region] = list(Region.objects.filter(level__in=levels).order_by("code"))
        self.own = region if region and region.level in levels else None
        county = region.path if region else ""
        if region and region.level in levels:
            county = region.path.removesuffix(f"{region.code}/")
        self.near = [town for town in towns if town.path.startswith(county)]
        self.all = towns

    def named(self, text: str) -> Region | None:
        for towns in (self.near, self.all):
            found = [town for town in towns if text in {town.name, town.short_name, town.name_en}]
            if found:
                return found[0] if len(found) == 1 else None
        return None

    def suggestions(self) -> list[tuple[str, str]]:
        return [(town.name, town.name) for town in self.near]


def cells_of(line: str) -> list[str]:
    """The five cells of a line: between tabs as a sheet copies them, else between commas, else between spaces."""
    parts = line.split("\t") if "\t" in line else COMMAS.split(line) if COMMAS.search(line) else line.split()
    return [*(part.strip() for part in parts), *[""] * len(COLUMNS)][: len(COLUMNS)]


def fault_of(name: str) -> str:
    """What is wrong with the name of a person; empty where nothing is."""
    try:
        check_person_name(name)
    except Refused as refusal:
        return refusal.sentence
    return ""


def row_fields(towns: Towns) -> dict[str, forms.Field]:
    """The fields of one row; all may stay empty."""
    box = SuggestingInput()
    box.suggestions = towns.suggestions()
    fields: dict[str, forms.Field] = {
        "name": PersonNameField(label=_("Full name"), max_length=LONGEST_NAME),
        "birth_year": BirthYearField(label=_("Year of birth"), max_length=12),
        "home": PlainCharField(label=_("Home town or subdistrict"), max_length=60, widget=box),
        "guardian": PersonNameField(label=_("Guardian who agreed on paper"), max_length=LONGEST_NAME),
        "agreed_on": DayField(label=_("Agreed on"), max_length=20),
    }
    for field in fields.values():
        field.required = False
    return fields
