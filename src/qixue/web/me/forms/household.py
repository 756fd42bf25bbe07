from typing import Any, cast

from django import forms
from django.utils.translation import gettext_lazy as _

from qixue.people.models import Resident
from qixue.people.operations.residents import ResidentDetails
from qixue.places.models import Region
from qixue.web.forms import Form
from qixue.web.workspace.forms.fields import BirthYearField, PersonNameField


class TownField(forms.ModelChoiceField):
    """A town or subdistrict, named with its county: two towns can share a name."""

    def label_from_instance(self, town: Any) -> str:
        return str(town.name_with_parent)


class ProfileForm(Form):
    """All that is asked of a person."""

    name = PersonNameField(
        label=_("Full name"),
        max_length=100,
        widget=forms.TextInput(attrs={"autocomplete": "name", "spellcheck": "false"}),
    )
    birth_year = BirthYearField(
        label=_("Year of birth"),
        required=False,
        help_text=_("Only the year, for example 1952: some sessions are for children or for older people."),
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "bday-year"}),
    )
    home_region = TownField(
        label=_("Home town or subdistrict"), queryset=Region.objects.none(), required=False, empty_label=_("Not said")
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        towns = Region.objects.filter(level=Region.Level.TOWNSHIP).select_related("parent").order_by("code")
        field = cast(TownField, self.fields["home_region"])
        field.queryset = towns.exclude(unit_type=Region.UnitType.SPECIAL)

    def details(self) -> ResidentDetails:
        answers = self.cleaned_data
        return ResidentDetails(
            name=answers["name"],
            birth_year=answers["birth_year"],
            home_region=answers["home_region"],
            has_consent=answers.get("has_consent", False),
        )


class DependentForm(ProfileForm):
    """Somebody of whom a resident takes care: a child, a parent, a grandparent."""

    has_consent = forms.BooleanField(
        label=_("I am mother, father or guardian of this child under 14 and agree to the rules for children"),
        required=False,
        help_text=_(
            "For a child under 14 only, and until the end of the year in which it turns 14: without it nothing is "
            "kept. For an elder leave it empty."
        ),
    )

    field_order = ("name", "birth_year", "home_region", "has_consent")

    def __init__(self, *args: Any, has_agreed: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        year = self.fields["birth_year"]
        year.required = True  # only the year says whether a guardian has to agree
        year.help_text = _("Only the year: for a child under 14 you agree below. For an elder a rough year will do.")
        if has_agreed:  # a consent is taken back on a page of its own
            self.fields["has_consent"].widget = forms.HiddenInput()


def initial_of(resident: Resident) -> dict[str, Any]:
    return {
        "name": resident.name,
        "birth_year": resident.birth_year or "",
        "home_region": resident.home_region_id,
        "has_consent": resident.consents.filter(withdrawn_at=None).exists(),
    }
