"""One scene for all tests of the API: a city, two counties below it, a town below one; drafts in every one of them.

A file whose tests use it has it in the database from its first test to its last: see shared.py.
"""

import copy
import datetime
import json
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import pytest
from django.test import Client
from tests.factories import (
    NOON,
    ActivityFactory,
    BrandFactory,
    MemberFactory,
    OpenSessionFactory,
    OrganisationFactory,
    ProgrammeFactory,
    RegionFactory,
    RoleAssignmentFactory,
    SessionFactory,
    UserFactory,
    key,
)
from tests.factories_coordination import FollowUpFactory
from tests.factories_planning import PlanFactory, PlanLineFactory, PlanVersionFactory
from tests.factories_returns import ReturnCallFactory, ReturnSubmissionFactory

from qixue.core.quantity import Qualifier
from qixue.figures.models import NamedFigure
from qixue.participation.models import LedgerEntry
from qixue.participation.operations.evidence import keep_note
from qixue.participation.operations.ledger import record_head_count
from qixue.participation.operations.registrations import register
from qixue.people.models import ApiToken, Organisation, Role, User
from qixue.programme.models import Activity, FollowUp, LineComment, Plan, PlanStep, PlanVersion, Programme, Session

TOMORROW = datetime.timedelta(days=1)
ROOT = "/api/v1"


def give_token(user: User, *, name: str, lasts: datetime.timedelta = TOMORROW) -> str:
    """A token by which the clock of the machine decides, as the API does."""
    secret = f"{ApiToken.PREFIX}{name}"
    expires_at = datetime.datetime.now(datetime.UTC) + lasts
    ApiToken.objects.create(user=user, name=name, digest=ApiToken.digest_of(secret), expires_at=expires_at)
    return secret


@dataclass
class Part:
    """What one organisation of the scene owns. Every text of its drafts contains the canary."""

    organisation: Organisation
    canary: str
    draft_programme: Programme
    draft_session: Session
    public_session: Session
    entry: LedgerEntry
    follow_up: FollowUp
    plan: Plan


@dataclass
class Scene:
    programme: Programme
    parts: dict[str, Part] = field(default_factory=dict)
    tokens: dict[str, str] = field(default_factory=dict)
    return_id: int = 0
    party: str = ""  # of somebody who signed up

    def token(self, place: str, role: str) -> str:
        """The key of somebody who holds the role there; the strangers have a tree of their own."""
        name = f"{place}-{role}"
        if name not in self.tokens:
            part = self.parts.get(place)
            organisation = part.organisation if part else Organisation.objects.get(code="elsewhere")
            self.tokens[name] = give_token(RoleAssignmentFactory(organisation=organisation, role=role).user, name=name)
        return self.tokens[name]


def counted(session: Session, note: str, *, by: User) -> LedgerEntry:
    return record_head_count(
        session,
        count=40,
        qualifier=Qualifier.EXACT,
        evidence=keep_note(note, at=NOON),
        by=by,
        at=NOON,
        client_uuid=key(),
    )


def make_part(programme: Programme, organisation: Organisation, by: User) -> Part:
    canary = f"CANARY-{organisation.code}"
    own = {"organisation": organisation, "region": programme.region}
    draft = ProgrammeFactory(**own, name=f"{canary}计划", theme=canary, state=Programme.State.DRAFT)
    hidden = ActivityFactory(
        programme=programme, organisation=organisation, title=f"{canary}草稿", state=Activity.State.DRAFT
    )
    shown = ActivityFactory(programme=programme, organisation=organisation)
    counted_session = SessionFactory(activity=shown)
    return Part(
        organisation=organisation,
        canary=canary,
        draft_programme=draft,
        draft_session=SessionFactory(activity=hidden, topic=canary),
        public_session=SessionFactory(activity=shown),
        entry=counted(counted_session, f"{canary}由李明点数", by=by),
        follow_up=FollowUpFactory(programme=programme, owner=organisation, title=f"{canary}督办"),
        plan=plan_with_canary(programme, organisation, canary),
    )


def plan_with_canary(programme: Programme, organisation: Organisation, canary: str) -> Plan:
    """A draft after a return, with the canary in all that was typed about it."""
    plan = PlanFactory(programme=programme, organisation=organisation)
    former = PlanVersionFactory(plan=plan, state=PlanVersion.State.RETURNED, note=canary)
    version = PlanVersionFactory(plan=plan, number=2, note=canary)
    line_key = key()
    for number in (former, version):
        line = PlanLineFactory(version=number, key=line_key, title=canary, topic=canary, speaker=canary)
    said = {"organisation": organisation, "by": UserFactory(), "at": NOON}
    LineComment.objects.create(line=former.lines.get(), text=canary, **said)
    PlanStep.objects.create(plan=plan, version=former, kind=PlanStep.Kind.RETURNED, comment=canary, **said)
    PlanLineFactory(version=version, title=canary, venue=line.venue)
    return plan


def make_scene() -> Scene:
    region = RegionFactory()
    OrganisationFactory(code="elsewhere")
    city = OrganisationFactory(code="city", region=region)
    county, sibling = (OrganisationFactory(code=code, parent=city, region=region) for code in ("county", "sibling"))
    town = OrganisationFactory(code="town", parent=county, region=region)
    programme = ProgrammeFactory(code="week", organisation=city, region=region)
    BrandFactory(code="BRAND", region=region)
    scene = Scene(programme)
    clerk = RoleAssignmentFactory(user__display_name="点数人", organisation=city, role=Role.ORGANISER).user
    for name, organisation in {"ancestor": city, "own": county, "sibling": sibling, "descendant": town}.items():
        scene.parts[name] = make_part(programme, organisation, clerk)
        holder = RoleAssignmentFactory(organisation=organisation, role=Role.ORGANISER).user
        scene.tokens[name] = give_token(holder, name=name)
    owner = ApiToken.objects.get(name="own").user
    scene.tokens["expired"] = give_token(owner, name="expired", lasts=-TOMORROW)
    left = RoleAssignmentFactory(organisation=county, user__is_active=False).user
    scene.tokens["deactivated"] = give_token(left, name="deactivated")
    scene.tokens["no_role"] = give_token(UserFactory(), name="no_role")
    former = RoleAssignmentFactory(organisation=county, role=Role.COORDINATOR, ended_at=NOON).user
    scene.tokens["ended_role"] = give_token(former, name="ended_role")
    scene.tokens["wrong"] = "qx_never_issued"
    auditor = RoleAssignmentFactory(organisation=county, role=Role.AUDITOR).user
    scene.tokens["auditor"] = give_token(auditor, name="auditor")
    for code in ("attendance", "participants"):
        NamedFigure.objects.create(programme=programme, code=code, definition=code, position=1)
        draft = scene.parts["own"].draft_programme
        NamedFigure.objects.create(programme=draft, code=code, definition=code, position=1)
    scene.return_id = make_return(programme, county)
    session = OpenSessionFactory(activity=scene.parts["own"].public_session.activity)
    member = MemberFactory()
    scene.party = str(register(session, people=[member], party=key(), by=member.user, at=NOON)[0].party)
    return scene


@pytest.fixture(scope="module")
def shared_scene(empty_database: None) -> Scene:
    return make_scene()


@pytest.fixture
def scene(shared_scene: Scene) -> Scene:
    """A copy, as the rows are: what a test changes in it, nobody else sees."""
    return copy.deepcopy(shared_scene)


def make_return(programme: Programme, organisation: Organisation) -> int:
    call = ReturnCallFactory(programme=programme, number=1, is_open=True)
    return ReturnSubmissionFactory(call=call, organisation=organisation).pk


Ask = Callable[..., Any]


@pytest.fixture
def ask(client: Client) -> Ask:
    """Send a request to an address below the root of the API; `token` and `language` become headers."""

    def send(method: str, address: str, body: Any = None, *, token: str = "", **headers: str) -> Any:
        if token:
            headers["Authorization"] = f"Bearer {token}"
        return client.generic(
            method,
            f"{ROOT}{address}",
            data=body if isinstance(body, bytes) else b"" if body is None else json.dumps(body, default=str).encode(),
            content_type="application/json",
            headers=headers,
        )

    return send
