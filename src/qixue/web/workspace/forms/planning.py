"""What planners narrow the calendar and its lists by. An answer that cannot be read is named and narrows nothing."""

import datetime
from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from qixue.places.models import Region
from qixue.programme.models import Activity, Programme
from qixue.programme.queries.calendar import Wanted
from qixue.web.forms import Form
from qixue.web.workspace.forms.fields import DayField, PlainCharField

Level = Region.Level


class NarrowForm(Form):
    place = forms.ChoiceField(label=_("Place"), required=False)
    kind = forms.ChoiceField(label=_("Kind"), required=False, choices=[("", _("Any")), *Activity.Kind.choices])
    organisation = PlainCharField(label=_("Organisation"), max_length=60, required=False)

    def __init__(self, data: QueryDict, *, programme: Programme) -> None:
        super().__init__(data)
        below = Region.objects.within(programme.region).filter(level__in=(Level.COUNTY, Level.TOWNSHIP))
        self.regions = {region.code: region for region in [programme.region, *below.order_by("code")]}
        field = self.fields["place"]
        if isinstance(field, forms.ChoiceField):
            field.choices = [("", _("Any")), (programme.region.code, programme.region.local_name), *self.by_county()]

    def by_county(self) -> list[tuple[str, list[tuple[str, str]]]]:
        """Each county with its towns, in the order of the codes."""
        groups: dict[int, tuple[str, list[tuple[str, str]]]] = {}
        for region in self.regions.values():
            name = region.local_name
            if region.level == Level.COUNTY:
                whole = gettext("All of %(county)s") % {"county": name}
                groups[region.pk] = name, [(region.code, whole)]
            elif region.parent_id in groups:
                groups[region.parent_id][1].append((region.code, name))
        return list(groups.values())

    def answer(self, name: str) -> Any:
        """None or empty where there is none, or none that can be read."""
        return self.cleaned_data.get(name) if self.is_valid() or name in self.cleaned_data else None

    def wanted(self) -> Wanted:
        region = self.regions.get(self.answer("place") or "")
        return Wanted(
            place_path=region.path if region else "",
            is_place_only="only" in self.data and region is not None,
            organisation=self.answer("organisation") or "",
            kind=self.answer("kind") or "",
            is_own_only="own" in self.data,
        )

    @property
    def is_narrowed(self) -> bool:
        return any(self.answer(name) for name in self.fields)


class DaysForm(NarrowForm):
    first = DayField(label=_("From"), max_length=20, required=False)
    last = DayField(label=_("Until"), max_length=20, required=False)

    def days(self) -> tuple[datetime.date | None, datetime.date | None]:
        return self.answer("first"), self.answer("last")
