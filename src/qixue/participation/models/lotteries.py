from django.db import models
from django.db.models import Q

from qixue.programme.models import Session


class Lottery(models.Model):
    """The draw of a session whose seats are given by lot: promised, then closed, then drawn; each once.

    Entries are parties by an opaque number (see `participation.lottery`); no name and no key of a person is here.
    """

    session = models.OneToOneField(Session, models.PROTECT, primary_key=True, related_name="lottery")
    commitment = models.CharField(max_length=64)  # SHA-256 of the seed, public from the start
    sealed_seed = models.TextField()
    committed_at = models.DateTimeField()
    entries = models.JSONField(default=list, blank=True)  # [[number, people], ...] as they were when it closed
    entry_count = models.PositiveIntegerField(default=0)
    list_digest = models.CharField(max_length=64, blank=True)
    closed_at = models.DateTimeField(null=True, blank=True)
    seed = models.CharField(max_length=64, blank=True)  # public from the draw on
    seat_count = models.PositiveIntegerField(null=True, blank=True)  # that were drawn for
    drawn_at = models.DateTimeField(null=True, blank=True)
    told_count = models.PositiveIntegerField(default=0)  # entries, in the order of the draw, that were told

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(closed_at=None, list_digest="") | (Q(closed_at__isnull=False) & ~Q(list_digest="")),
                name="lottery_closed_has_a_list",
            ),
            models.CheckConstraint(
                condition=Q(drawn_at=None, seed="", seat_count=None)
                | (Q(drawn_at__isnull=False, closed_at__isnull=False, seat_count__isnull=False) & ~Q(seed="")),
                name="lottery_drawn_has_a_seed",
            ),
        ]

    def __str__(self) -> str:
        return f"lottery of {self.session_id}"
