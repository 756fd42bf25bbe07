from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext_lazy as _

from qixue.core.refusal import Refused
from qixue.participation.credentials import LARGEST
from qixue.participation.serials import read_serial
from qixue.web.forms import Form
from qixue.web.workspace.forms.fields import PlainCharField

PDF = b"%PDF-"  # with which such a file begins


class SerialForm(Form):
    serial = forms.CharField(
        label=_("Number of the certificate"),
        max_length=60,
        help_text=_("16 letters and digits in four groups, for example K7M2-9FQX-3T8H-VB4C."),
        widget=forms.TextInput(attrs={"autocapitalize": "characters", "autocomplete": "off", "spellcheck": "false"}),
    )

    def clean_serial(self) -> str:
        serial = read_serial(self.cleaned_data["serial"])
        if not serial:
            raise forms.ValidationError(_("Please write all 16 letters and digits of the number, as they are printed."))
        return serial


class NameForm(Form):
    name = PlainCharField(
        label=_("Full name on the certificate"),
        max_length=100,
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )


def is_pdf(file: UploadedFile) -> bool:
    begins = file.read(len(PDF))
    file.seek(0)
    return bool(begins == PDF)


class CredentialForm(Form):
    """The text of a credential, or the file with it."""

    credential = forms.CharField(
        label=_("Text of the credential"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 4, "spellcheck": "false"}),
    )
    file = forms.FileField(label=_("Or its file"), required=False, help_text=_("The file ends in .jwt."))

    def clean(self) -> dict[str, Any]:
        answers = super().clean() or {}
        file = answers.get("file")
        if not file and not answers.get("credential") and not self.errors:
            self.add_error("credential", _("Please paste the text, or choose the file."))
        if file and is_pdf(file):
            self.add_error(
                "file",
                _(
                    "This is the certificate to print. Please choose its signed file, which ends in .jwt, or check the "
                    "number that is printed on it."
                ),
            )
        return answers

    def refuse(self, refusal: Refused) -> None:
        """Beside what was read."""
        self.add_error("file" if self.cleaned_data["file"] else "credential", refusal.sentence)

    def text(self) -> str:
        """What was sent; a file that is no text is as good as a wrong one."""
        file = self.cleaned_data["file"]
        data = bytes(file.read(LARGEST + 1)) if file else self.cleaned_data["credential"].encode()
        return data.decode("latin-1")
