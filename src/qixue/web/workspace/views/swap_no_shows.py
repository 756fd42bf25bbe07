"""At the desk of a swap round: somebody did not come, or that was said by mistake. Both say before what they do."""

from collections.abc import Sequence
from functools import partial
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from qixue.core.clock import now
from qixue.core.language import enumeration
from qixue.core.refusal import Refused
from qixue.people.rules import Action
from qixue.swap.models import Handover, SwapRound
from qixue.swap.operations.no_shows import mark_missing, take_back_missing
from qixue.swap.queries.no_shows import Ending, Return, ending_without, return_of
from qixue.web import parts
from qixue.web.forms import Form
from qixue.web.workspace.access import needs, staff
from qixue.web.workspace.act import Act, page_of_act, sent
from qixue.web.workspace.reach.swap_rounds import handover_or_404
from qixue.web.workspace.views.swap_desk import rematching_page


@needs(Action.HAND_OVER_SWAPS)
def missing(request: HttpRequest, pk: int) -> HttpResponse:
    """Asked once more: it ends the exchanges that wait for this person. What is left is matched anew at once.

    Then comes the page of the exchange, which says that it is off and where that is taken back.
    """
    handover = handover_or_404(request.user, pk)
    then = reverse("workspace:swap_exchange", args=[handover.round_id, handover.exchange])
    form = sent(request, Form)
    return rematching_page(request, form, act_of_missing(handover), partial(mark_missing, handover), then=then)


def act_of_missing(handover: Handover) -> Act:
    ending = ending_without(handover)
    sentence = ngettext(
        "%(name)s: off is then the exchange %(numbers)s, with %(people)s people in all.",
        "%(name)s: off are then the exchanges %(numbers)s, with %(people)s people in all.",
        len(ending.exchanges),
    )
    said = sentence % {**called(handover), "numbers": enumeration(map(str, ending.exchanges)), "people": ending.people}
    return Act(
        title=_("Did not come"),
        lead=in_one_line([*warning_of_presence(handover, ending), said]),
        button=_("Did not come: match the others anew"),
        note=_(
            "Exactly the exchanges that wait for this person are off. The others in them are matched anew at once."
            " It can be taken back as long as nobody relies on an exchange that is found instead."
        ),
        fits=handover.state == Handover.State.PLANNED and handover.giver_confirmed_at is None,
        **of_desk(handover),
    )


def warning_of_presence(handover: Handover, ending: Ending) -> list[str]:
    """Who brought one thing and not the other is in the hall: the desk asks them before it goes on."""
    if not ending.here_in:
        return []
    sentence = ngettext(
        "%(name)s is here: noted so in exchange %(numbers)s. Please ask them first whether they have brought this,"
        " too.",
        "%(name)s is here: noted so in exchanges %(numbers)s. Please ask them first whether they have brought this,"
        " too.",
        len(ending.here_in),
    )
    return [sentence % {**called(handover), "numbers": enumeration(map(str, ending.here_in))}]


@needs(Action.HAND_OVER_SWAPS)
def not_missing(request: HttpRequest, pk: int) -> HttpResponse:
    """That somebody did not come was said by mistake. Asked once more, with what stands again and what is off then."""
    handover = handover_or_404(request.user, pk)
    act, form = act_of_taking_back(handover), sent(request, Form)
    if not (act.fits and form.is_valid()):
        return page_of_act(request, form, act)
    try:
        done = take_back_missing(handover, by=staff(request), at=now())
    except Refused as refusal:
        return parts.refusal_page(request, refusal, back=act.back)
    messages.success(request, in_one_line(what_came_of(done)))
    if handover.exchange in done.again:
        return redirect("workspace:swap_exchange", handover.round_id, handover.exchange)
    return redirect(act.back)


def act_of_taking_back(handover: Handover) -> Act:
    return Act(
        title=_("Take back: did not come"),
        lead=in_one_line(what_comes_of(return_of(handover))),
        button=_("Take back: did not come"),
        note=_(
            "What was found instead is off only where nobody has agreed to it, come for it or received anything since."
            " Everybody concerned is told."
        ),
        fits=handover.missed.exists() and handover.round.state == SwapRound.State.HANDING_OVER,
        **of_desk(handover),
    )


def of_desk(handover: Handover) -> dict[str, Any]:
    """Around both acts."""
    back = reverse("workspace:swap_desk", args=[handover.round_id])
    return {"about": handover.round.title, "back": back, "crumbs": ((handover.round.title, back),)}


def called(handover: Handover) -> dict[str, str]:
    return {"name": handover.giver.name if handover.giver else ""}


def in_one_line(sentences: Sequence[str]) -> str:
    """A Chinese full stop has its space within."""
    return " ".join(sentences).replace("。 ", "。")


def what_comes_of(found: Return) -> list[str]:
    """Before it is done, in sentences with numbers."""
    said = [_("%(name)s is counted on again.") % called(found.handover)]
    if found.again:
        sentence = ngettext(
            "Exchange %(numbers)s stands again as it was.",
            "Exchanges %(numbers)s stand again as they were.",
            len(found.again),
        )
        said.append(sentence % {"numbers": enumeration(map(str, found.again))})
    if found.instead:
        sentence = ngettext(
            "Off is what was found instead: exchange %(numbers)s, with %(people)s people.",
            "Off are those that were found instead: exchanges %(numbers)s, with %(people)s people.",
            len(found.instead),
        )
        said.append(sentence % {"numbers": enumeration(map(str, found.instead)), "people": found.people})
    if found.lost:
        sentence = ngettext(
            "Exchange %(numbers)s stays off, since others rely on another one by now, have left it or want something"
            " else: whoever is free is matched anew.",
            "Exchanges %(numbers)s stay off, since others rely on other ones by now, have left them or want something"
            " else: whoever is free is matched anew.",
            len(found.lost),
        )
        said.append(sentence % {"numbers": enumeration(map(str, found.lost))})
    return said


def what_came_of(done: Return) -> list[str]:
    """The same afterwards, with what was found for those who were free."""
    said = what_comes_of(done)
    if done.made:
        sentence = ngettext(
            "%(count)s new exchange was found at once; its people are told.",
            "%(count)s new exchanges were found at once; their people are told.",
            len(done.made),
        )
        said.append(sentence % {"count": len(done.made)})
    return said
