from qixue.people.models.accounts import ApiToken, User
from qixue.people.models.notifications import Notification, NotificationPreference, QuietHours
from qixue.people.models.organisations import Organisation, OrganisationAlias, OrganisationQuerySet
from qixue.people.models.residents import GuardianConsent, Resident
from qixue.people.models.roles import Role, RoleAssignment

__all__ = [
    "ApiToken",
    "GuardianConsent",
    "Notification",
    "NotificationPreference",
    "Organisation",
    "OrganisationAlias",
    "OrganisationQuerySet",
    "QuietHours",
    "Resident",
    "Role",
    "RoleAssignment",
    "User",
]
