"""What tests of the list of registrations share: browsers by role, its address, what a page shows, people signed up."""

from django.test import Client
from lxml import html
from tests.factories import NOON, MemberFactory, ResidentFactory, RoleAssignmentFactory, key
from tests.web.public.conftest import words

from qixue.participation.models import Registration
from qixue.participation.operations.registrations import register
from qixue.programme.models import Session


def browser(session: Session, role: str) -> Client:
    client = Client()
    client.force_login(RoleAssignmentFactory(organisation=session.activity.organisation, role=role).user)
    return client


def address(session: Session, rest: str = "") -> str:
    return f"/workspace/sessions/{session.pk}/registrations/{rest}"


def names(page: html.HtmlElement) -> list[str]:
    return [words(row.find("th")).split()[0] for row in page.xpath("//main//table//tbody/tr")]


def again(page: html.HtmlElement, **more: str) -> dict[str, object]:
    """What the page sends when its last button is pressed: all that was typed, hidden in it."""
    fields = page.xpath("//main//form[last()]//input[@type='hidden' and @name!='csrfmiddlewaretoken']")
    found: dict[str, list[str]] = {}
    for field in fields:
        found.setdefault(field.get("name"), []).append(field.get("value", ""))
    return {**found, **more}


def sign_up(session: Session, name: str) -> Registration:
    member = MemberFactory(name=name)
    return register(session, people=[member], party=key(), by=member.user, at=NOON)[0]


def family(session: Session) -> list[Registration]:
    mother = MemberFactory(name="李嘉明")
    people = [mother, ResidentFactory(name="李小明", guardian=mother)]
    return register(session, people=people, party=key(), by=mother.user, at=NOON)
