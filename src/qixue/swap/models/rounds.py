"""Rounds: what is entered, what a run of the matching made of it, and who hands what to whom."""

from collections.abc import Iterable

from django.db import models
from django.db.models import F, Q
from django.utils.translation import pgettext_lazy

from qixue.core.fields import plain_text_validator
from qixue.people.models import Organisation, Resident, User
from qixue.places.models import Venue
from qixue.programme.models import Programme
from qixue.swap.models.listings import Listing
from qixue.swap.models.wishes import OneOf


class SwapRound(models.Model):
    """Things that are matched with one another at one time, and handed over at one place.

    At a fair all come at the same hours and give from hand to hand. At a community point the desk takes things in
    while it is open, and gives them out when all of an exchange are there.
    """

    class Kind(models.TextChoices):
        FAIR = "fair", pgettext_lazy("swap round", "Swap fair: all come at the same hours")
        POINT = "point", pgettext_lazy("swap round", "Community point: things are left at the desk and fetched there")

    class State(models.TextChoices):
        OPEN = "open", pgettext_lazy("swap round", "Open: things can be entered")
        ANSWERING = "answering", pgettext_lazy("swap round", "Owners say whether they come")
        MATCHING = "matching", pgettext_lazy("swap round", "Is being matched")
        PROPOSED = "proposed", pgettext_lazy("swap round", "Exchanges found: owners are asked to agree")
        HANDING_OVER = "handing_over", pgettext_lazy("swap round", "Things are handed over")
        CLOSED = "closed", pgettext_lazy("swap round", "Over")
        CANCELLED = "cancelled", pgettext_lazy("swap round", "Called off")

    ENTERING_STATES = (State.OPEN, State.ANSWERING)
    OVER_STATES = (State.CLOSED, State.CANCELLED)
    EXCHANGING_STATES = (State.PROPOSED, State.HANDING_OVER)

    programme = models.ForeignKey(Programme, models.PROTECT, related_name="swap_rounds")
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="swap_rounds")  # that runs it
    title = models.CharField(max_length=60, validators=[plain_text_validator])
    kind = models.CharField(max_length=10, choices=Kind)
    venue = models.ForeignKey(Venue, models.PROTECT, related_name="swap_rounds")
    entries_close_at = models.DateTimeField()
    answers_until = models.DateTimeField()
    starts_at = models.DateTimeField()  # of the hours in which things are handed over
    ends_at = models.DateTimeField()
    opening_hours = models.CharField(max_length=100, blank=True, validators=[plain_text_validator])  # of the point
    table_count = models.PositiveSmallIntegerField(default=1)  # over which the exchanges are spread, see `table_of`
    max_items = models.PositiveSmallIntegerField(null=True, blank=True)  # of an exchange: 2, 3 or any number
    has_gifts = models.BooleanField(default=False)  # gifts start chains, and the common table takes part
    state = models.CharField(max_length=12, choices=State, default=State.OPEN)
    opened_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)  # closed or called off: what was planned is off since then
    edit_count = models.PositiveIntegerField(default=0)
    client_uuid = models.UUIDField(unique=True)  # of the form: sending it twice opens one round

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(answers_until__gte=F("entries_close_at"), starts_at__gte=F("answers_until"))
                & Q(ends_at__gt=F("starts_at")),
                name="swap_round_moments_in_order",
            ),
            models.CheckConstraint(condition=Q(max_items=None) | Q(max_items__in=(2, 3)), name="swap_round_cap"),
            models.CheckConstraint(
                condition=Q(kind="fair", opening_hours="") | (Q(kind="point") & ~Q(opening_hours="")),
                name="swap_point_says_when_it_is_open",
            ),
            models.CheckConstraint(condition=Q(table_count__range=(1, 99)), name="swap_round_tables"),
            models.CheckConstraint(
                condition=Q(ended_at=None) | Q(state__in=("closed", "cancelled")), name="swap_round_ended_is_over"
            ),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def is_over(self) -> bool:
        return self.state in self.OVER_STATES

    @property
    def is_at_point(self) -> bool:
        return self.kind == self.Kind.POINT

    @property
    def can_be_edited(self) -> bool:
        """Until a plan is chosen: afterwards people have been told when and where."""
        return self.state in {*self.ENTERING_STATES, self.State.MATCHING}

    def table_of(self, exchange: int) -> int:
        """At which of the tables an exchange is handed over, by its number."""
        return (exchange - 1) % self.table_count + 1


class RoundEntryQuerySet(models.QuerySet["RoundEntry"]):
    def of(self, people: Iterable[Resident]) -> "RoundEntryQuerySet":
        """Those of their things; what lay on the common table belongs to nobody."""
        return self.filter(listing__owner__in=people, is_from_table=False)


class RoundEntry(models.Model):
    """A thing in a round. It is matched only if its owner has said that they come."""

    class Answer(models.TextChoices):
        NONE = "", pgettext_lazy("round entry", "No answer yet")
        YES = "yes", pgettext_lazy("round entry", "Comes")
        NO = "no", pgettext_lazy("round entry", "Does not come")

    class State(models.TextChoices):
        IN = "in", pgettext_lazy("round entry", "In the round")
        LEFT = "left", pgettext_lazy("round entry", "Taken out")
        MISSED = "missed", pgettext_lazy("round entry", "Did not come")
        OVER = "over", pgettext_lazy("round entry", "The round is over")

    round = models.ForeignKey(SwapRound, models.CASCADE, related_name="entries")
    listing = models.ForeignKey(Listing, models.CASCADE, related_name="round_entries")
    state = models.CharField(max_length=10, choices=State, default=State.IN)
    answer = models.CharField(max_length=3, choices=Answer, default=Answer.NONE, blank=True)
    is_from_table = models.BooleanField(default=False)  # it lay there before the round: nobody answers for it
    entered_at = models.DateTimeField()
    answered_at = models.DateTimeField(null=True, blank=True)
    told_at = models.DateTimeField(null=True, blank=True)  # that no exchange was found
    missed_with = models.ForeignKey(
        "Handover", models.SET_NULL, null=True, blank=True, related_name="missed"
    )  # at which the desk said that the owner did not come; it may take that back

    objects = RoundEntryQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["round", "listing"], name="thing_once_in_a_round"),
            models.UniqueConstraint(fields=["listing"], condition=Q(state="in"), name="thing_in_one_round_at_a_time"),
            models.CheckConstraint(
                condition=Q(answer="", answered_at=None) | (~Q(answer="") & Q(answered_at__isnull=False)),
                name="round_answer_says_when",
            ),
            models.CheckConstraint(
                condition=Q(missed_with=None) | Q(state="missed"), name="round_entry_missed_with_a_no_show"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.listing_id} in {self.round_id}"


class RoundPlan(models.Model):
    """A run of the matching: asked for by somebody, made by the worker, never changed afterwards.

    `instance` is the round as it was, in the format of `qixue swap solve`, by keys without names; `result` is what
    that command writes. So anybody who has both can check them with `qixue swap check`.
    """

    class Objective(models.TextChoices):
        ITEMS = "people_at_max", pgettext_lazy("swap objective", "Most things")
        PEOPLE = "people", pgettext_lazy("swap objective", "Most people")

    class State(models.TextChoices):
        QUEUED = "queued", pgettext_lazy("swap plan", "Waits for the worker")
        DONE = "done", pgettext_lazy("swap plan", "Ready")
        FAILED = "failed", pgettext_lazy("swap plan", "Failed")

    round = models.ForeignKey(SwapRound, models.CASCADE, related_name="plans")
    objective = models.CharField(max_length=20, choices=Objective)
    state = models.CharField(max_length=10, choices=State, default=State.QUEUED)
    instance = models.TextField()
    result = models.JSONField(null=True, blank=True)
    reasons = models.JSONField(default=dict, blank=True)  # why a thing is not in it, by its key: see `unmatched`
    trades = models.PositiveIntegerField(null=True, blank=True)
    people = models.PositiveIntegerField(null=True, blank=True)
    asked_by = models.ForeignKey(User, models.SET_NULL, null=True, blank=True, related_name="+")
    asked_at = models.DateTimeField()
    begun_at = models.DateTimeField(null=True, blank=True)  # a worker that dies gives it back after a while
    tries = models.PositiveSmallIntegerField(default=0)
    done_at = models.DateTimeField(null=True, blank=True)
    chosen_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(state="done", result__isnull=False, trades__isnull=False, people__isnull=False)
                | (~Q(state="done") & Q(trades=None, people=None, chosen_at=None)),
                name="swap_plan_done_has_a_result",
            ),
            models.UniqueConstraint(
                fields=["round"], condition=Q(chosen_at__isnull=False), name="one_chosen_plan_per_round"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.objective} of {self.round_id}"


class Handover(models.Model):
    """A thing on its way from one to another within an exchange: a ring, or a chain that a gift starts.

    An exchange holds as long as all of its people come. Whoever is there with their thing says so
    (`giver_confirmed_at`); when all are, each thing is received (`receiver_confirmed_at`). So nobody gives without
    receiving.
    """

    class Way(models.TextChoices):
        BETWEEN = "between", pgettext_lazy("hand-over", "From one to another")
        FROM_TABLE = "from_table", pgettext_lazy("hand-over", "From the common table")
        TO_TABLE = "to_table", pgettext_lazy("hand-over", "To the common table")

    class State(models.TextChoices):
        PLANNED = "planned", pgettext_lazy("hand-over", "To be handed over")
        DONE = "done", pgettext_lazy("hand-over", "Handed over")
        VOID = "void", pgettext_lazy("hand-over", "Off")

    STANDING_STATES = (State.PLANNED, State.DONE)

    round = models.ForeignKey(SwapRound, models.CASCADE, related_name="handovers")
    exchange = models.PositiveIntegerField()  # number within the round; a re-match gives new ones
    position = models.PositiveIntegerField()  # within the exchange, each followed by what its owner receives
    way = models.CharField(max_length=10, choices=Way)
    state = models.CharField(max_length=10, choices=State, default=State.PLANNED)
    listing = models.ForeignKey(Listing, models.PROTECT, related_name="handovers")
    in_return_for = models.ForeignKey(
        Listing, models.PROTECT, null=True, blank=True, related_name="returns"
    )  # what the receiver gives; none at the common table
    one_of = models.ForeignKey(OneOf, models.SET_NULL, null=True, blank=True, related_name="+")  # the wish it serves
    giver = models.ForeignKey(Resident, models.SET_NULL, null=True, blank=True, related_name="+")
    receiver = models.ForeignKey(Resident, models.SET_NULL, null=True, blank=True, related_name="+")
    code = models.CharField(max_length=6)  # on the receiver's phone; the giver types or scans it
    wrong_count = models.PositiveSmallIntegerField(default=0)  # of codes that were typed
    agreed_at = models.DateTimeField(null=True, blank=True)  # the giver, to giving this and to what they get for it
    giver_confirmed_at = models.DateTimeField(null=True, blank=True)
    receiver_confirmed_at = models.DateTimeField(null=True, blank=True)
    planned_at = models.DateTimeField()
    told_at = models.DateTimeField(null=True, blank=True)  # the giver, of this exchange
    void_at = models.DateTimeField(null=True, blank=True)
    off_with = models.ForeignKey(
        "self", models.SET_NULL, null=True, blank=True, related_name="ended"
    )  # whose giver did not come; the desk may take that back

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["listing"], condition=Q(state="planned"), name="one_planned_handover_per_thing"
            ),
            models.UniqueConstraint(
                fields=["listing"],
                condition=Q(state__in=("planned", "done")) & ~Q(way="from_table"),
                name="thing_leaves_its_owner_once",
            ),
            models.UniqueConstraint(
                fields=["listing"],
                condition=Q(state__in=("planned", "done"), way="from_table"),
                name="thing_leaves_the_table_once",
            ),
            models.UniqueConstraint(
                fields=["in_return_for"], condition=Q(state__in=("planned", "done")), name="one_thing_for_one_thing"
            ),
            models.UniqueConstraint(
                fields=["one_of"], condition=Q(state__in=("planned", "done")), name="one_of_these_once"
            ),
            models.CheckConstraint(
                condition=Q(way="to_table", in_return_for=None, receiver=None)
                | (~Q(way="to_table") & Q(in_return_for__isnull=False)),
                name="handover_to_the_table_has_no_receiver",
            ),
            models.CheckConstraint(
                condition=Q(receiver_confirmed_at=None) | Q(giver_confirmed_at__isnull=False),
                name="handover_received_after_it_was_brought",
            ),
            models.CheckConstraint(
                condition=Q(state="done", receiver_confirmed_at__isnull=False)
                | (~Q(state="done") & Q(receiver_confirmed_at=None)),
                name="handover_done_is_received",
            ),
            models.CheckConstraint(
                condition=Q(state="void", void_at__isnull=False) | (~Q(state="void") & Q(void_at=None)),
                name="handover_void_says_when",
            ),
            models.CheckConstraint(
                condition=Q(off_with=None) | Q(state="void"), name="handover_off_with_a_no_show_is_void"
            ),
        ]
        indexes = [models.Index(fields=["round", "state", "exchange", "position"], name="handover_by_exchange")]

    def __str__(self) -> str:
        return f"{self.listing_id} in exchange {self.exchange}"

    @property
    def table(self) -> int:
        return self.round.table_of(self.exchange)
