from django.db import models
from django.db.models import Q

from qixue.core.fields import mobile_validator
from qixue.people.models.accounts import User


class ConfirmedMobile(models.Model):
    """The number with which a resident signs in: whoever holds that phone is the owner of the account.

    The mobile number of a `User` is what somebody typed and proves nothing, so it opens no account.
    """

    user = models.OneToOneField(User, models.CASCADE, related_name="confirmed_mobile")
    mobile = models.CharField(max_length=20, unique=True, validators=[mobile_validator])
    confirmed_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.user_id} mobile"


class PhoneCode(models.Model):
    """Six digits that were sent to a phone, for the browser that asked. Of code and browser only digests are kept."""

    mobile = models.CharField(max_length=20, validators=[mobile_validator])
    browser = models.CharField(max_length=64)
    salt = models.CharField(max_length=32)
    digest = models.CharField(max_length=64)
    asked_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    wrong_count = models.PositiveSmallIntegerField(default=0)
    used_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(wrong_count__lte=5), name="phone_code_five_tries"),
            models.CheckConstraint(condition=Q(used_at=None) | Q(wrong_count__lt=5), name="phone_code_used_in_time"),
        ]
        indexes = [models.Index(fields=["mobile", "-asked_at"], name="phone_code_by_mobile")]

    def __str__(self) -> str:
        return f"phone code {self.pk}"


class PhoneCodeCount(models.Model):
    """How many codes left in an hour or a day, for a number, a block of numbers, a browser or the whole city."""

    key = models.CharField(max_length=120, unique=True)
    sent_count = models.PositiveIntegerField(default=0)
    counted_at = models.DateTimeField()  # of the first one

    def __str__(self) -> str:
        return f"{self.sent_count} codes"
