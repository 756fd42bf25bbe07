"""Certificates: for what an activity gives one, and the ones that were given. None is ever deleted, only revoked."""

from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from qixue.core.fields import plain_text_validator
from qixue.participation.serials import printed
from qixue.people.models import Organisation, Resident, User
from qixue.programme.models import Activity


class CertificateRule(models.Model):
    """What the certificate of an activity says, and who gets it.

    Without `least_session_count` the organiser chooses by hand among those who attended.
    """

    class Kind(models.TextChoices):
        """The kinds of achievement of Open Badges 3.0 that this platform gives."""

        COMPLETION = "CertificateOfCompletion", _("Certificate of completion")
        CERTIFICATE = "Certificate", pgettext_lazy("kind", "Certificate")
        AWARD = "Award", _("Certificate of honour")
        SERVICE = "CommunityService", _("Certificate of voluntary service")

    activity = models.OneToOneField(Activity, models.CASCADE, primary_key=True, related_name="certificate_rule")
    kind = models.CharField(max_length=30, choices=Kind, default=Kind.COMPLETION)
    title = models.CharField(max_length=60, validators=[plain_text_validator])  # of what was learnt
    criteria = models.CharField(max_length=100, blank=True, validators=[plain_text_validator])  # beyond attending
    least_session_count = models.PositiveSmallIntegerField(null=True, blank=True, validators=[MinValueValidator(1)])

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(least_session_count=None) | Q(least_session_count__gte=1),
                name="certificate_for_a_session_at_least",
            )
        ]

    def __str__(self) -> str:
        return f"rule of {self.activity_id}"


class CertificateQuerySet(models.QuerySet["Certificate"]):
    def in_force(self) -> "CertificateQuerySet":
        return self.filter(revoked_at=None)


class Certificate(models.Model):
    """A certificate as it was given. What it says never changes: titles and names are those of the day of issue.

    `credential` is the signed Open Badges 3.0 credential, see docs/reference/credentials.md. Erasing a resident
    leaves the row, so that the serial number is still answered, without `resident`, `name`, `salt` and `credential`.
    """

    class RevokeKind(models.TextChoices):
        MISTAKE = "mistake", _("Issued by mistake")
        WRONG_DETAILS = "wrong_details", _("Something on it was wrong; a new one may have been issued")
        NOT_EARNED = "not_earned", _("The conditions were not met")
        ON_REQUEST = "on_request", _("At the request of the holder")

    activity = models.ForeignKey(Activity, models.PROTECT, related_name="certificates")
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="certificates")  # the issuer
    resident = models.ForeignKey(Resident, models.SET_NULL, null=True, blank=True, related_name="certificates")
    serial = models.CharField(max_length=16, unique=True)  # without the dashes with which it is printed
    name = models.CharField(max_length=100, blank=True, validators=[plain_text_validator])
    kind = models.CharField(max_length=30, choices=CertificateRule.Kind)
    title = models.CharField(max_length=60)
    criteria = models.CharField(max_length=200)
    issuer_name = models.CharField(max_length=100)
    session_count = models.PositiveSmallIntegerField()  # attended
    minutes = models.PositiveIntegerField()  # attended, of sessions with a start and an end
    started_on = models.DateField()
    ended_on = models.DateField()
    issued_at = models.DateTimeField()
    issued_by = models.ForeignKey(User, models.SET_NULL, null=True, blank=True, related_name="+")
    salt = models.CharField(max_length=32, blank=True)  # of the learner's hashed account number
    status_list = models.PositiveSmallIntegerField()  # number of the issuer's revocation list, from 1
    status_index = models.PositiveIntegerField()  # drawn by chance: a place tells nothing about its neighbours
    credential = models.TextField(blank=True)  # compact JWS
    revoked_at = models.DateTimeField(null=True, blank=True)
    revoke_kind = models.CharField(max_length=15, choices=RevokeKind, blank=True)
    revoke_reason = models.CharField(max_length=200, blank=True, validators=[plain_text_validator])  # not public

    objects = CertificateQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["activity", "resident"],
                condition=Q(revoked_at=None),
                name="one_certificate_in_force_per_person",
            ),
            models.UniqueConstraint(
                fields=["organisation", "status_list", "status_index"], name="certificate_has_its_own_status"
            ),
            models.CheckConstraint(
                condition=Q(revoked_at=None, revoke_kind="", revoke_reason="")
                | (Q(revoked_at__isnull=False) & ~Q(revoke_kind="") & ~Q(revoke_reason="")),
                name="revoked_certificate_says_why",
            ),
        ]

    def __str__(self) -> str:
        return self.serial

    @property
    def printed_serial(self) -> str:
        return printed(self.serial)


class VerificationCount(models.Model):
    """How often something was tried on the public page within an hour or a day; forgotten soon after."""

    key = models.CharField(max_length=120, unique=True)  # what is counted and in which hour or day, never an address
    tried_count = models.PositiveIntegerField(default=0)
    counted_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.key} {self.tried_count}"
