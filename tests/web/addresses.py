"""Every address of the site that is no address of the API, and what the public ones need to lead somewhere."""

import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from django.core.files.base import ContentFile
from django.urls import URLPattern, URLResolver, get_resolver, reverse
from tests.factories import NOON, BrandFactory, MemberFactory, RegionFactory
from tests.factories_recognitions import CallFactory, on_notice
from tests.web.workspace.scene import MISSING, Scene

from qixue.core.audience import audience_of
from qixue.core.clock import now
from qixue.core.signing_keys import public_keys
from qixue.participation.models import Certificate
from qixue.participation.operations.calendar_feeds import renew_feed
from qixue.participation.operations.lotteries import commit
from qixue.participation.operations.walls import show_wall
from qixue.participation.queries.calendar_feeds import feed_secret_of
from qixue.participation.queries.wall import secret_of
from qixue.participation.wall_code import code_of, step_at
from qixue.people.models import Invitation, Role
from qixue.programme.models import Nomination, Objection
from qixue.swap.models import Listing

OF_THE_API = "/api/v1/"
WORKSPACE = "workspace:"


@dataclass(frozen=True)
class Address:
    """`name` with its namespace, as `reverse` takes it; `audience` is an action or an audience, or empty."""

    name: str
    path: str
    audience: str


def addresses(resolver: URLResolver | None = None, before: str = "/", namespace: str = "") -> Iterator[Address]:
    for pattern in (resolver or get_resolver()).url_patterns:
        here = before + str(pattern.pattern)
        if isinstance(pattern, URLPattern):
            yield Address(f"{namespace}{pattern.name}", here, audience_of(pattern.callback))
        elif here != OF_THE_API:
            yield from addresses(pattern, here, f"{pattern.namespace}:" if pattern.namespace else namespace)


def outside_the_workspace() -> list[Address]:
    return [address for address in addresses() if not address.name.startswith(WORKSPACE)]


def brand_of(scene: Scene) -> str:
    if not scene.programme.brands.exists():
        scene.programme.brands.add(BrandFactory(code="BRAND", region=scene.programme.region))
    return scene.programme.brands.get().code


def county_of(scene: Scene) -> str:
    county = scene.programme.region.children.filter(code="441826").first()
    return (county or RegionFactory(code="441826", level="county", parent=scene.programme.region)).code


# By the name of the parameter, what leads to a public record of the scene; by the route's name where that differs.
def candidate_of(scene: Scene) -> int:
    """Somebody on public notice, with a photo."""
    call = CallFactory(programme=scene.programme)
    return on_notice(call=call, photo=ContentFile(b"a photo", name="star.jpg"), photo_consented_at=NOON).pk


def objection_of(scene: Scene) -> uuid.UUID:
    candidate = Nomination.objects.get(pk=candidate_of(scene))
    return Objection.objects.create(nomination=candidate, text="情况不符", is_anonymous=True, received_at=NOON).key


def invitation_secret(scene: Scene) -> str:
    """What the link of an invitation to `own` ends with."""
    invitation = Invitation.objects.get(pk=scene.record("people/invitations/"))
    invitation.digest = Invitation.digest_of("known-to-the-invited")
    invitation.save(update_fields=["digest"])
    return "known-to-the-invited"


def calendar_secret(scene: Scene) -> str:
    member = MemberFactory()
    renew_feed(member, by=member.user, at=NOON)
    return str(feed_secret_of(member))


def lottery_of(scene: Scene) -> int:
    """A session whose seats are given by lot."""
    commit(scene.session.pk, at=NOON)
    return scene.session.pk


def certificate_of(scene: Scene) -> Certificate:
    return Certificate.objects.get(pk=scene.record("certificates/"))


def credential_kid(scene: Scene) -> str:
    scene.record("certificates/")
    return public_keys("credential")[0].kid


def issuer_code(scene: Scene) -> str:
    return certificate_of(scene).organisation.code


def code_on_the_wall(scene: Scene) -> str:
    """What the wall of the session shows now."""
    wall = show_wall(scene.session, by=scene.people["own", Role.ORGANISER], at=NOON)
    return code_of(secret_of(wall), scene.session.pk, step_at(now()))


def issued_kind(scene: Scene) -> str:
    scene.record("issues/")
    return "docx"


def issue_number(scene: Scene) -> int:
    scene.record("issues/")
    return 1


def listing_of(scene: Scene) -> Listing:
    """A thing on offer, with a photo."""
    return Listing.objects.get(pk=scene.record("listings/"))


PUBLIC_RECORDS: dict[str, Callable[[Scene], Any]] = {
    "code": lambda scene: scene.programme.code,
    "figure_code": lambda scene: "attendance",
    "pk": lambda scene: scene.session.pk,
    "party": lambda scene: uuid.uuid4(),  # of one household only, and nobody in the scene has one
    "region": county_of,
    "brand": brand_of,
    "public:figure_session figure_code": lambda scene: "sessions_total",  # too few people for one about them
    "public:organisation code": lambda scene: scene.places["own"].code,
    "public:brand code": brand_of,
    "public:candidate pk": candidate_of,
    "public:candidate_photo pk": candidate_of,
    "public:object pk": candidate_of,
    "public:objection key": objection_of,
    "public:invitation secret": invitation_secret,
    "public:draw pk": lottery_of,
    "public:draw_file pk": lottery_of,
    "personal_calendar secret": calendar_secret,
    "public:certificate serial": lambda scene: certificate_of(scene).printed_serial,
    "public:credential_key kid": credential_kid,
    "public:credential_issuer code": issuer_code,
    "public:credential_status code": issuer_code,
    "public:credential_status number": lambda scene: 1,
    "public:credential_achievement activity": lambda scene: certificate_of(scene).activity.code,
    "public:issued_summary kind": issued_kind,
    "public:sealed_summary number": issue_number,
    "public:listing pk": lambda scene: listing_of(scene).pk,
    "public:listing_photo pk": lambda scene: listing_of(scene).pk,
    "public:listing_photo digest": lambda scene: listing_of(scene).first_photo.address,
    "public:listing_photo size": lambda scene: "small",
    "shown": code_on_the_wall,
    "workspace:desk name": lambda scene: "drafts",
    "account:remove_passkey pk": lambda scene: MISSING["pk"],  # one's own only, and nobody in the scene has one
}


def public_url(address: Address, scene: Scene, **changes: Any) -> str:
    """Where the page of a public record is. Raises KeyError for a parameter that nobody fills."""
    names = [part.split(":")[1].split(">")[0] for part in address.path.split("<")[1:]]
    kwargs = {name: maker_of(address, name)(scene) for name in names if name not in changes}
    return reverse(address.name, kwargs={**kwargs, **{name: changes[name] for name in names if name in changes}})


def maker_of(address: Address, name: str) -> Callable[[Scene], Any]:
    return PUBLIC_RECORDS.get(f"{address.name} {name}") or PUBLIC_RECORDS[name]
