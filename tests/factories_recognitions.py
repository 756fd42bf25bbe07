"""The smallest valid records of recognitions, with no surprises; see factories.py for those they hang on."""

import datetime

import factory

from qixue.core.clock import local_day
from qixue.people.models import Organisation
from qixue.places.models import Region
from qixue.programme.models import Award, Nomination, RecognitionCall
from tests.factories import NOON, OrganisationFactory, ProgrammeFactory, RegionFactory

TODAY = local_day(NOON)


class CallFactory(factory.django.DjangoModelFactory):
    """A call of the city, open until today, that nobody reviews before it."""

    class Meta:
        model = RecognitionCall

    programme = factory.SubFactory(ProgrammeFactory)
    organisation = factory.SelfAttribute("programme.organisation")
    kind = RecognitionCall.Kind.LEARNING_STAR
    level = Award.Level.CITY
    name = "百姓学习之星推介"
    conditions = "坚持学习，带动身边的人。"
    nominate_until = TODAY
    opened_at = NOON


class NominationFactory(factory.django.DjangoModelFactory):
    """A draft of an organisation below the one that decides."""

    class Meta:
        model = Nomination

    call = factory.SubFactory(CallFactory)
    organisation = factory.SubFactory(OrganisationFactory, parent=factory.SelfAttribute("..call.organisation"))
    name = "盘秀英"
    story = "七十岁学会智能手机，教会了全村老人。"


def on_notice(**values: object) -> Nomination:
    """A candidate whose public notice runs until tomorrow."""
    until = TODAY + datetime.timedelta(days=1)
    given = {"state": "on_notice", "is_public": True, "consented_at": NOON, "notice_from": TODAY, "notice_until": until}
    return NominationFactory(**{**given, **values})


def rung(parent: Organisation, code: str, level: Region.Level) -> Organisation:
    """An organisation below another, in a region of the level."""
    unit = Region.UnitType.COUNTY if level == Region.Level.COUNTY else Region.UnitType.TOWN
    region = RegionFactory(code=code, level=level, unit_type=unit, parent=parent.region)
    return OrganisationFactory(parent=parent, region=region)
