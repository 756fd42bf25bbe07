from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from qixue.people.models.accounts import User


class Notification(models.Model):
    """A line in somebody's inbox. It keeps the kind and its parameters, so that it reads in the reader's language."""

    user = models.ForeignKey(User, models.CASCADE, related_name="notifications")
    kind = models.CharField(max_length=40)  # a key of people.notices
    params = models.JSONField(default=dict)
    link = models.CharField(max_length=200, blank=True)  # a path of this site
    created_at = models.DateTimeField()
    read_at = models.DateTimeField(null=True, blank=True)
    key = models.CharField(max_length=120)  # what it is about: the same key reaches a person once

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "key"], name="notification_once")]
        indexes = [models.Index(fields=["user", "-created_at"], name="notification_inbox")]

    def __str__(self) -> str:
        return f"{self.user_id} {self.kind}"


class NotificationPreference(models.Model):
    """How somebody wants to hear of one topic beyond the inbox, which takes everything."""

    class Topic(models.TextChoices):
        PLANS = "plans", _("Plans and approvals")
        REGISTRATIONS = "registrations", pgettext_lazy("topic of notices", "Registrations")
        FOLLOW_UPS = "follow_ups", _("Follow-ups and deadlines")
        RETURNS = "returns", _("Returns")
        RECOGNITIONS = "recognitions", _("Recognitions")
        ACCOUNT = "account", _("Account and roles")

    user = models.ForeignKey(User, models.CASCADE, related_name="notification_preferences")
    topic = models.CharField(max_length=20, choices=Topic)
    by_mail = models.BooleanField(default=True)
    by_sms = models.BooleanField(default=False)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "topic"], name="preference_once_per_topic")]

    def __str__(self) -> str:
        return f"{self.user_id} {self.topic}"


class QuietHours(models.Model):
    """The hours (Asia/Shanghai) in which no mail or SMS goes out to somebody; they may pass midnight."""

    user = models.OneToOneField(User, models.CASCADE, related_name="quiet_hours")
    begins = models.TimeField()
    ends = models.TimeField()

    class Meta:
        constraints = [models.CheckConstraint(condition=~Q(begins=models.F("ends")), name="quiet_hours_have_a_length")]

    def __str__(self) -> str:
        return f"{self.begins}-{self.ends}"
