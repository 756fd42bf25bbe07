"""Addresses that ask for what the present one asks for, but for some changes."""

from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest


def query_of(request: HttpRequest, /, *left_out: str, **changes: Any) -> str:
    """Encoded, with its question mark; nothing where nothing is left. A change to an empty value leaves a name out."""
    asked = [
        (name, value)
        for name, values in request.GET.lists()
        if name not in left_out and name not in changes
        for value in values
    ]
    asked += [(name, str(value)) for name, value in changes.items() if value not in ("", None)]
    return f"?{urlencode(asked)}" if asked else ""


def open_query_of(request: HttpRequest, *left_out: str) -> str:
    """The same where one more name and value are written behind it."""
    query = query_of(request, *left_out)
    return f"{query}&" if query else "?"
