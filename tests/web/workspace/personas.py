"""Who might ask for a page: the six roles, and those whose access is missing, over, doubled or of another kind."""

import datetime
from dataclasses import dataclass, field

from django.contrib.auth import SESSION_KEY
from django.test import Client
from tests.factories import NOON, ResidentFactory, RoleAssignmentFactory, UserFactory
from tests.web.workspace.scene import EXPECTED, FOR_EVERYBODY_SIGNED_IN, NOBODY, OWN, Scene

from qixue.core.clock import now
from qixue.people.models import ApiToken, Role, User
from qixue.people.rules import TABLE, Action
from qixue.web.sign_in import CONFIRMED_AT

A_DAY = datetime.timedelta(days=1)
TWO_ROLES = (Role.AUDITOR, Role.ORGANISER)  # the first at the place that is tried, the second with the strangers


@dataclass
class Persona:
    """`held` are the roles that count, each with the place of the scene in which it is held."""

    name: str
    client: Client
    held: tuple[tuple[Role, str], ...] = ()
    is_signed_in: bool = True

    def may(self, action: Action) -> bool:
        return any(role in TABLE[action] for role, _place in self.held)

    def reaches(self, action: Action, name: str, path: str) -> bool:
        """Whether the page opens: from one of the places in which a role with the action is held."""
        places = {place for role, place in self.held if role in TABLE[action]}
        is_of_all = name not in EXPECTED and "<" not in path
        return bool(places) and (is_of_all or bool(places & EXPECTED.get(name, OWN)))

    def status(self, action: Action | None, name: str, path: str) -> int:
        """What a page answers: 302 asks to sign in, 403 for want of a role, 404 out of reach, 200 the page."""
        if not self.is_signed_in:
            return 302
        if name in FOR_EVERYBODY_SIGNED_IN:
            return 404 if EXPECTED.get(name) == NOBODY else 200
        if action is None or not self.may(action):
            return 403
        return 200 if self.reaches(action, name, path) else 404


@dataclass
class Cast:
    """The people of a scene, each with a browser that stays signed in."""

    scene: Scene
    clients: dict[int, Client] = field(default_factory=dict)

    def client(self, user: User) -> Client:
        if user.pk not in self.clients:
            self.clients[user.pk] = Client()
            self.clients[user.pk].force_login(user)
            session = self.clients[user.pk].session
            session[CONFIRMED_AT] = now().isoformat()  # so that what asks once more shows its form
            session.save()
        return self.clients[user.pk]

    def of_place(self, place: str) -> list[Persona]:
        """Everybody whose access depends on where they are."""
        roles = [Persona(role, self.client(self.scene.people[place, role]), ((role, place),)) for role in Role]
        return [*roles, self.with_two_roles(place)]

    def with_two_roles(self, place: str) -> Persona:
        here, elsewhere = TWO_ROLES
        user = RoleAssignmentFactory(organisation=self.scene.places[place], role=here).user
        RoleAssignmentFactory(organisation=self.scene.places["stranger"], role=elsewhere, user=user)
        return Persona("two_roles", self.client(user), ((here, place), (elsewhere, "stranger")))

    def without_access(self) -> list[Persona]:
        """Everybody who reaches nothing, although some of them once did, or do so through another door."""
        return [
            Persona("visitor", Client(), is_signed_in=False),
            Persona("guest", self.client(UserFactory())),
            Persona("resident", self.client(ResidentFactory(user=UserFactory()).user)),
            Persona("ended_role", self.client(self.former_coordinator())),
            Persona("deactivated", self.deactivated(), is_signed_in=False),
            Persona("expired_session", self.signed_out(), is_signed_in=False),
            Persona("api_token", self.with_token(), is_signed_in=False),
        ]

    def former_coordinator(self) -> User:
        return RoleAssignmentFactory(
            organisation=self.scene.places["own"], role=Role.COORDINATOR, ended_at=NOON - A_DAY
        ).user

    def deactivated(self) -> Client:
        """Signed in before the account was closed."""
        user = RoleAssignmentFactory(organisation=self.scene.places["own"], role=Role.COORDINATOR).user
        client = self.client(user)
        User.objects.filter(pk=user.pk).update(is_active=False)
        return client

    def signed_out(self) -> Client:
        """A browser whose cookie names a session that is over."""
        client = Client()
        client.force_login(self.scene.people["own", Role.COORDINATOR])
        assert SESSION_KEY in client.session
        client.session.flush()
        return client

    def with_token(self) -> Client:
        """A program that tries its key of the API on the pages."""
        user, key = self.scene.people["own", Role.COORDINATOR], f"{ApiToken.PREFIX}pages"
        ApiToken.objects.create(user=user, name="pages", digest=ApiToken.digest_of(key), expires_at=NOON + A_DAY)
        return Client(headers={"Authorization": f"Bearer {key}"})
