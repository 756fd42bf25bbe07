"""Organisations, who holds a role, who got a certificate, whom an organisation signs up: most of them name people."""

from collections.abc import Iterable
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from qixue.people.models import User
from qixue.programme.models import Activity
from qixue.report.tables import Column, Table, table_of


def organisations_table(organisations: Iterable[Any]) -> Table:
    """Organisations as `with_counts` gives them."""
    columns: list[Column[Any]] = [
        Column(_("Organisation"), lambda row: row.local_name, 40),
        Column(_("Kind"), lambda row: str(row.get_kind_display() or "")),
        Column(_("Place"), lambda row: row.region.local_name if row.region else ""),
        Column(_("Belongs to"), lambda row: row.parent.local_name if row.parent else "", 32),
        Column(_("People with a role"), lambda row: row.people_count, 12),
        Column(_("Right below it"), lambda row: row.children_count, 12),
    ]
    return table_of(_("Organisations"), organisations, columns)


def roles_table(people: Iterable[Any], *, is_former: bool) -> Table:
    """A row per role that the viewer sees of a person; `is_former` shows also those that have ended."""
    rows = ((person, role) for person in people for role in person.seen_roles if is_former or not role.ended_at)
    columns: list[Column[tuple[User, Any]]] = [
        Column(_("Name"), lambda row: row[0].display_name, 20),
        Column(_("User name"), lambda row: row[0].username, 20),
        Column(_("Role"), lambda row: str(row[1].get_role_display()), 20),
        Column(_("Organisation"), lambda row: row[1].organisation.local_name, 36),
        Column(pgettext("of a role", "Until"), lambda row: row[1].ended_at),
    ]
    return table_of(_("People and roles"), rows, columns)


def certificates_table(activity: Activity, certificates: Iterable[Any]) -> Table:
    columns: list[Column[Any]] = [
        Column(pgettext("of a person", "Name"), lambda row: row.name or _("erased"), 20),
        Column(_("Number"), lambda row: row.printed_serial, 24),
        Column(pgettext("a certificate", "Issued on"), lambda row: row.issued_at),
        Column(_("Revoked"), lambda row: row.revoked_at),
        Column(_("Reason"), lambda row: row.revoke_reason, 40),
    ]
    return table_of(f"{activity.local_title} {_('Certificates')}", certificates, columns)


def listed_people_table(rows: Iterable[Any]) -> Table:
    columns: list[Column[Any]] = [
        Column(_("Full name"), lambda row: row.resident.name, 20),
        Column(_("Relative who takes care"), lambda row: row.resident.guardian.name if row.resident.guardian else ""),
        Column(_("Year of birth"), lambda row: row.resident.birth_year, 12),
        Column(
            _("Home town or subdistrict"),
            lambda row: row.resident.home_region.local_name if row.resident.home_region else "",
        ),
        Column(_("Organisation"), lambda row: row.organisation.local_name, 32),
    ]
    return table_of(_("People without phones"), rows, columns)
