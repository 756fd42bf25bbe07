"""Who asks: the person behind a bearer token, or a visitor. Cookies of the pages mean nothing here."""

from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest
from ninja.security import HttpBearer

from qixue.core.clock import now
from qixue.people.models import User
from qixue.people.queries import user_of_token
from qixue.people.rules import TABLE, Action


@dataclass(frozen=True)
class Viewer:
    """`user` is None for a visitor who sent no token."""

    user: User | None


class Bearer(HttpBearer):
    """A token that is unknown, expired or belongs to somebody who was deactivated leads to nobody."""

    def authenticate(self, request: HttpRequest, token: str) -> Viewer | None:
        user = user_of_token(token, at=now())
        return Viewer(user) if user else None


def visitor(request: HttpRequest) -> Viewer | None:
    """A request without credentials. With wrong ones it is refused: its sender believes to be somebody."""
    return None if "Authorization" in request.headers else Viewer(None)


STAFF_ONLY = Bearer()
EVERYBODY = [STAFF_ONLY, visitor]
TOKEN_IS_OPTIONAL: dict[str, Any] = {"security": [{}]}  # joins what the OpenAPI document says about the token


def for_action(action: Action) -> dict[str, Any]:
    """What the OpenAPI document says about who may: for an address that asks for an action."""
    return {"x-action": str(action), "x-roles": sorted(TABLE[action])}


def viewer(request: HttpRequest) -> User | None:
    """The person asking, for queries that scope by their viewer."""
    found: Viewer = request.auth  # type: ignore[attr-defined]
    return found.user


def staff(request: HttpRequest) -> User:
    """The person asking, on addresses that take no visitors."""
    user = viewer(request)
    if user is None:
        raise ValueError("This address must be declared with STAFF_ONLY.")
    return user
