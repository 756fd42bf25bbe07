"""Records of the programme as the API shows them: both languages side by side, times with the offset of Shanghai."""

import datetime
from typing import Annotated, Any

from pydantic import BaseModel

from qixue.api.schemas.parts import Moment, Named, Text, choice
from qixue.people.models import Organisation
from qixue.places.models import Region, Venue
from qixue.programme.models import Activity, Brand, Programme, Session


class RegionOut(BaseModel):
    code: str
    name: Text
    level: Annotated[Region.Level, choice(Region.Level)]
    unit_type: Annotated[Region.UnitType, choice(Region.UnitType)]
    urban_rural_class: str
    parent: str | None
    child_count: int

    @classmethod
    def of(cls, region: Any) -> "RegionOut":
        """`child_count` and `parent_code` are annotated by the query."""
        return cls(
            code=region.code,
            name=Text(zh=region.name, en=region.name_en),
            level=region.level,
            unit_type=region.unit_type,
            urban_rural_class=region.urban_rural_class,
            parent=region.parent_code,
            child_count=region.child_count,
        )


class OrganisationOut(BaseModel):
    code: str
    name: Text
    kind: str
    region: Named | None
    parent: Named | None
    is_group: bool
    group_size: int | None

    @classmethod
    def of(cls, organisation: Organisation) -> "OrganisationOut":
        return cls(
            code=organisation.code,
            name=Text(zh=organisation.name, en=organisation.name_en),
            kind=organisation.kind,
            region=Named.of(organisation.region),
            parent=Named.of(organisation.parent),
            is_group=organisation.is_group,
            group_size=organisation.group_size,
        )


class SeriesOut(BaseModel):
    code: str
    name: Text


class BrandOut(BaseModel):
    code: str
    name: Text
    slogan: Text
    introduction: Text
    region: Named | None
    series: list[SeriesOut]

    @classmethod
    def of(cls, brand: Brand) -> "BrandOut":
        """The series must be prefetched in their order."""
        return cls(
            code=brand.code,
            name=Text(zh=brand.name, en=brand.name_en),
            slogan=Text(zh=brand.slogan, en=brand.slogan_en),
            introduction=Text(zh=brand.introduction, en=brand.introduction_en),
            region=Named.of(brand.region),
            series=[SeriesOut(code=item.code, name=Text(zh=item.name, en=item.name_en)) for item in brand.series.all()],
        )


class ProgrammeOut(BaseModel):
    code: str
    name: Text
    kind: Annotated[Programme.Kind, choice(Programme.Kind)]
    state: Annotated[Programme.State, choice(Programme.State)]
    year: int
    theme: Text
    starts_on: datetime.date | None
    ends_on: datetime.date | None
    region: Named | None
    organisation: Named | None
    is_synthetic: bool

    @classmethod
    def of(cls, programme: Programme) -> "ProgrammeOut":
        return cls(
            code=programme.code,
            name=Text(zh=programme.name, en=programme.name_en),
            kind=Programme.Kind(programme.kind),
            state=Programme.State(programme.state),
            year=programme.year,
            theme=Text(zh=programme.theme, en=programme.theme_en),
            starts_on=programme.starts_on,
            ends_on=programme.ends_on,
            region=Named.of(programme.region),
            organisation=Named.of(programme.organisation),
            is_synthetic=programme.is_synthetic,
        )


class VenueOut(BaseModel):
    code: str
    name: Text
    address: str
    region: Named | None

    @classmethod
    def of(cls, venue: Venue | None) -> "VenueOut | None":
        if venue is None:
            return None
        name = Text(zh=venue.name, en=venue.name_en)
        return VenueOut(code=venue.code, name=name, address=venue.address, region=Named.of(venue.region))


class ActivityOut(BaseModel):
    code: str
    title: Text
    kind: Annotated[Activity.Kind, choice(Activity.Kind)]
    audience: Annotated[Activity.Audience, choice(Activity.Audience)]
    state: Annotated[Activity.State, choice(Activity.State)]
    description: Text
    brand: Named | None
    series: Named | None
    organisation: Named | None

    @classmethod
    def of(cls, activity: Activity) -> "ActivityOut":
        return cls(
            code=activity.code,
            title=Text(zh=activity.title, en=activity.title_en),
            kind=Activity.Kind(activity.kind),
            audience=Activity.Audience(activity.audience),
            state=Activity.State(activity.state),
            description=Text(zh=activity.description, en=activity.description_en),
            brand=Named.of(activity.brand),
            series=Named.of(activity.series),
            organisation=Named.of(activity.organisation),
        )


class Seats(BaseModel):
    """Places of a session; `total` and `left` are null where there is no limit.

    `by_lot`: the seats will be drawn. Until then none is `left` to be had, and `entered` people are in the draw.
    """

    total: int | None
    taken: int
    left: int | None
    by_lot: bool
    entered: int | None

    @classmethod
    def of(cls, session: Any) -> "Seats":
        """Of a session `with_draws`."""
        has_left = session.seat_count is not None and not session.is_by_lot
        return cls(
            total=session.seat_count,
            taken=session.taken_count,
            left=session.seats_left if has_left else None,
            by_lot=session.is_by_lot,
            entered=session.entered_count,
        )


class SessionOut(BaseModel):
    id: int
    programme: str
    activity: ActivityOut
    number: int
    topic: Text
    speaker: str
    starts_at: Moment | None
    ends_at: Moment | None
    venue: VenueOut | None
    is_online: bool
    state: Annotated[Session.State, choice(Session.State)]
    counting_rule: Annotated[Session.CountingRule, choice(Session.CountingRule)]
    seats: Seats

    @classmethod
    def of(cls, session: Any) -> "SessionOut":
        return cls(
            id=session.pk,
            programme=session.activity.programme.code,
            activity=ActivityOut.of(session.activity),
            number=session.number,
            topic=Text(zh=session.topic, en=session.topic_en),
            speaker=session.speaker,
            starts_at=session.starts_at,
            ends_at=session.ends_at,
            venue=VenueOut.of(session.venue),
            is_online=session.is_online,
            state=session.state,
            counting_rule=session.counting_rule,
            seats=Seats.of(session),
        )
