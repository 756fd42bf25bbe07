"""A page that is read asks once what its reader may do: its frame, its guard and its parts each would."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

from qixue.people.rules import roles_read_once

READING = {"GET", "HEAD"}  # what is sent may change a role, and looks again


class RolesOnce:
    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.method not in READING:
            return self.get_response(request)
        with roles_read_once():
            return self.get_response(request)
