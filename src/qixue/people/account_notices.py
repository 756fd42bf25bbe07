"""What people are told about their account and their roles."""

import datetime

from django.utils.translation import gettext_lazy as _

from qixue.core.clock import local_day
from qixue.people.models import Invitation, NotificationPreference, Resident, RoleAssignment
from qixue.people.notices import Notice, NoticeKind, names_of, register
from qixue.people.personal_data import Pair

ACCOUNT = NotificationPreference.Topic.ACCOUNT
MY_ROLES = "/workspace/roles/"
UNTIL_MIDNIGHT = datetime.timedelta(microseconds=1)

register(
    NoticeKind(
        "role_given",
        ACCOUNT,
        _("You have a new role in %(organisation)s"),
        _("%(by)s gave you the role “%(role)s”. It reaches everything below that organisation."),
    ),
    NoticeKind(
        "role_ended",
        ACCOUNT,
        _("Your role in %(organisation)s has ended"),
        _("%(by)s ended the role “%(role)s”. What you recorded stays with your name."),
    ),
    NoticeKind(
        "invitation_accepted",
        ACCOUNT,
        _("%(name)s has accepted your invitation"),
        _("%(name)s now has the role “%(role)s” in %(organisation)s."),
    ),
    NoticeKind(
        "stand_in_arranged",
        ACCOUNT,
        _("%(stand_in)s stands in for %(holder)s in %(organisation)s"),
        _("Role: “%(role)s”, from %(begins_on)s to %(until_on)s inclusive. It ends by itself, or earlier at any time."),
    ),
    NoticeKind(
        "stand_in_ended",
        ACCOUNT,
        _("%(stand_in)s no longer stands in for %(holder)s in %(organisation)s"),
        _("Role: “%(role)s”. %(holder)s goes on with it."),
    ),
    NoticeKind(
        "role_handed_over",
        ACCOUNT,
        _("%(giver)s has handed over to %(successor)s in %(organisation)s"),
        _("Role: “%(role)s”. What waits for it now waits for %(successor)s. Note: %(note)s"),
    ),
    NoticeKind(
        "records_merged",
        ACCOUNT,
        _("Two records of one person were brought together"),
        _(
            "You or somebody of your household had a second record, made without this account. What was kept with it is"
            " now under “Mine”. If it is not of that person, please tell the office that signs you up at once."
        ),
    ),
    NoticeKind(
        "record_claimed",
        ACCOUNT,
        _("Somebody of your household takes part with their own account now"),
        _("The code that you gave was used. Seats and record of the person are no longer in your household."),
    ),
)


def about(assignment: RoleAssignment) -> dict[str, str | int]:
    return {**names_of(organisation=assignment.organisation), "role": assignment.role}


def role_given(assignment: RoleAssignment, by: str) -> Notice:
    return Notice("role_given", f"role_given:{assignment.pk}", MY_ROLES, {**about(assignment), "by": by})


def role_ended(assignment: RoleAssignment, by: str) -> Notice:
    return Notice("role_ended", f"role_ended:{assignment.pk}", MY_ROLES, {**about(assignment), "by": by})


def invitation_accepted(invitation: Invitation) -> Notice:
    params: dict[str, str | int] = {
        "name": invitation.name,
        "role": invitation.role,
        **names_of(organisation=invitation.organisation),
    }
    link = f"/workspace/organisations/{invitation.organisation_id}/"
    return Notice("invitation_accepted", f"invitation_accepted:{invitation.pk}", link, params)


def stand_in(kind: str, assignment: RoleAssignment) -> Notice:
    """Somebody begins, or ends, to stand in for somebody."""
    params = {**about(assignment), "stand_in": assignment.user.display_name}
    if assignment.stands_in_for:
        params["holder"] = assignment.stands_in_for.user.display_name
    if assignment.begins_at and assignment.expires_at:
        params["begins_on"] = local_day(assignment.begins_at).isoformat()
        params["until_on"] = local_day(assignment.expires_at - UNTIL_MIDNIGHT).isoformat()
    return Notice(kind, f"{kind}:{assignment.pk}", MY_ROLES, params)


def records_merged(pair: Pair) -> Notice:
    """It names nobody: it stays when somebody of a household is forgotten."""
    return Notice("records_merged", f"records_merged:{pair.gone.key}", "/me/")


def record_claimed(person: Resident) -> Notice:
    """For the guardian of before; it names nobody."""
    return Notice("record_claimed", f"record_claimed:{person.key}", "/me/household/")


def role_handed_over(given: RoleAssignment, taken: RoleAssignment, note: str) -> Notice:
    params = {
        **about(given),
        "giver": given.user.display_name,
        "successor": taken.user.display_name,
        "note": note or "—",
    }
    return Notice("role_handed_over", f"role_handed_over:{given.pk}", MY_ROLES, params)
