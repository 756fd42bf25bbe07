"""The minutes of a meeting, pasted; then what they ask for, row by row, before anything is assigned."""

import datetime
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from qixue.programme.minutes import Proposal, key_of
from qixue.programme.operations.follow_ups import FollowUpDetails
from qixue.programme.queries.owners import Owners
from qixue.web.forms import Form
from qixue.web.workspace.forms.fields import DayField, PlainCharField
from qixue.web.workspace.forms.follow_ups import OwnerField

MOST_CHARACTERS = 20_000
MOST_ROWS = 120  # of one paste: each is five answers, and a form holds a thousand


class MinutesForm(Form):
    source = PlainCharField(
        label=gettext_lazy("Name of the meeting"),
        max_length=120,
        help_text=gettext_lazy("The same minutes pasted again under this name give nothing twice."),
    )
    text = PlainCharField(
        label=gettext_lazy("Minutes"),
        max_length=MOST_CHARACTERS,
        strip=False,
        widget=forms.Textarea(attrs={"rows": 12}),
        help_text=gettext_lazy("Paste the numbered items, or the table with its columns."),
    )


@dataclass(frozen=True)
class Row:
    """One proposed item for one organisation. `owner` is a name, in full where the minutes' own was understood."""

    title: str
    owner: str
    due_on: str
    detail: str
    is_owner_known: bool
    is_day_known: bool


def rows_of(proposals: Iterable[Proposal], owners: Owners) -> list[Row]:
    """A row for each organisation of each proposal; what was not understood stays as it was written."""
    return [
        Row(
            title=proposal.title,
            owner=name,
            due_on=proposal.due_on.isoformat() if proposal.due_on else proposal.due_text[:20],
            detail=proposal.detail,
            is_owner_known=len(owners.named(name).organisations) == 1,
            is_day_known=proposal.due_on is not None,
        )
        for proposal in proposals
        for name in names_of(proposal, owners)
    ]


def names_of(proposal: Proposal, owners: Owners) -> list[str]:
    if not proposal.owners:
        return [organisation.name for organisation in owners.mentioned(proposal.title)] or [""]
    names: list[str] = []
    for name in proposal.owners:
        found = owners.named(name).organisations
        names += [organisation.name for organisation in found] or [name[:100]]
    return list(dict.fromkeys(names))


class ProposalForm(Form):
    """The rows of a proposal, each with its own answers; `source` and `row_count` travel along."""

    source = PlainCharField(max_length=120, widget=forms.HiddenInput)
    row_count = forms.IntegerField(min_value=1, max_value=MOST_ROWS, widget=forms.HiddenInput)

    def __init__(self, *args: Any, owners: Owners, row_count: int, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.number_of_rows = row_count
        self.doubts: set[str] = set()  # names of fields that hold what was not understood
        for number in range(1, row_count + 1):
            for name, field in fields_of_row(number, owners).items():
                field.error_messages["required"] = _("Please fill in: %(label)s.") % {"label": field.label}
                self.fields[f"{name}_{number}"] = field

    @classmethod
    def of(cls, rows: Sequence[Row], source: str, owners: Owners) -> "ProposalForm":
        """A fresh form with every row taken."""
        initial: dict[str, Any] = {"source": source, "row_count": len(rows)}
        for number, row in enumerate(rows, start=1):
            answers = {"take": True, "title": row.title, "owner": row.owner, "due_on": row.due_on}
            answers |= {"detail": row.detail, "origin": row.title}
            initial |= {f"{name}_{number}": value for name, value in answers.items()}
        form = cls(initial=initial, owners=owners, row_count=len(rows))
        form.doubts = {
            f"{name}_{number}"
            for number, row in enumerate(rows, start=1)
            for name, is_known in (("owner", row.is_owner_known), ("due_on", row.is_day_known))
            if not is_known
        }
        return form

    def full_clean(self) -> None:
        """A row that is left out may hold anything."""
        super().full_clean()
        for number in range(1, self.number_of_rows + 1) if self.is_bound else ():
            if not self.is_taken(number):
                for name in ROW:
                    self.errors.pop(f"{name}_{number}", None)

    def is_taken(self, number: int) -> bool:
        return bool(self.cleaned_data.get(f"take_{number}"))

    def clean(self) -> dict[str, Any]:
        answers = super().clean() or {}
        if not any(self.is_taken(number) for number in range(1, self.number_of_rows + 1)):
            self.add_error(None, _("Please take at least one row."))
        return answers

    def refuse_past(self, today: datetime.date) -> bool:
        """Say at each row that its day is over; whether all rows stand."""
        for number in range(1, self.number_of_rows + 1):
            day = self.cleaned_data.get(f"due_on_{number}")
            if self.is_taken(number) and day is not None and day < today:
                self.add_error(f"due_on_{number}", _("Please give a day that is not over yet."))
        return not self.errors

    def rows(self) -> list[tuple[int, dict[str, forms.BoundField]]]:
        """For the page: the fields of each row by their names."""
        return [
            (number, {name: self[f"{name}_{number}"] for name in ROW}) for number in range(1, self.number_of_rows + 1)
        ]

    def details(self, programme: str) -> list[FollowUpDetails]:
        """What was taken. The key holds what the minutes said, so that a row that was mended stays the same item."""
        answers = self.cleaned_data
        return [
            FollowUpDetails(
                owner=answers[f"owner_{number}"],
                title=answers[f"title_{number}"],
                due_on=answers[f"due_on_{number}"],
                detail=answers[f"detail_{number}"],
                source=answers["source"],
                key=key_of(programme, answers["source"], answers[f"owner_{number}"].code, answers[f"origin_{number}"]),
            )
            for number in range(1, self.number_of_rows + 1)
            if self.is_taken(number)
        ]


ROW = ("take", "title", "owner", "due_on", "detail", "origin")


def fields_of_row(number: int, owners: Owners) -> dict[str, forms.Field]:
    """Labels name the row, so that a list of errors is understood alone."""

    def label(words: str) -> str:
        return _("Row %(number)s, %(field)s") % {"number": number, "field": words}

    owner = OwnerField(label=label(_("organisation")), max_length=100)
    owner.owners = owners
    return {
        "take": forms.BooleanField(label=label(_("take")), required=False),
        "title": PlainCharField(
            label=label(_("what has to be done")), max_length=200, widget=forms.Textarea(attrs={"rows": 2})
        ),
        "owner": owner,
        "due_on": DayField(label=label(_("deadline")), max_length=20),
        "detail": PlainCharField(max_length=2000, required=False, widget=forms.HiddenInput),
        "origin": PlainCharField(max_length=200, widget=forms.HiddenInput),
    }
