from collections.abc import Iterable
from typing import Any, cast

from django import forms
from django.utils.translation import gettext_lazy as _

from qixue.places.models import Region
from qixue.swap.kinds import Kind
from qixue.swap.queries.listings import Narrowing
from qixue.web.forms import Form
from qixue.web.workspace.forms.fields import PlainCharField

ANY = ("", _("Any"))


class BrowseForm(Form):
    """What the things are narrowed by. An answer that is not offered counts as no answer."""

    q = PlainCharField(
        label=_("Search"),
        max_length=60,
        required=False,
        help_text=_("Characters, pinyin or initials, for example 水壶, shuihu or sh."),
        widget=forms.TextInput(attrs={"type": "search"}),
    )
    kind = forms.ChoiceField(label=_("Kind"), choices=[ANY, *Kind.choices], required=False)
    place = forms.ChoiceField(label=_("Town"), required=False)
    gift = forms.BooleanField(label=_("Gifts only"), required=False)

    def __init__(self, *args: Any, places: Iterable[Region], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = cast(forms.ChoiceField, self.fields["place"])
        field.choices = [ANY, *((each.code, each.name_with_parent) for each in places)]

    def narrowing(self) -> Narrowing:
        self.is_valid()
        answers = self.cleaned_data
        return Narrowing(
            words=answers.get("q", ""),
            kind=answers.get("kind", ""),
            place=answers.get("place", ""),
            is_gift=answers.get("gift", False),
        )
