"""Files that are handed out; those that belong to one person are never kept by anybody on the way."""

from django.http import HttpResponse
from django.utils.http import content_disposition_header


def attached(content: bytes, content_type: str, name: str) -> HttpResponse:
    """A file to be saved under its name, which may be Chinese."""
    response = HttpResponse(content, content_type=content_type)
    response.headers["Content-Disposition"] = str(content_disposition_header(True, name))
    return response


def own_file(content: bytes | str, content_type: str, name: str) -> HttpResponse:
    response = HttpResponse(content, content_type=content_type)
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    response.headers["Cache-Control"] = "no-store"
    return response


def pdf_file(content: bytes, name: str) -> HttpResponse:
    return own_file(content, "application/pdf", name)
