"""Writing the content of a checked record file into the database."""

import datetime
import uuid
from typing import Any

from qixue.core.figures import Period
from qixue.core.quantity import Qualifier
from qixue.figures.models import NamedFigure
from qixue.participation.operations.evidence import keep_passage
from qixue.participation.operations.ledger import record_reported_attendance
from qixue.people.models import Organisation, OrganisationAlias
from qixue.places.models import Region, Venue
from qixue.programme.models import (
    Activity,
    Award,
    Brand,
    ForwardingStep,
    Involvement,
    LegalBasis,
    MissingFact,
    Passage,
    Programme,
    PublicityChannel,
    ReportedCount,
    Series,
    Session,
    SourceDocument,
    SourceIssue,
)
from qixue.report.models import SummarySection

NAMESPACE = uuid.UUID("6a1f6e0c-7d0b-5c43-9f0e-0d0f8f5b2016")  # so that loading again finds the same ledger entries
Item = dict[str, Any]


class Writer:
    """Writes one record file, section by section, in the order in which sections refer to one another."""

    def __init__(self, data: Item, by: Any, at: datetime.datetime) -> None:
        self.data = data
        self.by = by
        self.at = at
        self.regions = Region.objects.in_bulk(field_name="code")
        self.organisations: dict[str, Organisation] = {}
        self.brands: dict[str, Brand] = {}
        self.series: dict[str, Series] = {}
        self.activities: dict[str, Activity] = {}

    def write(self) -> Programme:
        self.write_organisations()
        self.programme = self.written_programme()
        self.document = SourceDocument.objects.create(
            programme=self.programme, **given(self.data["source"], SourceDocument)
        )
        self.write_legal_bases()
        self.write_brands()
        self.write_activities()
        self.write_roles_and_awards()
        self.write_numbers()
        self.write_statements()
        self.write_outline()
        return self.programme

    def listed(self, section: str) -> list[Item]:
        return list(self.data.get(section, []))

    def region(self, item: Item) -> Region | None:
        return self.regions.get(item.get("region") or "")

    def write_organisations(self) -> None:
        for item in self.listed("organisations"):
            values = {**given(item, Organisation), "region": self.region(item), "path": f"{item['code']}/"}
            organisation, _made = Organisation.objects.get_or_create(code=item["code"], defaults=values)
            self.organisations[item["code"]] = organisation
            for name in item.get("aliases", []):
                OrganisationAlias.objects.get_or_create(organisation=organisation, name=name)

    def written_programme(self) -> Programme:
        item = self.data["programme"]
        return Programme.objects.create(
            **given(item, Programme),
            region=self.regions[item["region"]],
            organisation=self.organisations[item["organisation"]],
            state=Programme.State.CLOSED,
        )

    def write_legal_bases(self) -> None:
        for at, item in enumerate(self.listed("legal_bases"), start=1):
            basis = LegalBasis.objects.create(programme=self.programme, position=at, **given(item, LegalBasis))
            for step, values in enumerate(item.get("forwarding_steps", []), start=1):
                ForwardingStep.objects.create(legal_basis=basis, position=step, **given(values, ForwardingStep))

    def write_brands(self) -> None:
        for item in self.listed("brands"):
            values = {
                **given(item, Brand),
                "region": self.region(item),
                "organisation": self.programme.organisation,
            }
            brand, _made = Brand.objects.get_or_create(code=item["code"], defaults=values)
            brand.programmes.add(self.programme)
            self.brands[item["code"]] = brand
        for at, item in enumerate(self.listed("series"), start=1):
            values = {**given(item, Series), "brand": self.brands[item["brand"]], "position": at}
            self.series[item["code"]], _made = Series.objects.get_or_create(code=item["code"], defaults=values)
        for at, item in enumerate(self.listed("channels"), start=1):
            PublicityChannel.objects.create(
                programme=self.programme, brand=self.brand(item), position=at, **given(item, PublicityChannel)
            )

    def brand(self, item: Item) -> Brand | None:
        return self.brands.get(item.get("brand") or "")

    def write_activities(self) -> None:
        for item in self.listed("activities"):
            activity = Activity.objects.create(
                **given(item, Activity),
                programme=self.programme,
                organisation=self.programme.organisation,
                brand=self.brand(item),
                region=self.region(item),
                state=Activity.State.PUBLISHED,
            )
            self.activities[item["code"]] = activity
            for session in item.get("sessions", []):
                Session.objects.create(activity=activity, **given(session, Session))
        for item in self.listed("venues"):
            values = {**given(item, Venue), "region": self.region(item), "is_group": True}
            Venue.objects.get_or_create(code=item["code"], defaults=values)

    def write_roles_and_awards(self) -> None:
        for at, item in enumerate(self.listed("involvements"), start=1):
            Involvement.objects.create(
                organisation=self.organisations[item["organisation"]],
                role=item["role"],
                position=at,
                programme=self.programme if item.get("programme") else None,
                brand=self.brand(item),
                activity=self.activities.get(item.get("activity") or ""),
                quote=item.get("quote") or "",
            )
        for item in self.listed("awards"):
            award = Award.objects.create(programme=self.programme, brand=self.brand(item), **given(item, Award))
            award.givers.set([self.organisations[code] for code in item.get("givers", [])])

    def write_numbers(self) -> None:
        for item in self.listed("reported_counts"):
            ReportedCount.objects.create(
                document=self.document,
                programme=self.programme,
                brand=self.brand(item),
                series=self.series.get(item.get("series") or ""),
                activity=self.activities.get(item.get("activity") or ""),
                **given(item, ReportedCount),
            )
        for item in self.listed("attendance"):
            record_reported_attendance(
                self.activities[item["activity"]],
                count=item["value"],
                qualifier=Qualifier(item["qualifier"]),
                evidence=keep_passage(self.document, item["quote"], at=self.at),
                period=Period(
                    item.get("period_from") or "", item.get("period_to") or "", item.get("period_quote") or ""
                ),
                by=self.by,
                at=self.at,
                client_uuid=uuid.uuid5(NAMESPACE, f"{self.programme.code}/{item['code']}"),
            )

    def write_statements(self) -> None:
        for at, item in enumerate(self.listed("passages"), start=1):
            Passage.objects.create(document=self.document, brand=self.brand(item), position=at, **given(item, Passage))
        for item in self.listed("issues"):
            SourceIssue.objects.create(document=self.document, **given(item, SourceIssue))
        for at, item in enumerate(self.listed("missing_facts"), start=1):
            MissingFact.objects.create(document=self.document, position=at, **given(item, MissingFact))

    def write_outline(self) -> None:
        for at, item in enumerate(self.listed("sections")):
            SummarySection.objects.create(
                programme=self.programme, brand=self.brand(item), position=at, **given(item, SummarySection)
            )
        for at, item in enumerate(self.listed("figures")):
            NamedFigure.objects.create(
                programme=self.programme,
                position=at,
                code=item["code"],
                definition=item["definition"],
                brand_code=item.get("brand") or "",
                series_code=item.get("series") or "",
                region_code=item.get("region") or "",
                kind=item.get("kind") or "",
                is_printed=item.get("is_printed", True),
            )


def given(item: Item, model: Any) -> Item:
    """The plain values that an item gives for the model's own columns; what is null stays at the model's default."""
    plain = {field.name for field in model._meta.concrete_fields if not field.is_relation}
    return {name: value for name, value in item.items() if name in plain and value is not None}
