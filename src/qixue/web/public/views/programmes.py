from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from qixue.core.audience import for_everybody
from qixue.core.clock import now
from qixue.programme.models import Programme
from qixue.web import parts
from qixue.web.public.week import week_context


@for_everybody
def programmes(request: HttpRequest) -> HttpResponse:
    """Every published week, the newest first."""
    published = Programme.objects.published().select_related("region").order_by("-year", "code", "pk")
    return render(request, "public/programmes/list.html", {"programmes": published})


@for_everybody
def programme(request: HttpRequest, code: str) -> HttpResponse:
    context = week_context(parts.get_programme_or_404(code), at=now())
    return render(request, "public/programmes/detail.html", context)
