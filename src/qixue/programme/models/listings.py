import uuid

from django.db import models

from qixue.programme.models.activities import Activity, Session
from qixue.programme.models.brands import Brand
from qixue.programme.models.programmes import Programme


class SessionListing(models.Model):
    """What visitors look a session up by, beside the session: kept by the operations, made anew by `qixue search`.

    It repeats what other rows say, so that a list of many thousand sessions is narrowed without reading them.
    """

    session = models.OneToOneField(Session, models.CASCADE, primary_key=True, related_name="listing")
    programme = models.ForeignKey(Programme, models.CASCADE, related_name="listings")
    is_public = models.BooleanField()  # the activity is published; whether its programme is, is asked each time
    starts_at = models.DateTimeField(null=True)
    ends_at = models.DateTimeField(null=True)
    region_path = models.CharField(max_length=80, blank=True)  # of the venue, or of the activity where it has none
    kind = models.CharField(max_length=20, choices=Activity.Kind)
    audience = models.CharField(max_length=20, choices=Activity.Audience)
    brand = models.ForeignKey(Brand, models.CASCADE, null=True, related_name="+")
    is_online = models.BooleanField()
    is_step_free = models.BooleanField()
    texts = models.TextField()  # the names as they are written; tells whether the two below are out of date
    written = models.TextField()  # see programme.search
    sounds = models.TextField()

    class Meta:
        indexes = [models.Index(fields=["programme", "starts_at", "session"], name="listing_by_start")]

    def __str__(self) -> str:
        return str(self.session_id)


class ListingEdition(models.Model):
    """Changes with the listings of a programme: who holds a copy of them knows by it whether it is current."""

    programme = models.OneToOneField(Programme, models.CASCADE, primary_key=True, related_name="listing_edition")
    key = models.UUIDField(default=uuid.uuid4)  # not a number: one that a restored backup counts anew would deceive

    def __str__(self) -> str:
        return str(self.key)
