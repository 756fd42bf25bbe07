"""The API at /api/v1/: its routers, its OpenAPI document and its addresses."""

from django.urls import include, path, re_path
from ninja import NinjaAPI

from qixue.api import errors
from qixue.api.door import guarded, guarded_urls
from qixue.api.rendering import Rendering
from qixue.api.views import (
    brands,
    door,
    figures,
    follow_ups,
    ledger,
    offers,
    organisations,
    plan_countersignatures,
    plan_decisions,
    plan_lines,
    plans,
    programmes,
    recognitions,
    regions,
    registrations,
    returns,
    sessions,
    summaries,
)

api = NinjaAPI(
    title="Qixue",
    version="1",
    description=(
        "Programmes, plans, sessions, figures and the attendance ledger of an activity week. Reading what is public"
        " needs no token. Texts are given in Chinese and English; error messages follow Accept-Language."
    ),
    urls_namespace="api",
    docs_url=None,
    renderer=Rendering(),
)
errors.install(api)
for noun in (  # what thousands ask for in the same minute comes first: addresses are tried in this order
    registrations,
    door,
    programmes,
    sessions,
    offers,
    figures,
    organisations,
    brands,
    regions,
    ledger,
    plans,
    plan_lines,
    plan_countersignatures,
    plan_decisions,
    follow_ups,
    returns,
    recognitions,
    summaries,
):
    api.add_router("", noun.router)

urlpatterns = [
    path("", include((guarded_urls(api), "api"))),
    re_path(r"", guarded(errors.not_found, set())),
]
