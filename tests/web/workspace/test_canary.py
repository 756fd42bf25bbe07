"""Words of one organisation never reach another one: planted in every typed text, looked for in every answer."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps
from django.db import models
from django.test import Client
from django.urls import reverse
from pytest_django import Settings
from tests.factories import NOON, ActivityFactory, SessionFactory, UserFactory
from tests.factories_planning import PlanFactory, PlanLineFactory, PlanVersionFactory
from tests.web.addresses import outside_the_workspace, public_url
from tests.web.workspace.personas import Cast
from tests.web.workspace.scene import Scene, build_scene
from tests.web.workspace.test_access import ROUTES, Page, Shared, pages_of, undone

from qixue.core.audience import Audience
from qixue.core.fields import plain_text_validator
from qixue.core.models import OutboxMessage
from qixue.participation.models import Certificate, CertificateRule, LedgerEntry
from qixue.people.models import Organisation, Role, User
from qixue.places.models import Region, Room, Venue
from qixue.programme.models import (
    Activity,
    LineComment,
    Objection,
    PlanLine,
    PlanStep,
    PlanVersion,
    Programme,
    RecognitionCall,
    Session,
)
from qixue.report.models import CommentAnswer, SectionComment, SectionVersion
from qixue.swap.models import Listing, SwapRound

pytestmark = [pytest.mark.django_db, pytest.mark.one_database, pytest.mark.long(60)]

CANARY, PART_OF_IT = "笼中金丝雀", "金丝"
# What everybody may read, or what the database lets nobody change.
NOT_PLANTED = {
    Activity,
    CertificateRule,
    Listing,
    Organisation,
    Programme,
    RecognitionCall,
    Region,
    Room,
    Session,
    SwapRound,
    User,
    Venue,
    LedgerEntry,
    SectionVersion,
    SectionComment,
    CommentAnswer,
}
OF_WHO_HOLDS_THE_LINK = {"public:invitation", "public:objection"}
OUTSIDE = ("sibling", "stranger")
SEARCHES = ("q={0}", "state={0}", "county={0}", "organisation={0}", "brand={0}")


def typed_fields(model: type[models.Model]) -> Iterator[str]:
    for field in model._meta.concrete_fields:
        if plain_text_validator in field.validators and not field.unique:
            yield field.name


def plant() -> int:
    """Put the canary into every text that somebody could have typed. Returns how many rows have one."""
    Objection.objects.update(is_anonymous=False)  # only those have a name and a phone
    Certificate.objects.update(revoked_at=NOON, revoke_kind="mistake", revoke_reason=CANARY)  # they say why
    count = OutboxMessage.objects.update(subject=CANARY, body=CANARY, recipient_name=CANARY)
    for model in apps.get_models():
        if model.__module__.startswith("qixue.") and model not in NOT_PLANTED:
            count += sum(model._default_manager.update(**{name: CANARY}) for name in typed_fields(model))
    drafts = Activity.objects.filter(state=Activity.State.DRAFT)
    Session.objects.filter(activity__in=drafts).update(**dict.fromkeys(typed_fields(Session), CANARY))
    return count + drafts.update(**dict.fromkeys(typed_fields(Activity), CANARY))


def commented_draft(scene: Scene) -> PlanLine:
    """The line of own's plan, after a return that says why."""
    line = PlanLine.objects.get(pk=scene.record("plan-lines/"))
    said = {"organisation": scene.places["ancestor"], "by": scene.people["ancestor", Role.COORDINATOR], "at": NOON}
    LineComment.objects.create(line=line, text="请写明时间", **said)
    PlanStep.objects.create(plan=line.version.plan, version=line.version, kind=PlanStep.Kind.RETURNED, **said)
    return line


@pytest.fixture(scope="module")
def shared(empty_database: None, shared_files: Path) -> Shared:
    scene = build_planted_scene()
    return Shared(scene, pages_of(scene, Cast(scene)), shared_files)


@pytest.fixture
def scene(shared: Shared, settings: Settings) -> Scene:
    settings.MEDIA_ROOT = shared.files
    return shared.scene


@pytest.fixture
def pages(shared: Shared) -> list[Page]:
    return shared.pages


def build_planted_scene() -> Scene:
    """Own has a draft beside its session; a plan of `sibling` is in the way of own's, at the same place and hour."""
    scene = build_scene()
    for route in ROUTES:
        scene.arguments(str(route.pattern))
    line = commented_draft(scene)
    draft = ActivityFactory(programme=scene.programme, organisation=scene.places["own"], state=Activity.State.DRAFT)
    SessionFactory(activity=draft, state=Session.State.PLANNED)
    assert plant() > 10
    plan = PlanFactory(programme=scene.programme, organisation=scene.places["sibling"])
    version = PlanVersionFactory(plan=plan, state=PlanVersion.State.SUBMITTED)
    PlanLineFactory(version=version, venue=line.venue, is_flagship=True)
    scene.made["plans/sibling"] = plan.pk
    return scene


def text_of(answer: Any) -> str:
    content = b"".join(answer.streaming_content) if answer.streaming else answer.content
    return content.decode(errors="replace")


def addresses_to_try(scene: Scene, pages: list[Page]) -> set[str]:
    """Every page, the neighbour's own plan, and every list with everything that it can be asked for."""
    own = [page.url for page in pages]
    audiences = set(Audience) - {Audience.RESIDENTS}  # their pages show a household only: tests/web/me/test_access.py
    open_to_all = [address for address in outside_the_workspace() if address.audience in audiences]
    public = [public_url(address, scene) for address in open_to_all if address.name not in OF_WHO_HOLDS_THE_LINK]
    lists = [*public, *(page.url for page in pages if "<int:pk>" not in page.path)]
    neighbour = scene.made["plans/sibling"]
    plan_pages = [reverse(f"workspace:{name}", args=[neighbour]) for name in ("plan", "submit_plan", "plan_sheet")]
    everything_asked = "&".join(SEARCHES).format(PART_OF_IT)
    searches = [f"{url}?{search.format(PART_OF_IT)}" for url in lists for search in [*SEARCHES[:2], everything_asked]]
    return {*own, *plan_pages, *lists, *searches}


def test_words_of_an_organisation_are_there_to_be_found(scene: Scene, pages: list[Page]) -> None:
    client = Cast(scene).client(scene.people["ancestor", Role.COORDINATOR])

    with_canary = {page.name for page in pages if CANARY in text_of(client.get(page.url))}

    assert {"activities", "session", "plan", "delivery", "home"} <= with_canary


def test_words_of_an_organisation_reach_no_other(scene: Scene, pages: list[Page]) -> None:
    cast = Cast(scene)
    readers = [Client(), cast.client(UserFactory())]
    readers += [cast.client(scene.people[place, Role.COORDINATOR]) for place in OUTSIDE]

    found = [
        address
        for address in sorted(addresses_to_try(scene, pages))
        for client in readers
        if CANARY in text_of(client.get(address))
    ]

    assert found == []


def test_refused_writes_answer_without_the_words_of_others(scene: Scene, pages: list[Page]) -> None:
    cast = Cast(scene)
    found = []
    for page in pages:
        for place in OUTSIDE:
            with undone():
                answer = page.post(cast.client(scene.people[place, Role.COORDINATOR]), page.url)
            found += [page.name] if CANARY in text_of(answer) else []

    assert found == []
