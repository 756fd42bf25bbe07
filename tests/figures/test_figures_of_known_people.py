"""Figures about who the people are, each with an example that was worked out by hand."""

import datetime
import uuid
from decimal import Decimal

import pytest
from django.test import Client
from django.urls import reverse
from tests.counted import check_in
from tests.factories import NOON, ActivityFactory, MemberFactory, ProgrammeFactory, RegionFactory, VenueFactory, key
from tests.factories_afterwards import attendee, course, organiser_of, rule_for
from tests.figures.conftest import held, number, populate, value

from qixue.core.figures import Scope, registry
from qixue.figures.for_everybody import public_figure_in, public_figures_listed, public_records, public_rows
from qixue.figures.models import NamedFigure
from qixue.participation.models import CertificateRule, Participant
from qixue.participation.operations.cells import keep_cells
from qixue.participation.operations.certificates import issue_certificates, revoke_certificate
from qixue.people.models import Resident
from qixue.people.operations.erasure import erase_account
from qixue.programme.models import Activity, Programme
from qixue.report.editing import catalogue_of

pytestmark = pytest.mark.django_db


def recounted(code: str, programme: Programme) -> object:
    quantity = registry.definitions[code].recount(Scope(programme.code)).quantity
    return quantity.value if quantity else None


def person(**known: object) -> Resident:
    return MemberFactory(**known)


def token(resident: Resident, programme: Programme) -> uuid.UUID:
    return Participant.objects.get_or_create(resident=resident, programme=programme)[0].token


def test_ages_are_those_in_the_year_of_the_session(programme: Programme, in_english: None) -> None:
    session, other = held(programme), held(programme)  # of 2026
    just, not_yet, child, unknown = (person(birth_year=year) for year in (1966, 1967, 2009, None))
    check_in(session, *(token(each, programme) for each in (just, not_yet, child, unknown)), key())
    check_in(other, token(just, programme))

    older = value("older_attendances", programme)

    assert (older.quantity.value, number("young_attendances", programme)) == (2, 1)
    assert [recounted(code, programme) for code in ("older_attendances", "young_attendances")] == [2, 1]
    assert [str(note) for note in older.notes] == [
        "The year of birth is known of 4 of 6 attendances by name; the others are not in this number."
    ]
    rows = registry.definitions["older_attendances"].evidence(Scope(programme.code))
    assert {row.session_id: row.quantity.value for row in rows} == {session.pk: 1, other.pk: 1}


def test_age_is_missing_where_nobody_said_it(programme: Programme) -> None:
    check_in(held(programme), key())

    assert number("older_attendances", programme) is None


def test_few_older_people_are_told_to_staff_only(programme: Programme) -> None:
    session = held(programme)
    older = [person(birth_year=1950) for _person in range(4)]
    younger = [person(birth_year=1990) for _person in range(20)]
    check_in(session, *(token(each, programme) for each in (*older, *younger)))

    public = public_figure_in(Scope(programme.code), "older_attendances")

    assert number("older_attendances", programme) == 4
    assert (public.is_withheld, public.quantity, public.value.notes) == (True, None, ())


@pytest.mark.parametrize(
    ("older", "younger", "unknown", "is_told"),
    [
        (5, 5, 5, True),
        (5, 0, 0, True),
        (0, 3, 20, False),  # whose age is known
        (20, 4, 0, False),  # who are not that old
        (5, 5, 4, False),  # whose age is not known
    ],
)
def test_of_how_many_the_age_is_known_is_told_where_no_group_is_small(
    older: int, younger: int, unknown: int, is_told: bool, programme: Programme
) -> None:
    session = held(programme, venue=VenueFactory(region=programme.region))
    years = [1950] * older + [1990] * younger + [None] * unknown
    check_in(session, *(token(person(birth_year=year), programme) for year in years))

    public = public_figure_in(Scope(programme.code), "older_attendances")
    narrowed = public_figure_in(Scope(programme.code, region=programme.region.code), "older_attendances")

    assert (public.quantity.value, bool(public.value.notes)) == (older, is_told)
    assert narrowed.value.notes == ()


def test_whoever_is_erased_is_of_no_age_any_more(programme: Programme) -> None:
    session, gone, stays = held(programme), person(birth_year=1950), person(birth_year=1951)
    check_in(session, token(gone, programme), token(stays, programme))

    erase_account(gone.user, at=NOON)

    assert (number("older_attendances", programme), number("attendance", programme)) == (1, 2)


@pytest.fixture
def programme_after_another(programme: Programme) -> Programme:
    day = NOON.date()
    Programme.objects.update(starts_on=day - datetime.timedelta(days=1), ends_on=day + datetime.timedelta(days=5))
    programme.refresh_from_db()
    return programme


def test_new_are_those_who_came_to_nothing_before(programme_after_another: Programme) -> None:
    programme, earlier = programme_after_another, ProgrammeFactory()
    before, only_signed_up, new = person(), person(), person()
    old_session = held(earlier, starts_at=NOON - datetime.timedelta(days=300), ends_at=None)
    check_in(old_session, token(before, earlier))
    token(only_signed_up, earlier)
    first, second = held(programme), held(programme)
    check_in(first, *(token(each, programme) for each in (before, only_signed_up, new)), key())
    check_in(second, token(before, programme), token(new, programme))

    rows = registry.definitions["new_participants"].evidence(Scope(programme.code))

    assert (number("new_participants", programme), recounted("new_participants", programme)) == (3, 3)
    keep_cells()
    assert number("new_participants", programme) == 3
    assert sorted((row.session_id, row.quantity.value) for row in rows) == [(first.pk, 3), (second.pk, 1)]


@pytest.mark.parametrize(("came_before", "is_withheld"), [(4, True), (5, False)])
def test_few_who_came_again_are_told_to_staff_only(
    came_before: int, is_withheld: bool, programme_after_another: Programme
) -> None:
    programme, earlier = programme_after_another, ProgrammeFactory()
    again, new = [person() for _person in range(came_before)], [person() for _person in range(10)]
    old_session = held(earlier, starts_at=NOON - datetime.timedelta(days=300), ends_at=None)
    check_in(old_session, *(token(each, earlier) for each in again))
    session = held(programme)
    check_in(session, *(token(each, programme) for each in (*again, *new)))

    public = public_figure_in(Scope(programme.code), "new_participants")

    assert number("new_participants", programme) == 10
    assert (public.is_withheld, public.quantity is None) == (is_withheld, is_withheld)
    rows = public.evidence_for_reading()
    assert (public_rows(public, rows), public_records(public, rows)) == ([], [])
    page = reverse("public:figure_session", args=[programme.code, "new_participants", session.pk])
    assert Client().get(page).status_code == 404


def test_nobody_is_new_where_nobody_is_known_from_before(programme_after_another: Programme) -> None:
    check_in(held(programme_after_another), key())

    assert number("new_participants", programme_after_another) is None


def test_a_week_that_overlaps_another_is_not_before_it(programme_after_another: Programme) -> None:
    programme, beside, both = programme_after_another, ProgrammeFactory(), person()
    check_in(held(beside), token(both, beside))
    check_in(held(programme), token(both, programme))

    assert number("new_participants", programme) is None


def test_share_of_residents_counts_those_at_home_once(programme: Programme, in_english: None) -> None:
    county = RegionFactory(code="441826", parent=programme.region, level="county", unit_type="county")
    elsewhere = RegionFactory(code="999999", level="county", unit_type="county")
    populate(programme, "resident_population", 1000)
    at_home, away, unknown = person(home_region=county), person(home_region=elsewhere), person()
    for session in (held(programme), held(programme)):
        check_in(session, *(token(each, programme) for each in (at_home, away, unknown)))

    rate = value("participation_rate", programme)

    assert rate.quantity.value == Decimal("0.10")  # 1 of 1,000
    assert recounted("participation_rate", programme) == Decimal("0.10")
    assert str(rate.notes[0]) == (
        "Where people live is known of 2 of 3 who came by name; the others are not in this number."
    )
    assert "1,000" in str(rate.notes[1])


@pytest.mark.parametrize(("at_home", "is_withheld"), [(4, True), (5, False)])
def test_share_of_few_residents_is_told_to_staff_only(at_home: int, is_withheld: bool, programme: Programme) -> None:
    populate(programme, "resident_population", 1000)
    people = [person(home_region=programme.region) for _person in range(at_home)] + [person() for _person in range(20)]
    check_in(held(programme), *(token(each, programme) for each in people))

    public = public_figure_in(Scope(programme.code), "participation_rate")

    assert number("participation_rate", programme) == Decimal(at_home) / 10
    assert (public.is_withheld, public.quantity is None) == (is_withheld, is_withheld)
    assert len(public.value.notes) == (1 if is_withheld else 2)  # where the number of residents is from, in any case


def test_share_of_a_county_is_of_those_who_live_there(programme: Programme) -> None:
    counties = [RegionFactory(code=code, parent=programme.region, level="county") for code in ("441802", "441826")]
    for county in counties:
        populate(programme, "resident_population", 200, region=county)
    neighbour, local = person(home_region=counties[0]), person(home_region=counties[1])
    session = held(programme, venue=VenueFactory(region=counties[1]))
    check_in(session, token(neighbour, programme), token(local, programme))

    assert number("participation_rate", programme, region="441826") == Decimal("0.50")
    assert number("participation_rate", programme, region="441802") is None


def test_completed_are_certificates_of_completion_of_trainings() -> None:
    activity = course(sessions=1)
    Activity.objects.update(kind=Activity.Kind.TRAINING)
    rule_for(activity)
    people, organiser = [attendee(activity) for _person in range(3)], organiser_of(activity)
    given = issue_certificates(activity, people=people, by=organiser, at=NOON)
    revoke_certificate(given[0], kind="mistake", reason="误发", by=organiser, at=NOON)

    assert number("trainees_completed", activity.programme) == 2
    assert number("trainees_completed", activity.programme, kind="lecture") is None

    CertificateRule.objects.update(kind=CertificateRule.Kind.AWARD)
    type(given[0]).objects.update(kind=CertificateRule.Kind.AWARD)

    assert number("trainees_completed", activity.programme) is None


def test_attendances_of_trainings_say_how_they_are_counted(programme: Programme, in_english: None) -> None:
    check_in(held(programme, activity=ActivityFactory(programme=programme, kind=Activity.Kind.TRAINING)), key())

    notes = value("attendance", programme, kind="training").notes

    assert [str(note) for note in notes] == [
        "Counted by session. How many were trained, once for each class, is a number of its own."
    ]
    assert value("attendance", programme).notes == ()


def test_figures_that_an_erasure_changes_are_listed_and_no_document_states_them(programme: Programme) -> None:
    NamedFigure.objects.create(programme=programme, code="F1", definition="older_attendances", position=1)
    NamedFigure.objects.create(programme=programme, code="F2", definition="attendance", position=2)
    check_in(held(programme), *(token(person(birth_year=1950), programme) for _person in range(5)))

    stated = catalogue_of(programme, at=NOON).names.figures
    listed = {figure.code for figure in public_figures_listed(programme)}

    assert set(stated) == {"F2"}
    assert listed == {"F1", "F2", "young_attendances"}
