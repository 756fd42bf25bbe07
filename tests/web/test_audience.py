"""Every address says whom it is for, and the public ones look the same to everybody, whatever they may elsewhere."""

from dataclasses import replace
from pathlib import Path

import pytest
from django.test import Client
from pytest_django import Settings
from tests.factories import ActivityFactory, ProgrammeFactory, SessionFactory
from tests.web.addresses import Address, addresses, outside_the_workspace, public_url
from tests.web.workspace.personas import Cast
from tests.web.workspace.scene import MISSING, Scene, build_scene
from tests.web.workspace.test_access import comparable

from qixue.core.audience import Audience
from qixue.people.models import Role
from qixue.people.rules import Action
from qixue.programme.models import Activity, Programme

pytestmark = [pytest.mark.django_db, pytest.mark.long(30)]

OPEN = [address for address in outside_the_workspace() if address.audience == Audience.EVERYBODY]
OF_RECORDS = [address for address in OPEN if "<" in address.path]
OUTSIDE_PROGRAMMES = {
    "public:organisation",
    "public:brand",
    "public:objection",
    "public:invitation",
    "personal_calendar",
    "public:certificate",
    "public:credential_key",
    "public:credential_issuer",
    "public:credential_status",
    "public:credential_achievement",  # its address names the activity too
}
ON_BOTH = {"visitor", Role.COORDINATOR}  # whom every open page answers on PostgreSQL, too: see CONTRIBUTING.md
REACHED = {200, 302, 405}  # the page, where it leads after the act, or that it takes only a POST


@pytest.fixture(scope="module")
def shared(empty_database: None, shared_files: Path) -> Scene:
    scene = build_scene()
    scene.record("entries/")  # behind the figure
    return scene


@pytest.fixture
def scene(shared: Scene, shared_files: Path, settings: Settings) -> Scene:
    settings.MEDIA_ROOT = shared_files
    return replace(shared, made=dict(shared.made))


def test_every_address_declares_whom_it_is_for() -> None:
    known = {*Action, *Audience}

    assert [address for address in addresses() if address.audience not in known] == []


def test_only_the_workspace_is_for_staff() -> None:
    assert [address for address in outside_the_workspace() if address.audience in set(Action)] == []


@pytest.mark.parametrize("opens_on_both", [True, pytest.param(False, marks=pytest.mark.one_database)])
def test_open_page_answers_everybody(scene: Scene, opens_on_both: bool) -> None:
    cast = Cast(scene)
    everybody = [*cast.without_access(), *cast.of_place("own")]
    personas = [persona for persona in everybody if (persona.name in ON_BOTH) == opens_on_both]
    urls = {address.name: public_url(address, scene) for address in OPEN}

    refused = [
        (name, persona.name)
        for name, url in urls.items()
        for persona in personas
        if persona.client.get(url).status_code not in REACHED
    ]

    assert refused == []


@pytest.mark.one_database
@pytest.mark.parametrize("address", OF_RECORDS, ids=lambda address: address.name)
def test_missing_public_record_answers_nobody(address: Address, scene: Scene) -> None:
    cast = Cast(scene)
    personas = [*cast.without_access(), *cast.of_place("own"), *cast.of_place("ancestor")]
    url = public_url(address, scene, **MISSING)

    assert {persona.client.get(url).status_code for persona in personas} == {404}


@pytest.mark.one_database
def test_draft_looks_like_a_missing_record_to_everybody(scene: Scene) -> None:
    """Also to those who may see it in the workspace: a public page is public."""
    draft = ProgrammeFactory(organisation=scene.places["own"], code="draft", state=Programme.State.DRAFT)
    hidden = SessionFactory(activity=ActivityFactory(programme=scene.programme, state=Activity.State.DRAFT))
    values = {"code": draft.code, "pk": hidden.pk}
    cast = Cast(scene)
    clients = [Client(), *(persona.client for persona in cast.of_place("own"))]
    pages = [address for address in OF_RECORDS if address.name not in OUTSIDE_PROGRAMMES]
    urls = {page.name: [public_url(page, scene, **each) for each in (values, MISSING)] for page in pages}

    differing = [
        name
        for name, (of_draft, of_nothing) in urls.items()
        for client in clients
        if comparable(client.get(of_draft)) != comparable(client.get(of_nothing))
    ]

    assert differing == []


def test_page_for_the_signed_in_asks_visitors_to_sign_in(scene: Scene) -> None:
    cast = Cast(scene)
    personas = [*cast.without_access(), *cast.of_place("own")]
    pages = [address for address in addresses() if address.audience == Audience.SIGNED_IN]

    answers = {
        (address.name, persona.name): not is_asked_to_sign_in(persona.client, public_url(address, scene))
        for address in pages
        for persona in personas
    }

    assert answers == {key: next(p for p in personas if p.name == key[1]).is_signed_in for key in answers}


def is_asked_to_sign_in(client: Client, url: str) -> bool:
    """Tried as a page, and as an act where it is no page."""
    answer = client.get(url)
    answer = client.post(url) if answer.status_code == 405 else answer
    return answer.status_code == 302 and answer.url.startswith("/sign-in/")


def test_page_for_this_machine_is_missing_elsewhere(scene: Scene) -> None:
    pages = [address for address in addresses() if address.audience == Audience.THIS_MACHINE]

    answers = {
        address.name: [Client(REMOTE_ADDR=host).get(public_url(address, scene)).status_code for host in HOSTS]
        for address in pages
    }

    assert answers == {"metrics": [200, 404]}


HOSTS = ("127.0.0.1", "192.0.2.7")
