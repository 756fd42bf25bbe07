import datetime
import hashlib
from typing import ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models

from qixue.core.fields import code_validator, mobile_validator, plain_text_validator

MESSAGE_LANGUAGES = {"zh-hans": "中文", "en": "English"}


class UserManager(BaseUserManager["User"]):
    def get_by_natural_key(self, username: str | None) -> "User":
        return self.get(username__iexact=username)


class User(AbstractBaseUser):
    """Somebody who signs in. What they may do comes from their role assignments and from nothing else."""

    username = models.CharField(max_length=60, unique=True, validators=[code_validator])
    display_name = models.CharField(max_length=100, validators=[plain_text_validator])
    is_active = models.BooleanField(default=True)
    email = models.EmailField(max_length=160, blank=True)
    mobile = models.CharField(max_length=20, blank=True, validators=[mobile_validator])
    language = models.CharField(max_length=10, choices=MESSAGE_LANGUAGES, default="zh-hans")  # of messages to them

    objects: ClassVar[UserManager] = UserManager()

    USERNAME_FIELD = "username"

    def __str__(self) -> str:
        return self.display_name


class ApiToken(models.Model):
    """A key for a program that acts as a user. Only its digest is stored; the key itself is shown once."""

    PREFIX = "qx_"

    user = models.ForeignKey(User, models.CASCADE, related_name="api_tokens")
    name = models.CharField(max_length=60)
    digest = models.CharField(max_length=64, unique=True)
    expires_at = models.DateTimeField()
    created_at = models.DateTimeField(null=True, blank=True)  # empty: made before this was kept
    revoked_at = models.DateTimeField(null=True, blank=True)
    client_uuid = models.UUIDField(null=True, blank=True, unique=True)  # of the form that made it

    def __str__(self) -> str:
        return self.name

    @staticmethod
    def digest_of(key: str) -> str:
        return hashlib.sha256(key.encode()).hexdigest()

    def is_valid_at(self, at: datetime.datetime) -> bool:
        return self.revoked_at is None and at < self.expires_at
