"""The organiser's questions as fields of a form: once for all who sign up together, or for each person."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext as _

from qixue.participation.models import Question
from qixue.participation.models.questions import LONGEST_ANSWER, YES_OR_NO
from qixue.participation.operations.answers import EVERYBODY, Answers, field_of
from qixue.people.models import Resident
from qixue.people.namesakes import named_apart
from qixue.web.forms import asks_for_an_answer
from qixue.web.workspace.forms.fields import PlainCharField


def question_fields(
    questions: Iterable[Question], people: Sequence[Resident], *, shown: Sequence[Resident]
) -> dict[str, forms.Field]:
    """By name; a field for one person says whose it is where several are shown, and is hidden for who is not."""
    fields, names = {}, named_apart(people)
    for question in questions:
        if not question.is_for_each:
            fields[field_of(question, EVERYBODY)] = question_field(question, question.text)
            continue
        for person in people:
            values = {"name": names[person.pk], "question": question.text}
            label = _("%(name)s: %(question)s") % values if len(shown) > 1 else question.text
            field = fields[field_of(question, person.pk)] = question_field(question, label)
            if person not in shown:
                field.widget = forms.HiddenInput()
    return fields


def question_field(question: Question, label: str) -> forms.Field:
    field: forms.Field
    if question.kind == Question.Kind.TEXT:
        field = PlainCharField(label=label, max_length=LONGEST_ANSWER, required=question.is_required)
    else:
        is_choice = question.kind == Question.Kind.CHOICE
        choices = [(option, option) for option in question.options] if is_choice else list(YES_OR_NO.items())
        field = forms.ChoiceField(label=label, choices=choices, required=question.is_required, widget=forms.RadioSelect)
    field.error_messages["required"] = asks_for_an_answer(field)
    return field


def answers_of(cleaned: Mapping[str, Any], questions: Iterable[Question], people: Sequence[Resident]) -> Answers:
    """What was filled in, as registering asks for it."""
    asked = [
        (question, whom)
        for question in questions
        for whom in ([person.pk for person in people] if question.is_for_each else [EVERYBODY])
    ]
    return {(question.pk, whom): cleaned.get(field_of(question, whom)) or "" for question, whom in asked}
