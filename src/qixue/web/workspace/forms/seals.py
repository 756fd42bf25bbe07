from django import forms
from django.utils.translation import gettext_lazy as _

from qixue.report.models import IssueRequest
from qixue.web.forms import Form
from qixue.web.workspace.forms.fields import PlainCharField


class IssueForm(Form):
    """The request that its reader looked at, and why the summary is issued although it should wait, where it should."""

    asked = forms.IntegerField(required=False, widget=forms.HiddenInput())
    waiver_reason = PlainCharField(
        label=_("Why it is issued all the same"),
        max_length=200,
        help_text=_("Your name and this reason become part of the seal, and everybody can read them in the files."),
        widget=forms.Textarea(attrs={"rows": 2}),
    )

    def __init__(self, *args: object, asked: IssueRequest | None, is_hindered: bool, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        self.fields["asked"].initial = asked.pk if asked else None
        if not is_hindered:
            self.fields["waiver_reason"].required = False
            self.fields["waiver_reason"].widget = forms.HiddenInput()
