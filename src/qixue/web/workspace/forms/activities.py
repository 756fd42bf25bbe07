import uuid
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from qixue.people.models import OrganisationQuerySet
from qixue.programme.models import Activity, Brand, Programme
from qixue.programme.operations.activities import ActivityDetails
from qixue.web.forms import Form
from qixue.web.workspace.forms.fields import PlainCharField, RecordField

NOTHING_CHOSEN = ("", _("Please choose"))


class ActivityForm(Form):
    """What an organiser says about an activity."""

    title = PlainCharField(label=_("Title"), max_length=100, help_text=_("As it will stand on the poster."))
    title_en = PlainCharField(label=_("Title in English"), max_length=160, required=False)
    kind = forms.ChoiceField(label=_("Kind"), choices=[NOTHING_CHOSEN, *Activity.Kind.choices])
    audience = forms.ChoiceField(label=_("For whom"), choices=[NOTHING_CHOSEN, *Activity.Audience.choices])
    brand = RecordField(label=_("Brand"), queryset=Brand.objects.none(), required=False, empty_label=_("No brand"))
    description = PlainCharField(label=_("Description"), max_length=2000, required=False, widget=forms.Textarea)
    description_en = PlainCharField(
        label=_("Description in English"), max_length=2000, required=False, widget=forms.Textarea
    )
    version = forms.IntegerField(required=False, widget=forms.HiddenInput)
    client_uuid = forms.UUIDField(initial=uuid.uuid4, widget=forms.HiddenInput)

    def __init__(self, *args: Any, programmes: list[Programme], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        brands = Brand.objects.filter(programmes__in=programmes).distinct().order_by("code")
        offer(self.fields["brand"], brands)

    def details(self) -> ActivityDetails:
        names = ("title", "title_en", "kind", "audience", "brand", "description", "description_en")
        return ActivityDetails(**{name: self.cleaned_data[name] for name in names})


class NewActivityForm(ActivityForm):
    """A first draft also says for which week and by whom; where there is only one answer it is not asked."""

    programme = RecordField(
        label=_("Programme"), queryset=Programme.objects.none(), empty_label=_("Please choose"), to_field_name="code"
    )
    organisation = RecordField(
        label=_("Organisation"), queryset=Programme.objects.none(), empty_label=_("Please choose"), to_field_name="code"
    )
    field_order = ["programme", "organisation"]

    def __init__(
        self, *args: Any, programmes: list[Programme], organisations: OrganisationQuerySet, **kwargs: Any
    ) -> None:
        super().__init__(*args, programmes=programmes, **kwargs)
        offer(
            self.fields["programme"], Programme.objects.filter(pk__in=[item.pk for item in programmes]).order_by("pk")
        )
        offer(self.fields["organisation"], organisations)


def offer(field: forms.Field, choices: Any) -> None:
    """Let a field be answered with these records; a single possible answer is chosen and not asked."""
    if not isinstance(field, forms.ModelChoiceField):
        return
    field.queryset = choices
    if field.required and choices.count() == 1:
        field.initial = getattr(choices.get(), field.to_field_name or "pk")
        field.widget = forms.HiddenInput()


def initial_of(activity: Activity) -> dict[str, Any]:
    names = ("title", "title_en", "kind", "audience", "description", "description_en", "version")
    return {**{name: getattr(activity, name) for name in names}, "brand": activity.brand_id}
