"""Files that are handed out; those that belong to one person are never kept by anybody on the way."""

from pathlib import PurePath
from urllib.parse import quote

from django.http import HttpResponse


def attached(content: bytes, content_type: str, name: str) -> HttpResponse:
    """A file to be saved under its name, which may be Chinese (RFC 6266)."""
    response = HttpResponse(content, content_type=content_type)
    plain = f"file{PurePath(name).suffix}"
    response.headers["Content-Disposition"] = f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(name)}"
    return response


def own_file(content: bytes | str, content_type: str, name: str) -> HttpResponse:
    response = HttpResponse(content, content_type=content_type)
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    response.headers["Cache-Control"] = "no-store"
    return response


def pdf_file(content: bytes, name: str) -> HttpResponse:
    return own_file(content, "application/pdf", name)
