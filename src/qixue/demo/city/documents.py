"""The frame of the week: programme, brands, notices, awards, and the invented plan from which its words come."""

import datetime
from dataclasses import dataclass
from typing import Any

from qixue.demo.city.catalogue import read
from qixue.demo.city.week import Week
from qixue.people.models import Organisation
from qixue.places.models import Region
from qixue.programme.models import (
    Activity,
    Award,
    Brand,
    ForwardingStep,
    Involvement,
    LegalBasis,
    Passage,
    Programme,
    PublicityChannel,
    Series,
    SourceDocument,
)

PROGRAMME_CODE = "demo"
DOCUMENT_CODE = "plan-"  # the seed follows: it is part of the record, so that the city can be made again
Topic = Passage.Topic


@dataclass(frozen=True)
class Frame:
    programme: Programme
    brands: dict[str, Brand]
    series: dict[str, Series]
    document: SourceDocument


def create_frame(week: Week, city: Region, organisations: dict[str, Organisation], *, seed: int) -> Frame:
    data = read("programme.yaml")
    programme = create_programme(data["programme"], week, city, organisations["demo-city"])
    document = data["document"]
    plan = SourceDocument.objects.create(
        programme=programme,
        code=f"{DOCUMENT_CODE}{seed}",
        title=document["title"].format(year=programme.year),
        title_en=document["en"].format(year=programme.year),
        genre=document["genre"],
        organ=document["organ"],
        written_on=week.prepared_at.date().isoformat(),
    )
    create_legal_bases(programme, data["legal_bases"])
    brands = {row["code"]: create_brand(programme, row, organisations) for row in data["brands"]}
    series = {item.code: item for item in Series.objects.filter(brand__in=brands.values()).order_by("pk")}
    create_awards(programme, week, data["awards"], brands, organisations)
    create_passages(plan, data, brands)
    return Frame(programme, brands, series, plan)


def seed_of(programme: Programme) -> int:
    """The seed from which the programme was made."""
    plan = SourceDocument.objects.get(programme=programme, code__startswith=DOCUMENT_CODE)
    return int(plan.code.removeprefix(DOCUMENT_CODE))


def create_programme(row: dict[str, str], week: Week, city: Region, root: Organisation) -> Programme:
    year = week.first.year
    return Programme.objects.create(
        code=PROGRAMME_CODE,
        name=row["name"].format(year=year),
        name_en=row["en"].format(year=year),
        short_name=row["short"],
        state=Programme.State.PUBLISHED,
        year=year,
        theme=row["theme"],
        theme_en=row["theme_en"],
        starts_on=week.first,
        ends_on=week.last,
        region=city,
        organisation=root,
        is_synthetic=True,
    )


def create_legal_bases(programme: Programme, rows: list[dict[str, Any]]) -> None:
    for position, row in enumerate(rows, start=1):
        basis = LegalBasis.objects.create(
            programme=programme,
            code=row["code"],
            position=position,
            name=row["name"].format(year=programme.year),
            name_en=row["en"].format(year=programme.year),
            document_number=row["number"].format(year=programme.year),
            purpose=row["purpose"],
        )
        ForwardingStep.objects.bulk_create(
            ForwardingStep(
                legal_basis=basis,
                position=number,
                organ=step["organ"],
                act=step["act"],
                document_number=step.get("number", "").format(year=programme.year),
            )
            for number, step in enumerate(row.get("forwarding", []), start=1)
        )


def create_brand(programme: Programme, row: dict[str, Any], organisations: dict[str, Organisation]) -> Brand:
    brand = Brand.objects.create(
        code=row["code"],
        region=programme.region,
        organisation=programme.organisation,
        name=row["name"],
        name_en=row["en"],
        slogan=row["slogan"],
        slogan_en=row["slogan_en"],
        introduction=row["text"],
        introduction_en=row["text_en"],
    )
    brand.programmes.add(programme)
    Series.objects.bulk_create(
        Series(brand=brand, code=item["code"], position=position, name=item["name"], name_en=item["en"])
        for position, item in enumerate(row.get("series", []), start=1)
    )
    PublicityChannel.objects.bulk_create(
        PublicityChannel(
            programme=programme,
            brand=brand,
            code=item["code"],
            position=position,
            name=item["name"],
            name_en=item["en"],
        )
        for position, item in enumerate(row.get("publicity", []), start=1)
    )
    Involvement.objects.bulk_create(
        Involvement(organisation=organisations[code], role=Involvement.Role.CARRIER, position=position, brand=brand)
        for position, code in enumerate(row["carriers"], start=1)
    )
    return brand


def create_awards(
    programme: Programme,
    week: Week,
    rows: list[dict[str, Any]],
    brands: dict[str, Brand],
    organisations: dict[str, Organisation],
) -> None:
    for row in rows:
        award = Award.objects.create(
            programme=programme,
            code=row["code"],
            brand=brands[row["brand"]],
            recipient=row["recipient"],
            scheme=row["scheme"],
            scheme_en=row["scheme_en"],
            title=row["title"],
            title_en=row["title_en"],
            level=row["level"],
            awarded_on=months_before(week.first, row["months_ago"]),
        )
        award.givers.add(organisations[row["giver"]])


def months_before(day: datetime.date, count: int) -> str:
    """The month `count` months earlier, as a date of reduced precision."""
    month = day.year * 12 + day.month - 1 - count
    return f"{month // 12}-{month % 12 + 1:02d}"


def create_passages(plan: SourceDocument, data: dict[str, Any], brands: dict[str, Brand]) -> None:
    """What the plan says without counting it: for the whole week, then for each brand."""
    rows: list[tuple[str, str, str, Brand | None]] = [
        (row["topic"], row["quote"], row["gloss"], None) for row in data["passages"]
    ]
    for row in data["brands"]:
        brand = brands[row["code"]]
        for key, topic in (
            ("channels", Topic.CHANNEL),
            ("what", Topic.BRAND),
            ("practices", Topic.PRACTICE),
            ("effects", Topic.EFFECT),
        ):
            rows += [(topic, quote, "", brand) for quote in row.get(key, [])]
    Passage.objects.bulk_create(
        Passage(
            document=plan,
            code=f"D-P{position}",
            topic=topic,
            position=position,
            quote=quote,
            gloss=gloss,
            is_narrative=True,
            brand=brand,
        )
        for position, (topic, quote, gloss, brand) in enumerate(rows, start=1)
    )


def create_involvements(frame: Frame, organisations: dict[str, Organisation]) -> None:
    """Who hosts, organises and helps: of the week, of the launch ceremony, and of the trainings."""
    stated = read("programme.yaml")["involvements"]
    ceremony = Activity.objects.get(programme=frame.programme, kind=Activity.Kind.LAUNCH_CEREMONY)
    rows = [
        Involvement(organisation=organisations[code], role=role, position=position, **{field: subject})
        for field, subject, key in (("programme", frame.programme, "programme"), ("activity", ceremony, ceremony.code))
        for role, codes in stated[key].items()
        for position, code in enumerate(codes, start=1)
    ]
    trainings = Activity.objects.filter(programme=frame.programme, series__isnull=False, kind=Activity.Kind.TRAINING)
    rows += [
        Involvement(organisation=activity.organisation, role=Involvement.Role.TRAINING_PROVIDER, activity=activity)
        for activity in trainings.select_related("organisation").order_by("pk")
    ]
    Involvement.objects.bulk_create(rows)
