"""The draw of a session, open to everybody: the promise before, the list and the seed after."""

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, render

from qixue.core.audience import for_everybody
from qixue.participation.models import Lottery
from qixue.participation.queries.lotteries import drawn_entries, people_entered, published_lottery
from qixue.participation.queries.registrations import terms_of
from qixue.programme.models import Session
from qixue.web import parts

PER_PAGE = 50


def lottery_or_404(pk: int) -> Lottery:
    related = ("session__activity__programme__region", "session__venue")
    return get_object_or_404(
        Lottery.objects.filter(session__in=Session.objects.public()).select_related(*related), pk=pk
    )


@for_everybody
def draw(request: HttpRequest, pk: int) -> HttpResponse:
    lottery = lottery_or_404(pk)
    context = {
        "lottery": lottery,
        "session": lottery.session,
        "programme": lottery.session.activity.programme,
        "terms": terms_of(lottery.session),
        "entered": people_entered(lottery.session),
        "people": sum(people for _number, people in lottery.entries),
        "page": parts.paginate(request, drawn_entries(lottery), PER_PAGE),
    }
    return render(request, "public/draws/detail.html", context)


@for_everybody
def draw_file(request: HttpRequest, pk: int) -> JsonResponse:
    """For whoever recomputes it."""
    headers = {"Content-Disposition": 'attachment; filename="draw.json"', "Access-Control-Allow-Origin": "*"}
    return JsonResponse(published_lottery(lottery_or_404(pk)), headers=headers)
