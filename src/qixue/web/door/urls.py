"""The door app: a shell, what installs it, and what keeps it working without a network. Its data comes from the API."""

from django.urls import path

from qixue.web.door import views

app_name = "door"
urlpatterns = [
    path("", views.shell, name="shell"),
    path("manifest.webmanifest", views.manifest, name="manifest"),
    path("sw.js", views.service_worker, name="service_worker"),
]
