"""Who has a seat at a session, who waits for one, and on which terms. The seats are counted on the session itself."""

import datetime
import secrets
import uuid

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from qixue.core.fields import plain_text_validator
from qixue.people.models import Resident, User
from qixue.places.models import Region
from qixue.programme.models import Session

MOST_PLACES = 10  # in one registration
MOST_MISSED = 10
DOOR_CODES = 1_000_000  # six digits


def random_door_code() -> str:
    """One of a million; `operations.door_codes` finds one that is free at the session."""
    return f"{secrets.randbelow(DOOR_CODES):06}"


class RegistrationTerms(models.Model):
    """On which terms people sign up for a session, where they differ from the usual ones (see the defaults)."""

    class Allotment(models.TextChoices):
        FIRST_COME = "first_come", _("Whoever signs up first")
        LOTTERY = "lottery", _("By lot, after sign-up has closed")

    session = models.OneToOneField(Session, models.CASCADE, primary_key=True, related_name="registration_terms")
    allotment = models.CharField(max_length=10, choices=Allotment, default=Allotment.FIRST_COME)
    draw_at = models.DateTimeField(null=True, blank=True)  # None: when it closes
    public_number = models.CharField(
        max_length=200, blank=True, validators=[plain_text_validator]
    )  # that goes into the draw, for example a closing value of a day after sign-up has closed
    opens_at = models.DateTimeField(null=True, blank=True)  # None: as soon as it is published
    closes_at = models.DateTimeField(null=True, blank=True)  # None: when the session starts
    cancel_until = models.DateTimeField(null=True, blank=True)  # None: until the session starts
    place_limit = models.PositiveSmallIntegerField(
        default=4, validators=[MinValueValidator(1), MaxValueValidator(MOST_PLACES)]
    )  # seats that one account can hold at the session
    min_age = models.PositiveSmallIntegerField(null=True, blank=True)  # in full years at the end of the session's year
    max_age = models.PositiveSmallIntegerField(null=True, blank=True)
    region = models.ForeignKey(
        Region, models.PROTECT, null=True, blank=True, related_name="+"
    )  # for its residents only
    offer_hours = models.PositiveSmallIntegerField(
        null=True, blank=True, validators=[MinValueValidator(1), MaxValueValidator(72)]
    )  # to accept a seat that became free; None: whoever waits has it at once
    no_show_limit = models.PositiveSmallIntegerField(
        null=True, blank=True, validators=[MinValueValidator(1), MaxValueValidator(MOST_MISSED)]
    )  # sessions missed without a word, from which on one signs up in the last hours only; None: no such rule

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(opens_at=None) | Q(closes_at=None) | Q(closes_at__gt=F("opens_at")),
                name="registration_closes_after_it_opens",
            ),
            models.CheckConstraint(
                condition=Q(allotment="first_come", draw_at=None)
                | Q(allotment="lottery", closes_at__isnull=False, draw_at=None)
                | Q(allotment="lottery", closes_at__isnull=False, draw_at__gte=F("closes_at")),
                name="registration_draw_after_it_closes",
            ),
            models.CheckConstraint(
                condition=Q(public_number="") | Q(allotment="lottery"), name="registration_public_number_only_by_lot"
            ),
            models.CheckConstraint(
                condition=Q(min_age=None) | Q(max_age=None) | Q(max_age__gte=F("min_age")),
                name="registration_ages_in_order",
            ),
            models.CheckConstraint(
                condition=Q(place_limit__gte=1, place_limit__lte=MOST_PLACES), name="registration_place_limit"
            ),
            models.CheckConstraint(
                condition=Q(no_show_limit=None) | Q(no_show_limit__gte=1, no_show_limit__lte=MOST_MISSED),
                name="registration_no_show_limit",
            ),
        ]

    def __str__(self) -> str:
        return f"terms of {self.session_id}"

    @property
    def is_for_some(self) -> bool:
        """Whether only people of some age or from some place can sign up."""
        return bool(self.min_age or self.max_age or self.region_id)


class RegistrationQuerySet(models.QuerySet["Registration"]):
    def active(self) -> "RegistrationQuerySet":
        """Those that hold a seat, wait for one, or have entered the draw for one."""
        return self.exclude(state=Registration.State.CANCELLED)

    def waiting(self) -> "RegistrationQuerySet":
        """The queue in its order."""
        return self.filter(state=Registration.State.WAITING).order_by("waiting_number")

    def with_accounts(self) -> "RegistrationQuerySet":
        """With all that says who is told of them."""
        return self.select_related("resident__user", "resident__guardian__user", "registered_by")


class Registration(models.Model):
    """A resident's seat at a session, or their place in its queue.

    People who sign up together are one party: they share `party`, wait one behind the other and move up together.
    """

    class State(models.TextChoices):
        CONFIRMED = "confirmed", _("Confirmed")
        OFFERED = "offered", _("Seat offered")
        WAITING = "waiting", _("Waiting")
        ENTERED = "entered", _("Entered for the draw")
        CANCELLED = "cancelled", _("Cancelled")

    SEATED_STATES = (State.CONFIRMED, State.OFFERED)  # each holds a seat

    class Source(models.TextChoices):
        SELF = "self", _("By the resident")
        FAMILY = "family", _("By a relative")
        CADRE = "cadre", _("By the village cadre")
        STAFF = "staff", _("By the organiser")

    class CancelReason(models.TextChoices):
        WITHDRAWN = "withdrawn", pgettext_lazy("registration", "Withdrawn")
        OFFER_EXPIRED = "offer_expired", _("The offer was not taken up in time")
        REMOVED = "removed", _("Taken out by the organiser")
        SESSION_OFF = "session_off", _("The session was called off")
        MOVED = "moved", _("Moved to another session")
        HANDED_OVER = "handed_over", _("Somebody else of the household comes")
        MERGED = "merged", _("The same person was signed up twice")

    session = models.ForeignKey(Session, models.PROTECT, related_name="registrations")
    resident = models.ForeignKey(Resident, models.PROTECT, related_name="registrations")
    party = models.UUIDField(default=uuid.uuid4, db_index=True)  # made by the form: sending it twice registers once
    state = models.CharField(max_length=10, choices=State)
    source = models.CharField(max_length=10, choices=Source, default=Source.SELF)
    waiting_number = models.PositiveIntegerField(null=True, blank=True)
    door_code = models.CharField(max_length=6, default=random_door_code)  # says at the door what the ticket says
    first_place = models.PositiveIntegerField(null=True, blank=True)  # in the queue when signing up; None: had a seat
    offered_until = models.DateTimeField(null=True, blank=True)
    registered_at = models.DateTimeField()
    registered_by = models.ForeignKey(User, models.SET_NULL, null=True, blank=True, related_name="registrations_made")
    cancelled_at = models.DateTimeField(null=True, blank=True)
    cancel_reason = models.CharField(max_length=15, choices=CancelReason, blank=True)
    cancel_note = models.CharField(max_length=200, blank=True, validators=[plain_text_validator])  # told to the person
    was_there = models.BooleanField(default=False, db_default=False)  # came, and is forgotten: no entry leads here
    excused_at = models.DateTimeField(null=True, blank=True)  # did not come, and had a reason
    excused_by = models.ForeignKey(User, models.SET_NULL, null=True, blank=True, related_name="+", db_index=False)

    objects = RegistrationQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["session", "resident"],
                condition=~Q(state="cancelled"),
                name="one_active_registration_per_person",
            ),
            models.UniqueConstraint(
                fields=["session", "waiting_number"],
                condition=Q(state="waiting"),
                name="waiting_numbers_are_unique",
            ),
            models.UniqueConstraint(
                fields=["session", "door_code"], condition=~Q(state="cancelled"), name="door_codes_are_unique"
            ),
            models.CheckConstraint(
                condition=Q(state="waiting", waiting_number__isnull=False)
                | (~Q(state="waiting") & Q(waiting_number=None)),
                name="only_who_waits_has_a_number",
            ),
            models.CheckConstraint(
                condition=(Q(state="cancelled", cancelled_at__isnull=False) & ~Q(cancel_reason=""))
                | (~Q(state="cancelled") & Q(cancelled_at=None, cancel_reason="")),
                name="only_cancelled_says_when_and_why",
            ),
            models.CheckConstraint(
                condition=Q(state="offered", offered_until__isnull=False)
                | (~Q(state="offered") & Q(offered_until=None)),
                name="offer_has_an_end",
            ),
        ]
        indexes = [  # few are: the others need no entry
            models.Index(fields=["excused_by"], condition=Q(excused_by__isnull=False), name="registration_excused_by"),
        ]

    def __str__(self) -> str:
        return f"{self.session_id} {self.state}"

    def is_offer_open_at(self, at: datetime.datetime) -> bool:
        return self.offered_until is not None and at < self.offered_until
