from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from qixue.core.typed import half_width
from qixue.swap.models import Listing
from qixue.web.forms import Form
from qixue.web.me.forms.swap_choices import choices_of


class EnterForm(Form):
    """Which of one's things go into a round, and whether one comes. Those that are `there` are not offered, and no
    fault when sent again.
    """

    things = forms.MultipleChoiceField(label=_("What you bring"), widget=forms.CheckboxSelectMultiple)
    comes = forms.ChoiceField(
        label=_("Do you come?"),
        choices=(("yes", _("Yes, I bring it")), ("later", _("I do not know yet: please ask me later"))),
        widget=forms.RadioSelect,
    )

    def __init__(self, *args: Any, things: list[Listing], there: list[Listing], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offered = [*things, *there] if self.is_bound else things
        self.by_key = {str(thing.pk): thing for thing in offered}
        self.fields["things"].choices = choices_of(offered)  # type: ignore[attr-defined]

    def comes_for_sure(self) -> bool | None:
        """None for those who do not know yet."""
        return True if self.cleaned_data["comes"] == "yes" else None

    def chosen(self) -> list[Listing]:
        return [self.by_key[key] for key in self.cleaned_data["things"]]


class CodeForm(Form):
    """The number on the phone of whoever receives the thing."""

    code = forms.CharField(
        label=_("The six digits on the other person's phone"),
        max_length=12,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
    )

    def clean_code(self) -> str:
        return half_width(self.cleaned_data["code"]).replace(" ", "")
