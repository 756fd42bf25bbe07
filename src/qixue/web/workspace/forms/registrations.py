from typing import Any, cast

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from qixue.participation.models import Registration
from qixue.participation.models.organiser import LONGEST_MESSAGE
from qixue.participation.queries.registered import StateCounts
from qixue.programme.models import Session
from qixue.web.forms import Form
from qixue.web.templatetags.qixue import when
from qixue.web.workspace.forms.fields import PlainCharField

SHOWN_SESSIONS = 40
State = Registration.State
TO_WHOM = (
    (State.CONFIRMED, _("Those with a seat")),
    (State.OFFERED, _("Those to whom a seat is offered")),
    (State.WAITING, _("Those on the waiting list")),
    (State.ENTERED, _("Those who entered the draw")),
)


class NameForm(Form):
    name = PlainCharField(label=_("Full name"), max_length=100, required=False)


class TakeOutForm(Form):
    note = PlainCharField(
        label=_("Reason"),
        max_length=200,
        help_text=_("For example: signed up twice under another name. The person reads it."),
    )


class MoveForm(Form):
    session = forms.ChoiceField(label=_("Session"), widget=forms.RadioSelect)
    with_party = forms.BooleanField(label=_("Those who signed up together move together"), required=False)

    def __init__(self, *args: Any, sessions: QuerySet[Session], has_others: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.sessions = {str(session.pk): session for session in sessions[:SHOWN_SESSIONS]}
        self.choices = [(key, words_for(session)) for key, session in self.sessions.items()]
        field = self.fields["session"]
        if isinstance(field, forms.ChoiceField):
            field.choices = self.choices
        if not has_others:
            self.fields["with_party"].widget = forms.HiddenInput()

    def target(self) -> Session:
        return self.sessions[self.cleaned_data["session"]]


def words_for(session: Any) -> str:
    """Of a session `with_draws`."""
    return f"{when(session)} · {session.local_full_title} · {seats_of(session)}"


def seats_of(session: Any) -> str:
    if session.is_by_lot:
        words = _("draw: %(seats)s seats, %(people)s entered so far")
        return words % {"seats": session.seat_count, "people": session.entered_count}
    if session.seats_left < 1:
        return str(_("full: waiting list"))
    return _("seats left: %(count)s") % {"count": session.seats_left}


class MessageForm(Form):
    """What to write, and to whom: by the state of their registration; a state that nobody is in is not offered."""

    client_uuid = forms.UUIDField(widget=forms.HiddenInput)
    states = forms.MultipleChoiceField(
        label=_("To whom"),
        widget=forms.CheckboxSelectMultiple,
    )
    text = PlainCharField(
        label=_("Message"),
        max_length=LONGEST_MESSAGE,
        help_text=_("Up to 300 characters, in the words of your city. Title and day of the session stand before it."),
        widget=forms.Textarea(attrs={"rows": 5}),
    )

    def __init__(self, *args: Any, counts: StateCounts, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        people = [(state, words, getattr(counts, state)) for state, words in TO_WHOM]
        self.offered = [state for state, _words, count in people if count]
        label = _("%(words)s (%(count)s)")
        field = cast(forms.MultipleChoiceField, self.fields["states"])
        field.choices = [(state, label % {"words": words, "count": count}) for state, words, count in people if count]

    def state_names(self) -> list[str]:
        return [str(words) for state, words in TO_WHOM if state in self.cleaned_data["states"]]
