"""Who asks: the person behind a bearer token, or a visitor. Cookies of the pages mean nothing here."""

from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest
from ninja.security import HttpBearer

from qixue.api.errors import NotAllowed
from qixue.core.audience import Audience
from qixue.core.clock import now
from qixue.participation.models import DoorDevice
from qixue.participation.queries.door import device_of_token
from qixue.people.models import Resident, User
from qixue.people.queries import household_of, user_of_token
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


class DoorBearer(HttpBearer):
    """The token of a door device. One that is unknown, over or revoked leads to nobody, and so does that of a user."""

    def authenticate(self, request: HttpRequest, token: str) -> DoorDevice | None:
        return device_of_token(token, at=now())


STAFF_ONLY = Bearer()
DOOR_DEVICES_ONLY = DoorBearer()
SIGNED_IN = STAFF_ONLY  # whoever has a token, for addresses of residents
EVERYBODY = [STAFF_ONLY, visitor]
TOKEN_IS_OPTIONAL: dict[str, Any] = {"security": [{}]}  # joins what the OpenAPI document says about the token

FOR_RESIDENTS: dict[str, Any] = {"x-audience": str(Audience.RESIDENTS)}


def for_action(action: Action) -> dict[str, Any]:
    """What the OpenAPI document says about who may: for an address that asks for an action."""
    return {"x-action": str(action), "x-roles": sorted(TABLE[action])}


FOR_DOOR_DEVICES: dict[str, Any] = {"x-action": str(Audience.DOOR_DEVICES)}


def device_asking(request: HttpRequest) -> DoorDevice:
    """The device asking, on addresses that are declared with DOOR_DEVICES_ONLY."""
    device: DoorDevice = request.auth  # type: ignore[attr-defined]
    return device


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


def household(user: User, *, is_needed: bool = False) -> list[Resident]:
    """The resident that the user is, then those of whom they take care; empty for somebody who is no resident.

    Raises NotAllowed instead where one `is_needed`.
    """
    resident = Resident.objects.filter(user=user).select_related("home_region").first()
    if resident is None and is_needed:
        raise NotAllowed
    return household_of(resident) if resident else []
