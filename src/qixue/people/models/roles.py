from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from qixue.core.fields import mobile_validator, plain_text_validator
from qixue.people.models.accounts import User
from qixue.people.models.organisations import Organisation


class Role(models.TextChoices):
    COORDINATOR = "coordinator", _("Coordinator")
    ORGANISER = "organiser", pgettext_lazy("role of a person", "Organiser")
    DOOR_VOLUNTEER = "door_volunteer", _("Door volunteer")
    CADRE = "cadre", _("Village cadre")
    TREASURER = "treasurer", _("Treasurer")
    AUDITOR = "auditor", _("Auditor")


class RoleAssignmentQuerySet(models.QuerySet["RoleAssignment"]):
    def current(self) -> "RoleAssignmentQuerySet":
        """Roles that are held now: neither ended nor, for a deputy, run out (by the database's clock)."""
        return self.filter(Q(expires_at=None) | Q(expires_at__gt=Now()), ended_at=None)


class RoleAssignment(models.Model):
    """A role that a person holds in an organisation until it ends; it reaches the organisation's subtree."""

    user = models.ForeignKey(User, models.CASCADE, related_name="role_assignments")
    organisation = models.ForeignKey(Organisation, models.CASCADE, related_name="role_assignments")
    role = models.CharField(max_length=20, choices=Role)
    granted_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)
    expires_at = models.DateTimeField(null=True, blank=True)  # a deputy's role ends by itself
    standing_in_for = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")

    objects = RoleAssignmentQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(standing_in_for=None) | Q(expires_at__isnull=False),
                name="deputy_role_expires",
            ),
            models.UniqueConstraint(
                fields=["user", "organisation", "role"],
                condition=Q(ended_at=None),
                name="role_held_once_at_a_time",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user_id} {self.role} {self.organisation_id}"


class Invitation(models.Model):
    """Asks somebody to take a role in an organisation. Only the digest of its secret is stored; it works once."""

    organisation = models.ForeignKey(Organisation, models.CASCADE, related_name="staff_invitations")
    role = models.CharField(max_length=20, choices=Role)
    name = models.CharField(max_length=100, validators=[plain_text_validator])
    email = models.EmailField(max_length=160, blank=True)
    mobile = models.CharField(max_length=20, blank=True, validators=[mobile_validator])
    digest = models.CharField(max_length=64, unique=True)
    invited_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    invited_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    accepted_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="invitations_accepted")
    accepted_at = models.DateTimeField(null=True, blank=True)
    withdrawn_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=~Q(email="", mobile=""), name="invitation_has_an_address"),
            models.CheckConstraint(
                condition=Q(accepted_at=None, accepted_by=None)
                | Q(accepted_at__isnull=False, accepted_by__isnull=False),
                name="invitation_accepted_by_somebody",
            ),
            models.CheckConstraint(
                condition=Q(accepted_at=None) | Q(withdrawn_at=None), name="invitation_not_accepted_and_withdrawn"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name} {self.role}"
