from qixue.people.models.accounts import ApiToken, User
from qixue.people.models.invitations import Invitation, InvitationQuerySet
from qixue.people.models.notifications import Notification, NotificationPreference, QuietHours
from qixue.people.models.organisations import Organisation, OrganisationAlias, OrganisationQuerySet
from qixue.people.models.residents import Resident
from qixue.people.models.roles import HandOver, Role, RoleAssignment, RoleAssignmentQuerySet

__all__ = [
    "ApiToken",
    "HandOver",
    "Invitation",
    "InvitationQuerySet",
    "Notification",
    "NotificationPreference",
    "Organisation",
    "OrganisationAlias",
    "OrganisationQuerySet",
    "QuietHours",
    "Resident",
    "Role",
    "RoleAssignment",
    "RoleAssignmentQuerySet",
    "User",
]
