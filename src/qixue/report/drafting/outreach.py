"""Outreach to the countryside: trainings, opened places, what towns and schools do."""

from itertools import groupby

from qixue.places.models import TOWN, Region, Venue
from qixue.programme.models import Activity, Involvement, Passage, Session
from qixue.report.drafting.material import Material, facts, figure_run, paragraph, statement
from qixue.report.drafting.programme_facts import as_of_runs
from qixue.report.official_document import Block, Run
from qixue.report.phrases import clauses, enumeration, quoted, sentence

Topic = Passage.Topic
MOST_PROVIDERS = 10  # that are named


def outreach(material: Material) -> list[Block]:
    """Trainings by provider with their attendance, opened venues, activities of towns, measures of schools."""
    schools = "；".join(material.quotes(Topic.SCHOOL_MEASURE))
    rural = facts(material, [(f"农村活动{material.already}举办", "sessions_rural", "")])
    return [
        *paragraph(narrative(material), *training_runs(material), *statement("", rural)),
        *paragraph(venues_text(material), towns_text(material), sentence(schools)),
    ]


def narrative(material: Material) -> str:
    """What the records say of trainings; a passage that names who gives them is a sentence by itself."""
    text = clauses(material.quotes(Topic.TRAINING))
    return sentence(text if text.startswith("各") else f"面向农民的培训{text}") if text else ""


def training_runs(material: Material) -> list[Run | str]:
    """甲、乙承担稻田养鱼技术培训，丙承担茶叶种植培训: those who gave the same trainings stand together."""
    gave = "承担" if material.is_interim else "举办了"
    groups = [
        f"{enumeration(providers)}{gave}{enumeration(titles)}"
        for titles, providers in providers_by_trainings(material).items()
    ]
    attendance = material.figure("attendance", kind=Activity.Kind.TRAINING)
    reach = "（含在街道和县城举办的）" if has_trainings_in_town(material) else ""
    words = f"各类培训{reach}{'累计' if material.is_interim else '共'}参加"
    counted: list[Run | str] = []
    if attendance:
        counted = ["，" if groups else "", *as_of_runs(material), words, figure_run(attendance)]
    return ["，".join(groups), *counted, "。"] if groups or counted else []


def has_trainings_in_town(material: Material) -> bool:
    """The number of those who came is of all trainings: where some were in town it is not one of the country alone."""
    trainings = Session.objects.held().filter(
        activity__programme=material.programme, activity__kind=Activity.Kind.TRAINING
    )
    return trainings.filter(venue__region__urban_rural_class__in=TOWN).exists()


def providers_by_trainings(material: Material) -> dict[tuple[str, ...], list[str]]:
    """Who gave just these trainings; a list of more than ten names would tell nobody anything."""
    given = Involvement.objects.filter(
        activity__programme=material.programme,
        activity__kind=Activity.Kind.TRAINING,
        role=Involvement.Role.TRAINING_PROVIDER,
    ).order_by("activity__code", "organisation__code")
    by_provider: dict[str, dict[str, None]] = {}
    for provider, title in given.values_list("organisation__name", "activity__title"):
        by_provider.setdefault(provider, {})[title] = None
    found: dict[tuple[str, ...], list[str]] = {}
    for provider, titles in list(by_provider.items())[:MOST_PROVIDERS]:
        found.setdefault(tuple(titles), []).append(provider)
    return found


def venues_text(material: Material) -> str:
    """The kinds of venue that the programme's own sources name: a kind of venue belongs to no programme by itself."""
    said = "".join(material.quotes(Topic.VENUE))
    groups = Venue.objects.filter(is_group=True, is_open_to_public=True).order_by("code")
    names = [name for name in groups.values_list("name", flat=True) if name in said]
    if not names:
        return ""
    return f"有关镇利用{enumeration(names)}等场地向公众开放。"


def towns_text(material: Material) -> str:
    """Activities that a town runs by itself, with the town's full name."""
    activities = Activity.objects.filter(
        programme=material.programme, region__level=Region.Level.TOWNSHIP, brand=None, sessions=None
    ).select_related("region__parent")
    ordered = activities.order_by("region__code", "kind", "code")
    texts = []
    for region, items in groupby(ordered, key=lambda item: item.region):
        names = enumeration(quoted(item.title) for item in items)
        parent = region.parent.name if region and region.parent else ""
        texts.append(f"{parent}{region}开展{names}活动")
    return sentence("；".join(texts))
