from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from qixue.core.fields import plain_text_validator
from qixue.people.models import Resident, User
from qixue.swap.models.listings import Listing


class ListingReport(models.Model):
    """Somebody says that a thing should not be on the pages. The staff hide it or keep it."""

    class Reason(models.TextChoices):
        DANGEROUS = "dangerous", _("Dangerous or forbidden")
        UNTRUE = "untrue", _("Not what it says")
        OFFENSIVE = "offensive", _("Offends somebody")
        PRIVATE = "private", _("Shows somebody's name, face, number or home")
        SELLING = "selling", _("For money, or an advertisement")
        OTHER = "other", pgettext_lazy("report", "Another reason")

    class State(models.TextChoices):
        OPEN = "open", pgettext_lazy("report", "Open")
        HIDDEN = "hidden", pgettext_lazy("report", "Taken off the pages")
        KEPT = "kept", pgettext_lazy("report", "Stays on the pages")

    listing = models.ForeignKey(Listing, models.CASCADE, related_name="reports")
    reporter = models.ForeignKey(Resident, models.SET_NULL, null=True, blank=True, related_name="+")  # never told
    reason = models.CharField(max_length=10, choices=Reason)
    note = models.CharField(max_length=200, blank=True, validators=[plain_text_validator])
    reported_at = models.DateTimeField()
    state = models.CharField(max_length=10, choices=State, default=State.OPEN)
    decided_by = models.ForeignKey(User, models.SET_NULL, null=True, blank=True, related_name="+")
    decided_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["listing", "reporter"], condition=Q(state="open"), name="one_open_report_per_person"
            ),
            models.CheckConstraint(
                condition=Q(state="open", decided_at=None) | (~Q(state="open") & Q(decided_at__isnull=False)),
                name="report_decided_says_when",
            ),
        ]

    def __str__(self) -> str:
        return f"report {self.pk} of {self.listing_id}"
