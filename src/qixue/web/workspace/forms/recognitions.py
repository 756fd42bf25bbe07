import uuid
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from qixue.core.pictures import LARGEST_PHOTO
from qixue.people.models import Organisation
from qixue.programme.models import Award, Brand, CallStage, Nomination, PublicationConsent, RecognitionCall
from qixue.programme.models.recognitions import LONGEST_STORY
from qixue.programme.operations.nomination_consents import ConsentDetails
from qixue.programme.operations.nominations import NominationDetails
from qixue.programme.operations.recognition_calls import CallDetails, StageDetails
from qixue.web.forms import ConfirmableForm, Form
from qixue.web.workspace.forms.activities import NOTHING_CHOSEN
from qixue.web.workspace.forms.fields import DayField, PersonNameField, PlainCharField, RecordField, WholeNumberField
from qixue.web.workspace.forms.plans import short_text

NO_LIMIT = _("Empty: no limit.")


class CallForm(Form):
    """A call for nominations. The levels below the one that decides can review first."""

    organisation = RecordField(
        label=_("Who decides"), queryset=Organisation.objects.none(), empty_label=str(NOTHING_CHOSEN[1])
    )
    kind = forms.ChoiceField(label=_("What is awarded"), choices=[NOTHING_CHOSEN, *RecognitionCall.Kind.choices])
    name = PlainCharField(label=_("Title of the call"), max_length=100)
    conditions = PlainCharField(
        label=_("Conditions"),
        max_length=3000,
        widget=forms.Textarea,
        help_text=_("Who can be nominated, and who cannot. They are shown to everybody."),
    )
    nominate_until = DayField(label=_("Last day for nominations"), max_length=20)
    place_count = WholeNumberField(
        label=_("How many are honoured at most"), max_length=6, required=False, help_text=NO_LIMIT
    )
    notice_days = WholeNumberField(
        label=_("Working days of public notice"),
        max_length=4,
        initial=5,
        help_text=_("Monday to Friday, usually 5. For public holidays set a later last day when you open the notice."),
    )
    stages = forms.MultipleChoiceField(
        label=_("Levels that review first"),
        choices=CallStage.Level.choices,
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    town_due_on = DayField(label=_("Towns pass on until"), max_length=20, required=False)
    town_quota = WholeNumberField(
        label=_("Each town passes on at most"), max_length=6, required=False, help_text=NO_LIMIT
    )
    county_due_on = DayField(label=_("Counties pass on until"), max_length=20, required=False)
    county_quota = WholeNumberField(
        label=_("Each county passes on at most"), max_length=6, required=False, help_text=NO_LIMIT
    )
    version = forms.IntegerField(required=False, widget=forms.HiddenInput)
    key = forms.UUIDField(initial=uuid.uuid4, widget=forms.HiddenInput)

    def __init__(self, *args: Any, organisations: Any, call: RecognitionCall | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if call or len(organisations) == 1:
            del self.fields["organisation"]  # nothing is left to choose
        else:
            self.fields["organisation"].queryset = organisations  # type: ignore[attr-defined]  # a choice among records
        only_towns = call.level == Award.Level.COUNTY if call else not any(map(is_of_city, organisations))
        if only_towns:
            self.fields["stages"].choices = CallStage.Level.choices[:1]  # type: ignore[attr-defined]
            del self.fields["county_due_on"], self.fields["county_quota"]

    def details(self) -> CallDetails:
        answers = self.cleaned_data
        names = ("kind", "name", "conditions", "nominate_until", "place_count", "notice_days")
        stages = {
            level: StageDetails(due_on=answers.get(f"{level}_due_on"), quota=answers.get(f"{level}_quota"))
            for level in answers["stages"]
        }
        return CallDetails(stages=stages, **{name: answers[name] for name in names})


def is_of_city(organisation: Organisation) -> bool:
    return organisation.region is not None and organisation.region.level == Award.Level.CITY


def initial_of_call(call: RecognitionCall) -> dict[str, Any]:
    names = ("kind", "name", "conditions", "nominate_until", "place_count", "notice_days")
    stages = {stage.level: stage for stage in call.stages.all()}
    return {
        **{name: getattr(call, name) for name in names},
        "stages": list(stages),
        **{f"{level}_due_on": stage.due_on for level, stage in stages.items()},
        **{f"{level}_quota": stage.quota for level, stage in stages.items()},
        "version": call.edit_count,
        "key": call.key,
    }


class NominationForm(Form):
    """Who is put forward, and what they have done."""

    organisation = RecordField(
        label=_("Put forward by"), queryset=Organisation.objects.none(), empty_label=str(NOTHING_CHOSEN[1])
    )
    name = PersonNameField(label=_("Name of the nominee"), max_length=100)
    affiliation = PlainCharField(
        label=_("Place or organisation"), max_length=100, required=False, help_text=_("Shown beside the name.")
    )
    brand = RecordField(label=_("Brand"), queryset=Brand.objects.none(), required=False, empty_label=_("No brand"))
    story = PlainCharField(
        label=_("What the nominee has done"),
        max_length=LONGEST_STORY,
        widget=forms.Textarea,
        help_text=_("At most 1500 characters. Please leave out phone numbers, addresses and identity numbers."),
    )
    photo = forms.FileField(
        label=_("Photo"),
        required=False,
        help_text=_("JPEG, PNG or WebP, at most 10 MB. It is shown only where the nominee agreed to that."),
    )
    contact = PlainCharField(
        label=_("How to reach the nominee"), max_length=100, required=False, help_text=_("Never shown to the public.")
    )
    is_under_14 = forms.BooleanField(
        label=_("The nominee is under 14; a guardian agrees to publication"), required=False
    )
    version = forms.IntegerField(required=False, widget=forms.HiddenInput)
    key = forms.UUIDField(initial=uuid.uuid4, widget=forms.HiddenInput)

    def __init__(self, *args: Any, call: RecognitionCall, organisations: Any = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if organisations is None or len(organisations) == 1:
            del self.fields["organisation"]
        else:
            self.fields["organisation"].queryset = organisations  # type: ignore[attr-defined]
        if call.kind == RecognitionCall.Kind.BRAND_PROJECT:
            brands = Brand.objects.filter(programmes=call.programme).order_by("code")
            self.fields["brand"].queryset = brands  # type: ignore[attr-defined]
        else:
            del self.fields["brand"]
        if call.kind != RecognitionCall.Kind.LEARNING_STAR:
            del self.fields["is_under_14"]

    def clean_photo(self) -> Any:
        photo = self.cleaned_data["photo"]
        if photo and photo.size > LARGEST_PHOTO:
            raise forms.ValidationError(_("The photo is larger than 10 MB; please take a smaller one."))
        return photo

    def details(self) -> NominationDetails:
        answers = self.cleaned_data
        photo = answers["photo"]
        return NominationDetails(
            name=answers["name"],
            story=answers["story"],
            affiliation=answers["affiliation"],
            contact=answers["contact"],
            is_under_14=answers.get("is_under_14", False),
            brand=answers.get("brand"),
            photo=photo.read() if photo else None,
        )


def initial_of_nomination(nomination: Nomination) -> dict[str, Any]:
    names = ("name", "affiliation", "brand", "story", "contact", "is_under_14", "key")
    return {**{name: getattr(nomination, name) for name in names}, "version": nomination.edit_count}


class SubmitNominationForm(ConfirmableForm):
    version = forms.IntegerField(widget=forms.HiddenInput)


class ReasonForm(Form):
    comment = PlainCharField(label=_("Comment"), max_length=500, required=False, widget=short_text())


class ConsentForm(Form):
    given_by = PlainCharField(label=_("Who agreed"), max_length=100)
    is_guardian = forms.BooleanField(label=_("As parent or guardian of a nominee under 14"), required=False)
    given_on = DayField(label=_("When"), max_length=20)
    method = forms.ChoiceField(label=_("How"), choices=PublicationConsent.Method.choices, widget=forms.RadioSelect)
    includes_photo = forms.BooleanField(label=_("Also to the photo"), required=False)

    def __init__(self, *args: Any, nomination: Nomination, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not nomination.is_under_14:
            del self.fields["is_guardian"]
        if not nomination.photo:
            del self.fields["includes_photo"]

    def details(self) -> ConsentDetails:
        return ConsentDetails(**self.cleaned_data)


class WithdrawConsentForm(Form):
    what = forms.ChoiceField(
        label=_("What is no longer agreed to"),
        choices=[("all", _("Name, story and photo")), ("photo", _("Only the photo"))],
        widget=forms.RadioSelect,
    )


class JudgeForm(Form):
    decision = forms.ChoiceField(label=_("Decision"), widget=forms.RadioSelect)
    rank = WholeNumberField(
        label=_("Place among those you pass on"), max_length=4, required=False, help_text=_("1 is first.")
    )
    comment = PlainCharField(
        label=_("Comment or reason"),
        max_length=500,
        required=False,
        widget=short_text(),
        help_text=_("Needed when you send back or do not select."),
    )
    version = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, is_last: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = [("send_back", _("Send back, it can be put forward again")), ("decline", _("Do not select"))]
        if is_last:
            del self.fields["rank"]
        else:
            choices.insert(0, ("pass_on", _("Pass on to the next level")))
        self.fields["decision"].choices = choices  # type: ignore[attr-defined]


class NominationsField(forms.ModelMultipleChoiceField):
    widget = forms.CheckboxSelectMultiple

    def label_from_instance(self, nomination: Any) -> str:
        return f"{nomination.shown_name} · {nomination.organisation.local_name}"


class ChosenForm(Form):
    """Some nominations of a call."""

    nominations = NominationsField(label=_("Nominations"), queryset=Nomination.objects.none())

    def __init__(self, *args: Any, nominations: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["nominations"].queryset = nominations  # type: ignore[attr-defined]

    def chosen(self) -> list[Nomination]:
        return list(self.cleaned_data["nominations"])


class NoticeForm(ChosenForm):
    until = DayField(label=_("Last day of the notice"), max_length=20)


class SettleForm(Form):
    answer = forms.ChoiceField(
        label=_("Finding"),
        choices=[
            ("dismissed", _("Not upheld: the candidate stays")),
            ("upheld", _("Upheld: the candidate is removed")),
        ],
        widget=forms.RadioSelect,
    )
    finding = PlainCharField(
        label=_("What was found, and how"),
        max_length=500,
        widget=short_text(),
        help_text=_("Who objected can read this; please name nobody."),
    )
