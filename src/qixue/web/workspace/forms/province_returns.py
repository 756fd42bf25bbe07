from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from qixue.places.models import Region
from qixue.report.models import AcceptedKey
from qixue.report.province_return_format import BadReturn, SignedReturn, read_return
from qixue.web.forms import Form
from qixue.web.workspace.forms.fields import PlainCharField, RecordField

LARGEST_FILE = 10 * 2**20  # bytes


def read_or_ask_again(text: str) -> SignedReturn:
    try:
        return read_return(text)
    except BadReturn as error:
        raise forms.ValidationError(_("This file is no province return that can be read.")) from error


class ReturnFileForm(Form):
    """What a city has sent, as a file; cleaned it is a return, whoever signed it."""

    file = forms.FileField(
        label=_("File of the city"),
        help_text=_("The .json file that the city has downloaded from the page of its issue."),
        widget=forms.ClearableFileInput(attrs={"accept": ".json,application/json"}),
    )

    def clean_file(self) -> SignedReturn:
        try:
            text = self.cleaned_data["file"].read(LARGEST_FILE).decode()
        except UnicodeDecodeError:
            text = ""
        return read_or_ask_again(text)


class SeenReturnForm(Form):
    """Nothing to answer: the return that its reader has looked at. It is longer than what people type."""

    content = forms.Field(widget=forms.HiddenInput)

    def clean_content(self) -> SignedReturn:
        return read_or_ask_again(self.cleaned_data["content"])


class CityKeyForm(Form):
    """A key that was compared with the city by another way than its file."""

    city = RecordField(Region.objects.none(), label=_("City"))
    key = PlainCharField(
        label=_("Public key"),
        max_length=400,  # of the whole entry in the list that the city publishes
        help_text=_("43 letters and digits, as the city reads them out: its key for reports."),
    )

    def __init__(self, *args: Any, cities: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["city"].queryset = cities  # type: ignore[attr-defined]  # the field above


class KeyField(forms.ModelChoiceField):
    def label_from_instance(self, key: AcceptedKey) -> str:
        return f"{key.city.local_name} {key.kid}"


class StopKeyForm(Form):
    key = KeyField(AcceptedKey.objects.none(), label=_("Public key"))

    def __init__(self, *args: Any, keys: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["key"].queryset = keys  # type: ignore[attr-defined]  # the field above
