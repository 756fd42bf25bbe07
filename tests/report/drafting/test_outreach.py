import pytest
from tests.factories import NOON, ActivityFactory, ProgrammeFactory, RegionFactory, SessionFactory, VenueFactory

from qixue.core.figures import FigureValue, Scope, registry
from qixue.core.quantity import ATTENDANCE, Quantity
from qixue.figures.queries import Figure
from qixue.places.models import Region
from qixue.programme.models import Activity, Passage, Programme, Session, SourceDocument
from qixue.report.drafting.material import Material, as_runs
from qixue.report.drafting.outreach import training_runs, venues_text

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


@pytest.mark.parametrize(
    ("state", "place", "said"),
    [
        (Session.State.HELD, Region.UrbanRural.RURAL, "各类培训共参加415人次。"),
        (Session.State.HELD, Region.UrbanRural.COUNTY_SEAT, "各类培训（含在街道和县城举办的）共参加415人次。"),
        (Session.State.CANCELLED, Region.UrbanRural.URBAN, "各类培训共参加415人次。"),
    ],
)
def test_trainings_in_town_are_not_passed_off_as_outreach(state: str, place: str, said: str) -> None:
    programme = ProgrammeFactory()
    town = RegionFactory(code="441826100", level=Region.Level.TOWNSHIP, unit_type="town", urban_rural_class=place)
    activity = ActivityFactory(programme=programme, kind=Activity.Kind.TRAINING)
    SessionFactory(activity=activity, state=state, venue=VenueFactory(region=town))
    scope = Scope(programme.code, kind=Activity.Kind.TRAINING)
    came = Figure(
        "attendance.training", registry.definitions["attendance"], scope, FigureValue(Quantity(415, ATTENDANCE))
    )

    text = "".join(run.text for run in as_runs(training_runs(Material(programme, [came], NOON))))

    assert text == said
