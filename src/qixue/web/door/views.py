from collections.abc import Callable
from functools import wraps

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.urls import reverse
from django.utils.cache import patch_vary_headers
from django.utils.translation import get_language, override, pgettext
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from qixue.core.audience import for_everybody
from qixue.web.addresses import static_url
from qixue.web.door.shell import shell_html, worker_script
from qixue.web.preferences import language_of_browser


def in_language_of_phone(view: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    """A volunteer opens the app on a phone of their own, and has not been to our pages to choose a language there."""

    @wraps(view)
    def answer(request: HttpRequest) -> HttpResponse:
        language = language_of_browser(request)
        with override(language):
            response = view(request)
        response["Content-Language"] = language
        patch_vary_headers(response, ["Accept-Language"])
        return response

    return answer


@for_everybody
@require_safe
@never_cache
@in_language_of_phone
def shell(request: HttpRequest) -> HttpResponse:
    """The same for everybody: who works at which door is known only to the device and to the API."""
    return HttpResponse(shell_html(get_language()))


@for_everybody
@require_safe
@never_cache
def service_worker(request: HttpRequest) -> HttpResponse:
    return HttpResponse(worker_script(), content_type="text/javascript; charset=utf-8")


@for_everybody
@require_safe
@in_language_of_phone
def manifest(request: HttpRequest) -> JsonResponse:
    start = reverse("door:shell")
    icons = [
        {"src": static_url(f"door/icon-{size}.png"), "sizes": f"{size}x{size}", "type": "image/png"}
        for size in (192, 512)
    ]
    content = {
        "id": start,
        "name": _("%(site)s door") % {"site": settings.QIXUE["SITE_NAME"]},
        "short_name": pgettext("door", "Door"),
        "start_url": start,
        "scope": start,
        "display": "standalone",
        "lang": get_language(),
        "background_color": "#faf7f2",
        "theme_color": "#1f1b17",
        "icons": icons,
    }
    return JsonResponse(content, content_type="application/manifest+json")
