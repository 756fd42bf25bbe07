"""What each role is for, in a few words, where somebody is about to give or take one."""

from typing import Any

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext

from qixue.people.models import Role

WORDS: dict[str, Any] = {
    Role.COORDINATOR: _("sets up and approves plans, reads the report, looks after people and organisations"),
    Role.ORGANISER: _("files plans, writes activities, enters how many people came"),
    Role.DOOR_VOLUNTEER: _("enters how many people came, nothing else"),
    Role.CADRE: _("reads activities and enters how many people came"),
    Role.TREASURER: _("reads plans and their budgets"),
    Role.AUDITOR: _("reads everything, the photos of sign-in sheets too, and changes nothing"),
}


def role_choices(allowed: list[str] | None = None) -> list[tuple[str, str]]:
    """The roles, or those that are allowed, each with what it is for."""
    colon = pgettext("between label and error", ": ")
    roles = [role for role in Role if allowed is None or role in allowed]
    return [(role.value, f"{role.label}{colon}{WORDS[role]}") for role in roles]
