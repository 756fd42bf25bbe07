"""One group of questions each: what a programme is, on what it rests, who answers for it."""

import uuid
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from qixue.core.fields import code_validator
from qixue.people.models import OrganisationQuerySet
from qixue.programme.models import (
    Activity,
    Brand,
    ForwardingStep,
    GroupMember,
    Involvement,
    LegalBasis,
    Liaison,
    Programme,
    PublicityChannel,
    TaskAssignment,
)
from qixue.programme.operations.activities import ActivityDetails
from qixue.programme.operations.brands import BrandDetails
from qixue.programme.operations.programme_parts import (
    ChannelDetails,
    ForwardingDetails,
    LegalBasisDetails,
    LiaisonDetails,
    MemberDetails,
    TaskDetails,
)
from qixue.programme.operations.programmes import ProgrammeDetails
from qixue.programme.operations.sessions import SessionDetails
from qixue.programme.queries.programmes import EVENT_KINDS, GIVEN_ROLES
from qixue.web.forms import ConfirmableForm, Form
from qixue.web.workspace.forms.activities import offer
from qixue.web.workspace.forms.fields import DayField, PersonNameField, PlainCharField, RecordField, WholeNumberField
from qixue.web.workspace.forms.named_organisations import NamingForm, OrganisationField, OrganisationsField
from qixue.web.workspace.forms.sessions import GatheringForm, session_details

CODE_HINT = _("Stands in the address of its page, for example week-2026. It cannot be changed later.")
YEARS = range(2000, 2100)


def code_field() -> PlainCharField:
    return PlainCharField(
        label=_("Code of the programme"),
        max_length=40,
        validators=[code_validator],
        help_text=CODE_HINT,
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "none", "spellcheck": "false"}),
    )


class YearField(WholeNumberField):
    def clean(self, value: Any) -> int | None:
        year = super().clean(value)
        if year is not None and year not in YEARS:
            raise forms.ValidationError(_("Please write a year, for example 2026."))
        return year


class ProgrammeForm(Form):
    name = PlainCharField(label=_("Name"), max_length=100, help_text=_("For example 清远市2026年全民终身学习活动周."))
    name_en = PlainCharField(label=_("Name in English"), max_length=160, required=False)
    short_name = PlainCharField(
        label=_("Short name"), max_length=30, required=False, help_text=_("For example 活动周.")
    )
    kind = forms.ChoiceField(label=_("Kind"), choices=Programme.Kind.choices, widget=forms.RadioSelect)
    year = YearField(label=_("Year"), max_length=6, widget=forms.TextInput(attrs={"inputmode": "numeric"}))
    theme = PlainCharField(
        label=_("Theme of the year"),
        max_length=100,
        required=False,
        help_text=_("Needed before it is published. For example 让学习成为一种生活方式."),
    )
    theme_en = PlainCharField(label=_("Theme in English"), max_length=160, required=False)
    starts_on = DayField(label=_("First day"), max_length=20, required=False)
    ends_on = DayField(label=_("Last day of the programme"), max_length=20, required=False)
    version = forms.IntegerField(required=False, widget=forms.HiddenInput)

    def details(self) -> ProgrammeDetails:
        names = ("name", "name_en", "short_name", "kind", "year", "theme", "theme_en", "starts_on", "ends_on")
        return ProgrammeDetails(**{name: self.cleaned_data[name] for name in names})


class NewProgrammeForm(ProgrammeForm):
    organisation = RecordField(
        label=_("Kept by"),
        queryset=Programme.objects.none(),
        empty_label=_("Please choose"),
        to_field_name="code",
        help_text=_("The organisation that is responsible for the records of the programme."),
    )
    code = code_field()
    field_order = ["organisation", "name", "name_en", "short_name", "code"]

    def __init__(self, *args: Any, organisations: OrganisationQuerySet, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer(self.fields["organisation"], organisations)


def initial_of_programme(programme: Programme) -> dict[str, Any]:
    names = ("name", "name_en", "short_name", "kind", "year", "theme", "theme_en", "version")
    days = {name: day.isoformat() if (day := getattr(programme, name)) else "" for name in ("starts_on", "ends_on")}
    return {**{name: getattr(programme, name) for name in names}, **days}


class RowForm(NamingForm):
    """A row of one of the lists of a programme."""

    version = forms.IntegerField(required=False, widget=forms.HiddenInput)


class LegalBasisForm(RowForm):
    name = PlainCharField(
        label=_("Title of the document"), max_length=200, help_text=_("Without 《》; they are printed around it.")
    )
    document_number = PlainCharField(
        label=_("Document number"),
        max_length=60,
        required=False,
        help_text=_("For example 教职成厅函〔2026〕12号; other brackets are understood. Laws have none."),
    )
    name_en = PlainCharField(label=_("Title in English"), max_length=300, required=False)

    def details(self) -> LegalBasisDetails:
        return LegalBasisDetails(**answers_of(self, "name", "document_number", "name_en"))

    @staticmethod
    def initial_of(row: LegalBasis) -> dict[str, Any]:
        return values_of(row, "name", "document_number", "name_en")


class ForwardingForm(RowForm):
    organ = PlainCharField(label=_("Issued by"), max_length=100, help_text=_("For example 教育部办公厅."))
    act = forms.ChoiceField(label=_("What it did"), choices=ForwardingStep.Act.choices, widget=forms.RadioSelect)
    document_number = PlainCharField(
        label=_("Under which number"), max_length=60, required=False, help_text=_("For example 粤教职办函〔2026〕77号.")
    )

    def details(self) -> ForwardingDetails:
        return ForwardingDetails(**answers_of(self, "organ", "act", "document_number"))

    @staticmethod
    def initial_of(row: ForwardingStep) -> dict[str, Any]:
        return values_of(row, "organ", "act", "document_number")


class LeadingGroupForm(NamingForm):
    name = PlainCharField(
        label=_("Name of the leading group"), max_length=100, help_text=_("For example 全民终身学习活动周领导小组.")
    )
    name_en = PlainCharField(label=_("Name in English"), max_length=160, required=False)
    office = OrganisationField(
        label=_("Where its office is"), required=False, help_text=_("The organisation that does the daily work.")
    )
    version = forms.IntegerField(required=False, widget=forms.HiddenInput)


class MemberForm(RowForm):
    seat = forms.ChoiceField(label=_("Seat"), choices=GroupMember.Seat.choices, widget=forms.RadioSelect)
    name = PersonNameField(
        label=_("Name of the person"),
        max_length=50,
        required=False,
        help_text=_("Head and deputies are named in public, members only by their organisation."),
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )
    organisation = OrganisationField(label=_("Organisation"), required=False)
    duty = PlainCharField(
        label=_("Duty"), max_length=60, required=False, help_text=_("For example 市人民政府副市长 or 局长.")
    )

    def details(self) -> MemberDetails:
        return MemberDetails(**answers_of(self, "seat", "name", "organisation", "duty"))

    @staticmethod
    def initial_of(row: GroupMember) -> dict[str, Any]:
        return {**values_of(row, "seat", "name", "duty"), "organisation": name_of(row.organisation)}


class LiaisonForm(RowForm):
    organisation = OrganisationField(label=_("Organisation"))
    name = PersonNameField(
        label=_("Name of the person"),
        max_length=50,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )
    phone = PlainCharField(
        label=_("Phone at work"),
        max_length=30,
        required=False,
        help_text=_("Only those who set up the programme see it."),
        widget=forms.TextInput(attrs={"inputmode": "tel", "autocomplete": "off"}),
    )

    def details(self) -> LiaisonDetails:
        return LiaisonDetails(**answers_of(self, "organisation", "name", "phone"))

    @staticmethod
    def initial_of(row: Liaison) -> dict[str, Any]:
        return {**values_of(row, "name", "phone"), "organisation": name_of(row.organisation)}


class TaskForm(RowForm):
    task = PlainCharField(label=_("Task"), max_length=200, help_text=_("For example 统筹协调、方案审批和督办."))
    organisation = OrganisationField(label=_("Who answers for it"))
    supporters = OrganisationsField(label=_("Who helps"), required=False)
    due_on = DayField(label=_("To be done by"), max_length=20, required=False)
    task_en = PlainCharField(label=_("Task in English"), max_length=300, required=False)

    def details(self) -> TaskDetails:
        named = answers_of(self, "task", "organisation", "due_on", "task_en")
        return TaskDetails(**named, supporters=tuple(self.cleaned_data["supporters"] or ()))

    @staticmethod
    def initial_of(row: TaskAssignment) -> dict[str, Any]:
        supporters = "\n".join(each.local_name for each in row.supporters.order_by("path"))
        day = row.due_on.isoformat() if row.due_on else ""
        named = {"organisation": name_of(row.organisation), "supporters": supporters, "due_on": day}
        return {**values_of(row, "task", "task_en"), **named}


class ChannelForm(RowForm):
    name = PlainCharField(label=_("Channel"), max_length=60, help_text=_("For example 微信公众号 or 小区宣传栏."))
    name_en = PlainCharField(label=_("Name in English"), max_length=100, required=False)

    def details(self) -> ChannelDetails:
        return ChannelDetails(**answers_of(self, "name", "name_en"))

    @staticmethod
    def initial_of(row: PublicityChannel) -> dict[str, Any]:
        return values_of(row, "name", "name_en")


class RoleForm(NamingForm):
    role = forms.ChoiceField(label=_("Role"), choices=(), widget=forms.RadioSelect)
    organisations = OrganisationsField(label=_("Organisations"))

    def __init__(self, *args: Any, is_brand: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        carrier = Involvement.Role.CARRIER
        roles = [carrier, *GIVEN_ROLES[:-1]] if is_brand else [role for role in GIVEN_ROLES if role != carrier]
        self.fields["role"].choices = [(role.value, role.label) for role in roles]  # type: ignore[attr-defined]


class BrandForm(Form):
    name = PlainCharField(label=_("Name"), max_length=60, help_text=_("For example 凤城讲堂."))
    name_en = PlainCharField(label=_("Name in English"), max_length=120, required=False)
    slogan = PlainCharField(label=_("Slogan"), max_length=100, required=False)
    slogan_en = PlainCharField(label=_("Slogan in English"), max_length=160, required=False)
    introduction = PlainCharField(label=_("Introduction"), max_length=2000, required=False, widget=forms.Textarea)
    introduction_en = PlainCharField(
        label=_("Introduction in English"), max_length=2000, required=False, widget=forms.Textarea
    )
    version = forms.IntegerField(required=False, widget=forms.HiddenInput)
    client_uuid = forms.UUIDField(initial=uuid.uuid4, widget=forms.HiddenInput)

    def details(self) -> BrandDetails:
        names = ("name", "name_en", "slogan", "slogan_en", "introduction", "introduction_en")
        return BrandDetails(**answers_of(self, *names))

    @staticmethod
    def initial_of(brand: Brand) -> dict[str, Any]:
        names = ("name", "name_en", "slogan", "slogan_en", "introduction", "introduction_en")
        return {**values_of(brand, *names), "version": brand.edit_count}


class SeriesForm(Form):
    name = PlainCharField(label=_("Name of the series"), max_length=60, help_text=_("For example 悦读小组."))
    name_en = PlainCharField(label=_("Name in English"), max_length=120, required=False)


class CeremonyForm(ConfirmableForm, NamingForm, GatheringForm):
    """A ceremony with its one session."""

    kind = forms.ChoiceField(
        label=_("Kind"), choices=[(kind.value, kind.label) for kind in EVENT_KINDS], widget=forms.RadioSelect
    )
    title = PlainCharField(label=_("Title"), max_length=100, help_text=_("For example 全民终身学习活动周启动仪式."))
    organisation = OrganisationField(label=_("Who carries it out and keeps its records"))
    client_uuid = forms.UUIDField(initial=uuid.uuid4, widget=forms.HiddenInput)
    field_order = ["kind", "title", "organisation", "day", "start", "end", "venue", "is_online"]

    def __init__(self, *args: Any, programme: Programme, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.offer_venues(programme.region)

    def activity(self) -> ActivityDetails:
        answers = self.cleaned_data
        everybody = Activity.Audience.EVERYBODY
        return ActivityDetails(title=answers["title"], kind=answers["kind"], audience=everybody)

    def session(self) -> SessionDetails:
        return session_details(self.cleaned_data)


def answers_of(form: forms.Form, *names: str) -> dict[str, Any]:
    return {name: form.cleaned_data[name] for name in names}


def values_of(row: Any, *names: str) -> dict[str, Any]:
    return {name: getattr(row, name) for name in names}


def name_of(organisation: Any) -> str:
    return organisation.local_name if organisation else ""
