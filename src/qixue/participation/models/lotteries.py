from django.db import models
from django.db.models import Q

from qixue.core.fields import plain_text_validator
from qixue.programme.models import Session


class Lottery(models.Model):
    """The draw of a session whose seats are given by lot: promised, then closed, then drawn; each once.

    Entries are parties by an opaque number (see `participation.lottery`); no name and no key of a person is here.
    """

    session = models.OneToOneField(Session, models.PROTECT, primary_key=True, related_name="lottery")
    commitment = models.CharField(max_length=64)  # SHA-256 of seed and name of the public number, public from the start
    public_number = models.CharField(
        max_length=200, blank=True, validators=[plain_text_validator]
    )  # what goes into the draw besides: which number, of which day; it is known to nobody before the list is closed
    public_value = models.CharField(max_length=100, blank=True, validators=[plain_text_validator])
    public_source = models.CharField(max_length=300, blank=True, validators=[plain_text_validator])  # where it stands
    public_value_at = models.DateTimeField(null=True, blank=True)  # when it was entered
    sealed_seed = models.TextField(blank=True)  # where no public number goes in: whoever knew it could steer
    open_seed = models.CharField(
        max_length=64, blank=True
    )  # where one goes in: alone it says nothing, and it outlives the secret key of the installation
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
            models.CheckConstraint(
                condition=(Q(public_number="", open_seed="") & ~Q(sealed_seed=""))
                | (Q(sealed_seed="") & ~Q(public_number="") & ~Q(open_seed="")),
                name="lottery_seed_is_open_with_a_public_number",
            ),
            models.CheckConstraint(
                condition=Q(public_value="", public_source="", public_value_at=None)
                | (
                    Q(public_value_at__isnull=False, closed_at__isnull=False)
                    & ~Q(public_number="")
                    & ~Q(public_value="")
                ),
                name="lottery_public_value_after_it_closed",
            ),
            models.CheckConstraint(
                condition=Q(public_number="") | Q(drawn_at=None) | ~Q(public_value=""),
                name="lottery_not_drawn_before_its_public_value",
            ),
        ]

    def __str__(self) -> str:
        return f"lottery of {self.session_id}"
