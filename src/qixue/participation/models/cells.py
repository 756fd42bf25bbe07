"""Many sessions in one row, for figures over millions of entries (docs/decisions/0026-cells.md)."""

import uuid

from django.db import models
from django.db.models import Q
from pyroaring import BitMap

from qixue.people.models import Organisation
from qixue.places.models import Region
from qixue.programme.models import Activity, Brand, Programme, Series
from qixue.programme.models.sources import QUALIFIER_CHOICES

NOBODY = BitMap().serialize()


class CountedPerson(models.Model):
    """The number under which the sets of people know a person's token; like the token it outlives an erasure."""

    token = models.UUIDField(unique=True, default=uuid.uuid4)

    def __str__(self) -> str:
        return f"{self.pk}: {self.token}"


class Cell(models.Model):
    """All tallies that a figure cannot tell apart: they agree in everything by which a scope narrows.

    `people` are the numbers of those who were there by name, as a roaring bitmap, and `again` of those who were at two
    of its sessions or more. Somebody may be missing in them who came to a session whose tally is not merged again yet.
    None says that somebody may be in them without reason, because an entry was taken back or a session moved: the rows
    must be read until the cell is made anew. Trainings are counted by class: a cell of them has one `activity`.
    """

    key = models.CharField(max_length=120, unique=True)  # the keys of all that it stands for
    programme = models.ForeignKey(Programme, models.CASCADE, related_name="cells")
    organisation = models.ForeignKey(Organisation, models.CASCADE, related_name="cells")
    brand = models.ForeignKey(Brand, models.CASCADE, null=True, blank=True, related_name="cells")
    series = models.ForeignKey(Series, models.CASCADE, null=True, blank=True, related_name="cells")
    region = models.ForeignKey(Region, models.CASCADE, null=True, blank=True, related_name="cells")
    kind = models.CharField(max_length=20, choices=Activity.Kind)
    activity = models.ForeignKey(Activity, models.CASCADE, null=True, blank=True, related_name="cells")
    people = models.BinaryField(null=True)
    again = models.BinaryField(default=bytes)

    class Meta:
        indexes = [models.Index(fields=["id"], condition=Q(people=None), name="cell_to_make_anew")]

    def __str__(self) -> str:
        return self.key


class CellCount(models.Model):
    """The sums of a cell's tallies, for each hedge apart: how many they are, 人次, and those of them by name."""

    cell = models.ForeignKey(Cell, models.CASCADE, related_name="counts")
    qualifier = models.CharField(max_length=20, choices=QUALIFIER_CHOICES)
    tally_count = models.PositiveIntegerField()
    attendance_count = models.PositiveBigIntegerField()
    named_count = models.PositiveBigIntegerField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["cell", "qualifier"], name="one_count_per_cell_and_hedge")]

    def __str__(self) -> str:
        return f"{self.cell_id} {self.qualifier}: {self.attendance_count}"
