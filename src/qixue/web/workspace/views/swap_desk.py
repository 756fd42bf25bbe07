"""The desk of a swap round: who is there with their thing, what was handed over, and who did not come."""

import zlib
from collections.abc import Callable
from functools import partial
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext
from django.views.decorators.http import require_POST

from qixue.core.clock import now
from qixue.core.language import enumeration
from qixue.core.refusal import Refused
from qixue.people.rules import Action
from qixue.swap.models import Handover, SwapRound
from qixue.swap.operations.at_once import confirm_all_here, confirm_all_received, ready_without_code
from qixue.swap.operations.handovers import (
    break_off,
    confirm_here,
    confirm_received,
    put_on_table,
    take_back_here,
)
from qixue.swap.queries.desk import (
    Due,
    Progress,
    at_once,
    called,
    called_off,
    desk_exchanges,
    ended_with,
    left_over_gifts,
    looked_for,
    numbers_off,
    progress_of,
    rows_off,
    to_fetch_back,
    waited_for,
)
from qixue.swap.queries.no_shows import no_shows
from qixue.web import parts, unfinished_forms
from qixue.web.forms import Form
from qixue.web.workspace.access import needs, staff
from qixue.web.workspace.act import Act, page_of_act, sent
from qixue.web.workspace.forms.swap_rounds import BreakOffForm, DeskForm
from qixue.web.workspace.reach.swap_rounds import entry_or_404, handover_or_404, round_or_404

EXCHANGES_PER_PAGE = 50
MOST_FOUND = 30  # exchanges; of more the name says too little
SHOWN_GIFTS = 20
SHOWN_THINGS = 100  # that are to be fetched back
ALL = "all"  # in what a button sends, or in its address: everything of the person, not only this thing
OFF = "off"  # in the address, beside `Due`: exchanges of which nothing stands
SHOWN_NO_SHOWS = 10  # the latest; others are found by their name


@needs(Action.HAND_OVER_SWAPS)
def desk(request: HttpRequest, pk: int) -> HttpResponse:
    """How far it is, what is due, what waits for whom. A name is looked for by POST: it belongs into no address.

    `?code=` is what the code on somebody's phone says at a community point.
    """
    found = round_or_404(request.user, pk, Action.HAND_OVER_SWAPS)
    form = DeskForm(unfinished_forms.answers(request))
    wanted = wanted_in(form) or request.GET.get("code", "")
    progress = progress_of(found)
    ended = ended_with(found) if found.state == SwapRound.State.CLOSED else None
    context = {
        **around(found),
        "progress": progress,
        "ended": ended,
        "typed": request.GET.get(unfinished_forms.NAME, ""),
        **(found_by(found, wanted, progress) if wanted else in_order(request, found, progress)),
    }
    return unfinished_forms.form_page(request, "workspace/swap_rounds/desk.html", form, **context)


def found_by(round_: SwapRound, wanted: str, progress: Progress) -> dict[str, Any]:
    """What somebody at the desk has said or shown, and nothing else of the round."""
    exchanges = looked_for(round_, wanted, progress, most=MOST_FOUND)
    is_open = round_.state == SwapRound.State.HANDING_OVER
    return {
        "exchanges": exchanges,
        "at_once": at_once(wanted, exchanges) if is_open else [],
        "called_off": called_off(round_, called(rows_off(round_), wanted), most=MOST_FOUND),
        "most": MOST_FOUND,
    }


def in_order(request: HttpRequest, round_: SwapRound, progress: Progress) -> dict[str, Any]:
    """Exchanges, some at a time; then who did not come, gifts that nobody takes, and what is to be fetched back."""
    off = numbers_off(round_)
    return {
        "exchanges": None,
        "ways": [(way.value, way.label, progress.count_of(way)) for way in Due],
        "off_count": len(off),
        "no_shows": no_shows(round_)[:SHOWN_NO_SHOWS],
        "gifts": left_over_gifts(round_)[:SHOWN_GIFTS],
        "to_fetch_back": to_fetch_back(round_)[:SHOWN_THINGS],
        **(
            page_of_those_off(request, round_, off)
            if request.GET.get("due") == OFF
            else page_of(request, round_, progress)
        ),
    }


def page_of(request: HttpRequest, round_: SwapRound, progress: Progress) -> dict[str, Any]:
    """All exchanges that stand, or those of one kind."""
    due = request.GET.get("due", "")
    exchanges = progress.of(due) if due in Due.values else progress.exchanges
    page = parts.paginate(request, exchanges, EXCHANGES_PER_PAGE)
    names = waited_for(round_, [exchange.number for exchange in page])
    return {"due": due if due in Due.values else "", "page": page, "waited_for": names}


def page_of_those_off(request: HttpRequest, round_: SwapRound, off: list[int]) -> dict[str, Any]:
    page = parts.paginate(request, off, EXCHANGES_PER_PAGE)
    shown = rows_off(round_).filter(exchange__in=list(page))
    return {"due": OFF, "page": page, "called_off": called_off(round_, shown, most=EXCHANGES_PER_PAGE)}


def wanted_in(form: DeskForm) -> str:
    return str(form.cleaned_data["wanted"]).strip() if form.is_valid() else ""


def around(round_: SwapRound) -> dict[str, Any]:
    is_open = round_.state == SwapRound.State.HANDING_OVER
    can_lay_on_table = is_open or round_.state == SwapRound.State.CLOSED
    return {
        "round": round_,
        "programme": round_.programme,
        "is_open": is_open,
        "can_lay_on_table": can_lay_on_table,
    }


@needs(Action.HAND_OVER_SWAPS)
def exchange(request: HttpRequest, pk: int, number: int) -> HttpResponse:
    """All of one exchange: who is here, who is waited for, what can be handed over; or that it is off, and why."""
    found = round_or_404(request.user, pk, Action.HAND_OVER_SWAPS)
    exchanges = desk_exchanges(found, [number])
    off = [] if exchanges else called_off(found, rows_off(found).filter(exchange=number), most=1)
    if not exchanges and not off:
        raise Http404
    shown = exchanges[0] if exchanges else None
    context = {**around(found), "number": number, "exchange": shown, "called_off": off, "form": DeskForm()}
    return render(request, "workspace/swap_rounds/exchange.html", context)


def exchange_of(handover: Handover) -> str:
    """Its page; where the exchange is off it has none any more, and the desk goes on."""
    if handover.state == Handover.State.VOID:
        return reverse("workspace:swap_desk", args=[handover.round_id])
    return reverse("workspace:swap_exchange", args=[handover.round_id, handover.exchange])


def desk_of(request: HttpRequest, handover: Handover) -> str:
    """What was looked for, where the button stood there: a person brings several things. Otherwise the exchange."""
    if typed := request.POST.get(unfinished_forms.NAME) or request.GET.get(unfinished_forms.NAME):
        return f"{reverse('workspace:swap_desk', args=[handover.round_id])}?{urlencode({unfinished_forms.NAME: typed})}"
    return exchange_of(handover)


@needs(Action.HAND_OVER_SWAPS)
@require_POST
def here(request: HttpRequest, pk: int) -> HttpResponse:
    """The giver is here with the thing, or with all they give."""
    handover = handover_or_404(request.user, pk)
    if ALL in request.POST:
        return all_noted(request, handover, confirm_all_here, said_of_those_here)
    return parts.pressed(
        request,
        lambda: confirm_here(handover, by=staff(request), at=now()),
        back=desk_of(request, handover),
        done=said_of_those_here([handover]),
    )


@needs(Action.HAND_OVER_SWAPS)
@require_POST
def not_here(request: HttpRequest, pk: int) -> HttpResponse:
    """It was pressed for the wrong person, or they have gone home."""
    handover = handover_or_404(request.user, pk)
    return parts.pressed(
        request, lambda: take_back_here(handover, by=staff(request), at=now()), back=desk_of(request, handover)
    )


@needs(Action.HAND_OVER_SWAPS)
def received(request: HttpRequest, pk: int) -> HttpResponse:
    """Ask once more, for wishes end with it and it is not taken back; then the receiver has the thing, or all that can
    be handed to them, or it lies on the common table.
    """
    handover = handover_or_404(request.user, pk)
    act = act_of_handing_over(request, handover)
    if request.method != "POST":
        return page_of_act(request, Form(), act)
    if ALL in request.GET:
        if act.fits and request.POST.get("version", "") != str(act.version):
            return page_of_act(request, Form(), act)
        return all_noted(request, handover, confirm_all_received, said_of_those_received)
    return parts.pressed(
        request,
        lambda: confirm_received(handover, by=staff(request), at=now()),
        back=desk_of(request, handover),
        done=said_of_those_received([handover]),
    )


def act_of_handing_over(request: HttpRequest, handover: Handover) -> Act:
    person = handover.receiver if ALL in request.GET else None
    rows = ready_without_code(handover.round, person, by=staff(request)) if person else [handover]
    return Act(
        title=_("Note as handed over"),
        about=handover.round.title,
        lead=to_be_handed_over(rows) if rows else handover.listing.title,
        button=_("Note as handed over"),
        back=desk_of(request, handover),
        crumbs=((handover.round.title, reverse("workspace:swap_desk", args=[handover.round_id])),),
        note=_("This cannot be taken back. Please look once more at the person and at what they take along."),
        version=version_of(rows),
        fits=bool(rows) and all(row.state == Handover.State.PLANNED for row in rows),
    )


def version_of(rows: list[Handover]) -> int:
    """Of a page that names the things: others can be ready when its button is pressed."""
    return zlib.crc32(str(sorted(row.pk for row in rows)).encode())


def all_noted(
    request: HttpRequest,
    handover: Handover,
    note: Callable[..., list[Handover]],
    words: Callable[[list[Handover]], str],
) -> HttpResponse:
    """Several things at one press: which ones is said, for each can be taken back by itself."""
    return parts.pressed(
        request,
        lambda: note(handover, by=staff(request), at=now()),
        back=desk_of(request, handover),
        done=lambda noted: words(noted) if noted else _("This was noted before."),
    )


def said_of_those_here(noted: list[Handover]) -> str:
    text = ngettext(
        "%(count)s thing of %(name)s is noted as here: %(things)s.",
        "%(count)s things of %(name)s are noted as here: %(things)s.",
        len(noted),
    )
    return text % {"name": noted[0].giver.name if noted[0].giver else "", **named(noted)}


def to_be_handed_over(rows: list[Handover]) -> str:
    if rows[0].way == Handover.Way.TO_TABLE:
        return _("To the common table: %(things)s") % named(rows)
    return _("To %(name)s: %(things)s") % {"name": rows[0].receiver.name if rows[0].receiver else "", **named(rows)}


def said_of_those_received(noted: list[Handover]) -> str:
    """All of them go to one person, or to the common table."""
    if noted[0].way == Handover.Way.TO_TABLE:
        return _("Noted as laid on the common table: %(things)s.") % named(noted)
    text = ngettext(
        "%(count)s thing is noted as handed over to %(name)s: %(things)s.",
        "%(count)s things are noted as handed over to %(name)s: %(things)s.",
        len(noted),
    )
    return text % {"name": noted[0].receiver.name if noted[0].receiver else "", **named(noted)}


def named(noted: list[Handover]) -> dict[str, object]:
    return {"count": len(noted), "things": enumeration(row.listing.title for row in noted)}


@needs(Action.HAND_OVER_SWAPS)
def broken_off(request: HttpRequest, pk: int) -> HttpResponse:
    """Somebody who was here is gone, or a thing is not what it should be: the rest of the exchange is off."""
    handover = handover_or_404(request.user, pk)
    form = sent(request, BreakOffForm)
    return rematching_page(request, form, act_of_breaking_off(handover), partial(break_off, handover))


def act_of_breaking_off(handover: Handover) -> Act:
    back = reverse("workspace:swap_desk", args=[handover.round_id])
    return Act(
        title=_("Cannot be handed over"),
        about=handover.round.title,
        lead=handover.listing.title,
        button=_("Call the rest of this exchange off"),
        back=back,
        crumbs=((handover.round.title, back),),
        note=_(
            "What was handed over stays so. Whoever has received something keeps it;"
            " please settle the rest on the spot."
        ),
        fits=handover.state == Handover.State.PLANNED and handover.round.state == SwapRound.State.HANDING_OVER,
    )


def rematching_page(
    request: HttpRequest, form: Form, act: Act, do: Callable[..., list[Handover]], *, then: str = ""
) -> HttpResponse:
    """An act after which the others are matched anew: what came of it is said, on the page `then`. `do` takes what the
    form says, too.
    """
    if not (act.fits and form.is_valid()):
        return page_of_act(request, form, act)
    try:
        made = do(**form.cleaned_data, by=staff(request), at=now())
    except Refused as refusal:
        return parts.refusal_page(request, refusal, back=act.back)
    messages.success(request, said(made))
    return redirect(then or act.back)


def said(made: list[Handover]) -> str:
    """With links to the exchanges that were found."""
    numbers = sorted({handover.exchange for handover in made})
    if not numbers:
        return _("Noted. No new exchange was found for the others; their things stay theirs.")
    sentence = ngettext(
        "Noted. Found at once instead: exchange {numbers}. Its people are told.",
        "Noted. Found at once instead: exchanges {numbers}. Their people are told.",
        len(numbers),
    )
    links = [(reverse("workspace:swap_exchange", args=[made[0].round_id, number]), number) for number in numbers]
    between = pgettext("between names", ", ")
    return format_html(sentence, numbers=format_html_join(between, '<a href="{}">{}</a>', links))


@needs(Action.HAND_OVER_SWAPS)
@require_POST
def table(request: HttpRequest, pk: int) -> HttpResponse:
    """A gift that nobody takes is left on the common table."""
    entry = entry_or_404(request.user, pk)
    back = reverse("workspace:swap_desk", args=[entry.round_id])
    return parts.pressed(
        request,
        lambda: put_on_table(entry, by=staff(request), at=now()),
        back=back,
        done=_("On the common table: it is a gift of the next round."),
    )
