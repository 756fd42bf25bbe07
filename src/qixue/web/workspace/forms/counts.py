import uuid
from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from qixue.core.pictures import LARGEST_PHOTO
from qixue.core.quantity import Qualifier
from qixue.web.forms import ConfirmableForm, Form
from qixue.web.workspace.forms.fields import PeopleField, PlainCharField

QUALIFIERS = [(Qualifier.EXACT.value, _("Exact")), (Qualifier.ABOUT.value, _("An estimate"))]


class CountForm(ConfirmableForm):
    """A number of people and whether it is exact."""

    count = PeopleField(
        label=_("How many people"),
        max_length=12,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
    )
    qualifier = forms.ChoiceField(label=_("The number is"), choices=QUALIFIERS, widget=forms.RadioSelect)
    photo = forms.FileField(
        label=_("Photo of the sign-in sheet"),
        required=False,
        help_text=_("JPEG, PNG or WebP up to 10 MB. It stays private."),
        widget=forms.ClearableFileInput(attrs={"accept": "image/jpeg,image/png,image/webp"}),
    )
    note = PlainCharField(
        label=_("What the number stands on"),
        max_length=500,
        required=False,
        help_text=_("For example: sign-in sheet, 2 pages; counted at the door by two volunteers."),
    )
    client_uuid = forms.UUIDField(initial=uuid.uuid4, widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        missing = gettext("Please say whether the number is exact or an estimate.")  # the label begins a sentence
        self.fields["qualifier"].error_messages["required"] = missing

    def clean_photo(self) -> Any:
        photo = self.cleaned_data["photo"]
        if photo and photo.size > LARGEST_PHOTO:
            raise forms.ValidationError(_("The photo is larger than 10 MB; please take a smaller one."))
        return photo


class HeadCountForm(CountForm):
    """A first count says what it stands on."""

    one_of_two = ("photo", "note")

    def clean(self) -> dict[str, Any]:
        answers = super().clean() or {}
        if not any(answers.get(name) for name in self.one_of_two) and not self.errors.keys() & set(self.one_of_two):
            self.add_error("note", _("Please add a photo of the sign-in sheet, or write what the number stands on."))
        return answers


class CorrectionForm(CountForm):
    """A correction says why; without new evidence it stands on that of the first count."""

    reason = PlainCharField(
        label=_("Why"), max_length=300, help_text=_("For example: the second page of the sheet was left out.")
    )
    field_order = ["count", "qualifier", "reason"]


class VoidForm(Form):
    reason = PlainCharField(
        label=_("Why"), max_length=300, help_text=_("For example: it was entered for another session.")
    )
    client_uuid = forms.UUIDField(initial=uuid.uuid4, widget=forms.HiddenInput)
