import uuid
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any, cast

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from qixue.core.pictures import LARGEST_PHOTO
from qixue.people.models import Resident
from qixue.places.models import Region
from qixue.programme.models import Programme
from qixue.swap.kinds import Kind
from qixue.swap.models import Listing, ListingReport, OneOf
from qixue.swap.operations.listings import LONGEST_NOTE, LONGEST_TITLE, ListingDetails
from qixue.swap.operations.reports import LONGEST_NOTE as LONGEST_REPORT
from qixue.swap.operations.wishes import OneOfDetails
from qixue.web.forms import Form
from qixue.web.me.forms.household import TownField
from qixue.web.me.forms.swap_choices import choices_of
from qixue.web.workspace.forms.fields import PlainCharField

SWAP, GIFT = "swap", "gift"


class PhotoForm(Form):
    """One photo at a time, so that what is sent stays small however many there are."""

    photo = forms.FileField(
        label=_("Photo"),
        help_text=_("The thing alone, without people, papers or the door of your home. At most 10 MB."),
        widget=forms.FileInput(attrs={"accept": "image/jpeg,image/png,image/webp"}),
    )

    def clean_photo(self) -> Any:
        photo = self.cleaned_data["photo"]
        if photo and photo.size > LARGEST_PHOTO:
            raise forms.ValidationError(_("The photo is larger than 10 MB; please take a smaller one."))
        return photo

    def photo_sent(self) -> bytes:
        sent = self.cleaned_data["photo"]
        return bytes(sent.read()) if sent else b""


class ListingForm(Form):
    """What is said of a thing: a word and three taps."""

    title = PlainCharField(
        label=pgettext_lazy("listing", "What it is"),
        max_length=LONGEST_TITLE,
        help_text=_("For example electric kettle, 1.5 litres."),
    )
    kind = forms.ChoiceField(label=_("Kind"), choices=[("", _("Please choose")), *Kind.choices])
    condition = forms.ChoiceField(label=_("Condition"), choices=Listing.Condition.choices, widget=forms.RadioSelect)
    way = forms.ChoiceField(
        label=_("For a swap, or as a gift?"),
        choices=[(SWAP, _("For a swap: I would like something for it")), (GIFT, _("As a gift: whoever needs it"))],
        widget=forms.RadioSelect,
    )
    place = TownField(
        label=_("Where it is"),
        queryset=Region.objects.none(),
        empty_label=_("Please choose"),
        help_text=_("Others see the town only, never an address."),
    )
    note = PlainCharField(
        label=pgettext_lazy("listing", "Note"),
        max_length=LONGEST_NOTE,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2, "maxlength": LONGEST_NOTE}),
    )

    def __init__(self, *args: Any, programme: Programme, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        towns = Region.objects.within(programme.region).filter(level=Region.Level.TOWNSHIP)
        field = cast(TownField, self.fields["place"])
        field.queryset = towns.exclude(unit_type=Region.UnitType.SPECIAL).select_related("parent").order_by("code")

    def details(self) -> ListingDetails:
        answers = self.cleaned_data
        return ListingDetails(
            title=answers["title"],
            kind=answers["kind"],
            condition=answers["condition"],
            place=answers["place"],
            is_gift=answers["way"] == GIFT,
            note=answers["note"],
        )


class NewListingForm(PhotoForm, ListingForm):
    """A thing in under a minute: a photo, a word, three taps. `key` makes it once however often it is sent."""

    key = forms.UUIDField(widget=forms.HiddenInput)
    field_order = ("photo",)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["photo"].required = False


def initial_of_new(resident: Resident) -> dict[str, Any]:
    return {"key": uuid.uuid4(), "place": resident.home_region_id}


def initial_of(listing: Listing) -> dict[str, Any]:
    return {
        "title": listing.title,
        "kind": listing.kind,
        "condition": listing.condition,
        "way": GIFT if listing.is_gift else SWAP,
        "place": listing.town.pk,
        "note": listing.note,
    }


class ThingsField(forms.MultipleChoiceField):
    """Some of several things."""

    widget = forms.CheckboxSelectMultiple

    def offer(self, listings: Iterable[Listing]) -> None:
        self.choices = choices_of(listings)


class TicksForm(Form):
    """What one wishes for, as ticks in one field. Without any it takes back what stood in the form; where nothing stood
    there it asks for one.
    """

    ticks: str
    none_ticked: Any
    had_some = forms.BooleanField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, before: Collection[str], usual: Collection[str] = (), **kwargs: Any) -> None:
        """`usual` are ticked where there was nothing before."""
        super().__init__(*args, initial={self.ticks: before or usual, "had_some": bool(before)}, **kwargs)

    def clean(self) -> dict[str, Any]:
        answers = super().clean() or {}
        if not answers.get("had_some") and answers.get(self.ticks) == []:
            self.add_error(self.ticks, self.none_ticked)
        return answers

    @property
    def takes_back(self) -> bool:
        """Whether it was sent to take all back."""
        return self.is_bound and self.is_valid() and not self.cleaned_data[self.ticks]


class WishForm(TicksForm):
    """Which of one's things one would give, each on its own; the only one is ticked from the start."""

    ticks, none_ticked = "giving", _("Please choose what you would give for it.")
    giving = ThingsField(label=_("I would give one of these for it"), required=False)

    def __init__(self, *args: Any, own: Sequence[Listing], before: Collection[str], **kwargs: Any) -> None:
        only = [str(thing.pk) for thing in own] if len(own) == 1 else []
        super().__init__(*args, before=before, usual=only, **kwargs)
        field = cast(ThingsField, self.fields["giving"])
        field.offer(own)
        field.help_text = _("Tick nothing to take the wish back.") if before else ""

    def keys(self) -> list[int]:
        return [int(key) for key in self.cleaned_data["giving"]]


class KindsForm(TicksForm):
    ticks, none_ticked = "kinds", _("Please choose one kind or more.")
    kinds = forms.MultipleChoiceField(
        label=_("Any thing of these kinds"),
        choices=Kind.choices,
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("Also what is listed later. You get one thing for it at most."),
    )


class OneOfForm(Form):
    """Several things of which one is enough."""

    key = forms.UUIDField(widget=forms.HiddenInput)
    name = PlainCharField(
        label=_("What you look for"), max_length=40, help_text=_("A word for yourself, for example rice cooker.")
    )
    wanted = ThingsField(label=_("Any of these, one only"))
    offered = ThingsField(label=_("I would give one of these for it"))

    def __init__(self, *args: Any, own: Iterable[Listing], liked: Iterable[Listing], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        cast(ThingsField, self.fields["offered"]).offer(own)
        cast(ThingsField, self.fields["wanted"]).offer(liked)

    def details(self) -> OneOfDetails:
        answers = self.cleaned_data
        return OneOfDetails(
            name=answers["name"],
            offered=[int(key) for key in answers["offered"]],
            wanted=[int(key) for key in answers["wanted"]],
        )


def initial_of_one_of(one_of: OneOf) -> Mapping[str, Any]:
    sides: dict[bool, list[str]] = {True: [], False: []}
    for listing, is_wanted in one_of.things.order_by("pk").values_list("listing_id", "is_wanted"):
        sides[is_wanted].append(str(listing))
    return {"key": one_of.client_uuid, "name": one_of.name, "wanted": sides[True], "offered": sides[False]}


class ReportForm(Form):
    reason = forms.ChoiceField(
        label=_("What is wrong with it?"), choices=ListingReport.Reason.choices, widget=forms.RadioSelect
    )
    note = PlainCharField(
        label=pgettext_lazy("report", "Note"),
        max_length=LONGEST_REPORT,
        required=False,
        help_text=_("Read by the staff only."),
        widget=forms.Textarea(attrs={"rows": 2, "maxlength": LONGEST_REPORT}),
    )
