"""Walks the record file of 2016: what it says is what the database holds, what the figures say and what is printed."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
import yaml
from django.db import IntegrityError, connection, transaction
from tests.factories import NOON

from qixue.demo.records import RECORDS_CODE, RECORDS_FILE, load_records
from qixue.figures.queries import figures_of, payload
from qixue.participation import triggers
from qixue.participation.models import Evidence, LedgerEntry
from qixue.people.models import Organisation
from qixue.places.models import Venue
from qixue.places.operations import load_regions
from qixue.programme.models import (
    Activity,
    Award,
    Brand,
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
from qixue.programme.queries import counties_mentioned, silent_counties
from qixue.report.models import SummarySection
from qixue.report.official_document import FigureRun, runs_of
from qixue.report.summary import draft_summary

pytestmark = pytest.mark.django_db
RECORDS = yaml.safe_load(RECORDS_FILE.read_text())
CODED = {
    "organisations": Organisation,
    "legal_bases": LegalBasis,
    "brands": Brand,
    "series": Series,
    "activities": Activity,
    "reported_counts": ReportedCount,
    "awards": Award,
    "channels": PublicityChannel,
    "venues": Venue,
    "passages": Passage,
    "issues": SourceIssue,
    "missing_facts": MissingFact,
}
REFERENCES = {"brand", "series", "activity", "region", "organisation"}
NOT_COLUMNS = {"aliases", "givers", "forwarding_steps", "sessions"}
NUMBERS = [*RECORDS["reported_counts"], *RECORDS["attendance"]]
QUALIFIED = {item["code"]: item for item in NUMBERS}


@pytest.fixture(scope="module")
def records_2016(empty_database: None) -> Programme:
    load_regions(at=NOON)
    return load_records(at=NOON)


@pytest.fixture
def programme(records_2016: Programme, db: None) -> Programme:
    return Programme.objects.get(pk=records_2016.pk)


def differences(programme: Programme) -> list[str]:
    """Where the database or the figures say something else than the record file."""
    return [*record_differences(), *ledger_differences(programme), *figure_differences(programme)]


def record_differences() -> Iterator[str]:
    for section, model in CODED.items():
        for item in RECORDS[section]:
            row = model.objects.filter(code=item["code"]).first()
            yield from item_differences(f"{section}.{item['code']}", item, row)


def item_differences(place: str, item: dict[str, Any], row: Any) -> Iterator[str]:
    if row is None:
        yield f"{place} is not there"
        return
    for name, value in item.items():
        if name in NOT_COLUMNS:
            continue
        held = getattr(row, name)
        held = held.code if name in REFERENCES and held is not None else held
        if held != value and not (value is None and not held):
            yield f"{place}.{name}: {held!r} is not {value!r}"


def ledger_differences(programme: Programme) -> Iterator[str]:
    for item in RECORDS["attendance"]:
        entry = LedgerEntry.objects.select_related("activity", "evidence").get(
            activity__programme=programme, activity__code=item["activity"]
        )
        held = (entry.count, entry.qualifier, entry.period_from, entry.period_quote, entry.evidence.text)
        said = (
            item["value"],
            item["qualifier"],
            item.get("period_from", ""),
            item.get("period_quote", ""),
            item["quote"],
        )
        if held != said:
            yield f"attendance.{item['code']}: {held!r} is not {said!r}"


def payloads(programme: Programme) -> dict[str, dict[str, Any]]:
    """The figures as `qixue figures --json` prints them, by code."""
    return {figure.code: payload(figure, at=NOON) for figure in figures_of(programme)}


def figure_differences(programme: Programme) -> Iterator[str]:
    figures = payloads(programme)
    for code, item in QUALIFIED.items():
        figure = figures[code]
        shown = {
            "value": figure["value"],
            "qualifier": figure["qualifier"],
            "unit": figure["unit"]["code"],
            "period_from": figure["period"]["from"],
            "period_quote": figure["period"]["quote"],
            "quote": figure["quotes"][0],
        }
        for name, value in shown.items():
            if value != item.get(name, ""):
                yield f"figure {code}.{name}: {value!r} is not {item.get(name)!r}"
        if len(figure["evidence"]) != 1:
            yield f"figure {code} has {len(figure['evidence'])} pieces of evidence"


def test_every_record_of_the_file_is_in_the_database_and_in_the_figures(programme: Programme) -> None:
    assert differences(programme) == []


def test_single_records_are_kept(programme: Programme) -> None:
    document = SourceDocument.objects.get(programme=programme)

    assert (programme.short_name, programme.year, programme.theme) == ("活动周", 2016, "")
    assert (document.title, document.written_on, document.organ) == (RECORDS["source"]["title"], "", "")


def test_roles_hang_on_what_they_were_stated_for(programme: Programme) -> None:
    def target(involvement: Involvement) -> str:
        return (involvement.activity or involvement.brand or involvement.programme).code

    held = [
        (row.organisation.code, row.role, target(row), row.quote)
        for row in Involvement.objects.order_by("position").select_related("activity", "brand", "programme")
    ]

    said = [
        (
            item["organisation"],
            item["role"],
            item.get("activity") or item.get("brand") or item["programme"],
            item["quote"],
        )
        for item in RECORDS["involvements"]
    ]
    assert held == said


def test_notice_keeps_the_chain_by_which_it_came_down(programme: Programme) -> None:
    steps = LegalBasis.objects.get(code="LB2").forwarding_steps.order_by("position")

    assert [(step.organ, step.act) for step in steps] == [
        ("教育部办公厅", "发文"),
        ("广东省教育厅", "转发"),
        ("清远市", "贯彻"),
    ]


def test_award_keeps_its_givers(programme: Programme) -> None:
    assert [giver.code for giver in Award.objects.get().givers.order_by("pk")] == ["ORG-GDPUB", "ORG-GDPRESS"]


def test_aliases_are_kept(programme: Programme) -> None:
    held = {row.code: sorted(row.aliases.values_list("name", flat=True)) for row in Organisation.objects.all()}

    assert held == {item["code"]: sorted(item.get("aliases", [])) for item in RECORDS["organisations"]}


def test_outline_is_that_of_the_summary(programme: Programme) -> None:
    held = SummarySection.objects.order_by("position").values_list("level", "heading", "draft")

    assert list(held) == [(item["level"], item.get("heading", ""), item["draft"]) for item in RECORDS["sections"]]


def test_nothing_is_invented(programme: Programme) -> None:
    ceremony = Session.objects.get()

    assert (ceremony.activity.code, ceremony.state) == ("LAUNCH", Session.State.PLANNED)
    assert (ceremony.starts_at, ceremony.ends_at, ceremony.venue, ceremony.seat_count) == (None, None, None, None)
    assert LedgerEntry.objects.count() == len(RECORDS["attendance"])
    assert Venue.objects.exclude(region=None).count() == 0


def test_five_of_eight_counties_are_silent(programme: Programme) -> None:
    assert [county.code for county in counties_mentioned(programme)] == ["441802", "441826", "441881"]
    assert [county.code for county in silent_counties(programme)] == ["441803", "441821", "441823", "441825", "441882"]


def test_totals_add_only_what_may_be_added(programme: Programme) -> None:
    figures = payloads(programme)

    totals = {
        code: (figures[code]["value"], figures[code]["text"]["zh"]) for code in ("attendance_total", "instalments")
    }

    assert totals == {"attendance_total": (4500, "4500多人次"), "instalments": (34, "34期")}
    assert not figures["attendance_total"]["is_printed"]


def test_contradiction_is_kept_and_explained(programme: Programme) -> None:
    figure = payloads(programme)["F4"]

    assert (figure["text"]["zh"], figure["lower_exclusive"], figure["as_of"]) == ("近4000多人", None, None)
    assert sorted(issue["quote"] for issue in figure["issues"]) == ["参与受益人群近4000多人", "近4000多人"]


def test_every_stated_number_is_printed_in_the_summary_with_its_hedge(programme: Programme) -> None:
    document = draft_summary(programme, at=NOON).document

    printed = {run.code: run.text for block in document.blocks for run in runs_of(block) if isinstance(run, FigureRun)}

    assert printed == {
        "F1": "3500多人次",
        "F2": "80多场",
        "F3": "35多场",
        "F4": "近4000多人",
        "F5": "1000多人次",
        "B1-S1": "12期",
        "B1-S2": "12期",
        "B1-S3": "10期",
    }


def changed_counts() -> Iterator[Any]:
    changes = {"value": 7, "qualifier": "about", "quote": "别的话", "period_from": "2015"}
    for item in RECORDS["reported_counts"]:
        for name, value in changes.items():
            yield pytest.param(item["code"], name, value, id=f"{item['code']}-{name}")


@pytest.mark.parametrize(("code", "name", "value"), list(changed_counts()))
def test_walk_notices_a_changed_number(programme: Programme, code: str, name: str, value: object) -> None:
    ReportedCount.objects.filter(code=code).update(**{name: value})

    assert any(f"{code}.{name}" in line for line in differences(programme))


@pytest.mark.parametrize("item", RECORDS["reported_counts"], ids=lambda item: item["code"])
def test_database_refuses_another_unit(programme: Programme, item: dict[str, Any]) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        ReportedCount.objects.filter(code=item["code"]).update(unit="award")


@pytest.mark.parametrize("item", RECORDS["attendance"], ids=lambda item: item["code"])
@pytest.mark.parametrize("change", [{"count": 7}, {"qualifier": "about"}, {"period_from": "2015"}])
def test_walk_notices_a_tampered_ledger_entry(programme: Programme, item: dict[str, Any], change: dict) -> None:
    triggers.remove(connection)

    LedgerEntry.objects.filter(activity__code=item["activity"]).update(**change)

    assert any(f"attendance.{item['code']}" in line for line in differences(programme))


@pytest.mark.parametrize(
    "change",
    [
        lambda: Organisation.objects.filter(code="ORG-QC").update(name="别的政府"),
        lambda: Passage.objects.filter(code="P3").update(quote="别的问题"),
        lambda: Passage.objects.filter(code="SM4").delete(),
        lambda: Award.objects.update(awarded_on="2016-10"),
        lambda: SourceIssue.objects.filter(code="X-F4-HEDGE").update(explanation="没有问题"),
        lambda: MissingFact.objects.filter(code="spending").delete(),
        lambda: PublicityChannel.objects.filter(code="manhole_cover").update(name="井盖"),
        lambda: Activity.objects.filter(code="T2").update(region=None),
        lambda: LegalBasis.objects.filter(code="LB2").update(document_number="粤教职办函〔2016〕78号"),
        lambda: Evidence.objects.filter(text__contains="3500").update(text="共有3600多人次参加活动"),
    ],
)
def test_walk_notices_any_changed_record(programme: Programme, change: Callable[[], object]) -> None:
    change()

    assert differences(programme) != []


def test_loading_again_changes_nothing(programme: Programme) -> None:
    before = (LedgerEntry.objects.count(), Passage.objects.count(), Programme.objects.count())

    assert load_records(at=NOON) == programme
    assert (LedgerEntry.objects.count(), Passage.objects.count(), Programme.objects.count()) == before
    assert programme.code == RECORDS_CODE
