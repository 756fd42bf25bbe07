"""Every address of the site: pages from web, answers for machines from core."""

from django.urls import include, path

from qixue.core import health

urlpatterns = [
    path("healthz", health.healthz, name="healthz"),
    path("readyz", health.readyz, name="readyz"),
    path("metrics", health.metrics, name="metrics"),
    path("api/v1/", include("qixue.api.urls")),
    path("", include("qixue.web.urls")),
]

handler400 = "qixue.web.views.errors.bad_request"
handler403 = "qixue.web.views.errors.not_allowed"
handler404 = "qixue.web.views.errors.not_found"
handler500 = "qixue.web.views.errors.failed"
