import uuid
from collections.abc import Iterable
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from qixue.core.clock import local_moment
from qixue.core.money import yuan_text
from qixue.core.pictures import LARGEST_PHOTO
from qixue.core.refusal import Refused
from qixue.people.models import Organisation
from qixue.places.models import Room
from qixue.programme.models import Activity, Brand, PlanDocument, PlanLine, PlanVersion
from qixue.programme.operations.plan_documents import DocumentDetails
from qixue.programme.operations.plan_lines import PlanLineDetails
from qixue.programme.search import matches
from qixue.web.forms import ConfirmableForm, Form
from qixue.web.workspace.forms.activities import NOTHING_CHOSEN
from qixue.web.workspace.forms.fields import (
    DayField,
    PlainCharField,
    RecordField,
    RecordsField,
    WholeNumberField,
    YuanField,
)
from qixue.web.workspace.forms.sessions import CallOffForm, GatheringForm, initial_times

MOST_ATTENDANCES = 1_000_000
MOST_OFFERED = 50  # organisations in one list of boxes


def short_text() -> forms.Textarea:
    return forms.Textarea(attrs={"rows": 3})


class RoomField(forms.ModelChoiceField):
    def label_from_instance(self, room: Room) -> str:
        return f"{room.venue.local_name} · {room.local_name}"


class PlanLineForm(GatheringForm):
    """One session of a plan. `version` is the number of edits of the line that the page was made from."""

    title = PlainCharField(
        label=_("Title"), max_length=100, help_text=_("Sessions with the same title become one activity.")
    )
    kind = forms.ChoiceField(label=_("Kind"), choices=[NOTHING_CHOSEN, *Activity.Kind.choices])
    audience = forms.ChoiceField(label=_("For whom"), choices=[NOTHING_CHOSEN, *Activity.Audience.choices])
    brand = RecordField(label=_("Brand"), queryset=Brand.objects.none(), required=False, empty_label=_("No brand"))
    description = PlainCharField(label=_("Description"), max_length=2000, required=False, widget=forms.Textarea)
    room = RoomField(
        label=_("Room"),
        queryset=Room.objects.none(),
        required=False,
        empty_label=_("No room of its own"),
        help_text=_("A room is booked when the plan is published; two sessions cannot have it at the same time."),
    )
    expected_attendance = WholeNumberField(label=_("Expected attendances"), max_length=12, required=False)
    budget = YuanField(
        label=_("Budget in yuan"),
        max_length=30,
        required=False,
        help_text=_("For example 1200 or 0.12万. 0: costs nothing; empty: not known yet."),
    )
    is_flagship = forms.BooleanField(label=_("A big event that others should not meet"), required=False)
    key = forms.UUIDField(initial=uuid.uuid4, widget=forms.HiddenInput)
    field_order = [
        "title", "kind", "audience", "brand", "day", "start", "end", "venue", "room", "is_online", "topic", "speaker",
        "description", "seat_count", "expected_attendance", "budget", "is_flagship", "counting_rule",
    ]  # fmt: skip

    def __init__(self, *args: Any, plan_version: PlanVersion, line: PlanLine | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        plan = plan_version.plan
        self.region = line.region if line else None
        self.offer_venues(plan.organisation.region or plan.programme.region)
        if line and line.venue_id:
            self.offer_venue_too(line.venue_id)
        venues = self.fields["venue"].queryset  # type: ignore[attr-defined]  # a choice among records
        rooms = Room.objects.filter(venue__in=venues).select_related("venue").order_by("venue__name", "name", "pk")
        self.fields["room"].queryset = rooms  # type: ignore[attr-defined]
        brands = Brand.objects.filter(programmes=plan.programme).order_by("code")
        self.fields["brand"].queryset = brands  # type: ignore[attr-defined]

    def clean_expected_attendance(self) -> int | None:
        expected: int | None = self.cleaned_data["expected_attendance"]
        if expected is not None and not 0 <= expected <= MOST_ATTENDANCES:
            raise forms.ValidationError(_("Please write a whole number, for example 40."))
        return expected

    def clean(self) -> dict[str, Any]:
        answers = super().clean()
        room, venue = answers.get("room"), answers.get("venue")
        if room and venue and room.venue_id != venue.pk:
            self.add_error("room", _("Please choose a room of the venue, or another venue."))
        start, end = answers.get("start"), answers.get("end")
        if start and end and end <= start:
            self.add_error("end", _("Please give an end that comes after the start."))
        return answers

    def details(self) -> PlanLineDetails:
        answers = self.cleaned_data
        same = (
            "title", "kind", "audience", "brand", "description", "topic", "speaker", "venue", "room", "is_online",
            "seat_count", "counting_rule", "expected_attendance", "is_flagship",
        )  # fmt: skip
        return PlanLineDetails(
            starts_at=local_moment(answers["day"], answers["start"]),
            ends_at=local_moment(answers["day"], answers["end"]),
            budget_fen=answers["budget"],
            region=self.region,
            **{name: answers[name] for name in same},
        )


def initial_of(line: PlanLine) -> dict[str, Any]:
    names = (
        "title", "kind", "audience", "brand", "description", "topic", "speaker", "venue", "room", "is_online",
        "seat_count", "counting_rule", "expected_attendance", "is_flagship", "key",
    )  # fmt: skip
    return {
        **{name: getattr(line, name) for name in names},
        **initial_times(line.starts_at, line.ends_at),
        "budget": "" if line.budget_fen is None else yuan_text(line.budget_fen),
        "version": line.edit_count,
    }


class AskForm(Form):
    """Which organisations are asked for something, and until when.

    Of many only some are shown, those that are looked for; whoever is ticked stays ticked and in the list.
    """

    find = PlainCharField(
        label=_("Find organisations"),
        max_length=60,
        required=False,
        help_text=_("Characters, pinyin or initials, for example 教育局, jiaoyuju or jyj."),
    )
    organisations = RecordsField(label=_("Organisations"), queryset=Organisation.objects.none())
    due_on = DayField(label=_("Last day"), max_length=20, required=False)

    most_offered = MOST_OFFERED

    def __init__(self, *args: Any, organisations: QuerySet[Organisation], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["organisations"]
        field.queryset = organisations  # type: ignore[attr-defined]  # a choice among records
        everybody = list(organisations)
        self.total = len(everybody)
        if self.total <= MOST_OFFERED:
            del self.fields["find"]
            return
        ticked = {str(value) for value in self["organisations"].value() or []}
        text = self["find"].value() or ""
        found = [each for each in everybody if matches(text, (each.name, each.name_en))]
        self.found_count = len(found)
        rest = [each for each in everybody if str(each.pk) in ticked and each not in found[:MOST_OFFERED]]
        shown = [*rest, *found[:MOST_OFFERED]]
        field.choices = [(each.pk, each.local_name) for each in shown]  # type: ignore[attr-defined]


def asking_form(request: HttpRequest, organisations: QuerySet[Organisation]) -> AskForm:
    """Not bound to what was typed while somebody only looks for organisations, so that nothing is asked yet."""
    if "search" not in request.POST:
        return AskForm(request.POST or None, organisations=organisations)
    typed = {name: request.POST.get(name, "") for name in ("find", "due_on")}
    return AskForm(
        initial={**typed, "organisations": request.POST.getlist("organisations")}, organisations=organisations
    )


class DueDayForm(Form):
    due_on = DayField(label=_("Last day"), max_length=20)


class SubmitForm(Form):
    note = PlainCharField(label=_("Note to those who decide"), max_length=1000, required=False, widget=short_text())
    version = forms.IntegerField(widget=forms.HiddenInput)


class OpinionForm(Form):
    """An opinion on a whole version and, where there is something to say, on its lines."""

    comment = PlainCharField(label=_("Comment"), max_length=500, required=False, widget=short_text())

    def __init__(self, *args: Any, lines: Iterable[PlanLine], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.lines = list(lines)
        for line in self.lines:
            self.fields[f"line_{line.pk}"] = PlainCharField(
                label=_("Comment on this session"),
                max_length=500,
                required=False,
                widget=short_text(),
            )

    def line_fields(self) -> list[tuple[PlanLine, forms.BoundField]]:
        return [(line, self[f"line_{line.pk}"]) for line in self.lines]

    def line_comments(self) -> dict[PlanLine, str]:
        given = {line: self.cleaned_data[f"line_{line.pk}"] for line in self.lines}
        return {line: text for line, text in given.items() if text.strip()}


class DecisionForm(OpinionForm, ConfirmableForm):
    decision = forms.ChoiceField(
        label=_("Decision"),
        choices=[("approve", _("Approve the plan")), ("return", _("Return it with comments"))],
        widget=forms.RadioSelect,
    )
    version = forms.IntegerField(required=False, widget=forms.HiddenInput)  # the number of the one that was read
    confirmed = forms.BooleanField(
        label=_("I have seen this and approve the plan all the same; the comment says why"),
        required=False,
        widget=forms.HiddenInput,
    )
    field_order = ["decision", "comment"]

    def clean(self) -> dict[str, Any]:
        answers = super().clean() or {}
        if answers.get("decision") == "approve" and any(
            value for name, value in answers.items() if name[:5] == "line_"
        ):
            self.add_error("decision", _("Comments on single sessions go with a return; please choose again."))
        return answers

    def refuse(self, refusal: Refused) -> None:
        """Where sessions clash, an approval says why: its comment is no longer optional."""
        super().refuse(refusal)
        if refusal.code in {"sessions_clash", "reason_missing"}:
            self.fields["comment"].required = True


class PublishForm(CallOffForm):
    """The reason is asked for where sessions are called off."""

    version = forms.IntegerField(required=False, widget=forms.HiddenInput)  # the number of the one that was read
    confirmed = forms.BooleanField(
        label=_("I have checked this: publish the plan all the same"), required=False, widget=forms.HiddenInput
    )

    def __init__(self, *args: Any, calls_off: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not calls_off:
            del self.fields["reason"]


class CountersignForm(OpinionForm):
    answer = forms.ChoiceField(
        label=_("Your answer"),
        choices=[("agree", _("We agree")), ("object", _("We object"))],
        widget=forms.RadioSelect,
    )
    field_order = ["answer", "comment"]


class DocumentForm(Form):
    kind = forms.ChoiceField(label=_("Kind"), choices=[NOTHING_CHOSEN, *PlanDocument.Kind.choices])
    title = PlainCharField(label=_("Title"), max_length=200)
    organ = PlainCharField(label=_("Issued by"), max_length=100)
    document_number = PlainCharField(
        label=_("Document number"), max_length=60, required=False, help_text=_("For example 清教〔2026〕12号.")
    )
    issued_on = DayField(label=_("Issued on"), max_length=20, required=False)
    file = forms.FileField(label=_("PDF or picture"), required=False, help_text=_("At most 10 MB."))

    def clean_file(self) -> Any:
        file = self.cleaned_data["file"]
        if file and file.size > LARGEST_PHOTO:
            raise forms.ValidationError(_("The file is larger than 10 MB."))
        return file

    def details(self) -> DocumentDetails:
        names = ("kind", "title", "organ", "document_number", "issued_on")
        return DocumentDetails(**{name: self.cleaned_data[name] for name in names})
