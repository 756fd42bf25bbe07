"""What people say to one another about a section of the work summary."""

from django.db import models
from django.db.models import Exists, OuterRef, Q

from qixue.core.fields import plain_text_validator
from qixue.report.models.sections import SummarySection


class CommentQuerySet(models.QuerySet["SectionComment"]):
    def with_state(self) -> "CommentQuerySet":
        """With `is_closed`: whether somebody has closed it."""
        return self.annotate(is_closed=closing())

    def open(self) -> "CommentQuerySet":
        """Those that nobody has closed."""
        return self.filter(~closing())


def closing() -> Exists:
    return Exists(CommentAnswer.objects.filter(comment=OuterRef("pk"), is_closing=True))


class SectionComment(models.Model):
    """A remark of a person on a section, with the words that it is about. Rows are only ever added."""

    section = models.ForeignKey(SummarySection, models.PROTECT, related_name="comments")
    version = models.PositiveIntegerField()  # number of the version that was read; 0: the draft
    quote = models.CharField(max_length=300, blank=True, validators=[plain_text_validator])
    text = models.CharField(max_length=1000, validators=[plain_text_validator])
    author_id = models.BigIntegerField()
    author_name = models.CharField(max_length=100)
    written_at = models.DateTimeField()

    objects = CommentQuerySet.as_manager()

    def __str__(self) -> str:
        return self.text


class CommentAnswer(models.Model):
    """An answer to a comment, or that it is dealt with. Rows are only ever added."""

    comment = models.ForeignKey(SectionComment, models.PROTECT, related_name="answers")
    text = models.CharField(max_length=1000, blank=True, validators=[plain_text_validator])
    is_closing = models.BooleanField()
    author_id = models.BigIntegerField()
    author_name = models.CharField(max_length=100)
    written_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["comment"], condition=Q(is_closing=True), name="comment_closed_once"),
            models.CheckConstraint(condition=Q(is_closing=True) | ~Q(text=""), name="comment_answer_says_something"),
        ]

    def __str__(self) -> str:
        return self.text
