"""What shows tickets where there is no network: a service worker, the same for everybody."""

import json
from pathlib import Path

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from qixue.core.audience import for_everybody
from qixue.web.door.shell import static_url

SOURCE = Path(__file__).resolve().parent.parent / "service_worker.js"
CACHE = "qixue-tickets"  # as in keep_ticket.js and forget_tickets.js


@for_everybody
@require_safe
@never_cache
def service_worker(request: HttpRequest) -> HttpResponse:
    start = reverse("me:home")
    pages = f"^{start}registrations/[0-9a-f-]{{36}}/tickets/$"
    tickets = {"name": CACHE, "pages": pages, "files": static_url("")}
    script = f"const TICKETS = {json.dumps(tickets)};\n{SOURCE.read_text(encoding='utf-8')}"
    return HttpResponse(script, content_type="text/javascript; charset=utf-8")
