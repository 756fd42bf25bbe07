"""The ordered lists of a set-up: added once, changed as they were read, moved, taken out."""

from typing import Any

import pytest
from django.db import IntegrityError, transaction
from tests.factories import (
    NOON,
    ActivityFactory,
    BrandFactory,
    OrganisationFactory,
    ProgrammeFactory,
    RegionFactory,
    RoleAssignmentFactory,
    UserFactory,
)
from tests.programme.operations.conftest import refusing

from qixue.core.refusal import Refused
from qixue.people.models import Organisation, Role, User
from qixue.places.models import Region
from qixue.programme.models import (
    Brand,
    ForwardingStep,
    GroupMember,
    Involvement,
    LeadingGroup,
    LegalBasis,
    Programme,
    TaskAssignment,
)
from qixue.programme.operations.programme_parts import (
    ChannelDetails,
    ForwardingDetails,
    LegalBasisDetails,
    LiaisonDetails,
    MemberDetails,
    TaskDetails,
    add_row,
    confirm_legal_basis,
    edit_row,
    give_role,
    move_row,
    remove_row,
    set_up_leading_group,
)

pytestmark = pytest.mark.django_db
Seat = GroupMember.Seat
Role_ = Involvement.Role


@pytest.fixture
def programme() -> Programme:
    return ProgrammeFactory(organisation=OrganisationFactory(code="bureau"), state=Programme.State.DRAFT)


@pytest.fixture
def coordinator(programme: Programme) -> User:
    return RoleAssignmentFactory(organisation=programme.organisation, role=Role.COORDINATOR).user


@pytest.fixture
def acting(coordinator: User) -> dict[str, Any]:
    return {"by": coordinator, "at": NOON}


@pytest.fixture
def group(programme: Programme) -> LeadingGroup:
    return LeadingGroup.objects.create(programme=programme, name="活动周领导小组")


def basis(programme: Programme, acting: dict[str, Any], name: str = "教育法") -> LegalBasis:
    row = add_row(programme, owner=programme, details=LegalBasisDetails(name), **acting)
    assert isinstance(row, LegalBasis)
    return row


def version(programme: Programme) -> int:
    return Programme.objects.get(pk=programme.pk).version


def test_legal_basis_gets_its_number_as_documents_print_it(programme: Programme, acting: dict[str, Any]) -> None:
    details = LegalBasisDetails("《关于举办活动周的通知》", "教职成厅函[2026]012号")

    row = add_row(programme, owner=programme, details=details, **acting)

    assert isinstance(row, LegalBasis)
    assert (row.name, row.document_number, row.code) == ("关于举办活动周的通知", "教职成厅函〔2026〕12号", "LB1")


def test_number_that_cannot_be_read_is_refused_beside_its_field(programme: Programme, acting: dict[str, Any]) -> None:
    with pytest.raises(Refused) as refused:
        add_row(programme, owner=programme, details=LegalBasisDetails("通知", "十二号"), **acting)

    assert (refused.value.code, refused.value.field) == ("document_number_unclear", "document_number")


def every_kind(programme: Programme, group: LeadingGroup, acting: dict[str, Any]) -> list[tuple[Any, Any]]:
    notice, office = basis(programme, acting), OrganisationFactory()
    return [
        (programme, LegalBasisDetails("学习型城市建设意见")),
        (notice, ForwardingDetails("教育部办公厅", ForwardingStep.Act.ISSUED, "教职成厅函〔2026〕12号")),
        (group, MemberDetails(Seat.DEPUTY, "李某", office, "局长")),
        (group, LiaisonDetails(office, "王某", "0763-0000000")),
        (programme, TaskDetails("统筹协调", office, supporters=(OrganisationFactory(),))),
        (programme, ChannelDetails("公交站牌")),
    ]


def test_row_added_twice_is_there_once(programme: Programme, group: LeadingGroup, acting: dict[str, Any]) -> None:
    for owner, details in every_kind(programme, group, acting):
        first = add_row(programme, owner=owner, details=details, **acting)

        assert add_row(programme, owner=owner, details=details, **acting) == first


def test_every_change_counts_as_an_edit_of_the_set_up(
    programme: Programme, group: LeadingGroup, acting: dict[str, Any]
) -> None:
    rows = every_kind(programme, group, acting)
    before = version(programme)

    for owner, details in rows:
        add_row(programme, owner=owner, details=details, **acting)

    assert version(programme) == before + len(rows)


def test_edit_as_it_was_read(programme: Programme, acting: dict[str, Any]) -> None:
    row = basis(programme, acting)
    read = version(programme)
    edit_row(programme, row=row, details=LegalBasisDetails("终身教育条例"), version=read, **acting)

    with refusing("changed_meanwhile"):
        edit_row(programme, row=row, details=LegalBasisDetails("别的"), version=read, **acting)

    assert programme.legal_bases.get().name == "终身教育条例"


def test_edit_into_a_row_that_is_there_is_refused(programme: Programme, acting: dict[str, Any]) -> None:
    basis(programme, acting)
    other = basis(programme, acting, "终身教育条例")

    with refusing("row_twice"):
        edit_row(programme, row=other, details=LegalBasisDetails("教育法"), version=version(programme), **acting)


def test_task_is_edited_with_its_supporters(programme: Programme, acting: dict[str, Any]) -> None:
    lead, one, two = OrganisationFactory(), OrganisationFactory(), OrganisationFactory()
    row = add_row(programme, owner=programme, details=TaskDetails("宣传", lead, supporters=(one,)), **acting)

    details = TaskDetails("宣传发动", lead, supporters=(two,))
    edit_row(programme, row=row, details=details, version=version(programme), **acting)

    task = TaskAssignment.objects.get()
    assert (task.task, list(task.supporters.all())) == ("宣传发动", [two])


def test_copied_basis_is_checked_by_confirming_or_editing_it(programme: Programme, acting: dict[str, Any]) -> None:
    rows = [basis(programme, acting), basis(programme, acting, "终身教育条例")]
    LegalBasis.objects.update(needs_check=True)
    for row in rows:
        row.refresh_from_db()

    confirm_legal_basis(programme, basis=rows[0], version=version(programme), **acting)
    details = LegalBasisDetails("终身教育促进条例")
    edit_row(programme, row=rows[1], details=details, version=version(programme), **acting)

    assert not LegalBasis.objects.filter(needs_check=True).exists()


def names(rows: Any) -> list[str]:
    return [row.organ for row in rows.order_by("position")]


def test_chain_can_be_put_in_another_order(programme: Programme, acting: dict[str, Any]) -> None:
    notice = basis(programme, acting)
    for organ in ("省教育厅", "教育部", "市教育局"):
        details = ForwardingDetails(organ, ForwardingStep.Act.FORWARDED)
        add_row(programme, owner=notice, details=details, **acting)
    ministry = notice.forwarding_steps.get(organ="教育部")

    move_row(programme, row=ministry, is_up=True, version=version(programme), **acting)
    first = version(programme)
    move_row(programme, row=notice.forwarding_steps.get(organ="教育部"), is_up=True, version=first, **acting)

    assert names(notice.forwarding_steps) == ["教育部", "省教育厅", "市教育局"]
    assert version(programme) == first  # at the end of the list nothing changes


def test_removal_as_it_was_read_and_again(programme: Programme, acting: dict[str, Any]) -> None:
    row, other = basis(programme, acting), basis(programme, acting, "终身教育条例")

    with refusing("changed_meanwhile"):
        remove_row(programme, row=row, version=version(programme) - 1, **acting)
    remove_row(programme, row=row, version=version(programme), **acting)
    remove_row(programme, row=LegalBasis(pk=row.pk), version=0, **acting)

    assert list(programme.legal_bases.all()) == [other]


def test_row_added_after_a_removal_gets_a_code_of_its_own(programme: Programme, acting: dict[str, Any]) -> None:
    for name in ("甲", "乙"):
        basis(programme, acting, name)
    remove_row(programme, row=programme.legal_bases.get(name="甲"), version=version(programme), **acting)

    basis(programme, acting, "丙")

    assert list(programme.legal_bases.order_by("position").values_list("code", flat=True)) == ["LB2", "LB3"]


def test_leading_group_has_one_head(programme: Programme, group: LeadingGroup, acting: dict[str, Any]) -> None:
    add_row(programme, owner=group, details=MemberDetails(Seat.HEAD, "李某"), **acting)

    with refusing("head_twice"):
        add_row(programme, owner=group, details=MemberDetails(Seat.HEAD, "王某"), **acting)
    with pytest.raises(IntegrityError), transaction.atomic():
        GroupMember.objects.create(group=group, position=9, seat=Seat.HEAD, name="王某")


def test_seat_of_nobody_is_refused_twice(programme: Programme, group: LeadingGroup, acting: dict[str, Any]) -> None:
    with refusing("nobody"):
        add_row(programme, owner=group, details=MemberDetails(Seat.MEMBER), **acting)
    with pytest.raises(IntegrityError), transaction.atomic():
        GroupMember.objects.create(group=group, position=9, seat=Seat.MEMBER)


def test_leading_group_is_set_up_and_changed(programme: Programme, acting: dict[str, Any]) -> None:
    office = OrganisationFactory()
    values = {"name_en": "", "office": office}

    set_up_leading_group(programme, name="领导小组", **values, version=1, **acting)
    set_up_leading_group(programme, name="活动周领导小组", **values, version=2, **acting)

    assert LeadingGroup.objects.get().name == "活动周领导小组"
    with refusing("changed_meanwhile"):
        set_up_leading_group(programme, name="别的", **values, version=2, **acting)


def test_role_is_given_to_programme_event_and_brand(programme: Programme, acting: dict[str, Any]) -> None:
    one, two = OrganisationFactory(), OrganisationFactory()
    event = ActivityFactory(programme=programme, kind="launch_ceremony")
    brand = BrandFactory(organisation=programme.organisation)
    brand.programmes.add(programme)

    for subject in (programme, event, brand):
        for _time in range(2):
            give_role(programme, subject=subject, role=Role_.HOST, organisations=[one, two], **acting)

    rows = Involvement.objects.order_by("pk").values_list("programme", "activity", "brand", "organisation", "position")
    assert list(rows) == [
        (programme.pk, None, None, one.pk, 1),
        (programme.pk, None, None, two.pk, 2),
        (None, event.pk, None, one.pk, 1),
        (None, event.pk, None, two.pk, 2),
        (None, None, brand.pk, one.pk, 1),
        (None, None, brand.pk, two.pk, 2),
    ]


def test_roles_move_among_those_of_the_same_kind(programme: Programme, acting: dict[str, Any]) -> None:
    one, two, three = OrganisationFactory(), OrganisationFactory(), OrganisationFactory()
    give_role(programme, subject=programme, role=Role_.HOST, organisations=[one, two], **acting)
    give_role(programme, subject=programme, role=Role_.CO_ORGANISER, organisations=[three], **acting)

    row = Involvement.objects.get(organisation=two)
    move_row(programme, row=row, is_up=True, version=version(programme), **acting)

    hosts = Involvement.objects.filter(role=Role_.HOST).order_by("position")
    assert [host.organisation for host in hosts] == [two, one]
    assert Involvement.objects.get(organisation=three).position == 1


def test_county_programme_changes_no_brand_of_the_city(programme: Programme) -> None:
    county = RegionFactory(code="441826", name="连南", level=Region.Level.COUNTY, parent=RegionFactory())
    local = ProgrammeFactory(organisation=OrganisationFactory(parent=programme.organisation), region=county)
    brand: Brand = BrandFactory(organisation=programme.organisation)
    brand.programmes.add(programme, local)
    body: Organisation = OrganisationFactory()
    acting = {"by": RoleAssignmentFactory(organisation=local.organisation, role=Role.COORDINATOR).user, "at": NOON}

    with refusing("brand_elsewhere"):
        give_role(local, subject=brand, role=Role_.CARRIER, organisations=[body], **acting)


def test_role_in_a_brand_is_moved_and_taken_out_only_where_the_brand_is_kept(programme: Programme) -> None:
    college = OrganisationFactory(parent=programme.organisation)
    theirs = ProgrammeFactory(organisation=college, region=programme.region)
    brand = BrandFactory(organisation=programme.organisation)
    brand.programmes.add(programme, theirs)
    row = Involvement.objects.create(brand=brand, organisation=college, role=Role_.CARRIER, position=1)
    below = {"by": RoleAssignmentFactory(organisation=college, role=Role.COORDINATOR).user, "at": NOON}

    with refusing("brand_elsewhere"):
        move_row(theirs, row=row, is_up=True, version=1, **below)
    with refusing("brand_elsewhere"):
        remove_row(theirs, row=row, version=1, **below)

    assert Involvement.objects.filter(pk=row.pk).exists()


def test_parts_of_another_programme_are_not_changed_by_this_one(programme: Programme, acting: dict[str, Any]) -> None:
    other = ProgrammeFactory()
    basis = LegalBasis.objects.create(programme=other, code="LB1", position=1, name="教育法", needs_check=True)
    group = LeadingGroup.objects.create(programme=other, name="领导小组")
    member = GroupMember.objects.create(group=group, position=1, seat=Seat.MEMBER, name="李明")
    event, brand = ActivityFactory(programme=other), BrandFactory(organisation=programme.organisation)
    role = Involvement.objects.create(activity=event, organisation=programme.organisation, role=Role_.HOST)
    editing: dict[str, Any] = {"version": 1, **acting}

    for owner, details in ((other, LegalBasisDetails("条例")), (group, MemberDetails("member", name="王芳"))):
        with refusing("not_in_programme"):
            add_row(programme, owner=owner, details=details, **acting)
    with refusing("not_in_programme"):
        edit_row(programme, row=basis, details=LegalBasisDetails("条例"), **editing)
    with refusing("not_in_programme"):
        confirm_legal_basis(programme, basis=basis, **editing)
    for row in (basis, member, role):
        with refusing("not_in_programme"):
            move_row(programme, row=row, is_up=True, **editing)
        with refusing("not_in_programme"):
            remove_row(programme, row=row, **editing)
    for subject in (other, event, brand):
        with refusing("not_in_programme"):
            give_role(programme, subject=subject, role=Role_.HOST, organisations=[programme.organisation], **acting)


def test_strangers_and_closed_programmes_are_refused(programme: Programme, acting: dict[str, Any]) -> None:
    stranger = {"by": UserFactory(), "at": NOON}

    with refusing("not_in_charge"):
        add_row(programme, owner=programme, details=LegalBasisDetails("教育法"), **stranger)
    Programme.objects.update(state=Programme.State.CLOSED)
    with refusing("programme_closed"):
        add_row(programme, owner=programme, details=LegalBasisDetails("教育法"), **acting)
    assert not LegalBasis.objects.exists()
