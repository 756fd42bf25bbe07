"""A browser of somebody who is signed in, and the pages that it opens."""

from typing import Any

from django.test import Client
from lxml import html
from tests.web.public.conftest import assert_sound

from qixue.people.models import Resident


def signed_in(member: Resident) -> Client:
    client = Client()
    client.force_login(member.user)
    return client


def page_of(client: Client, path: str, *, status: int = 200, **answers: object) -> html.HtmlElement:
    """The page's tree, after its frame was checked; answers are sent by POST, to see where they lead."""
    return page_in(client.post(path, answers, follow=True) if answers else client.get(path), status)


def page_in(response: Any, status: int = 200) -> html.HtmlElement:
    """The same of an answer that is there already."""
    assert response.status_code == status, response.content.decode()
    page = html.fromstring(response.content.decode())
    if status != 422:  # the title of a page with errors begins with that word
        assert_sound(page)
    return page
