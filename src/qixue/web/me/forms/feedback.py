from django import forms
from django.utils.translation import gettext_lazy as _

from qixue.participation.models import Feedback
from qixue.participation.operations.feedback import LONGEST_SENTENCE, Answer
from qixue.web.forms import Form
from qixue.web.workspace.forms.fields import PlainCharField

NOTHING = "nothing"  # kept like no answer; a radio button without a value would be chosen from the start


class AnswerForm(Form):
    """Three taps: a face, what it was about, send. The rest is for those who want to say more."""

    face = forms.ChoiceField(label=_("How was it?"), choices=Feedback.Face.choices, widget=forms.RadioSelect)
    reason = forms.ChoiceField(
        label=_("What was it about?"),
        choices=[*Feedback.Reason.choices, (NOTHING, _("Nothing in particular"))],
        widget=forms.RadioSelect,
        required=False,
    )
    sentence = PlainCharField(
        label=_("A sentence for the organiser"),
        max_length=LONGEST_SENTENCE,
        required=False,
        help_text=_("They read it without your name."),
        widget=forms.Textarea(attrs={"rows": 3, "maxlength": LONGEST_SENTENCE}),
    )

    def clean_reason(self) -> str:
        reason: str = self.cleaned_data["reason"]
        return "" if reason == NOTHING else reason

    def answer(self) -> Answer:
        return Answer(**self.cleaned_data)


def initial_of(answer: Feedback | None, *, face: str) -> dict[str, str]:
    """What was said before; `face` is the one that was tapped on the page before."""
    tapped = face if face in Feedback.Face.values else ""
    if answer is None:
        return {"face": tapped}
    return {"face": tapped or answer.face, "reason": answer.reason, "sentence": answer.sentence}
