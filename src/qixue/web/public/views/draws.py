"""The draw of a session, open to everybody: the promise before, the list and the seed after."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, render

from qixue.core.audience import for_everybody
from qixue.participation.lottery import Drawn, entry_number
from qixue.participation.models import Lottery, Registration
from qixue.participation.queries.lotteries import drawn_entries, people_entered, published_lottery
from qixue.participation.queries.registrations import Party, parties_of, terms_of
from qixue.people.models import Resident
from qixue.people.namesakes import named_apart
from qixue.programme.models import Session
from qixue.web import parts
from qixue.web.me.access import own_household

PER_PAGE = 50


def lottery_or_404(pk: int) -> Lottery:
    related = ("session__activity__programme__region", "session__venue")
    return get_object_or_404(
        Lottery.objects.filter(session__in=Session.objects.public()).select_related(*related), pk=pk
    )


@dataclass(frozen=True)
class OwnEntry:
    """Those of the reader's household who entered together, their public number, and how they were drawn."""

    party: Party
    number: str
    drawn: Drawn | None


@for_everybody
def draw(request: HttpRequest, pk: int) -> HttpResponse:
    """What came of it in a sentence, the reader's own result, everybody's, and how to recompute it."""
    lottery = lottery_or_404(pk)
    drawn = drawn_entries(lottery)
    household = own_household(request)
    own = own_entries(household, lottery.session, drawn)
    context = {
        "lottery": lottery,
        "session": lottery.session,
        "programme": lottery.session.activity.programme,
        "terms": terms_of(lottery.session),
        "entered": people_entered(lottery.session),
        "people": sum(people for _number, people in lottery.entries),
        "seated": sum(each.people for each in drawn if each.has_seats),
        "own": own,
        "names": named_apart(household),
        "page": parts.paginate(request, drawn, PER_PAGE),
    }
    response = render(request, "public/draws/detail.html", context)
    if own:
        response.headers["Cache-Control"] = "no-store"
    return response


def own_entries(household: Sequence[Resident], session: Session, drawn: Iterable[Drawn]) -> list[OwnEntry]:
    parties = parties_of(household)
    results = {each.entry: each for each in drawn}
    found = [(party, entry_number(party.key)) for party in parties if party.session == session]
    entries = [OwnEntry(party, number, results.get(number)) for party, number in found]
    return [each for each in entries if each.drawn or each.party.state == Registration.State.ENTERED]


@for_everybody
def draw_file(request: HttpRequest, pk: int) -> JsonResponse:
    """For whoever recomputes it."""
    headers = {"Content-Disposition": 'attachment; filename="draw.json"', "Access-Control-Allow-Origin": "*"}
    return JsonResponse(published_lottery(lottery_or_404(pk)), headers=headers)
