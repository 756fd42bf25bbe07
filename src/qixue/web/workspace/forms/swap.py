from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from qixue.swap.matching.round import MAX_BYTES
from qixue.web.forms import Form

HIDE, KEEP = "hide", "keep"


class DecisionForm(Form):
    """`seen` is the key of the last report on the page; 0 where there is none."""

    seen = forms.IntegerField(widget=forms.HiddenInput)
    decision = forms.ChoiceField(
        label=_("What happens to it"),
        choices=[(HIDE, _("Take it off the pages")), (KEEP, _("Leave it on the pages"))],
        widget=forms.RadioSelect,
    )

    def values(self) -> dict[str, Any]:
        """As `decide_reports` takes them."""
        return {"is_hidden": self.cleaned_data["decision"] == HIDE, "seen": self.cleaned_data["seen"]}


class WantListForm(Form):
    """A want list as a file; what is wrong in it the operation says by line."""

    file = forms.FileField(
        label=_("Want list"),
        help_text=_("A want list of TradeMaximizer, or JSON. At most 8 MB."),
        widget=forms.ClearableFileInput(attrs={"accept": ".txt,.json,text/plain,application/json"}),
    )

    def clean_file(self) -> Any:
        file = self.cleaned_data["file"]
        if file.size > MAX_BYTES:
            raise forms.ValidationError(_("The file is larger than 8 MB."))
        return file
