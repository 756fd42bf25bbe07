"""Calls for returns (填报任务): the same few facts asked of every town and county, with a deadline for each level."""

import uuid
from decimal import Decimal

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from qixue.core.fields import plain_text_validator
from qixue.core.language import in_language, is_chinese
from qixue.core.money import FEN_PER_YUAN
from qixue.core.quantity import HOUR, ITEM, PERSON, PIECE, REACH, REPORT, UNITS, YUAN, Qualifier, Quantity
from qixue.people.models import Organisation
from qixue.programme.models.programmes import Programme

# What may be typed in. Attendances, sessions and activities are not among them: the platform counts those itself.
TYPED_UNITS = (REPORT, ITEM, PIECE, PERSON, REACH, YUAN, HOUR)


class ReturnCall(models.Model):
    """Asks towns and counties for facts. Its fields never change once it is open: what else is wanted is a new call."""

    class State(models.TextChoices):
        DRAFT = "draft", _("Draft")
        OPEN = "open", pgettext_lazy("call", "Open")
        CLOSED = "closed", _("Closed")

    programme = models.ForeignKey(Programme, models.CASCADE, related_name="return_calls")
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="return_calls")  # who asks
    number = models.PositiveSmallIntegerField()
    key = models.UUIDField(default=uuid.uuid4, unique=True)  # made by the form: the same form makes one call
    name = models.CharField(max_length=100, validators=[plain_text_validator])
    instruction = models.TextField(blank=True, validators=[plain_text_validator])
    town_due_on = models.DateField()
    county_due_on = models.DateField()
    asked = models.ManyToManyField(Organisation, related_name="+", blank=True)  # who will have to file, while a draft
    state = models.CharField(max_length=10, choices=State, default=State.DRAFT)
    opened_at = models.DateTimeField(null=True, blank=True)
    closed_at = models.DateTimeField(null=True, blank=True)
    edit_count = models.PositiveIntegerField(default=1)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["programme", "number"], name="return_call_number_once"),
            models.CheckConstraint(
                condition=Q(county_due_on__gte=F("town_due_on")), name="return_towns_before_counties"
            ),
            models.CheckConstraint(
                condition=Q(state="draft", opened_at=None, closed_at=None)
                | Q(state="open", opened_at__isnull=False, closed_at=None)
                | Q(state="closed", opened_at__isnull=False, closed_at__isnull=False),
                name="return_call_state_has_its_times",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class ReturnField(models.Model):
    """One fact that a call asks for: a number typed in, a figure that the platform computes, or a short statement.

    `unit` belongs to typed numbers, `figure` is the code of a figure's definition.
    """

    class Kind(models.TextChoices):
        NUMBER = "number", _("A number that is typed in")
        FIGURE = "figure", _("A figure of the platform")
        TEXT = "text", _("A short statement")

    call = models.ForeignKey(ReturnCall, models.CASCADE, related_name="fields")
    position = models.PositiveSmallIntegerField()
    kind = models.CharField(max_length=10, choices=Kind)
    name = models.CharField(max_length=60, validators=[plain_text_validator])
    name_en = models.CharField(max_length=100, blank=True, validators=[plain_text_validator])
    rule = models.CharField(max_length=200, blank=True, validators=[plain_text_validator])  # the counting rule in words
    unit = models.CharField(max_length=20, blank=True, choices=[(unit.code, unit.zh) for unit in TYPED_UNITS])
    figure = models.CharField(max_length=60, blank=True)
    is_required = models.BooleanField(default=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["call", "position"], name="return_field_position_once"),
            models.CheckConstraint(
                condition=(Q(kind="number", figure="") & ~Q(unit="") & ~Q(rule=""))
                | (Q(kind="figure", unit="") & ~Q(figure=""))
                | Q(kind="text", unit="", figure=""),
                name="return_field_fits_its_kind",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def local_name(self) -> str:
        return in_language(self.name, self.name_en)

    @property
    def local_unit(self) -> str:
        """What a typed number counts, in the language of the reader; "" for other fields and where there is no word."""
        unit = UNITS.get(self.unit)
        return (unit.zh if is_chinese() else unit.en_plural) if unit else ""

    @property
    def is_number(self) -> bool:
        return self.kind == self.Kind.NUMBER

    @property
    def is_figure(self) -> bool:
        return self.kind == self.Kind.FIGURE

    @property
    def is_text(self) -> bool:
        return self.kind == self.Kind.TEXT

    @property
    def adds_up(self) -> bool:
        """Whether numbers typed in below may be added. People and those reached never are."""
        return self.is_number and UNITS[self.unit].is_additive


def as_quantity(amount: int | None, unit: str, qualifier: str, *, is_sum: bool = False) -> Quantity | None:
    """A stored amount as a quantity; yuan are stored in fen. None stays None: missing is not zero."""
    if amount is None:
        return None
    value: int | Decimal = amount
    if unit == YUAN.code:
        yuan, rest = divmod(amount, FEN_PER_YUAN)
        value = yuan + Decimal(rest) / FEN_PER_YUAN if rest else yuan
    return Quantity(value, UNITS[unit], Qualifier(qualifier), is_sum)


def as_amount(quantity: Quantity) -> int:
    """The other way round."""
    factor = FEN_PER_YUAN if quantity.unit is YUAN else 1
    return int(quantity.value * factor)
