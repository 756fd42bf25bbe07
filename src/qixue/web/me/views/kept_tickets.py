"""What shows tickets where there is no network: a service worker, the same for everybody."""

import datetime
import json
from pathlib import Path

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from qixue.core.audience import for_everybody
from qixue.web.addresses import static_url
from qixue.web.kept_tickets import CACHE, KEPT_FOR

SOURCE = Path(__file__).resolve().parent.parent / "service_worker.js"


@for_everybody
@require_safe
@never_cache
def service_worker(request: HttpRequest) -> HttpResponse:
    start = reverse("me:home")
    places = f"^{start}registrations/[0-9a-f-]{{36}}/"
    tickets = {
        "name": CACHE,
        "kept_for": KEPT_FOR / datetime.timedelta(milliseconds=1),
        "start": start,
        "places": f"{places}$",
        "pages": f"{places}tickets/$",
        "files": static_url(""),
    }
    script = f"const TICKETS = {json.dumps(tickets)};\n{SOURCE.read_text(encoding='utf-8')}"
    return HttpResponse(script, content_type="text/javascript; charset=utf-8")
