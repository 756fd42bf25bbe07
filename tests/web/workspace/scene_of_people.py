"""Makers of people whom an office wrote down or signed up, by the beginning of their routes."""

from collections.abc import Callable
from typing import Any

from tests.door import name_that_waits
from tests.factories import ListedPersonFactory, RegistrationFactory, ResidentFactory


def signed_up_without_account(scene: Any, **about: Any) -> int:
    key: int = RegistrationFactory(session=scene.session, resident=ResidentFactory(), **about).resident_id
    return key


PEOPLE_RECORDS: dict[str, Callable[[Any], int]] = {
    "listed-people/": lambda scene: ListedPersonFactory(organisation=scene.places["own"]).pk,
    "personal-data/": signed_up_without_account,
    "people-twice/": lambda scene: signed_up_without_account(scene, state="cancelled"),
    "personal-data/scans/": lambda scene: name_that_waits(scene.session.activity).pk,
}
