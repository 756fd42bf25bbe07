"""Writes to brands and their series, from the programme in which they are shown."""

import dataclasses
import datetime
import uuid
from dataclasses import dataclass

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext_lazy as _

from qixue.core.models import record_audit
from qixue.core.refusal import Refused
from qixue.people.models import User
from qixue.programme.models import Brand, PlanLine, Programme, Series, Session
from qixue.programme.operations.listings import keep_listings
from qixue.programme.operations.programme_parts import lock_brand
from qixue.programme.operations.programmes import count_edit, lock_programme


@dataclass(frozen=True)
class BrandDetails:
    name: str
    name_en: str = ""
    slogan: str = ""
    slogan_en: str = ""
    introduction: str = ""
    introduction_en: str = ""

    def values(self) -> dict[str, object]:
        return {field.name: getattr(self, field.name) for field in dataclasses.fields(self)}


@transaction.atomic
def create_brand(
    programme: Programme, *, details: BrandDetails, client_uuid: uuid.UUID, by: User, at: datetime.datetime
) -> Brand:
    """Begin a brand in the place of the programme, kept by its organisation. The same form sent twice makes one.

    Refused: brand_name_taken, and those of `lock_programme`.
    """
    programme = lock_programme(programme, None, by=by)
    code = f"B-{client_uuid.hex[:16]}"
    if existing := Brand.objects.filter(code=code).first():
        return existing
    if Brand.objects.filter(region=programme.region, name=details.name).exists():
        sentence = _("There is a brand of this name already; please take it up from the list.")
        raise Refused("brand_name_taken", sentence, field="name")
    brand = Brand.objects.create(
        code=code, region=programme.region, organisation=programme.organisation, **details.values()
    )
    brand.programmes.add(programme)
    count_edit(programme)
    record_audit("brand.created", brand, by=by, at=at, details={"programme": programme.code, "name": brand.name})
    return brand


@transaction.atomic
def edit_brand(
    programme: Programme, *, brand: Brand, details: BrandDetails, version: int, by: User, at: datetime.datetime
) -> Brand:
    """Change what a brand is called and what it is about. `version` is the edit count of the brand as it was read.

    Refused: those of `lock_brand` and `lock_programme`.
    """
    programme = lock_programme(programme, None, by=by)
    brand = lock_brand(programme, brand, version, by=by)
    for name, value in details.values().items():
        setattr(brand, name, value)
    brand.edit_count += 1
    brand.save(update_fields=[*details.values(), "edit_count"])
    keep_listings(Session.objects.filter(activity__brand=brand))
    count_edit(programme)
    record_audit("brand.edited", brand, by=by, at=at, details={"programme": programme.code})
    return brand


@transaction.atomic
def take_up_brand(programme: Programme, *, brand: Brand, by: User, at: datetime.datetime) -> None:
    """Show an existing brand in the programme; again changes nothing. Refused: those of `lock_programme`."""
    programme = lock_programme(programme, None, by=by)
    if brand.programmes.filter(pk=programme.pk).exists():
        return
    brand.programmes.add(programme)
    count_edit(programme)
    record_audit("brand.taken_up", brand, by=by, at=at, details={"programme": programme.code})


@transaction.atomic
def leave_brand(programme: Programme, *, brand: Brand, version: int, by: User, at: datetime.datetime) -> None:
    """Take a brand out of the programme, not out of the world; again changes nothing.

    Refused: brand_in_use, and those of `lock_programme`.
    """
    if not brand.programmes.filter(pk=programme.pk).exists():
        return
    programme = lock_programme(programme, version, by=by)
    planned = PlanLine.objects.filter(brand=brand, version__plan__programme=programme)
    if brand.activities.filter(programme=programme).exists() or planned.exists():
        raise Refused("brand_in_use", _("Activities of this programme run under the brand, so it stays."))
    brand.programmes.remove(programme)
    count_edit(programme)
    record_audit("brand.left", brand, by=by, at=at, details={"programme": programme.code})


@transaction.atomic
def add_series(
    programme: Programme, *, brand: Brand, name: str, name_en: str, by: User, at: datetime.datetime
) -> Series:
    """Add a series to a brand; one of the same name is returned.

    Refused: those of `lock_brand` and `lock_programme`.
    """
    programme = lock_programme(programme, None, by=by)
    brand = lock_brand(programme, brand, None, by=by)
    if existing := brand.series.filter(name=name).first():
        return existing
    position = int(brand.series.aggregate(last=Max("position"))["last"] or 0) + 1
    series = Series.objects.create(
        brand=brand, code=f"S-{uuid.uuid4().hex[:16]}", position=position, name=name, name_en=name_en
    )
    count_edit(programme)
    record_audit("series.added", series, by=by, at=at, details={"brand": brand.code, "name": name})
    return series
