"""The door: devices that work without a network, everything they ever sent, and the code on the wall."""

import datetime
import hashlib
from typing import Any
from uuid import UUID, uuid5

from django.db import models
from django.db.models import Q
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext_lazy as _

from qixue.core.digests import digest
from qixue.core.fields import plain_text_validator
from qixue.participation.door_words import SHOWN, sentence_of
from qixue.participation.merge import LET_IN
from qixue.participation.models.ledger import Evidence, LedgerEntry
from qixue.participation.models.registrations import Registration
from qixue.people.models import Organisation, Resident, User
from qixue.programme.models import Session


class DoorDevice(models.Model):
    """A phone at the door. Only the digest of its token is kept; the token itself is in a link that is shown once.

    It knows its sessions only, reads names until `valid_until`, delivers what it holds for a week longer, and nothing
    at all once it was revoked.
    """

    PREFIX = "qx_door_"
    DELIVERS_FOR = datetime.timedelta(days=7)  # after its hours: a phone can lie in a drawer over the weekend

    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="door_devices")
    sessions = models.ManyToManyField(Session, related_name="door_devices")
    name = models.CharField(max_length=60, validators=[plain_text_validator])
    digest = models.CharField(max_length=64, unique=True)
    valid_until = models.DateTimeField()
    made_by = models.ForeignKey(User, models.PROTECT, related_name="door_devices")
    made_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True, blank=True)
    last_seen_at = models.DateTimeField(null=True, blank=True)
    clock_offset = models.DurationField(null=True, blank=True)  # our clock minus that of the device, at the last sync
    highest_sequence = models.PositiveBigIntegerField(default=0)  # the last number that the device says it gave
    arrived_to = models.PositiveBigIntegerField(default=0)  # all numbers up to this one have arrived, maybe more
    client_uuid = models.UUIDField(unique=True)  # of the form that made it: sent twice, it makes one device

    def __str__(self) -> str:
        return self.name

    @staticmethod
    def digest_of(token: str) -> str:
        return hashlib.sha256(token.encode()).hexdigest()

    def may_read_at(self, at: datetime.datetime) -> bool:
        return self.revoked_at is None and at < self.valid_until

    def may_deliver_at(self, at: datetime.datetime) -> bool:
        return self.revoked_at is None and at < self.valid_until + self.DELIVERS_FOR


class BundleFetch(models.Model):
    """When a device fetched the list that it works with: what was cancelled before then it knew."""

    device = models.ForeignKey(DoorDevice, models.CASCADE, related_name="fetches")
    at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["device", "at"], name="bundle_fetch_by_device")]

    def __str__(self) -> str:
        return f"{self.device_id} {self.at:%Y-%m-%d %H:%M}"


class ScanQuerySet(models.QuerySet["Scan"]):
    def undecided(self) -> "ScanQuerySet":
        """Those that wait for a person."""
        return self.filter(verdict=Scan.Verdict.REVIEW, decision="")


class Scan(models.Model):
    """Something that happened at a door, as it was sent: stored once, whether it is good or not, and never changed.

    What was made of it stands beside the facts: the verdict (rules in `participation/merge.py`, which give the same
    again from what is stored here), and the decision of a person where it was put aside. Without a device it comes
    from the code on the wall.
    """

    class Kind(models.TextChoices):
        TICKET = "ticket", _("Ticket")
        CODE = "code", _("Door code")
        NAME = "name", _("By name")
        WALK_IN = "walk_in", _("Walk-in")
        HEAD_COUNT = "head_count", _("Head count")
        WALL = "wall", _("Code on the wall")

    class Verdict(models.TextChoices):
        COUNTED = "counted", _("Counted")
        ALREADY_IN = "already_in", _("In already")
        REVIEW = "review", _("To be looked at")

    class Decision(models.TextChoices):
        ACCEPTED = "accepted", _("Accepted")
        REJECTED = "rejected", _("Not counted")

    # The keys without an index of their own are the first column of another one, seldom there, or asked by nobody.
    device = models.ForeignKey(DoorDevice, models.PROTECT, null=True, blank=True, related_name="scans", db_index=False)
    uuid = models.UUIDField()  # made by whoever scanned
    sequence = models.PositiveBigIntegerField(default=0)  # 1, 2, 3 … on the device
    digest = models.CharField(max_length=64, blank=True)  # of what was sent; none once its name is gone for good
    kind = models.CharField(max_length=10, choices=Kind)
    session = models.ForeignKey(
        Session, models.PROTECT, null=True, blank=True, related_name="scans", db_index=False
    )  # None: not one of the device's
    registration = models.ForeignKey(Registration, models.SET_NULL, null=True, blank=True, related_name="scans")
    resident = models.ForeignKey(Resident, models.SET_NULL, null=True, blank=True, related_name="scans")
    sent = models.JSONField(default=dict)  # what else was sent: ticket, code, name, count; no photo
    evidence = models.ForeignKey(Evidence, models.PROTECT, null=True, blank=True, related_name="scans", db_index=False)
    occurred_at = models.DateTimeField()  # by the clock of the device
    corrected_at = models.DateTimeField()  # by ours
    received_at = models.DateTimeField()
    pace = models.PositiveIntegerField(default=1)  # which scan of the device within its minute it was, as they came
    verdict = models.CharField(max_length=10, choices=Verdict)
    reason = models.CharField(max_length=30, blank=True)  # a code of merge.py, or of what the operation refused
    marks = models.CharField(max_length=60, blank=True)  # what is odd besides; codes with spaces
    entry = models.ForeignKey(
        LedgerEntry, models.PROTECT, null=True, blank=True, related_name="scans", db_index=False
    )  # entries are never deleted, so that not even the database asks
    decision = models.CharField(max_length=10, choices=Decision, blank=True)
    decided_by = models.ForeignKey(User, models.SET_NULL, null=True, blank=True, related_name="+", db_index=False)
    decided_at = models.DateTimeField(null=True, blank=True)
    decision_reason = models.CharField(max_length=200, blank=True, validators=[plain_text_validator])

    objects = ScanQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["device", "uuid"], name="scan_once_per_device"),
            models.UniqueConstraint(fields=["uuid"], condition=Q(device=None), name="scan_once_without_device"),
            models.CheckConstraint(
                condition=Q(decision="", decided_at=None) | (~Q(decision="") & Q(decided_at__isnull=False)),
                name="scan_decision_has_a_time",
            ),
            models.CheckConstraint(condition=Q(decision="") | Q(verdict="review"), name="scan_decided_after_review"),
            models.CheckConstraint(
                condition=~Q(verdict__in=["counted", "already_in"]) | Q(entry__isnull=False),
                name="scan_counted_in_the_ledger",
            ),
        ]
        indexes = [
            models.Index(fields=["session", "verdict"], name="scan_session_verdict"),
            models.Index(fields=["device", "corrected_at"], name="scan_device_moment"),
            models.Index(fields=["device", "sequence"], name="scan_device_sequence"),
            models.Index(fields=["evidence"], condition=Q(evidence__isnull=False), name="scan_with_evidence"),
            models.Index(fields=["decided_by"], condition=Q(decided_by__isnull=False), name="scan_decided_by"),
        ]

    def __str__(self) -> str:
        return f"{self.device_id} {self.uuid}"

    @staticmethod
    def digest_of(body: dict[str, Any]) -> str:
        """Under the secret key: all but the name can stand in the row, and whoever has a copy would try names."""
        return salted_hmac("qixue.scan", digest(body), algorithm="sha256").hexdigest()

    @property
    def about(self) -> str:
        """Who or what it names: the person, else a typed name, the code or the number that was sent; else empty."""
        known = (self.resident.name if self.resident else "", *map(self.sent.get, ("name", "code", "count")))
        return next((str(each) for each in known if each not in (None, "")), "")

    @property
    def words(self) -> Any:
        """Why it was put aside, as a sentence."""
        return sentence_of(self.reason)

    @property
    def mark_words(self) -> list[Any]:
        """What is odd about it, as sentences."""
        return [sentence_of(mark) for mark in self.marks.split()]

    @property
    def counts_nobody_more(self) -> bool:
        """Whether its person was in already when it counted. Asks for the entry."""
        if self.kind == Scan.Kind.HEAD_COUNT or self.entry is None or self.verdict == Scan.Verdict.COUNTED:
            return False
        return self.entry.client_uuid != self.entry_key

    @property
    def shown_words(self) -> Any:
        """What the device showed where it let nobody in; else empty."""
        shown = self.sent.get("shown", "")
        return "" if shown in LET_IN else SHOWN.get(shown, _("a word that this site does not know"))

    @property
    def entry_key(self) -> UUID:
        """Of the ledger entry that the scan makes: devices choose their uuids, and two may choose the same."""
        return uuid5(self.uuid, f"qixue-door {self.device_id or 'wall'}")


class WallCode(models.Model):
    """The code that a session shows on a screen, new every half minute, for residents to scan themselves."""

    session = models.OneToOneField(Session, models.CASCADE, primary_key=True, related_name="wall_code")
    sealed_secret = models.CharField(max_length=200)  # qixue.core.sealed
    opened_at = models.DateTimeField()
    opened_by = models.ForeignKey(User, models.SET_NULL, null=True, blank=True, related_name="+")
    closed_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return f"wall of {self.session_id}"
