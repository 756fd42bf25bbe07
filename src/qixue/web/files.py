"""Files that belong to one person: handed out, never kept by anybody on the way."""

from django.http import HttpResponse


def own_file(content: bytes | str, content_type: str, name: str) -> HttpResponse:
    response = HttpResponse(content, content_type=content_type)
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    response.headers["Cache-Control"] = "no-store"
    return response


def pdf_file(content: bytes, name: str) -> HttpResponse:
    return own_file(content, "application/pdf", name)
