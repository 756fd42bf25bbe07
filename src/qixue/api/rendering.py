"""How an answer becomes JSON."""

from typing import Any

from django.http import HttpRequest
from ninja.renderers import BaseRenderer
from pydantic_core import to_json


class Rendering(BaseRenderer):
    """By pydantic, which made the answer: in a fifth of the time of `json` with an encoder of Django's."""

    media_type = "application/json"

    def render(self, request: HttpRequest, data: Any, *, response_status: int) -> bytes:
        return to_json(data)
