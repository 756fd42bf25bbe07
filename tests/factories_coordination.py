"""The smallest valid records of coordination, with no surprises; see factories.py for those they hang on."""

import datetime

import factory

from qixue.core.clock import local_day
from qixue.programme.models import FollowUp, FollowUpStep
from tests.factories import NOON, OrganisationFactory, ProgrammeFactory


class FollowUpFactory(factory.django.DjangoModelFactory):
    """Assigned by the organisation that keeps the programme to one below it, a week before its deadline."""

    class Meta:
        model = FollowUp

    programme = factory.SubFactory(ProgrammeFactory)
    assigner = factory.LazyAttribute(lambda item: item.programme.organisation)
    owner = factory.SubFactory(OrganisationFactory, parent=factory.SelfAttribute("..assigner"))
    title = "报送活动方案"
    due_on = local_day(NOON) + datetime.timedelta(days=7)
    waiting_since = NOON
    told_on = local_day(NOON)


class FollowUpStepFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = FollowUpStep

    follow_up = factory.SubFactory(FollowUpFactory)
    kind = FollowUpStep.Kind.ASSIGNED
    at = NOON
    organisation = factory.LazyAttribute(lambda step: step.follow_up.owner)
    due_on = factory.LazyAttribute(lambda step: step.follow_up.due_on)
