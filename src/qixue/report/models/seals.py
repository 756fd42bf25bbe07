"""Issuing a work summary: who asked for it, and what was sealed when a second person agreed."""

import json
from functools import cached_property
from typing import Any

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from qixue.programme.models import Programme
from qixue.report.seal_format import FIRST_FORMAT


class IssueRequest(models.Model):
    """Somebody has read the summary as it stands and asks a second person to issue it just so.

    Keeps the words and figures that were read, so that whatever changes before the issue can be named. A programme has
    one open request at the most. People are kept as values: nothing blocks the deletion of an account.
    """

    class Outcome(models.TextChoices):
        OPEN = "", _("Waits for a second person")
        ISSUED = "issued", _("Issued")
        WITHDRAWN = "withdrawn", _("Withdrawn")
        REPLACED = "replaced", _("Asked again")

    programme = models.ForeignKey(Programme, models.PROTECT, related_name="issue_requests")
    lines = models.JSONField()  # the printed text, one paragraph each, and what its pictures show
    figures = models.JSONField()  # by code: printed text and root of the evidence
    # In which those roots were made. The version before knew one format, and writes on while a site is updated.
    seal_format = models.CharField(max_length=20, db_default=FIRST_FORMAT)
    asker_id = models.BigIntegerField()
    asker_name = models.CharField(max_length=100)
    asked_at = models.DateTimeField()  # the summary was drafted for this moment
    outcome = models.CharField(max_length=10, choices=Outcome, default="", blank=True)
    closed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["programme"], condition=Q(outcome=""), name="one_open_issue_request_per_programme"
            ),
            models.CheckConstraint(
                condition=Q(outcome="", closed_at=None) | (~Q(outcome="") & Q(closed_at__isnull=False)),
                name="issue_request_closed_has_a_time",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.programme_id} {self.asked_at:%Y-%m-%d %H:%M}"


class Seal(models.Model):
    """One issue of a work summary: its figures and words as they were, signed. Rows are only ever added.

    `payload` is the canonical JSON that was signed, and described in docs/reference/seals.md. A later issue of the same
    programme gets the next number and names the digest of the one before.
    """

    programme = models.ForeignKey(Programme, models.PROTECT, related_name="seals")
    number = models.PositiveIntegerField()  # 1, 2, 3 … in its programme
    request = models.OneToOneField(IssueRequest, models.PROTECT, related_name="seal")
    asker_id = models.BigIntegerField()
    asker_name = models.CharField(max_length=100)
    issuer_id = models.BigIntegerField()
    issuer_name = models.CharField(max_length=100)
    sealed_at = models.DateTimeField()
    payload = models.TextField()
    digest = models.CharField(max_length=64, unique=True)  # SHA-256 of the payload, in hexadecimal
    text_digest = models.CharField(max_length=64, db_index=True)  # of the visible characters of the summary
    kid = models.CharField(max_length=8)
    signature = models.CharField(max_length=86)  # 64 bytes as base64url without padding

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["programme", "number"], name="seal_number_once"),
            models.CheckConstraint(condition=Q(number__gte=1), name="seal_numbers_from_one"),
            models.CheckConstraint(condition=~Q(asker_id=F("issuer_id")), name="seal_needs_two_people"),
        ]

    def __str__(self) -> str:
        return f"{self.programme_id}/{self.number}"

    @cached_property
    def content(self) -> dict[str, Any]:
        """The payload as JSON."""
        return dict(json.loads(self.payload))


class SealedFile(models.Model):
    """A file as it was issued, to the byte, or the evidence behind the figures. Rows are only ever added."""

    class Kind(models.TextChoices):
        DOCX = "docx", _("Word document")
        PDF = "pdf", _("PDF")
        XLSX = "xlsx", _("Evidence annex")
        EVIDENCE = "evidence", _("Digests of the evidence")

    seal = models.ForeignKey(Seal, models.PROTECT, related_name="files")
    kind = models.CharField(max_length=10, choices=Kind)
    content = models.BinaryField()
    digest = models.CharField(max_length=64)  # SHA-256 of the content, in hexadecimal

    class Meta:
        constraints = [models.UniqueConstraint(fields=["seal", "kind"], name="sealed_file_once")]

    def __str__(self) -> str:
        return f"{self.seal_id} {self.kind}"
