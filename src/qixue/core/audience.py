"""Whom a page is for, declared where the page is. Pages of the workspace name an action instead (see `needs`).

The tests walk every address of the site and fail where one declares nothing, so that nothing is open by mistake.
"""

from collections.abc import Callable
from enum import StrEnum
from typing import Any, TypeVar

from django.contrib.auth.decorators import login_required
from django.http.response import HttpResponseBase

View = TypeVar("View", bound=Callable[..., HttpResponseBase])


class Audience(StrEnum):
    EVERYBODY = "everybody"
    SIGNED_IN = "signed_in"
    RESIDENTS = "residents"  # signed in, and known by name; see `qixue.web.me.access`
    DOOR_DEVICES = "door_devices"  # a phone at a door, which acts for nobody; addresses of the API only
    THIS_MACHINE = "this_machine"  # a collector beside us; the page itself turns others away


def for_everybody(view: View) -> View:
    return declared(view, Audience.EVERYBODY)


def for_signed_in(view: View) -> View:
    """Visitors are asked to sign in; anybody who did may come, with or without a role."""
    return declared(login_required(view), Audience.SIGNED_IN)


def for_this_machine(view: View) -> View:
    return declared(view, Audience.THIS_MACHINE)


def declared(view: View, audience: Audience) -> View:
    view.audience = audience  # type: ignore[attr-defined]  # read by the tests that walk all addresses
    return view


def audience_of(view: Any) -> str:
    """The action or the audience that a view declares; empty where it declares nothing."""
    return str(getattr(view, "action", "") or getattr(view, "audience", ""))
