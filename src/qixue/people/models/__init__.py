from qixue.people.models.accounts import ApiToken, User
from qixue.people.models.factors import AuthenticatorApp, CodeTries, Passkey, RecoveryCode
from qixue.people.models.invitations import Invitation, InvitationQuerySet
from qixue.people.models.notifications import Notification, NotificationPreference, QuietHours
from qixue.people.models.organisations import Organisation, OrganisationAlias, OrganisationQuerySet
from qixue.people.models.phone_codes import ConfirmedMobile, PhoneCode, PhoneCodeCount
from qixue.people.models.residents import (
    DifferentPeople,
    Erasure,
    GuardianChange,
    GuardianConsent,
    Merge,
    Resident,
    WeChatAccount,
)
from qixue.people.models.roles import HandOver, Role, RoleAssignment, RoleAssignmentQuerySet
from qixue.people.models.web_sessions import WebSession

__all__ = [
    "ApiToken",
    "AuthenticatorApp",
    "CodeTries",
    "ConfirmedMobile",
    "DifferentPeople",
    "Erasure",
    "GuardianChange",
    "GuardianConsent",
    "HandOver",
    "Invitation",
    "InvitationQuerySet",
    "Merge",
    "Notification",
    "NotificationPreference",
    "Organisation",
    "OrganisationAlias",
    "OrganisationQuerySet",
    "Passkey",
    "PhoneCode",
    "PhoneCodeCount",
    "QuietHours",
    "RecoveryCode",
    "Resident",
    "Role",
    "RoleAssignment",
    "RoleAssignmentQuerySet",
    "User",
    "WeChatAccount",
    "WebSession",
]
