"""The smallest valid records of planning, with no surprises; see factories.py for those they hang on."""

import datetime

import factory

from qixue.places.models import Room
from qixue.programme.models import Activity, Plan, PlanLine, PlanVersion
from tests.factories import NOON, OrganisationFactory, ProgrammeFactory, VenueFactory


class RoomFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Room

    venue = factory.SubFactory(VenueFactory)
    code = factory.Sequence(lambda number: f"R{number}")
    name = "报告厅"


class PlanFactory(factory.django.DjangoModelFactory):
    """A plan of an organisation below the one that keeps the programme."""

    class Meta:
        model = Plan

    programme = factory.SubFactory(ProgrammeFactory)
    organisation = factory.SubFactory(OrganisationFactory, parent=factory.SelfAttribute("..programme.organisation"))
    invited_at = NOON


class PlanVersionFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = PlanVersion

    plan = factory.SubFactory(PlanFactory)
    number = 1


class PlanLineFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = PlanLine

    version = factory.SubFactory(PlanVersionFactory)
    position = factory.Sequence(lambda number: number + 1)
    title = "稻田养鱼"
    kind = Activity.Kind.TRAINING
    starts_at = NOON
    ends_at = NOON + datetime.timedelta(hours=2)
    venue = factory.SubFactory(VenueFactory)
