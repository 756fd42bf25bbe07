"""The smallest valid records of returns, with no surprises; see factories.py for those they hang on."""

import datetime

import factory

from qixue.core.clock import local_day
from qixue.core.quantity import REPORT
from qixue.programme.models import ReturnCall, ReturnField, ReturnSubmission
from tests.factories import NOON, OrganisationFactory, ProgrammeFactory

DUE = local_day(NOON) + datetime.timedelta(days=5)


class ReturnCallFactory(factory.django.DjangoModelFactory):
    """A draft; `is_open=True` makes one that was opened at noon."""

    class Meta:
        model = ReturnCall

    class Params:
        is_open = factory.Trait(state=ReturnCall.State.OPEN, opened_at=NOON)

    programme = factory.SubFactory(ProgrammeFactory)
    organisation = factory.LazyAttribute(lambda call: call.programme.organisation)
    number = factory.Sequence(lambda number: number + 1)
    name = "活动周情况填报"
    town_due_on = DUE
    county_due_on = DUE + datetime.timedelta(days=2)


class ReturnFieldFactory(factory.django.DjangoModelFactory):
    """A typed number of media reports."""

    class Meta:
        model = ReturnField

    call = factory.SubFactory(ReturnCallFactory)
    position = factory.Sequence(lambda number: number + 1)
    kind = ReturnField.Kind.NUMBER
    name = "媒体报道"
    rule = "按媒体和标题去重，转载不计。"
    unit = REPORT.code


class ReturnSubmissionFactory(factory.django.DjangoModelFactory):
    """An empty return of an organisation below the one that asks."""

    class Meta:
        model = ReturnSubmission

    call = factory.SubFactory(ReturnCallFactory, is_open=True)
    organisation = factory.SubFactory(OrganisationFactory, parent=factory.SelfAttribute("..call.organisation"))
    level = ReturnSubmission.Level.TOWN
