from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

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
        """Roles that are held now."""
        return self.filter(ended_at=None)


class RoleAssignment(models.Model):
    """A role that a person holds in an organisation until it ends; it reaches the organisation's subtree."""

    user = models.ForeignKey(User, models.CASCADE, related_name="role_assignments")
    organisation = models.ForeignKey(Organisation, models.CASCADE, related_name="role_assignments")
    role = models.CharField(max_length=20, choices=Role)
    granted_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)

    objects = RoleAssignmentQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["user", "organisation", "role"],
                condition=Q(ended_at=None),
                name="role_held_once_at_a_time",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user_id} {self.role} {self.organisation_id}"
