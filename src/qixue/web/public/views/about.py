from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from qixue.core.audience import for_everybody
from qixue.programme.models import Programme


@for_everybody
def privacy(request: HttpRequest) -> HttpResponse:
    return render(request, "public/about/privacy.html")


@for_everybody
def accessibility(request: HttpRequest) -> HttpResponse:
    return render(request, "public/about/accessibility.html")


@for_everybody
def site_map(request: HttpRequest) -> HttpResponse:
    published = Programme.objects.published().prefetch_related("brands").order_by("-year", "code", "pk")
    return render(request, "public/about/site_map.html", {"programmes": published})
