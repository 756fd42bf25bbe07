from django.db import models

from qixue.core.fields import plain_text_validator
from qixue.programme.models import Programme


class SummaryPhoto(models.Model):
    """A photo that can be placed in the work summary: drawn anew without its metadata, under the original's digest."""

    programme = models.ForeignKey(Programme, models.PROTECT, related_name="summary_photos")
    number = models.PositiveIntegerField()  # 1, 2, 3 … in its programme: the name by which it is placed
    file = models.FileField(upload_to="summary/%Y/%m/")
    digest = models.CharField(max_length=64)  # SHA-256 of the file that was sent
    caption = models.CharField(max_length=100, validators=[plain_text_validator])
    alt = models.CharField(max_length=300, validators=[plain_text_validator])  # for people who cannot see it
    author_id = models.BigIntegerField()
    author_name = models.CharField(max_length=100)
    added_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["programme", "number"], name="summary_photo_number_once"),
            models.UniqueConstraint(fields=["programme", "digest"], name="summary_photo_once"),
        ]

    def __str__(self) -> str:
        return self.caption
