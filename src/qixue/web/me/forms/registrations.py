import uuid
from collections.abc import Collection, Mapping, Sequence
from typing import Any, cast

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from qixue.core.refusal import Refused
from qixue.participation.models import Question, Registration
from qixue.participation.operations.answers import field_of
from qixue.participation.queries.registrations import Party
from qixue.people.models import Resident
from qixue.people.namesakes import named_apart
from qixue.web.forms import Form
from qixue.web.me.forms.questions import answers_of, question_field, question_fields


class RegisterForm(Form):
    """Who of the `choosable` comes, `most` of them at the most; whoever is alone has nothing to choose and is ticked.

    `party` is made with the form, so that sending it twice signs nobody up twice.
    """

    party = forms.UUIDField(widget=forms.HiddenInput)
    people = forms.MultipleChoiceField(label=_("Who comes"), widget=forms.CheckboxSelectMultiple)

    def __init__(
        self,
        *args: Any,
        household: Sequence[Resident],
        choosable: Sequence[Resident],
        most: int,
        questions: Sequence[Question] = (),
        **kwargs: Any,
    ) -> None:
        self.questions = questions
        self.household = by_key(household)
        self.has_choice = bool(choosable) and most > 0
        shown = by_key(choosable)
        super().__init__(*args, initial={"party": uuid.uuid4(), "people": only_one(shown)}, **kwargs)
        offer(self.fields["people"], self.household, only=shown, names=named_apart(household))
        if most < len(choosable):
            sentence = ngettext("You can choose %(most)s person.", "You can choose up to %(most)s people.", most)
            self.fields["people"].help_text = sentence % {"most": most}
        self.fields.update(question_fields(questions, household, shown=choosable))

    def refuse(self, refusal: Refused) -> None:
        """Beside the people, as long as there is somebody to choose."""
        field = refusal.field if self.has_choice and refusal.field in self.fields else None
        self.add_error(field, refusal.sentence)

    def clean(self) -> dict[str, Any]:
        """Nobody answers for somebody who does not come."""
        answers = super().clean() or {}
        away = set(self.household) - set(answers.get("people", []))
        each = [question for question in self.questions if question.is_for_each]
        for name in (field_of(question, int(key)) for question in each for key in away):
            self.errors.pop(name, None)
        return answers

    def answers(self) -> dict[str, Any]:
        """What registering asks: who, the key of this form, and the answers to the organiser's questions."""
        people = self.chosen_people()
        answers = answers_of(self.cleaned_data, self.questions, people)
        return {"people": people, "party": self.cleaned_data["party"], "answers": answers}

    def chosen_people(self) -> list[Resident]:
        return [self.household[key] for key in dict.fromkeys(self.cleaned_data["people"])]


def only_one(people: Collection[str]) -> list[str]:
    """Whom to tick from the start: the one where there is one, else nobody."""
    return list(people) if len(people) == 1 else []


def by_key(people: Sequence[Resident]) -> dict[str, Resident]:
    return {str(person.pk): person for person in people}


def by_row(rows: Sequence[Registration]) -> dict[str, Resident]:
    """Whose each registration is."""
    return {str(row.pk): row.resident for row in rows}


def offer(
    field: forms.Field, people: Mapping[str, Resident], *, only: Collection[str], names: Mapping[int, str]
) -> None:
    """Let a field show `only` those of the people who can be chosen now, and take any of them; by key their `names`.

    In a second tab, or where a button is pressed twice, somebody is chosen whom the first press has dealt with: what is
    done with that answer is for the operation to say.
    """
    field = cast(forms.ChoiceField, field)
    field.choices = [(key, names[person.pk]) for key, person in people.items()]
    field.widget.choices = [(key, names[person.pk]) for key, person in people.items() if key in only]


class TransferForm(Form):
    """Who of those `leaving` stays at home, and who of the household comes instead, with new answers to what is
    asked about each person.
    """

    registration = forms.ChoiceField(label=_("Who does not come"), widget=forms.RadioSelect)
    person = forms.ChoiceField(label=_("Who comes instead"), widget=forms.RadioSelect)

    def __init__(
        self,
        *args: Any,
        party: Party,
        leaving: Sequence[Registration],
        household: Sequence[Resident],
        others: Sequence[Resident],
        questions: Sequence[Question],
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.rows = {str(row.pk): row for row in party.rows}
        self.household = by_key(household)
        self.questions = [question for question in questions if question.is_for_each]
        names = named_apart(household)
        offer(self.fields["registration"], by_row(party.rows), only=by_row(leaving), names=names)
        offer(self.fields["person"], self.household, only=by_key(others), names=names)
        self.fields.update(
            {f"question_{question.pk}": question_field(question, question.text) for question in self.questions}
        )

    def refuse(self, refusal: Refused) -> None:
        """What is wrong with the person stands beside the person; a question has nobody's number here."""
        field = "person" if refusal.field == "people" else "_".join(refusal.field.split("_")[:2])
        self.add_error(field if field in self.fields else None, refusal.sentence)

    def chosen_people(self) -> list[Resident]:
        return [self.household[self.cleaned_data["person"]]]

    def answers(self) -> dict[str, Any]:
        [person] = self.chosen_people()
        said = {(each.pk, person.pk): self.cleaned_data[f"question_{each.pk}"] or "" for each in self.questions}
        return {"registration": self.rows[self.cleaned_data["registration"]], "to": person, "answers": said}


class CancelForm(Form):
    """Who of those `leaving` a party does not come after all; whoever comes alone is ticked."""

    people = forms.MultipleChoiceField(label=_("Who does not come"), widget=forms.CheckboxSelectMultiple)

    def __init__(
        self,
        *args: Any,
        party: Party,
        leaving: Sequence[Registration],
        names: Mapping[int, str],
        **kwargs: Any,
    ) -> None:
        shown = by_row(leaving)
        super().__init__(*args, initial={"people": only_one(shown)}, **kwargs)
        offer(self.fields["people"], by_row(party.rows), only=shown, names=names)

    def keys(self) -> list[int]:
        return [int(key) for key in self.cleaned_data["people"]]
