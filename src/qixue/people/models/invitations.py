import datetime
import hashlib

from django.db import models
from django.db.models import Q

from qixue.core.fields import mobile_validator, plain_text_validator
from qixue.people.models.accounts import User
from qixue.people.models.organisations import Organisation
from qixue.people.models.roles import Role


class InvitationQuerySet(models.QuerySet["Invitation"]):
    def unanswered(self) -> "InvitationQuerySet":
        """Neither accepted nor withdrawn; some may have run out."""
        return self.filter(accepted_at=None, withdrawn_at=None)


class Invitation(models.Model):
    """Asks somebody to take a role in an organisation. Only the digest of its link's secret is kept; it works once.

    `invited_by` vouches for it: when that person may no longer give the role, the link opens nothing.
    """

    organisation = models.ForeignKey(Organisation, models.CASCADE, related_name="staff_invitations")
    role = models.CharField(max_length=20, choices=Role)
    name = models.CharField(max_length=100, validators=[plain_text_validator])
    email = models.EmailField(max_length=160, blank=True)
    mobile = models.CharField(max_length=20, blank=True, validators=[mobile_validator])
    digest = models.CharField(max_length=64, unique=True)
    client_uuid = models.UUIDField(unique=True)  # of the form that made it: sent twice, it invites once
    sent_count = models.PositiveSmallIntegerField(default=1)
    invited_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    invited_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    accepted_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="invitations_accepted")
    accepted_at = models.DateTimeField(null=True, blank=True)
    withdrawn_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    withdrawn_at = models.DateTimeField(null=True, blank=True)

    objects = InvitationQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=~Q(email="", mobile=""), name="invitation_has_an_address"),
            models.CheckConstraint(
                condition=Q(accepted_at=None, accepted_by=None)
                | Q(accepted_at__isnull=False, accepted_by__isnull=False),
                name="invitation_accepted_by_somebody",
            ),
            models.CheckConstraint(
                condition=Q(withdrawn_at=None, withdrawn_by=None)
                | Q(withdrawn_at__isnull=False, withdrawn_by__isnull=False),
                name="invitation_withdrawn_by_somebody",
            ),
            models.CheckConstraint(
                condition=Q(accepted_at=None) | Q(withdrawn_at=None), name="invitation_not_accepted_and_withdrawn"
            ),
        ]
        indexes = [models.Index(fields=["organisation", "-invited_at"], name="invitation_by_organisation")]

    def __str__(self) -> str:
        return f"{self.organisation_id} {self.role} {self.pk}"

    @staticmethod
    def digest_of(secret: str) -> str:
        return hashlib.sha256(secret.encode()).hexdigest()

    def is_open_at(self, at: datetime.datetime) -> bool:
        return self.accepted_at is None and self.withdrawn_at is None and at < self.expires_at
