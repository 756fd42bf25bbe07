import dataclasses
import datetime
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from tests.factories import NOON, OrganisationFactory, RegionFactory, RoleAssignmentFactory, key

from qixue.core.models import AuditEntry, OutboxMessage
from qixue.core.outbox import Letter, put_into_outbox
from qixue.core.refusal import Refused
from qixue.people import directory
from qixue.people.models import Organisation, Role, User
from qixue.people.operations.organisations import (
    OrganisationFacts,
    create_organisation,
    edit_organisation,
    move_organisation,
)
from qixue.people.queries import organisations_named
from qixue.places.models import Region

pytestmark = pytest.mark.django_db
FACTS = OrganisationFacts(name="三排镇成人文化学校", kind=Organisation.Kind.ADULT_SCHOOL)


def coordinator(organisation: Organisation) -> User:
    return RoleAssignmentFactory(organisation=organisation, role=Role.COORDINATOR).user


def facts_of(organisation: Organisation, **changes: Any) -> OrganisationFacts:
    names = [field.name for field in dataclasses.fields(OrganisationFacts)]
    return OrganisationFacts(**{**{name: getattr(organisation, name) for name in names}, **changes})


@pytest.fixture
def town() -> Organisation:
    """Of a town, in a county, in a city: each has its place."""
    city = OrganisationFactory(code="city")
    region = RegionFactory(code="441826", name="连南瑶族自治县", level="county", parent=city.region)
    county = OrganisationFactory(code="liannan", parent=city, region=region)
    place = RegionFactory(code="441826101", name="三排镇", level="township", parent=region)
    return OrganisationFactory(code="sanpai", parent=county, region=place, kind=Organisation.Kind.TOWN_GOVERNMENT)


@pytest.fixture
def county() -> Organisation:
    return OrganisationFactory(code="county", name="县教育局")


def test_organisation_is_added_below_another(county: Organisation) -> None:
    by = coordinator(county)

    added = create_organisation(county, facts=FACTS, code="school", by=by, at=NOON, client_uuid=key())

    assert (added.parent, added.path, added.name) == (county, "county/school/", FACTS.name)
    assert AuditEntry.objects.get(action="organisation.created").actor_id == by.pk


def test_same_form_twice_adds_one_organisation(county: Organisation) -> None:
    by, form = coordinator(county), key()

    first, second = (create_organisation(county, facts=FACTS, code="", by=by, at=NOON, client_uuid=form) for _ in "ab")

    assert first == second
    assert first.code.startswith("O-")


@pytest.mark.parametrize(
    ("code", "name", "refusal"), [("COUNTY", "别名", "code_taken"), ("", "县图书馆", "name_taken")]
)
def test_code_and_name_that_are_taken_are_refused(county: Organisation, code: str, name: str, refusal: str) -> None:
    OrganisationFactory(parent=county, name="县图书馆")

    with pytest.raises(Refused) as refused:
        create_organisation(
            county,
            facts=OrganisationFacts(name=name),
            code=code,
            by=coordinator(county),
            at=NOON,
            client_uuid=key(),
        )

    assert refused.value.code == refusal


def test_nobody_adds_below_an_organisation_outside_of_their_part(county: Organisation) -> None:
    by = coordinator(OrganisationFactory())

    with pytest.raises(Refused) as refused:
        create_organisation(county, facts=FACTS, code="", by=by, at=NOON, client_uuid=key())

    assert refused.value.code == "not_in_reach"


def test_former_name_stays_as_an_alias(county: Organisation) -> None:
    facts = facts_of(county, name="县教育体育局")

    edited = edit_organisation(county, facts=facts, aliases=["教体局"], version=0, by=coordinator(county), at=NOON)

    assert sorted(edited.aliases.values_list("name", flat=True)) == ["县教育局", "教体局"]
    assert edited.edit_count == 1


def test_second_editor_overwrites_nothing(county: Organisation) -> None:
    by = coordinator(county)
    edit_organisation(county, facts=facts_of(county, name="甲"), aliases=[], version=0, by=by, at=NOON)

    with pytest.raises(Refused) as refused:
        edit_organisation(county, facts=facts_of(county, name="乙"), aliases=[], version=0, by=by, at=NOON)

    county.refresh_from_db()
    assert (refused.value.code, county.name) == ("changed_meanwhile", "甲")


def test_nobody_changes_kind_or_place_of_their_own_organisation(town: Organisation) -> None:
    by, above = coordinator(town), Region.objects.get(code="441826")

    for changes in ({"kind": Organisation.Kind.EDUCATION_BUREAU}, {"region": above}, {"region": None}):
        with pytest.raises(Refused) as refused:
            edit_organisation(town, facts=facts_of(town, **changes), aliases=[], version=0, by=by, at=NOON)
        assert refused.value.code == "set_from_above"
    edited = edit_organisation(town, facts=facts_of(town, phone="12345"), aliases=[], version=0, by=by, at=NOON)

    assert (edited.phone, edited.kind, edited.region) == ("12345", town.kind, town.region)


def test_kind_and_place_are_changed_from_above_within_the_place_of_the_parent(town: Organisation) -> None:
    assert town.parent is not None
    by, county = coordinator(town.parent), town.parent.region
    inside = RegionFactory(code="441826102", name="涡水镇", level="township", parent=county)
    facts = facts_of(town, kind=Organisation.Kind.ADULT_SCHOOL, region=inside)

    edited = edit_organisation(town, facts=facts, aliases=[], version=0, by=by, at=NOON)
    outside = facts_of(town, region=RegionFactory())
    with pytest.raises(Refused) as refused:
        edit_organisation(edited, facts=outside, aliases=[], version=1, by=by, at=NOON)

    assert (edited.kind, edited.region) == (Organisation.Kind.ADULT_SCHOOL, inside)
    assert (refused.value.code, refused.value.field) == ("place_outside", "region")


def test_what_is_added_lies_in_the_place_of_what_is_above(town: Organisation) -> None:
    by = coordinator(town)
    group = OrganisationFactory(parent=town, region=None)
    facts = OrganisationFacts(name="县教育局", region=Region.objects.get(code="441826"))

    for parent in (town, group):
        with pytest.raises(Refused) as refused:
            create_organisation(parent, facts=facts, code="", by=by, at=NOON, client_uuid=key())
        assert refused.value.code == "place_outside"


def test_what_is_moved_lies_in_the_new_place_with_all_below_it(town: Organisation) -> None:
    city = Organisation.objects.get(code="city")
    other = OrganisationFactory(
        parent=city, region=RegionFactory(code="441825", name="连山县", level="county", parent=city.region)
    )
    group = OrganisationFactory(parent=city, region=None)
    OrganisationFactory(parent=group, region=town.region)

    for moved in (town, group):
        with pytest.raises(Refused) as refused:
            move_organisation(moved, parent=other, by=coordinator(city), at=NOON)
        assert (refused.value.code, refused.value.field) == ("place_outside", "parent")


def test_whole_subtree_moves_with_its_messages(county: Organisation) -> None:
    top = OrganisationFactory(code="top")
    by = coordinator(top)
    old, new = OrganisationFactory(code="old", parent=top), OrganisationFactory(code="new", parent=top)
    school = OrganisationFactory(code="school", parent=old)
    room = OrganisationFactory(code="room", parent=school)
    put_into_outbox([Letter("mail", "a@example.cn", "text", "k", scope=room.path)], at=NOON)

    move_organisation(school, parent=new, by=by, at=NOON)

    room.refresh_from_db()
    assert room.path == "top/new/school/room/"
    assert OutboxMessage.objects.get().scope == room.path
    assert [each.code for each in directory.organisations_above(room)] == ["top", "new", "school"]


def test_move_takes_the_same_queries_for_any_number_of_organisations() -> None:
    top = OrganisationFactory(code="top")
    by = coordinator(top)
    counts = []
    for size in (1, 30):
        branch, aim = OrganisationFactory(parent=top), OrganisationFactory(parent=top)
        for _ in range(size):
            OrganisationFactory(parent=branch)
        with CaptureQueriesContext(
            connection,
        ) as queries:
            move_organisation(branch, parent=aim, by=by, at=NOON)
        counts.append(len(queries))

    assert counts[0] == counts[1]


def test_circle_is_refused(county: Organisation) -> None:
    top = OrganisationFactory(code="top")
    branch = OrganisationFactory(code="branch", parent=top)
    leaf = OrganisationFactory(code="leaf", parent=branch)

    with pytest.raises(Refused) as refused:
        move_organisation(branch, parent=leaf, by=coordinator(top), at=NOON)

    branch.refresh_from_db()
    assert (refused.value.code, branch.path) == ("circle", "top/branch/")


def test_nobody_moves_their_own_organisation() -> None:
    top = OrganisationFactory(code="top")
    own = OrganisationFactory(code="own", parent=top)
    below = OrganisationFactory(code="below", parent=own)

    with pytest.raises(Refused) as refused:
        move_organisation(own, parent=below, by=coordinator(own), at=NOON)

    assert refused.value.code == "not_in_reach"


def test_directory_finds_by_name_alias_code_kind_and_counts(county: Organisation) -> None:
    by = coordinator(county)
    school = OrganisationFactory(parent=county, code="ln-01", name="连南成校", kind=Organisation.Kind.ADULT_SCHOOL)
    school.aliases.create(name="瑶山夜校")
    RoleAssignmentFactory(organisation=school)
    RoleAssignmentFactory(organisation=school, ended_at=NOON + datetime.timedelta(days=1))
    OrganisationFactory(name="连南成校外")

    found = [
        list(directory.organisations_wanted(by, directory.Wanted(text=text, kind=kind)))
        for text, kind in [
            ("成校", ""),
            ("夜校", ""),
            ("LN-", ""),
            ("ＬＮ－０１", ""),
            ("", "adult_school"),
            ("", "firm"),
        ]
    ]

    assert found == [[school], [school], [school], [school], [school], []]
    counted = directory.with_counts(directory.organisations_wanted(by, directory.Wanted()), NOON)
    assert [(each.children_count, each.people_count) for each in counted] == [(1, 1), (0, 1)]


@pytest.mark.parametrize(
    ("text", "codes"),
    [
        ("连南成校", ["ln-01"]),
        ("成校", ["ln-01", "ln-02"]),
        ("ＬＮ－０１", ["ln-01"]),
        ("瑶山夜校", ["ln-01"]),
        ("无", []),
    ],
)
def test_organisation_is_named_exactly_or_by_a_part(text: str, codes: list[str]) -> None:
    OrganisationFactory(code="ln-01", name="连南成校").aliases.create(name="瑶山夜校")
    OrganisationFactory(code="ln-02", name="连南成校外部")

    found = organisations_named(text, Organisation.objects.all())

    assert sorted(found.values_list("code", flat=True)) == codes
