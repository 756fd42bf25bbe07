from django.db import models
from django.db.models import F, Q

from qixue.people.models import Resident


class Block(models.Model):
    """Somebody does not want to swap with somebody else, who is not told. It holds in both directions."""

    owner = models.ForeignKey(Resident, models.CASCADE, related_name="swap_blocks")
    blocked = models.ForeignKey(Resident, models.CASCADE, related_name="+")
    blocked_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["owner", "blocked"], name="swap_block_once"),
            models.CheckConstraint(condition=~Q(owner=F("blocked")), name="swap_block_of_somebody_else"),
        ]

    def __str__(self) -> str:
        return f"{self.owner_id} blocks {self.blocked_id}"
