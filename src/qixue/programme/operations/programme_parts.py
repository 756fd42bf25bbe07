"""Writes to the lists that a programme is made of: legal bases and how they came down, roles, leading group, tasks.

All of them are short ordered lists that are edited in the same way. A row that is added twice is there once; a change
or a removal names the version of the set-up that its editor has read.
"""

import dataclasses
import datetime
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.db.models import Max, QuerySet
from django.utils.translation import gettext_lazy as _

from qixue.core.models import record_audit
from qixue.core.refusal import Refused
from qixue.people.models import Organisation, User
from qixue.programme.models import (
    Activity,
    Brand,
    ForwardingStep,
    GroupMember,
    Involvement,
    LeadingGroup,
    LegalBasis,
    Liaison,
    Programme,
    PublicityChannel,
    TaskAssignment,
)
from qixue.programme.operations.activities import ALREADY_CHANGED
from qixue.programme.operations.plan_documents import normalised_number
from qixue.programme.operations.programmes import count_edit, lock_programme
from qixue.programme.rules import may_change_brand

Row = LegalBasis | ForwardingStep | GroupMember | Liaison | TaskAssignment | PublicityChannel | Involvement
Owner = Programme | LegalBasis | LeadingGroup
TITLE_MARKS = "《》"


@dataclass(frozen=True)
class LegalBasisDetails:
    name: str
    document_number: str = ""
    name_en: str = ""


@dataclass(frozen=True)
class ForwardingDetails:
    organ: str
    act: str
    document_number: str = ""


@dataclass(frozen=True)
class MemberDetails:
    """A seat: somebody by name, organisation or duty; at least one of them."""

    seat: str
    name: str = ""
    organisation: Organisation | None = None
    duty: str = ""


@dataclass(frozen=True)
class LiaisonDetails:
    organisation: Organisation
    name: str = ""
    phone: str = ""


@dataclass(frozen=True)
class TaskDetails:
    task: str
    organisation: Organisation
    task_en: str = ""
    supporters: tuple[Organisation, ...] = ()
    due_on: datetime.date | None = None


@dataclass(frozen=True)
class ChannelDetails:
    name: str
    name_en: str = ""
    brand: Brand | None = None


Details = LegalBasisDetails | ForwardingDetails | MemberDetails | LiaisonDetails | TaskDetails | ChannelDetails


@dataclass(frozen=True)
class Shelf:
    """Where rows of one kind stand: their model, the field that names their owner, what makes two of them the same."""

    model: type[Row]
    owner: str
    same: tuple[str, ...]
    code: str = ""  # the letters of the code that a row gets, where it has one


SHELVES: dict[type[Details], Shelf] = {
    LegalBasisDetails: Shelf(LegalBasis, "programme", ("name", "document_number"), "LB"),
    ForwardingDetails: Shelf(ForwardingStep, "legal_basis", ("organ", "act", "document_number")),
    MemberDetails: Shelf(GroupMember, "group", ("seat", "name", "organisation", "duty")),
    LiaisonDetails: Shelf(Liaison, "group", ("organisation", "name")),
    TaskDetails: Shelf(TaskAssignment, "programme", ("task", "organisation")),
    ChannelDetails: Shelf(PublicityChannel, "programme", ("name", "brand"), "C"),
}


@transaction.atomic
def add_row(programme: Programme, *, owner: Owner, details: Details, by: User, at: datetime.datetime) -> Row:
    """Add a row at the end of its list; one that is there already is returned.

    Refused: those of `checked`, `refuse_elsewhere` and `lock_programme`.
    """
    programme = lock_programme(programme, None, by=by)
    refuse_elsewhere(programme, owner, by)
    shelf, values = SHELVES[type(details)], checked(details)
    rows: QuerySet[Any] = shelf.model._default_manager.filter(**{shelf.owner: owner})
    if existing := rows.filter(**{name: values[name] for name in shelf.same}).first():
        return existing
    refuse_second_head(rows, details)
    supporters = values.pop("supporters", ())
    position = int(rows.aggregate(last=Max("position"))["last"] or 0) + 1
    if shelf.code:
        values["code"] = free_code(rows, shelf.code, position)
    row: Any = shelf.model._default_manager.create(**{shelf.owner: owner}, position=position, **values)
    if isinstance(row, TaskAssignment):
        row.supporters.set(supporters)
    count_edit(programme)
    record_audit("programme.row_added", row, by=by, at=at, details={"programme": programme.code, "row": str(row)})
    return row


def checked(details: Details) -> dict[str, Any]:
    """The values to store: document numbers as GB/T 9704 writes them, titles without their marks.

    Refused: document_number_unclear, nobody.
    """
    values = {field.name: getattr(details, field.name) for field in dataclasses.fields(details)}
    if isinstance(details, MemberDetails) and not (details.name or details.organisation or details.duty):
        raise Refused("nobody", _("Please give a name, an organisation or a duty."), field="name")
    if isinstance(details, LegalBasisDetails):
        values["name"] = details.name.strip().strip(TITLE_MARKS)
        values["purpose"] = "notice that asks for the programme" if details.document_number else "implemented"
    if number := values.get("document_number"):
        try:
            values["document_number"] = normalised_number(number)
        except Refused as refusal:
            raise Refused(refusal.code, refusal.text, field="document_number") from None
    return values


def refuse_second_head(rows: QuerySet[Any], details: Details) -> None:
    """Refused: head_twice."""
    if isinstance(details, MemberDetails) and details.seat == GroupMember.Seat.HEAD and rows.filter(seat="head"):
        raise Refused("head_twice", _("A leading group has one head; please choose another seat."), field="seat")


def free_code(rows: QuerySet[Any], letters: str, number: int) -> str:
    taken = set(rows.values_list("code", flat=True))
    while f"{letters}{number}" in taken:
        number += 1
    return f"{letters}{number}"


@transaction.atomic
def edit_row(programme: Programme, *, row: Row, details: Details, version: int, by: User, at: datetime.datetime) -> Row:
    """Change a row. An edited legal basis counts as checked.

    Refused: row_twice, and those of `checked`, `refuse_elsewhere` and `lock_programme`.
    """
    programme = lock_programme(programme, version, by=by)
    refuse_elsewhere(programme, row, by)
    shelf, values = SHELVES[type(details)], checked(details)
    owner = getattr(row, shelf.owner)
    others: QuerySet[Any] = shelf.model._default_manager.filter(**{shelf.owner: owner}).exclude(pk=row.pk)
    if others.filter(**{name: values[name] for name in shelf.same}).exists():
        raise Refused("row_twice", _("This list has the same entry already."))
    refuse_second_head(others, details)
    supporters = values.pop("supporters", None)
    if isinstance(row, LegalBasis):
        values["needs_check"] = False
    for name, value in values.items():
        setattr(row, name, value)
    row.save(update_fields=list(values))
    if isinstance(row, TaskAssignment) and supporters is not None:
        row.supporters.set(supporters)
    count_edit(programme)
    record_audit("programme.row_edited", row, by=by, at=at, details={"programme": programme.code, "row": str(row)})
    return row


@transaction.atomic
def confirm_legal_basis(
    programme: Programme, *, basis: LegalBasis, version: int, by: User, at: datetime.datetime
) -> LegalBasis:
    """Say that a legal basis copied from an earlier programme is still in force.

    Refused: those of `refuse_elsewhere` and `lock_programme`.
    """
    programme = lock_programme(programme, version, by=by)
    refuse_elsewhere(programme, basis, by)
    if basis.needs_check:
        basis.needs_check = False
        basis.save(update_fields=["needs_check"])
        count_edit(programme)
        record_audit("programme.basis_confirmed", basis, by=by, at=at, details={"programme": programme.code})
    return basis


def list_of(row: Row) -> QuerySet[Any]:
    """The rows among which a row has its place."""
    if isinstance(row, GroupMember):
        return row.group.members.filter(seat=row.seat)
    if isinstance(row, Involvement):
        subject = {"programme": row.programme_id, "brand": row.brand_id, "activity": row.activity_id}
        return Involvement.objects.filter(role=row.role, **subject)
    owner = {ForwardingStep: "legal_basis", Liaison: "group"}.get(type(row), "programme")
    return type(row)._default_manager.filter(**{owner: getattr(row, owner)})


@transaction.atomic
def move_row(programme: Programme, *, row: Row, is_up: bool, version: int, by: User, at: datetime.datetime) -> None:
    """Let a row change places with the one before or after it; at the end of the list nothing changes.

    Refused: those of `refuse_elsewhere` and `lock_programme`.
    """
    programme = lock_programme(programme, version, by=by)
    refuse_elsewhere(programme, row, by)
    rows = list(list_of(row).order_by("position", "pk"))
    here = next(at for at, each in enumerate(rows) if each.pk == row.pk)
    there = here - 1 if is_up else here + 1
    if not 0 <= there < len(rows):
        return
    rows[here], rows[there] = rows[there], rows[here]
    write_order(rows)
    count_edit(programme)
    record_audit("programme.row_moved", row, by=by, at=at, details={"programme": programme.code, "row": str(row)})


def write_order(rows: list[Any]) -> None:
    """Positions that ascend with the list; through numbers that no row has, because two may never be the same."""
    positions = sorted({row.position for row in rows} | set(range(1, len(rows) + 1)))[: len(rows)]
    beyond = max(row.position for row in rows)
    for offset in (beyond, 0):
        for row, position in zip(rows, positions, strict=True):
            row.position = offset + position
        type(rows[0])._default_manager.bulk_update(rows, ["position"])


@transaction.atomic
def remove_row(programme: Programme, *, row: Row, version: int, by: User, at: datetime.datetime) -> None:
    """Take a row out of its list; again changes nothing.

    Refused: those of `refuse_elsewhere` and `lock_programme`.
    """
    rows = type(row)._default_manager.filter(pk=row.pk)
    if not rows.exists():
        return
    programme = lock_programme(programme, version, by=by)
    refuse_elsewhere(programme, row, by)
    record_audit("programme.row_removed", row, by=by, at=at, details={"programme": programme.code, "row": str(row)})
    rows.delete()
    count_edit(programme)


@transaction.atomic
def give_role(
    programme: Programme,
    *,
    subject: Programme | Brand | Activity,
    role: str,
    organisations: Iterable[Organisation],
    by: User,
    at: datetime.datetime,
) -> list[Involvement]:
    """Give organisations a role in the programme, one of its brands or one of its activities; once each.

    Refused: those of `refuse_elsewhere` and `lock_programme`.
    """
    programme = lock_programme(programme, None, by=by)
    refuse_elsewhere(programme, subject, by)
    field = subject._meta.model_name or ""
    rows = Involvement.objects.filter(role=role, **{field: subject})
    position = int(rows.aggregate(last=Max("position"))["last"] or 0)
    given = []
    for organisation in organisations:
        values = {"organisation": organisation, "role": role, field: subject}
        involvement, is_new = Involvement.objects.get_or_create(**values, defaults={"position": position + 1})
        position += is_new
        given.append(involvement)
        if is_new:
            details = {"programme": programme.code, "organisation": organisation.code, "role": role}
            record_audit("programme.role_given", involvement, by=by, at=at, details=details)
    count_edit(programme)
    return given


NOT_IN_PROGRAMME = _("This does not, or no longer, belong to the programme.")


def lock_brand(programme: Programme, brand: Brand, version: int | None, *, by: User) -> Brand:
    """The brand, locked for a change of it: it stands in several programmes, so the lock on one of them is not enough.

    `version` None: the change cannot overwrite anybody's.
    Refused: not_in_programme, brand_elsewhere, changed_meanwhile.
    """
    brands = Brand.objects.select_for_update(of=("self",)).select_related("organisation")
    locked = brands.filter(programmes=programme, pk=brand.pk).first()
    if locked is None:
        raise Refused("not_in_programme", NOT_IN_PROGRAMME)
    if not may_change_brand(by, locked):
        raise Refused("brand_elsewhere", _("Another organisation keeps this brand; only its coordinators change it."))
    if version is not None and locked.edit_count != version:
        raise Refused("changed_meanwhile", ALREADY_CHANGED)
    return locked


def refuse_elsewhere(programme: Programme, part: Owner | Row | Brand | Activity, by: User) -> None:
    """Who may change this programme does not change parts of another one by it. Brands and their roles are locked.

    Refused: not_in_programme, and those of `lock_brand`.
    """
    brand = part.brand if isinstance(part, Involvement) else part
    if isinstance(brand, Brand):
        lock_brand(programme, brand, None, by=by)
    elif programme_id_of(part) != programme.pk:
        raise Refused("not_in_programme", NOT_IN_PROGRAMME)


def programme_id_of(part: Any) -> int | None:
    """The key of the programme of which the part is one, itself or through its list or activity."""
    if isinstance(part, Programme):
        return part.pk
    if isinstance(part, ForwardingStep):
        return part.legal_basis.programme_id
    if isinstance(part, GroupMember | Liaison):
        return part.group.programme_id
    if isinstance(part, Involvement) and part.activity:
        return part.activity.programme_id
    return int(part.programme_id) if part.programme_id else None


@transaction.atomic
def set_up_leading_group(
    programme: Programme,
    *,
    name: str,
    name_en: str,
    office: Organisation | None,
    version: int,
    by: User,
    at: datetime.datetime,
) -> LeadingGroup:
    """Set up the leading group of a programme, or change its name and where its office is.

    Refused: those of `lock_programme`.
    """
    programme = lock_programme(programme, version, by=by)
    group, _made = LeadingGroup.objects.update_or_create(
        programme=programme, defaults={"name": name, "name_en": name_en, "office": office}
    )
    count_edit(programme)
    record_audit("programme.leading_group_set", group, by=by, at=at, details={"programme": programme.code})
    return group
