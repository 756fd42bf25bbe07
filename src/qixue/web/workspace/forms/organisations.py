import uuid
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from qixue.people.directory import Wanted
from qixue.people.models import Organisation, OrganisationQuerySet
from qixue.people.operations.organisations import SET_FROM_ABOVE, OrganisationFacts
from qixue.people.queries import called, region_of_part
from qixue.places.models import Region
from qixue.web.forms import Form
from qixue.web.workspace.forms.fields import CodeField, PlainCharField, SuggestingInput

NOT_STATED = ("", _("not stated"))
LEVELS = (Region.Level.CITY, Region.Level.COUNTY, Region.Level.TOWNSHIP)
MOST_ALIASES = 20
MOST_SUGGESTED = 200


class RegionField(forms.ModelChoiceField):
    """A place; towns are set below their county."""

    def label_from_instance(self, region: Region) -> str:
        return f"{'　' * (region.path.count('/') - 1)}{region.local_name}"


def regions_below(parent: Organisation | None, kept: Region | None) -> Any:
    """The places for what stands below an organisation: those in its own one; and the one that is stated now."""
    regions = Region.objects.filter(level__in=LEVELS)
    around = region_of_part(parent) if parent else None
    offered = regions.filter(path__startswith=around.path) if around else regions
    return (offered | Region.objects.filter(pk=kept.pk) if kept else offered).order_by("path", "pk")


class OrganisationForm(Form):
    """What is known about an organisation. `version` is the number of edits that the page was made from.

    `is_own`: its kind and place are shown and stay, because only an organisation above it changes them.
    """

    name = PlainCharField(label=_("Name"), max_length=100, help_text=_("The full name, as on its seal."))
    name_en = PlainCharField(label=_("Name in English"), max_length=160, required=False)
    kind = forms.ChoiceField(label=_("Kind"), choices=[NOT_STATED, *Organisation.Kind.choices], required=False)
    region = RegionField(label=_("Place"), queryset=Region.objects.none(), required=False, empty_label=NOT_STATED[1])
    phone = PlainCharField(
        label=_("Phone"),
        max_length=30,
        required=False,
        help_text=_("Shown to everybody, for example 0763-3360000."),
        widget=forms.TextInput(attrs={"inputmode": "tel"}),
    )
    aliases = PlainCharField(
        label=_("Other names"),
        max_length=2000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Short and former names, one a line; the search finds them too."),
    )
    version = forms.IntegerField(required=False, widget=forms.HiddenInput)

    def __init__(
        self,
        *args: Any,
        parent: Organisation | None,
        kept: Region | None = None,
        is_own: bool = False,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.fields["region"].queryset = regions_below(parent, kept)  # type: ignore[attr-defined]  # among records
        for name in SET_FROM_ABOVE if is_own else ():
            self.fields[name].disabled = True
            self.fields[name].help_text = _("Only an organisation above it changes this.")

    def clean_aliases(self) -> list[str]:
        names = [line.strip() for line in self.cleaned_data["aliases"].splitlines() if line.strip()]
        if len(names) > MOST_ALIASES or any(len(name) > 100 for name in names):
            raise forms.ValidationError(_("Please write at most 20 names of at most 100 characters, one a line."))
        return names

    def facts(self) -> OrganisationFacts:
        names = ("name", "name_en", "kind", "region", "phone")
        return OrganisationFacts(**{name: self.cleaned_data[name] for name in names})


class NewOrganisationForm(OrganisationForm):
    """A new one also has a code, which stays; where none is given one is made."""

    code = CodeField(
        label=_("Code"),
        max_length=40,
        required=False,
        help_text=_("Letters, digits and dashes, for example ln-sanpai. It stays; left empty, one is made."),
    )
    client_uuid = forms.UUIDField(initial=uuid.uuid4, widget=forms.HiddenInput)
    field_order = ["name", "name_en", "kind", "region", "phone", "code"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        del self.fields["aliases"], self.fields["version"]


def initial_of(organisation: Organisation) -> dict[str, Any]:
    names = ("name", "name_en", "kind", "phone")
    aliases = organisation.aliases.order_by("pk").values_list("name", flat=True)
    return {
        **{name: getattr(organisation, name) for name in names},
        "region": organisation.region_id,
        "aliases": "\n".join(aliases),
        "version": organisation.edit_count,
    }


class MoveForm(Form):
    """The organisation under which another is to stand, by name or code: there may be thousands to choose from."""

    parent = forms.CharField(
        label=_("New place in the tree, below"),
        max_length=100,
        widget=SuggestingInput(),
        help_text=_("The code or the full name of the organisation above it."),
    )

    def __init__(self, *args: Any, organisations: OrganisationQuerySet, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.organisations = organisations
        widget = self.fields["parent"].widget
        if isinstance(widget, SuggestingInput):
            widget.suggestions = list(organisations.values_list("code", "name")[:MOST_SUGGESTED])

    def clean_parent(self) -> Organisation:
        found = list(self.organisations.filter(called(self.cleaned_data["parent"]))[:2])
        if len(found) != 1:
            raise forms.ValidationError(
                _("Please give the code or the full name of one organisation in your part of the tree.")
            )
        return found[0]


class FindOrganisationsForm(Form):
    """What the list is narrowed by; an answer that is not offered counts as none."""

    q = forms.CharField(label=_("Name or code"), required=False, max_length=60)
    kind = forms.ChoiceField(
        label=_("Kind"), required=False, choices=[("", pgettext_lazy("filter", "Any")), *Organisation.Kind.choices]
    )
    place = RegionField(
        label=_("Place"),
        required=False,
        queryset=Region.objects.none(),
        empty_label=pgettext_lazy("filter", "Any"),
        to_field_name="code",
    )

    def __init__(self, *args: Any, places: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["place"].queryset = places  # type: ignore[attr-defined]  # a choice among records

    def wanted(self) -> Wanted:
        self.is_valid()
        answers = self.cleaned_data
        return Wanted(answers.get("q", "").strip(), answers.get("kind", ""), answers.get("place"))
