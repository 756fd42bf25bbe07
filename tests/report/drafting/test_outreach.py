import pytest
from tests.factories import NOON, ProgrammeFactory, VenueFactory

from qixue.programme.models import Passage, Programme, SourceDocument
from qixue.report.drafting.material import Material
from qixue.report.drafting.outreach import venues_text

pytestmark = pytest.mark.django_db


def programme_that_opens(*quotes: str) -> Programme:
    programme = ProgrammeFactory()
    document = SourceDocument.objects.create(programme=programme, code=f"DOC-{programme.code}", title="总结")
    for position, quote in enumerate(quotes, start=1):
        Passage.objects.create(
            document=document, topic=Passage.Topic.VENUE, code=f"V{position}", position=position, quote=quote
        )
    return programme


def test_opened_venues_are_those_that_the_programme_itself_names() -> None:
    for code, name in (("G1", "文化站"), ("G2", "农家书屋"), ("G3", "瑶族传承基地")):
        VenueFactory(code=code, name=name, is_group=True, is_open_to_public=True, region=None)
    mine = programme_that_opens("各镇利用文化站、农家书屋开放")
    programme_that_opens("瑶族传承基地向公众开放")

    text = venues_text(Material(mine, [], NOON))

    assert text == "有关镇利用文化站、农家书屋等场地向公众开放。"


def test_programme_whose_sources_name_no_venue_says_nothing_of_them() -> None:
    VenueFactory(code="G1", name="文化站", is_group=True, is_open_to_public=True, region=None)
    programme_that_opens("各镇利用文化站开放")
    mine = programme_that_opens("镇里的场地开放")

    assert venues_text(Material(mine, [], NOON)) == ""
