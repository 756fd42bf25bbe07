"""What organisers ask at sign-up, and what people answered. Answers go with the person."""

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from qixue.core.fields import plain_text_validator
from qixue.participation.models.registrations import Registration
from qixue.programme.models import Session

MOST_QUESTIONS = 5  # at one session: each further one loses people at the form
MOST_OPTIONS = 10
LONGEST_ANSWER = 200
YES_OR_NO = {"yes": _("Yes"), "no": _("No")}


class Question(models.Model):
    """One thing that is asked of whoever signs up for a session.

    A question that somebody answered is not deleted but retired: nobody is asked any more and the answers stay.
    """

    class Kind(models.TextChoices):
        TEXT = "text", pgettext_lazy("how a question is answered", "Text")
        CHOICE = "choice", _("One of several")
        YES_NO = "yes_no", _("Yes or no")

    session = models.ForeignKey(Session, models.CASCADE, related_name="questions")
    position = models.PositiveSmallIntegerField(validators=[MinValueValidator(1), MaxValueValidator(MOST_QUESTIONS)])
    text = models.CharField(max_length=100, validators=[plain_text_validator])
    kind = models.CharField(max_length=10, choices=Kind)
    options = models.JSONField(default=list, blank=True)  # of a choice: its texts in their order
    is_required = models.BooleanField(default=False)
    is_for_each = models.BooleanField(default=False)  # asked for each person, not once for all who sign up together
    retired_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["session", "position"], condition=Q(retired_at=None), name="question_has_a_position"
            ),
            models.CheckConstraint(
                condition=Q(position__gte=1, position__lte=MOST_QUESTIONS), name="question_position_in_range"
            ),
        ]

    def __str__(self) -> str:
        return self.text


class Answer(models.Model):
    """What somebody answered, or what was answered once for all who signed up together. Yes and no are `yes`, `no`.

    After a move to another session it can belong to a question of the session before.
    """

    registration = models.ForeignKey(Registration, models.CASCADE, related_name="answers")
    question = models.ForeignKey(Question, models.PROTECT, related_name="answers")
    text = models.CharField(max_length=LONGEST_ANSWER, validators=[plain_text_validator])

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["registration", "question"], name="one_answer_per_question"),
            models.CheckConstraint(condition=~Q(text=""), name="answer_says_something"),
        ]

    def __str__(self) -> str:
        return f"{self.registration_id} {self.question_id}"

    @property
    def words(self) -> str:
        """As people read it."""
        is_truth = self.question.kind == Question.Kind.YES_NO
        return str(YES_OR_NO.get(self.text, self.text)) if is_truth else self.text
