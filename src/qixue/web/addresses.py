"""Addresses that many pages lead to, and those that ask for what the present one asks for, but for some changes."""

from collections.abc import Callable
from functools import lru_cache, wraps
from typing import Any, ParamSpec, TypeVar
from urllib.parse import urlencode

from django.http import HttpRequest
from django.templatetags.static import PrefixNode
from django.urls import get_script_prefix
from django.utils.translation import get_language

Given = ParamSpec("Given")
Made = TypeVar("Made")


def kept_by_language(make: Callable[Given, Made]) -> Callable[Given, Made]:
    """For texts and addresses that are the same on every page of a language: to look for them takes longer than all
    else about them.
    """

    @lru_cache(maxsize=20)
    def kept(_language: str | None, _prefix: str, *given: Given.args, **named: Given.kwargs) -> Made:
        return make(*given, **named)

    @wraps(make)
    def found(*given: Given.args, **named: Given.kwargs) -> Made:
        return kept(get_language(), get_script_prefix(), *given, **named)  # type: ignore[arg-type]  # all hashable

    return found


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


def static_url(name: str) -> str:
    """The address of a static file under its plain name."""
    return PrefixNode.handle_simple("STATIC_URL") + name
