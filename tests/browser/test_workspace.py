"""The workspace in a real browser: with the keyboard alone, without script, and with nothing that axe would mark."""

from collections.abc import Callable
from typing import Any

import pytest
from django.conf import settings
from django.contrib.auth import get_user_model
from django.test import Client
from django.urls import reverse
from playwright.sync_api import Page
from tests.factories import NOON, ActivityFactory, EvidenceFactory, RoleAssignmentFactory, SessionFactory, key

from qixue.core.quantity import Qualifier
from qixue.participation.models import LedgerEntry
from qixue.participation.operations.ledger import record_head_count
from qixue.people.models import Role, User
from qixue.programme.models import Activity, Session

pytestmark = pytest.mark.django_db(transaction=True)
PHONE, DESKTOP = {"width": 390, "height": 844}, {"width": 1280, "height": 900}


def sign_in(reader: Any, user: User) -> None:
    """Put the session of a signed-in person into the browser, as the sign-in page does."""
    client = Client()
    client.force_login(user)
    value = client.cookies[settings.SESSION_COOKIE_NAME].value
    reader.context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": value, "url": reader.site}])


def pages(session: Session, entry: LedgerEntry, draft: Activity) -> list[str]:
    programme = session.activity.programme.code
    return [
        reverse("workspace:home"),
        reverse("workspace:activities"),
        reverse("workspace:new_activity"),
        reverse("workspace:activity", args=[draft.pk]),
        reverse("workspace:publish_activity", args=[draft.pk]),
        reverse("workspace:new_session", args=[draft.pk]),
        reverse("workspace:session", args=[session.pk]),
        reverse("workspace:head_count", args=[session.pk]),
        reverse("workspace:cancel_session", args=[session.pk]),
        reverse("workspace:correct_entry", args=[entry.pk]),
        reverse("workspace:void_entry", args=[entry.pk]),
        reverse("workspace:programmes"),
        reverse("workspace:figures", args=[programme]),
        reverse("workspace:coverage", args=[programme]),
        reverse("workspace:summary", args=[programme]),
    ]


def test_workspace_pages_can_be_used_by_everybody(
    open_browser: Callable[..., Any],
    axe_violations: Callable[[Page], list[str]],
    look: dict[str, Any],
) -> None:
    session = SessionFactory(number=1)
    organisation = session.activity.organisation
    coordinator = RoleAssignmentFactory(organisation=organisation, role=Role.COORDINATOR).user
    draft = ActivityFactory(programme=session.activity.programme, state=Activity.State.DRAFT)
    entry = record_head_count(
        session,
        count=32,
        qualifier=Qualifier.ABOUT,
        evidence=EvidenceFactory(),
        by=coordinator,
        at=NOON,
        client_uuid=key(),
    )
    reader = open_browser(**look, size=DESKTOP)
    sign_in(reader, coordinator)

    found = {path: troubles(reader, path, axe_violations) for path in pages(session, entry, draft)}

    assert {path: wrong for path, wrong in found.items() if wrong} == {}


def troubles(reader: Any, path: str, axe_violations: Callable[[Page], list[str]]) -> list[str]:
    """What axe marks on a desktop, and whether the page is wider than the screen there or on a phone."""
    page = reader.visit(path)
    found = axe_violations(page)
    for size in (DESKTOP, PHONE):
        page.set_viewport_size(size)
        if pixels := reader.overflow():
            found.append(f"{pixels} px wider than {size['width']}")
    page.set_viewport_size(DESKTOP)
    return found


def test_head_count_is_entered_with_the_keyboard_alone(open_browser: Callable[..., Any]) -> None:
    session = SessionFactory(state=Session.State.PLANNED)
    volunteer = RoleAssignmentFactory(organisation=session.activity.organisation, role=Role.DOOR_VOLUNTEER).user
    reader = open_browser(size=PHONE)
    sign_in(reader, volunteer)
    page = reader.visit(reverse("workspace:head_count", args=[session.pk]))

    go_to(page, "count")
    page.keyboard.type("３２")
    go_to(page, "qualifier")
    page.keyboard.press("Space")
    go_to(page, "note")
    page.keyboard.type("签到表2页")
    page.keyboard.press("Enter")
    page.wait_for_url(f"**{reverse('workspace:session', args=[session.pk])}")

    entries = LedgerEntry.objects.values_list("count", "qualifier", "actor_name")
    assert list(entries) == [(32, "exact", get_user_model().objects.get(pk=volunteer.pk).display_name)]


def go_to(page: Page, name: str) -> None:
    """Press Tab until the field has the focus; more than 60 steps mean that it is out of reach."""
    for _step in range(60):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.name") == name:
            return
    raise AssertionError(f"Tab does not lead to {name}.")
