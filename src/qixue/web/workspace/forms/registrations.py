from collections.abc import Sequence
from typing import Any, cast

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext, ngettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from qixue.core.language import enumeration
from qixue.participation.models import Registration
from qixue.participation.models.organiser import LONGEST_MESSAGE
from qixue.participation.queries.registered import StateCounts
from qixue.programme.models import Session
from qixue.web.forms import Form
from qixue.web.templatetags.qixue import when, where
from qixue.web.workspace.forms.fields import CountedField, PlainCharField
from qixue.web.workspace.namesakes import names_at

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
        help_text=_("For example: signed up twice under another name."),
    )


class MoveForm(Form):
    """Where to, and of people who signed up together whether all of them move or one alone."""

    who = forms.ChoiceField(label=_("Who moves"), widget=forms.RadioSelect)
    session = forms.ChoiceField(label=_("Session"), widget=forms.RadioSelect)

    def __init__(
        self, *args: Any, sessions: QuerySet[Session], one: Registration, party: Sequence[Registration], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.sessions = {str(session.pk): session for session in sessions[:SHOWN_SESSIONS]}
        self.ways = {"all": list(party), "one": [one]}
        self.choices = [(key, words_for(session)) for key, session in self.sessions.items()]
        field = self.fields["session"]
        if isinstance(field, forms.ChoiceField):
            field.choices = self.choices
        cast(forms.ChoiceField, self.fields["who"]).choices = who_moves(one, party)
        if len(party) < 2:
            del self.fields["who"]

    def keys(self) -> list[int]:
        return [row.pk for row in self.ways[self.cleaned_data.get("who", "one")]]

    def target(self) -> Session:
        return self.sessions[self.cleaned_data["session"]]


def who_moves(one: Registration, party: Sequence[Registration]) -> list[tuple[str, str]]:
    """The two answers, with everybody's name: nothing is chosen beforehand."""
    names = names_at(one.session)
    called = {row.pk: names[row.resident_id] for row in party}
    others = enumeration(name for key, name in called.items() if key != one.pk)
    everybody = gettext("All %(count)s who signed up together: %(names)s")
    alone = gettext("Only %(name)s; the others stay signed up here: %(names)s")
    return [
        ("all", everybody % {"count": len(party), "names": enumeration(called.values())}),
        ("one", alone % {"name": called[one.pk], "names": others}),
    ]


def words_for(session: Any) -> str:
    """Of a session `with_draws`."""
    return " · ".join((when(session), session.local_full_title, where(session), seats_of(session)))


def seats_of(session: Any) -> str:
    if session.is_by_lot:
        count = session.seat_count
        words = ngettext(
            "draw: %(seats)s seat, %(people)s entered so far", "draw: %(seats)s seats, %(people)s entered so far", count
        )
        return words % {"seats": count, "people": session.entered_count}
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
    text = CountedField(
        label=pgettext_lazy("to those who are signed up", "Message"),
        max_length=LONGEST_MESSAGE,
        help_text=_(
            "Up to 300 characters, in the words of your city. Title and day of the session stand before it, in the SMS "
            "too. Say the important thing first: an SMS holds about 150 characters of it and leads to the rest."
        ),
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
