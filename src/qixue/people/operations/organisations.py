"""Writes to the tree of organisations: add, edit, move. Its attendance ledger stays with each organisation."""

import dataclasses
import datetime
import uuid
from collections.abc import Iterable
from dataclasses import dataclass

from django.db import transaction
from django.db.models import Value
from django.db.models.functions import Concat, Substr
from django.utils.translation import gettext_lazy as _

from qixue.core.models import OutboxMessage, record_audit
from qixue.core.refusal import Refused
from qixue.people.models import Organisation, OrganisationAlias, User
from qixue.people.queries import region_of_part
from qixue.people.rules import Action, may, may_move
from qixue.places.models import Region

LONGEST_PATH = 400
SET_FROM_ABOVE = ("kind", "region")  # they decide about levels, brands, returns and whose part of the map it is


@dataclass(frozen=True)
class OrganisationFacts:
    """What is known about an organisation beside its place in the tree."""

    name: str
    name_en: str = ""
    kind: str = ""
    region: Region | None = None
    phone: str = ""

    def values(self) -> dict[str, object]:
        return {field.name: getattr(self, field.name) for field in dataclasses.fields(self)}


def lock_tree() -> None:
    """One change of the tree, or of who is in charge in it, at a time.

    Without it two moves could meet in a circle, and two coordinators could end each other's role.
    """
    list(Organisation.objects.select_for_update(no_key=True).filter(parent=None).order_by("pk").values_list("pk"))


def refuse_outsiders(by: User, organisation: Organisation) -> None:
    """Refused: not_in_reach."""
    if not may(by, Action.MANAGE_ORGANISATIONS, organisation):
        raise Refused("not_in_reach", _("This organisation is outside of your part of the tree."))


def refuse_own_place(by: User, organisation: Organisation, changed: list[str]) -> None:
    """Nobody makes a county of their own town. Refused: set_from_above."""
    field = next((name for name in SET_FROM_ABOVE if name in changed), "")
    if field and not may_move(by, organisation):
        raise Refused("set_from_above", _("Only an organisation above it changes its kind and its place."), field=field)


def refuse_place_outside(parent: Organisation, regions: Iterable[Region | None], field: str) -> None:
    """What stands below an organisation lies in its place. Refused: place_outside."""
    around = region_of_part(parent)
    if around and not all(region.path.startswith(around.path) for region in regions if region):
        raise Refused(
            "place_outside",
            _("What stands below %(organisation)s lies in %(region)s; please choose a place there."),
            field=field,
            organisation=parent.name,
            region=around.name,
        )


def code_of(client_uuid: uuid.UUID) -> str:
    """Where nobody chose a code: one that comes from the form, so that a form sent twice adds one organisation."""
    return f"O-{client_uuid.hex[:12]}"


@transaction.atomic
def create_organisation(
    parent: Organisation,
    *,
    facts: OrganisationFacts,
    code: str,
    by: User,
    at: datetime.datetime,
    client_uuid: uuid.UUID,
) -> Organisation:
    """Add an organisation below another. The same form again returns the first.

    Refused: not_in_reach, name_taken, code_taken, place_outside, tree_too_deep.
    """
    lock_tree()
    parent = Organisation.objects.get(pk=parent.pk)
    refuse_outsiders(by, parent)
    code = code or code_of(client_uuid)
    twin = Organisation.objects.filter(code__iexact=code).first()
    if twin and (twin.parent_id, twin.name) == (parent.pk, facts.name):
        return twin
    if twin:
        raise Refused("code_taken", _("Another organisation has this code; please choose another."), field="code")
    refuse_twin(parent, facts.name)
    refuse_place_outside(parent, [facts.region], "region")
    path = f"{parent.path}{code}/"
    if len(path) > LONGEST_PATH:
        raise Refused("tree_too_deep", _("The tree would become too deep here; please choose a shorter code."))
    organisation = Organisation.objects.create(parent=parent, code=code, path=path, **facts.values())
    record_audit("organisation.created", organisation, by=by, at=at, details={"name": organisation.name})
    return organisation


def refuse_twin(parent: Organisation | None, name: str) -> None:
    """Two organisations of one name side by side could not be told apart. Refused: name_taken."""
    if Organisation.objects.filter(parent=parent, name=name).exists():
        raise Refused("name_taken", _("An organisation of this name is there already."), field="name")


@transaction.atomic
def edit_organisation(
    organisation: Organisation,
    *,
    facts: OrganisationFacts,
    aliases: list[str],
    version: int,
    by: User,
    at: datetime.datetime,
) -> Organisation:
    """Change what is known about an organisation. `version` is the number of edits that the editor read.

    Refused: not_in_reach, changed_meanwhile, name_taken, set_from_above, place_outside.
    """
    organisation = Organisation.objects.select_for_update(no_key=True).get(pk=organisation.pk)
    refuse_outsiders(by, organisation)
    if organisation.edit_count != version:
        raise Refused(
            "changed_meanwhile", _("Somebody else has changed this in the meantime; please compare both texts.")
        )
    if facts.name != organisation.name:
        refuse_twin(organisation.parent, facts.name)
    former = {name: getattr(organisation, name) for name in facts.values()}
    changed = [name for name, value in facts.values().items() if former[name] != value]
    refuse_own_place(by, organisation, changed)
    if "region" in changed and organisation.parent:
        refuse_place_outside(organisation.parent, [facts.region], "region")
    known = set(organisation.aliases.values_list("name", flat=True))
    wanted = {alias for alias in aliases if alias != facts.name}
    if facts.name != organisation.name:
        wanted.add(organisation.name)  # sources go on to mention it by its former name
    if not changed and known == wanted:
        return organisation
    for name in changed:
        setattr(organisation, name, getattr(facts, name))
    organisation.edit_count += 1
    organisation.save(update_fields=[*changed, "edit_count"])
    organisation.aliases.exclude(name__in=wanted).delete()
    OrganisationAlias.objects.bulk_create(
        [OrganisationAlias(organisation=organisation, name=alias) for alias in sorted(wanted - known)]
    )
    details = {"fields": changed, "aliases": sorted(wanted), "former_name": former["name"]}
    record_audit("organisation.edited", organisation, by=by, at=at, details=details)
    return organisation


@transaction.atomic
def move_organisation(
    organisation: Organisation, *, parent: Organisation, by: User, at: datetime.datetime
) -> Organisation:
    """Put an organisation with everything below it under another one; where it is already, nothing happens.

    Refused: not_in_reach, circle, name_taken, place_outside, tree_too_deep.
    """
    lock_tree()
    organisation = Organisation.objects.get(pk=organisation.pk)
    parent = Organisation.objects.get(pk=parent.pk)
    refuse_outsiders(by, parent)
    if not may_move(by, organisation):
        raise Refused("not_in_reach", _("Only an organisation above it gives it another place."))
    if organisation.parent_id == parent.pk:
        return organisation
    if parent.path.startswith(organisation.path):
        raise Refused(
            "circle", _("An organisation cannot stand below itself; please choose one outside of it."), field="parent"
        )
    refuse_twin(parent, organisation.name)
    placed = Region.objects.filter(organisations__in=Organisation.objects.within(organisation))
    refuse_place_outside(parent, placed, "parent")
    former, path = organisation.path, f"{parent.path}{organisation.code}/"
    longest = max(len(each) for each in Organisation.objects.within(organisation).values_list("path", flat=True))
    if longest - len(former) + len(path) > LONGEST_PATH:
        raise Refused("tree_too_deep", _("The tree would become too deep there; please choose another place."))
    Organisation.objects.filter(pk=organisation.pk).update(parent=parent)
    Organisation.objects.within(organisation).update(path=below(path, former, "path"))
    OutboxMessage.objects.filter(scope__startswith=former).update(scope=below(path, former, "scope"))
    record_audit("organisation.moved", organisation, by=by, at=at, details={"from": former, "to": path})
    organisation.refresh_from_db()
    return organisation


def below(path: str, former: str, field: str) -> Concat:
    """The stored path with its beginning exchanged, computed by the database for a whole subtree at once."""
    return Concat(Value(path), Substr(field, len(former) + 1))
