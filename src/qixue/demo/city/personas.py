"""The people as whom one may look around, one for each role, and the staff of all other organisations."""

import datetime
from collections.abc import Sequence
from dataclasses import dataclass

from django.contrib.auth.hashers import UNUSABLE_PASSWORD_PREFIX, make_password

from qixue.demo.city.chance import stream
from qixue.demo.city.names import person_name
from qixue.demo.city.week import Week
from qixue.people.models import ApiToken, Organisation, Role, RoleAssignment, User

PASSWORD = "qixue-demo-2026"  # noqa: S105 - printed for everybody to read; it opens invented data only
TOKEN_DAYS = 365
NO_PASSWORD = f"{UNUSABLE_PASSWORD_PREFIX}synthetic"


@dataclass(frozen=True)
class Persona:
    """`role` is what demo.json calls the persona; `staff_role` is empty for people without one."""

    role: str
    username: str
    name: str
    organisation: str = ""
    staff_role: str = ""


PERSONAS = (
    Persona("city_coordinator", "city", "梁静宜", "demo-city", Role.COORDINATOR),
    Persona("second_city_coordinator", "city2", "罗海珊", "demo-city", Role.COORDINATOR),
    Persona("province_coordinator", "province", "何启明", "demo-province", Role.COORDINATOR),
    Persona("county_coordinator", "liannan", "房志坚", "ln-edu", Role.COORDINATOR),
    Persona("town_coordinator", "sanpai", "唐丽娟", "ln-sanpai", Role.COORDINATOR),
    Persona("organiser", "library", "陈雅文", "city-library", Role.ORGANISER),
    Persona("organiser_ngo", "yinling", "黄永强", "yd-yinling", Role.ORGANISER),
    Persona("door_volunteer", "door", "吴晓彤", "city-library", Role.DOOR_VOLUNTEER),
    Persona("cadre", "cadre", "盘水生", "ln-sanpai", Role.CADRE),
    Persona("treasurer", "treasurer", "谢惠珍", "demo-city", Role.TREASURER),
    Persona("auditor", "auditor", "邓国栋", "demo-city", Role.AUDITOR),
    Persona("resident", "resident", "李嘉明"),
    Persona("elder", "elder", "张桂兰"),
    Persona("no_role", "guest", "叶春生"),
)


def api_token(seed: int, persona: Persona) -> str:
    """The persona's key: the database keeps its digest only, so it is derived again where it is shown."""
    return f"{ApiToken.PREFIX}{stream(seed, f'token/{persona.username}').getrandbits(160):040x}"


def create_personas(seed: int, week: Week, organisations: dict[str, Organisation]) -> dict[str, User]:
    password = make_password(PASSWORD)  # slow on purpose; everybody may read it, so one hash does for all
    users = User.objects.bulk_create(
        User(
            username=persona.username,
            display_name=persona.name,
            password=password,
            email=f"{persona.username}@demo.example" if persona.staff_role else "",
        )
        for persona in PERSONAS
    )
    expires_at = week.known_until + datetime.timedelta(days=TOKEN_DAYS)
    ApiToken.objects.bulk_create(
        ApiToken(user=user, name="demo", digest=ApiToken.digest_of(api_token(seed, persona)), expires_at=expires_at)
        for persona, user in zip(PERSONAS, users, strict=True)
    )
    grant(
        week,
        [
            (user, organisations[persona.organisation], persona.staff_role)
            for persona, user in zip(PERSONAS, users, strict=True)
            if persona.staff_role
        ],
    )
    return {user.username: user for user in users}


def create_staff(
    seed: int, week: Week, organisations: dict[str, Organisation], personas: dict[str, User]
) -> dict[str, User]:
    """Who enters the records of each organisation: its first persona, or somebody who cannot sign in."""
    chance = stream(seed, "staff")
    staff: dict[str, User] = {}
    for persona in PERSONAS:
        if persona.staff_role in {Role.COORDINATOR, Role.ORGANISER}:
            staff.setdefault(persona.organisation, personas[persona.username])
    others = [code for code in organisations if code not in staff]
    names = [person_name(chance, birth_year=chance.randint(1966, 2002)) for _ in others]
    users = User.objects.bulk_create(
        User(username=f"staff-{code}", display_name=name, password=NO_PASSWORD)
        for code, name in zip(others, names, strict=True)
    )
    staff |= dict(zip(others, users, strict=True))
    grant(week, [(staff[code], organisations[code], role_in(organisations[code])) for code in others])
    return staff


def role_in(organisation: Organisation) -> Role:
    """County bureaus coordinate, everybody else organises."""
    is_bureau = organisation.kind == Organisation.Kind.EDUCATION_BUREAU
    return Role.COORDINATOR if is_bureau else Role.ORGANISER


def grant(week: Week, roles: Sequence[tuple[User, Organisation, str]]) -> None:
    RoleAssignment.objects.bulk_create(
        RoleAssignment(user=user, organisation=organisation, role=role, granted_at=week.prepared_at)
        for user, organisation, role in roles
    )
