from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from qixue.core.fields import code_validator, plain_text_validator
from qixue.core.language import in_language, is_chinese
from qixue.people.models import Organisation
from qixue.places.models import Region, Room, Venue
from qixue.programme.models.brands import Brand, Instalment, Series
from qixue.programme.models.programmes import Programme


class Activity(models.Model):
    """A planned item (项): a series of sessions, a stand-alone event, a training, an exhibition."""

    class Kind(models.TextChoices):
        LAUNCH_CEREMONY = "launch_ceremony", _("Launch ceremony")
        LECTURE = "lecture", _("Lecture")
        TRAINING = "training", _("Training")
        READING = "reading", _("Reading activity")
        BARTER = "barter", _("Swap")
        CIVILITY = "civility", _("Civility activity")
        EXHIBITION = "exhibition", _("Exhibition")
        ARTS = "arts", _("Arts and crafts")
        HEALTH = "health", _("Health and sport")
        DIGITAL = "digital", _("Digital skills")
        CLOSING = "closing", _("Closing ceremony")

    class Audience(models.TextChoices):
        EVERYBODY = "everybody", _("Everybody")
        OLDER = "older", _("Older people")
        FARMERS = "farmers", _("Farmers")
        FAMILIES = "families", _("Families with children")
        WORKERS = "workers", _("Working people")

    class State(models.TextChoices):
        DRAFT = "draft", _("Draft")
        PUBLISHED = "published", _("Published")
        CANCELLED = "cancelled", _("Cancelled")

    programme = models.ForeignKey(Programme, models.CASCADE, related_name="activities")
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="activities")  # keeps its records
    brand = models.ForeignKey(Brand, models.PROTECT, null=True, blank=True, related_name="activities")
    series = models.ForeignKey(Series, models.PROTECT, null=True, blank=True, related_name="activities")
    region = models.ForeignKey(Region, models.PROTECT, null=True, blank=True, related_name="activities")
    plan = models.ForeignKey("programme.Plan", models.PROTECT, null=True, blank=True, related_name="activities")
    code = models.CharField(max_length=40, validators=[code_validator])
    title = models.CharField(max_length=100, validators=[plain_text_validator])
    title_en = models.CharField(max_length=160, blank=True, validators=[plain_text_validator])
    kind = models.CharField(max_length=20, choices=Kind)
    audience = models.CharField(max_length=20, choices=Audience, default=Audience.EVERYBODY)
    description = models.TextField(blank=True, validators=[plain_text_validator])
    description_en = models.TextField(blank=True, validators=[plain_text_validator])
    quote = models.CharField(max_length=300, blank=True)  # the wording of the source it was taken from
    state = models.CharField(max_length=10, choices=State, default=State.DRAFT)
    version = models.PositiveIntegerField(default=1)  # two editors never overwrite each other silently

    class Meta:
        constraints = [models.UniqueConstraint(fields=["programme", "code"], name="activity_code_once")]

    def __str__(self) -> str:
        return self.title

    @property
    def local_title(self) -> str:
        return in_language(self.title, self.title_en)

    @property
    def local_description(self) -> str:
        return in_language(self.description, self.description_en)


def titled(title: str, topic: str) -> str:
    """The title of an activity with the topic that one of its sessions has of its own."""
    return f"{title}：{topic}" if topic else title


def titled_in_english(title: str, title_en: str, topic: str, topic_en: str) -> str:
    """The same in English, with the Chinese of what has no English name; empty where nothing has one."""
    if not (title_en or topic_en):
        return ""
    topic = topic_en or topic
    return f"{title_en or title}: {topic}" if topic else title_en


class SessionQuerySet(models.QuerySet["Session"]):
    def public(self) -> "SessionQuerySet":
        """Sessions of published activities in published programmes, those called off included."""
        return self.filter(
            activity__state=Activity.State.PUBLISHED, activity__programme__state__in=Programme.PUBLIC_STATES
        )

    def held(self) -> "SessionQuerySet":
        return self.filter(state=Session.State.HELD)


class Session(models.Model):
    """One gathering at one place with one start and one end (场). Times are missing where a source gives none."""

    class State(models.TextChoices):
        PLANNED = "planned", _("Planned")
        HELD = "held", _("Held")
        CANCELLED = "cancelled", _("Cancelled")
        POSTPONED = "postponed", _("Postponed")

    OFF_STATES = (State.CANCELLED, State.POSTPONED)  # it does not take place, or not then

    class CountingRule(models.TextChoices):
        """How people are counted; declared beforehand, so that a list and a head count never double."""

        LIST = "list", _("Names on a list")
        HEAD_COUNT = "head_count", _("A head count of everybody present")
        LIST_AND_OTHERS = "list_and_others", _("Names on a list, and a head count of the others")

    activity = models.ForeignKey(Activity, models.CASCADE, related_name="sessions")
    instalment = models.ForeignKey(Instalment, models.SET_NULL, null=True, blank=True, related_name="sessions")
    venue = models.ForeignKey(Venue, models.PROTECT, null=True, blank=True, related_name="sessions")
    room = models.ForeignKey(Room, models.PROTECT, null=True, blank=True, related_name="sessions")
    plan_line_key = models.UUIDField(null=True, blank=True, unique=True)  # the line of a plan that it came from
    number = models.PositiveIntegerField(default=1)  # within the activity
    topic = models.CharField(max_length=100, blank=True, validators=[plain_text_validator])
    topic_en = models.CharField(max_length=160, blank=True, validators=[plain_text_validator])
    speaker = models.CharField(max_length=100, blank=True, validators=[plain_text_validator])
    starts_at = models.DateTimeField(null=True, blank=True)
    ends_at = models.DateTimeField(null=True, blank=True)
    is_online = models.BooleanField(default=False)
    seat_count = models.PositiveIntegerField(null=True, blank=True, validators=[MinValueValidator(1)])  # None: no limit
    # Kept by registration in the row of the seats themselves, so that the database can refuse one seat too many.
    taken_count = models.PositiveIntegerField(default=0)
    waiting_count = models.PositiveIntegerField(default=0)
    last_waiting_number = models.PositiveIntegerField(default=0)
    counting_rule = models.CharField(max_length=20, choices=CountingRule, default=CountingRule.LIST_AND_OTHERS)
    state = models.CharField(max_length=10, choices=State, default=State.PLANNED)
    version = models.PositiveIntegerField(default=1)

    objects = SessionQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["activity", "number"], name="session_number_once"),
            models.CheckConstraint(
                condition=Q(ends_at=None) | Q(ends_at__gt=F("starts_at")), name="session_ends_after_it_starts"
            ),
            models.CheckConstraint(condition=Q(seat_count=None) | Q(seat_count__gte=1), name="session_has_a_seat"),
            models.CheckConstraint(
                condition=Q(seat_count=None) | Q(taken_count__lte=F("seat_count")), name="session_never_oversold"
            ),
        ]
        indexes = [models.Index(fields=["starts_at", "id"], name="session_start")]

    def __str__(self) -> str:
        return f"{self.activity_id}/{self.number}"

    @property
    def local_topic(self) -> str:
        return in_language(self.topic, self.topic_en)

    @property
    def full_title(self) -> str:
        """In Chinese, as records are."""
        return titled(self.activity.title, self.topic)

    @property
    def local_full_title(self) -> str:
        return self.full_title if is_chinese() else self.full_title_en or self.full_title

    @property
    def full_title_en(self) -> str:
        """Empty where neither the activity nor the topic has an English name."""
        return titled_in_english(self.activity.title, self.activity.title_en, self.topic, self.topic_en)


class Involvement(models.Model):
    """A role of an organisation in a programme, a brand or one activity: it hangs on what it was stated for."""

    class Role(models.TextChoices):
        HOST = "host", _("Host")
        ORGANISER = "organiser", _("Organiser")
        CO_ORGANISER = "co_organiser", _("Co-organiser")
        ADVISER = "adviser", _("Guiding body")
        PARTICIPANT = "participant", _("Participating body")
        CARRIER = "carrier", _("Carrier of the brand")
        APPROVER = "approver", _("Approving body")
        LEADING_GROUP = "leading_group", _("Leading group")
        TRAINING_PROVIDER = "training_provider", _("Training provider")
        AWARD_GIVER = "award_giver", _("Award giver")
        AWARD_HOLDER = "award_holder", _("Award holder")

    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="involvements")
    role = models.CharField(max_length=20, choices=Role)
    position = models.PositiveSmallIntegerField(default=1)
    programme = models.ForeignKey(Programme, models.CASCADE, null=True, blank=True, related_name="involvements")
    brand = models.ForeignKey(Brand, models.CASCADE, null=True, blank=True, related_name="involvements")
    activity = models.ForeignKey(Activity, models.CASCADE, null=True, blank=True, related_name="involvements")
    quote = models.CharField(max_length=300, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(programme__isnull=False, brand=None, activity=None)
                | Q(programme=None, brand__isnull=False, activity=None)
                | Q(programme=None, brand=None, activity__isnull=False),
                name="involvement_in_exactly_one_thing",
            ),
            models.UniqueConstraint(
                fields=["organisation", "role", "programme", "brand", "activity"],
                name="involvement_once",
                nulls_distinct=False,
            ),
        ]

    def __str__(self) -> str:
        return f"{self.organisation_id} {self.role}"
