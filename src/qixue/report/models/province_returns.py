"""What cities send to their province: the keys that the province trusts, and the returns that it keeps."""

from django.db import models

from qixue.places.models import Region
from qixue.programme.models import Programme


class AcceptedKey(models.Model):
    """A public key of which the province has made sure, by another way than the file, that it is the city's."""

    city = models.ForeignKey(Region, models.PROTECT, related_name="accepted_keys")
    kid = models.CharField(max_length=8)
    public_key = models.CharField(max_length=43)  # 32 bytes as base64url without padding
    accepted_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["city", "public_key"], name="key_accepted_once_per_city")]

    def __str__(self) -> str:
        return f"{self.city_id} {self.kid}"


class ProvinceReturn(models.Model):
    """One return of a city to a programme of its province, as it was received. Rows are only ever added.

    The one with the highest seal counts; those before stay beside it.
    """

    programme = models.ForeignKey(Programme, models.PROTECT, related_name="province_returns")  # of the province
    city = models.ForeignKey(Region, models.PROTECT, related_name="province_returns")
    seal_number = models.PositiveIntegerField()
    seal_digest = models.CharField(max_length=64)  # SHA-256 of what was sealed
    digest = models.CharField(max_length=64)  # SHA-256 of what was signed
    content = models.TextField()  # the file
    received_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["programme", "city", "seal_number"], name="province_return_once_per_seal"),
            models.CheckConstraint(condition=models.Q(seal_number__gte=1), name="province_return_seals_from_one"),
        ]

    def __str__(self) -> str:
        return f"{self.programme_id} {self.city_id}/{self.seal_number}"
