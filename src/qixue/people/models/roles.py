import datetime

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from qixue.core.clock import now
from qixue.core.fields import plain_text_validator
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
    def current(self, at: datetime.datetime | None = None) -> "RoleAssignmentQuerySet":
        """Roles that are held at the moment, now by default: not ended and, for a stand-in, begun and not run out."""
        moment = at or now()
        begun = Q(begins_at=None) | Q(begins_at__lte=moment)
        lasting = Q(expires_at=None) | Q(expires_at__gt=moment)
        return self.filter(begun, lasting, ended_at=None)

    def lasting(self) -> "RoleAssignmentQuerySet":
        """Roles that people hold in their own right, not for somebody who is away."""
        return self.filter(stands_in_for=None)


class RoleAssignment(models.Model):
    """A role that a person holds in an organisation until it ends; it reaches the organisation's subtree.

    A stand-in holds the role of somebody who is away, from one moment to another; the other keeps it meanwhile.
    """

    user = models.ForeignKey(User, models.CASCADE, related_name="role_assignments")
    organisation = models.ForeignKey(Organisation, models.CASCADE, related_name="role_assignments")
    role = models.CharField(max_length=20, choices=Role)
    granted_at = models.DateTimeField()
    granted_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    ended_at = models.DateTimeField(null=True, blank=True)
    ended_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    stands_in_for = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="stand_ins")
    begins_at = models.DateTimeField(null=True, blank=True)  # of a stand-in
    expires_at = models.DateTimeField(null=True, blank=True)  # a stand-in's role ends by itself

    objects = RoleAssignmentQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["user", "organisation", "role"],
                condition=Q(ended_at=None, stands_in_for=None),
                name="role_held_once_at_a_time",
            ),
            models.CheckConstraint(
                condition=Q(stands_in_for=None, begins_at=None, expires_at=None)
                | Q(stands_in_for__isnull=False, begins_at__isnull=False, expires_at__gt=F("begins_at")),
                name="stand_in_has_days",
            ),
            models.CheckConstraint(condition=Q(ended_by=None) | Q(ended_at__isnull=False), name="role_ended_on_a_day"),
        ]
        indexes = [models.Index(fields=["organisation", "role"], name="role_by_organisation")]

    def __str__(self) -> str:
        return f"{self.user_id} {self.role} {self.organisation_id}"


class HandOver(models.Model):
    """A role that one person gave to a successor for good, with what the successor should know."""

    given = models.OneToOneField(RoleAssignment, models.CASCADE, related_name="handed_over")
    taken = models.ForeignKey(RoleAssignment, models.CASCADE, related_name="taken_over")
    note = models.CharField(max_length=1000, blank=True, validators=[plain_text_validator])
    at = models.DateTimeField()

    class Meta:
        constraints = [models.CheckConstraint(condition=~Q(given=F("taken")), name="handed_over_to_somebody_else")]

    def __str__(self) -> str:
        return f"{self.given_id} -> {self.taken_id}"
