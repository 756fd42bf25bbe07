"""The smallest valid object of each kind, with no surprises."""

import datetime
import uuid

import factory

from qixue.core.clock import SHANGHAI
from qixue.participation.models import DoorDevice, Evidence, ListedPerson, Registration
from qixue.people.models import Organisation, Resident, Role, RoleAssignment, User
from qixue.places.models import Region, Venue
from qixue.programme.models import Activity, Brand, Programme, Session

NOON = datetime.datetime(2026, 11, 4, 12, tzinfo=SHANGHAI)


class RegionFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Region
        django_get_or_create = ("code",)

    code = "441800"
    name = "清远市"
    short_name = "清远"
    name_en = "Qingyuan"
    level = Region.Level.CITY
    unit_type = Region.UnitType.CITY
    parent = None
    path = factory.LazyAttribute(lambda region: f"{region.parent.path if region.parent else ''}{region.code}/")


class OrganisationFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Organisation

    code = factory.Sequence(lambda number: f"ORG-{number}")
    name = factory.LazyAttribute(lambda organisation: f"单位{organisation.code}")
    kind = Organisation.Kind.LIBRARY
    region = factory.SubFactory(RegionFactory)
    parent = None
    path = factory.LazyAttribute(
        lambda organisation: f"{organisation.parent.path if organisation.parent else ''}{organisation.code}/"
    )


class UserFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = User

    username = factory.Sequence(lambda number: f"user-{number}")
    display_name = factory.LazyAttribute(lambda user: f"姓名{user.username}")


class RoleAssignmentFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = RoleAssignment

    user = factory.SubFactory(UserFactory)
    organisation = factory.SubFactory(OrganisationFactory)
    role = Role.ORGANISER
    granted_at = NOON


class ResidentFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Resident

    name = "李明"
    birth_year = 1952  # whom others sign up is asked for it


class MemberFactory(ResidentFactory):
    """A resident who signs in, and need not say when they were born."""

    birth_year = None
    user = factory.SubFactory(UserFactory)


class ProgrammeFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Programme

    code = factory.Sequence(lambda number: f"week-{number}")
    name = "全民终身学习活动周"
    short_name = "活动周"
    year = 2026
    state = Programme.State.PUBLISHED
    region = factory.SubFactory(RegionFactory)
    organisation = factory.SubFactory(OrganisationFactory)


class BrandFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Brand

    code = factory.Sequence(lambda number: f"BRAND-{number}")
    name = "凤城讲堂"
    region = factory.SubFactory(RegionFactory)


class ActivityFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Activity

    programme = factory.SubFactory(ProgrammeFactory)
    organisation = factory.LazyAttribute(lambda activity: activity.programme.organisation)
    code = factory.Sequence(lambda number: f"A{number}")
    title = "稻田养鱼"
    kind = Activity.Kind.TRAINING
    state = Activity.State.PUBLISHED


class VenueFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Venue

    code = factory.Sequence(lambda number: f"V-{number}")  # V1 and the like are those that tests choose
    name = "镇文化站"
    kind = Venue.Kind.CULTURAL_STATION
    region = factory.SubFactory(RegionFactory)


class SessionFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Session

    activity = factory.SubFactory(ActivityFactory)
    number = factory.Sequence(lambda number: number + 1)
    starts_at = NOON - datetime.timedelta(hours=3)
    ends_at = NOON - datetime.timedelta(hours=1)
    state = Session.State.HELD
    counting_rule = Session.CountingRule.LIST_AND_OTHERS


class OpenSessionFactory(SessionFactory):
    """A session two days after noon for which people can sign up."""

    starts_at = NOON + datetime.timedelta(days=2)
    ends_at = NOON + datetime.timedelta(days=2, hours=2)
    state = Session.State.PLANNED
    seat_count = 2


class ListedPersonFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = ListedPerson

    organisation = factory.SubFactory(OrganisationFactory)
    resident = factory.SubFactory(ResidentFactory)
    added_at = NOON


class EvidenceFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Evidence

    kind = Evidence.Kind.NOTE
    text = "签到表第1页"
    digest = "0" * 64
    created_at = NOON


class RegistrationFactory(factory.django.DjangoModelFactory):
    """A resident with a seat; one with a waiting number waits. The counters of the session are not kept."""

    class Meta:
        model = Registration

    session = factory.SubFactory(OpenSessionFactory)
    resident = factory.SubFactory(MemberFactory)
    waiting_number = None
    state = factory.LazyAttribute(lambda row: "waiting" if row.waiting_number else "confirmed")
    registered_at = NOON
    registered_by = factory.LazyAttribute(lambda row: row.resident.user)
    door_code = factory.Sequence(lambda number: f"{number % 1_000_000:06}")  # at random two could have the same
    cancelled_at = factory.LazyAttribute(lambda row: NOON if row.state == "cancelled" else None)
    cancel_reason = factory.LazyAttribute(lambda row: "withdrawn" if row.state == "cancelled" else "")


class DoorDeviceFactory(factory.django.DjangoModelFactory):
    """A device whose token is `tests.door.DEVICE_TOKEN`."""

    class Meta:
        model = DoorDevice
        skip_postgeneration_save = True

    name = "东门1号"
    digest = DoorDevice.digest_of(f"{DoorDevice.PREFIX}of-the-factory")
    organisation = factory.SubFactory(OrganisationFactory)
    valid_until = NOON + datetime.timedelta(days=3)
    made_by = factory.SubFactory(UserFactory)
    made_at = NOON
    client_uuid = factory.LazyFunction(uuid.uuid4)

    @factory.post_generation
    def sessions(self, create: bool, extracted: list[Session] | None, **_kwargs: object) -> None:
        """The sessions of the device; their organisation keeps what it sends, and whoever made it works there."""
        if extracted:
            self.sessions.set(extracted)
            self.organisation = extracted[0].activity.organisation
            self.save()
        RoleAssignmentFactory(user=self.made_by, organisation=self.organisation)


def key() -> uuid.UUID:
    """A fresh key, as a form or device makes one."""
    return uuid.uuid4()
