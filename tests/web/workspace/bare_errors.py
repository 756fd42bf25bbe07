"""The addresses of the site with bare pages for errors: a walk over thousands of refusals need not draw each one."""

from typing import Any

from django.http import HttpRequest, HttpResponse

from qixue.urls import urlpatterns

__all__ = ["handler403", "handler404", "urlpatterns"]


def handler403(request: HttpRequest, exception: Any = None) -> HttpResponse:
    return HttpResponse(status=403)


def handler404(request: HttpRequest, exception: Any = None) -> HttpResponse:
    return HttpResponse(status=404)
