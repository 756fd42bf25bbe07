from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from qixue.core.refusal import Refused
from qixue.participation.models import Question, RegistrationTerms
from qixue.participation.models.questions import MOST_QUESTIONS
from qixue.participation.operations.lotteries import checked_value
from qixue.participation.operations.questions import Asked
from qixue.participation.operations.terms import TermsDetails, obstacles_in_numbers
from qixue.places.models import Region
from qixue.web.forms import ConfirmableForm, Form
from qixue.web.workspace.forms.fields import MomentField, PlainCharField, WholeNumberField

MOMENTS = ("opens_at", "closes_at", "cancel_until", "draw_at")
CHOICES = ("region", "allotment", "public_number")
NUMBERS = ("place_limit", "min_age", "max_age", "offer_hours", "no_show_limit")


class RegionField(forms.ModelChoiceField):
    def label_from_instance(self, region: Any) -> str:
        return f"{region.parent.local_name} · {region.local_name}" if region.parent else str(region.local_name)


class TermsForm(ConfirmableForm):
    """On which terms people sign up. Empty means what the hint says."""

    opens_at = MomentField(
        label=_("Signing up opens"),
        required=False,
        max_length=40,
        help_text=_("Empty: at once."),
    )
    closes_at = MomentField(
        label=_("Signing up ends"), required=False, max_length=40, help_text=_("Empty: when the session starts.")
    )
    cancel_until = MomentField(
        label=_("Seats can be given up until"),
        required=False,
        max_length=40,
        help_text=_("Empty: until the session starts. Whoever only waits can leave the line at any time."),
    )
    allotment = forms.ChoiceField(
        label=_("How seats are given"), choices=RegistrationTerms.Allotment.choices, widget=forms.RadioSelect
    )
    draw_at = MomentField(
        label=_("Moment of the draw"),
        required=False,
        max_length=40,
        help_text=_("Only by lot. Empty: as soon as signing up has ended."),
    )
    public_number = PlainCharField(
        label=_("Public number that goes into the draw"),
        required=False,
        max_length=200,
        help_text=_(
            "Only by lot. A number that nobody knows before signing up has ended and everybody can look up afterwards, "
            "with its day: the closing value of an index to two decimal places, the result of a state lottery. You "
            "enter it for the draw; you cannot choose its spelling, and everybody can compare it with the source. "
            "Empty: the promised seed alone decides."
        ),
    )
    place_limit = WholeNumberField(
        label=_("Seats for one account"), max_length=12, help_text=_("1 to 10: a person with the household.")
    )
    min_age = WholeNumberField(label=_("Youngest age"), max_length=12, required=False)
    max_age = WholeNumberField(
        label=_("Oldest age"),
        max_length=12,
        required=False,
        help_text=_("In full years at the end of the year, because only the year of birth is known."),
    )
    region = RegionField(
        label=_("Only for residents of"), queryset=Region.objects.none(), required=False, empty_label=_("Everybody")
    )
    offer_hours = WholeNumberField(
        label=_("Hours to accept a seat that became free"),
        max_length=12,
        required=False,
        help_text=_(
            "1 to 72, not counting 21:00 to 8:00. Empty: whoever is next in line has the seat at once and is told."
        ),
    )
    no_show_limit = WholeNumberField(
        label=_("Missed sessions until the seats are for others first"),
        max_length=12,
        required=False,
        help_text=_(
            "1 to 10. Empty: no such rule. Whoever had a seat at so many of your sessions in this programme, did not "
            "come and did not give it up, signs up in the last 24 hours only. You can excuse anybody. The rule stands "
            "on the page before people sign up; it counts only sessions that had it and were counted by name."
        ),
    )
    for_all = forms.BooleanField(
        label=_("Use for all sessions of this activity that are still to come"),
        required=False,
        help_text=_(
            "What hangs on the start of the session moves along with each one; the opening is the same. Not together "
            "with a public number: each draw needs one of its own."
        ),
    )

    def __init__(self, *args: Any, region: Region, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        levels = (Region.Level.CITY, Region.Level.COUNTY, Region.Level.TOWNSHIP)
        regions = Region.objects.filter(path__startswith=region.path, level__in=levels).select_related("parent")
        field = self.fields["region"]
        if isinstance(field, forms.ModelChoiceField):
            field.queryset = regions.order_by("path")

    def clean(self) -> dict[str, Any]:
        answers = super().clean() or {}
        numbers: dict[str, Any] = {name: answers.get(name) for name in NUMBERS}
        for refusal in obstacles_in_numbers(TermsDetails(**numbers)):
            self.refuse(refusal)
        return answers

    def details(self) -> TermsDetails:
        answers = self.cleaned_data
        return TermsDetails(**{name: answers[name] for name in (*CHOICES, *MOMENTS, *NUMBERS)})


def initial_of(terms: RegistrationTerms) -> dict[str, Any]:
    values = {name: getattr(terms, name) for name in (*MOMENTS, *NUMBERS)}
    return {**values, "region": terms.region_id, "allotment": terms.allotment, "public_number": terms.public_number}


class PublicValueForm(ConfirmableForm):
    """What the public number of a draw turned out to be."""

    value = PlainCharField(
        label=_("The number"),
        max_length=100,
        help_text=_(
            "Digits and one decimal point, for example 3259.41; no spaces or commas. Write several numbers without "
            "gaps in the order in which they stand there: 05 11 18 is 051118. Zeros at the front, and at the end after "
            "the point, do not count."
        ),
    )
    source = PlainCharField(
        label=_("Where everybody can read it"),
        max_length=300,
        help_text=_("A web address or a newspaper with its day."),
    )

    def clean_value(self) -> str:
        """As it goes into the draw."""
        try:
            return checked_value(self.cleaned_data["value"])
        except Refused as refusal:
            raise forms.ValidationError(refusal.sentence) from refusal


class QuestionsForm(Form):
    """Up to five questions, each with its kind; one without words is left out."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for number in range(1, MOST_QUESTIONS + 1):
            self.fields.update({f"{name}_{number}": field for name, field in question_fields(number).items()})

    def rows(self) -> list[tuple[int, list[forms.BoundField]]]:
        names = list(question_fields(1))
        return [(number, [self[f"{name}_{number}"] for name in names]) for number in range(1, MOST_QUESTIONS + 1)]

    def clean(self) -> dict[str, Any]:
        answers = super().clean() or {}
        for number in range(1, MOST_QUESTIONS + 1):
            if answers.get(f"text_{number}") and not answers.get(f"kind_{number}"):
                self.add_error(f"kind_{number}", _("Please choose how this question is answered."))
        return answers

    def asked(self) -> list[Asked]:
        answers = self.cleaned_data
        numbers = [number for number in range(1, MOST_QUESTIONS + 1) if answers[f"text_{number}"]]
        return [
            Asked(
                text=answers[f"text_{number}"],
                kind=answers[f"kind_{number}"],
                options=options_of(answers, number),
                is_required=answers[f"is_required_{number}"],
                is_for_each=answers[f"is_for_each_{number}"],
            )
            for number in numbers
        ]

    def refuse(self, refusal: Refused) -> None:
        """A refusal names the nth question that is asked; rows left empty do not count."""
        filled = [row for row in range(1, MOST_QUESTIONS + 1) if self.cleaned_data[f"text_{row}"]]
        name, _under, number = refusal.field.rpartition("_")
        if number.isdigit():
            self.add_error(f"{name}_{filled[int(number) - 1]}", refusal.sentence)
        else:
            super().refuse(refusal)


def options_of(answers: dict[str, Any], number: int) -> tuple[str, ...]:
    if answers[f"kind_{number}"] != Question.Kind.CHOICE:
        return ()
    lines = (line.strip() for line in answers[f"options_{number}"].splitlines())
    return tuple(dict.fromkeys(line for line in lines if line))


def question_fields(number: int) -> dict[str, forms.Field]:
    return {
        "text": PlainCharField(label=_("Question %(number)s") % {"number": number}, max_length=100, required=False),
        "kind": forms.ChoiceField(
            label=_("How it is answered"), choices=Question.Kind.choices, required=False, widget=forms.RadioSelect
        ),
        "options": PlainCharField(
            label=_("Answers to choose from"),
            required=False,
            max_length=1000,
            help_text=_("Only for one of several: each answer on a line of its own."),
            widget=forms.Textarea(attrs={"rows": 3}),
        ),
        "is_required": forms.BooleanField(label=_("Nobody signs up without an answer"), required=False),
        "is_for_each": forms.BooleanField(label=_("Ask for each person, not once for all"), required=False),
    }


def initial_questions(questions: list[Question]) -> dict[str, Any]:
    values: dict[str, Any] = {}
    for number, question in enumerate(questions, start=1):
        values |= {
            f"text_{number}": question.text,
            f"kind_{number}": question.kind,
            f"options_{number}": "\n".join(question.options),
            f"is_required_{number}": question.is_required,
            f"is_for_each_{number}": question.is_for_each,
        }
    return values
