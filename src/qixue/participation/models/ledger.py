import uuid
from typing import Any

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from qixue.core.fields import partial_date_validator, plain_text_validator
from qixue.core.quantity import ATTENDANCE, Qualifier, Quantity
from qixue.participation.models.cells import Cell
from qixue.people.models import Organisation, Resident
from qixue.programme.models import Activity, Programme, Session, SourceDocument
from qixue.programme.models.sources import QUALIFIER_CHOICES


class Participant(models.Model):
    """Links a resident to the random token under which the ledger knows them in one programme.

    Erasing a resident deletes this row: the ledger keeps its count and loses the person.
    """

    resident = models.ForeignKey(Resident, models.CASCADE, related_name="participants", db_index=False)
    programme = models.ForeignKey(Programme, models.CASCADE, related_name="participants")
    token = models.UUIDField(unique=True, default=uuid.uuid4)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["resident", "programme"], name="one_token_per_person_and_programme")
        ]

    def __str__(self) -> str:
        return str(self.token)


class Evidence(models.Model):
    """What stands behind a ledger entry: a photo of the sign-in sheet, a passage of a document, a written note."""

    class Kind(models.TextChoices):
        SHEET_PHOTO = "sheet_photo", _("Photo of the sign-in sheet")
        PASSAGE = "passage", _("Passage of a document")
        NOTE = "note", _("Written note")

    kind = models.CharField(max_length=20, choices=Kind)
    text = models.CharField(max_length=500, blank=True, validators=[plain_text_validator])
    file = models.FileField(upload_to="evidence/", blank=True)  # private: sheets hold names
    document = models.ForeignKey(SourceDocument, models.PROTECT, null=True, blank=True, related_name="evidence")
    digest = models.CharField(max_length=64)  # SHA-256 of the original file, or of the text
    created_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=~Q(text="", file=""), name="evidence_has_text_or_file"),
        ]

    def __str__(self) -> str:
        return self.text or self.file.name or self.digest


class LedgerChain(models.Model):
    """The head of an organisation's chain of ledger entries; its row is the lock under which entries are added."""

    organisation = models.OneToOneField(Organisation, models.PROTECT, related_name="ledger_chain")
    length = models.PositiveBigIntegerField(default=0)
    head_hash = models.CharField(max_length=64, blank=True)

    def __str__(self) -> str:
        return f"{self.organisation_id}: {self.length}"


class LedgerEntryQuerySet(models.QuerySet["LedgerEntry"]):
    def effective(self) -> "LedgerEntryQuerySet":
        """Entries that count today: neither voids nor entries that a later one corrected or voided."""
        return self.exclude(kind=LedgerEntry.Kind.VOID).filter(successor=None)

    def people(self) -> "LedgerEntryQuerySet":
        """Attendances by name."""
        return self.one_by_one().filter(person_token__isnull=False)

    def one_by_one(self) -> "LedgerEntryQuerySet":
        """People counted one by one, by name or without."""
        return self.filter(kind=LedgerEntry.Kind.ATTENDANCE)

    def without_names(self) -> "LedgerEntryQuerySet":
        """Head counts, and people counted one by one who gave no name."""
        return self.filter(
            kind__in=[LedgerEntry.Kind.HEAD_COUNT, LedgerEntry.Kind.CORRECTION, LedgerEntry.Kind.ATTENDANCE],
            person_token=None,
        )

    def head_counts(self) -> "LedgerEntryQuerySet":
        return self.filter(kind__in=[LedgerEntry.Kind.HEAD_COUNT, LedgerEntry.Kind.CORRECTION])


class LedgerEntry(models.Model):
    """One line of the attendance ledger. Lines are only ever added: the database refuses to change or delete one.

    A correction replaces an earlier head count, a void takes an entry back; each names its target, says who and why,
    and an entry can be replaced once. Entries of an organisation form a chain: each hash covers the one before it. The
    hashed text is described in docs/reference/ledger.md.
    """

    class Kind(models.TextChoices):
        ATTENDANCE = "attendance", _("Attendance")
        HEAD_COUNT = "head_count", _("Head count")
        CORRECTION = "correction", _("Correction")
        VOID = "void", _("Void")

    class Source(models.TextChoices):
        DOOR = "door", _("At the door")
        WALK_IN = "walk_in", _("Walk-in")
        CADRE = "cadre", _("Entered by a village cadre")
        STAFF = "staff", _("Entered by staff")
        DOCUMENT = "document", _("Taken from a document")
        WALL = "wall", _("By the code on the wall")

    # The keys without an index of their own are the first column of another one, or seldom there.
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="ledger_entries", db_index=False)
    sequence = models.PositiveBigIntegerField()
    kind = models.CharField(max_length=12, choices=Kind)
    activity = models.ForeignKey(Activity, models.PROTECT, related_name="ledger_entries", db_index=False)
    session = models.ForeignKey(
        Session, models.PROTECT, null=True, blank=True, related_name="ledger_entries", db_index=False
    )
    person_token = models.UUIDField(null=True, blank=True, db_index=True)  # none for whoever gave no name
    count = models.PositiveIntegerField()  # 人次; 1 for an attendance, 0 for a void
    qualifier = models.CharField(max_length=20, choices=QUALIFIER_CHOICES, default=Qualifier.EXACT)
    source = models.CharField(max_length=10, choices=Source)
    occurred_at = models.DateTimeField(null=True, blank=True)
    period_from = models.CharField(max_length=10, blank=True, validators=[partial_date_validator])
    period_to = models.CharField(max_length=10, blank=True, validators=[partial_date_validator])
    period_quote = models.CharField(max_length=100, blank=True)
    recorded_at = models.DateTimeField()
    actor_id = models.BigIntegerField(null=True, blank=True)
    actor_name = models.CharField(max_length=100)
    reason = models.CharField(max_length=300, blank=True)
    evidence = models.ForeignKey(
        Evidence, models.PROTECT, null=True, blank=True, related_name="ledger_entries", db_index=False
    )
    target = models.OneToOneField("self", models.PROTECT, null=True, blank=True, related_name="successor")
    client_uuid = models.UUIDField(unique=True)
    previous_hash = models.CharField(max_length=64, blank=True)
    hash = models.CharField(max_length=64)

    objects = LedgerEntryQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["organisation", "sequence"], name="ledger_sequence_once"),
            models.CheckConstraint(
                condition=Q(kind__in=["correction", "void"], target__isnull=False)
                | Q(kind__in=["attendance", "head_count"], target=None),
                name="ledger_target_for_corrections_only",
            ),
            models.CheckConstraint(
                condition=~Q(kind__in=["correction", "void"]) | ~Q(reason=""),
                name="ledger_correction_says_why",
            ),
            models.CheckConstraint(
                condition=Q(kind="attendance", count=1)
                | Q(kind="void", count=0)
                | Q(kind__in=["head_count", "correction"], person_token=None),
                name="ledger_count_fits_its_kind",
            ),
            models.CheckConstraint(
                condition=~Q(kind="head_count") | Q(evidence__isnull=False),
                name="ledger_head_count_has_evidence",
            ),
        ]
        indexes = [
            models.Index(fields=["activity", "session"], name="ledger_activity_session"),
            models.Index(fields=["session", "person_token"], name="ledger_session_person"),
            models.Index(fields=["evidence"], condition=Q(evidence__isnull=False), name="ledger_with_evidence"),
        ]

    def __str__(self) -> str:
        return f"{self.organisation_id}/{self.sequence}"

    @property
    def quantity(self) -> Quantity:
        return Quantity(self.count, ATTENDANCE, Qualifier(self.qualifier))

    @property
    def entered_by(self) -> Any:
        """The person or the device, for people to read; of the code on the wall the ledger has a word of its own."""
        return _("code on the wall") if self.source == self.Source.WALL else self.actor_name


class Tally(models.Model):
    """The rollup of a session's ledger entries, or of those of an activity that name no session; kept by the ledger.

    Of those counted one by one `named_count` gave a name and `unnamed_count` none. `attendance_count` follows the
    session's counting rule. A recount from the entries must give the same row.
    `is_merged` says that the cell counts the tally as it stands; whatever changes the tally takes it back. The cell has
    the people of the session up to the row `merged_to` of its attendances: rows of one session come one after another.
    While it is merged, `entries_root` and `names_root` are the Merkle roots over the hashes of the session's entries
    that count, and of those by name among them; empty where nobody has worked them out.
    """

    activity = models.ForeignKey(Activity, models.CASCADE, related_name="tallies")
    session = models.OneToOneField(Session, models.CASCADE, null=True, blank=True, related_name="tally")
    named_count = models.PositiveIntegerField(default=0)
    unnamed_count = models.PositiveIntegerField(default=0, db_default=0)
    head_count = models.PositiveIntegerField(null=True, blank=True)
    head_qualifier = models.CharField(max_length=20, blank=True)
    attendance_count = models.PositiveIntegerField()
    attendance_qualifier = models.CharField(max_length=20, choices=QUALIFIER_CHOICES)
    cell = models.ForeignKey(Cell, models.SET_NULL, null=True, blank=True, related_name="tallies")
    is_merged = models.BooleanField(default=False)
    merged_to = models.PositiveBigIntegerField(default=0)
    entries_root = models.CharField(max_length=64, blank=True, default="", db_default="")
    names_root = models.CharField(max_length=64, blank=True, default="", db_default="")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["activity"], condition=Q(session=None), name="one_tally_per_activity_without_session"
            ),
            models.CheckConstraint(condition=Q(is_merged=False) | Q(cell__isnull=False), name="tally_merged_in_a_cell"),
        ]
        indexes = [models.Index(fields=["cell"], condition=Q(is_merged=False), name="tally_to_merge")]

    def __str__(self) -> str:
        return f"{self.activity_id}/{self.session_id}: {self.attendance_count}"

    @property
    def one_by_one_count(self) -> int:
        return self.named_count + self.unnamed_count

    @property
    def attendance(self) -> Quantity:
        return Quantity(self.attendance_count, ATTENDANCE, Qualifier(self.attendance_qualifier))
