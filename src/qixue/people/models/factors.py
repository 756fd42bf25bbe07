from django.db import models
from django.db.models import Q

from qixue.core.fields import plain_text_validator
from qixue.people.models.accounts import User


class AuthenticatorApp(models.Model):
    """The app that shows somebody six digits. `last_step` is the step of the last code used: a code works once."""

    user = models.OneToOneField(User, models.CASCADE, related_name="authenticator_app")
    sealed_key = models.CharField(max_length=200)  # qixue.core.sealed
    added_at = models.DateTimeField()
    last_step = models.PositiveBigIntegerField()

    def __str__(self) -> str:
        return f"{self.user_id} app"


class RecoveryCode(models.Model):
    """One of the codes on paper for the day on which the phone is lost. Only its digest is kept; it works once."""

    user = models.ForeignKey(User, models.CASCADE, related_name="recovery_codes")
    digest = models.CharField(max_length=64)
    made_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "digest"], name="recovery_code_once")]

    def __str__(self) -> str:
        return f"{self.user_id} recovery code"


class Passkey(models.Model):
    """A key in somebody's phone, computer or USB stick that signs them in by fingerprint, face or PIN."""

    user = models.ForeignKey(User, models.CASCADE, related_name="passkeys")
    name = models.CharField(max_length=60, validators=[plain_text_validator])
    credential_id = models.CharField(max_length=1400, unique=True)  # base64url of at most 1,023 bytes
    credential = models.BinaryField()  # WebAuthn's attested credential data, with the public key
    sign_count = models.PositiveBigIntegerField()  # as the key counts; one that goes back may be a copy
    added_at = models.DateTimeField()
    last_used_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "name"], name="passkey_name_once")]

    def __str__(self) -> str:
        return self.name


class CodeTries(models.Model):
    """How often somebody's second step went wrong since it last went well. One row for all browsers and addresses."""

    user = models.OneToOneField(User, models.CASCADE, related_name="code_tries")
    wrong_count = models.PositiveSmallIntegerField(default=0)
    last_wrong_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(wrong_count=0) | Q(last_wrong_at__isnull=False), name="wrong_codes_have_a_time"
            )
        ]

    def __str__(self) -> str:
        return f"{self.user_id} {self.wrong_count}"
