"""What happens to people during the weeks of the synthetic city: invited, standing in, gone."""

import datetime

from qixue.demo.city.chance import drawn_uuid, stream
from qixue.demo.city.personas import NO_PASSWORD
from qixue.demo.city.week import DAYS, DAYS_BEHIND, Week
from qixue.people import account_notices as notices
from qixue.people.models import HandOver, Invitation, Organisation, Role, RoleAssignment, User
from qixue.people.operations.invitations import LASTS
from qixue.people.operations.notifications import notify

A_YEAR = datetime.timedelta(days=365)
# Who is invited to where as what, by which persona, and when: days of the week, None when the roles were granted.
INVITED = (
    ("欧阳雪梅", "ln-sanjiang", Role.CADRE, "13900000001", "liannan", DAYS_BEHIND - 1),
    ("林建国", "qc-zhouxin", Role.COORDINATOR, "13900000002", "city", DAYS_BEHIND),
    ("邱玉芬", "fg-college", Role.ORGANISER, "13900000003", "city", None),
)
LEFT_NOTE = "阅览室钥匙在一楼服务台。十一月的讲座海报已交印刷厂，取件找门卫。悦读社区的签到表在二号柜。"


def create_changes(
    seed: int, week: Week, organisations: dict[str, Organisation], personas: dict[str, User], staff: dict[str, User]
) -> None:
    create_invitations(seed, week, organisations, personas)
    create_stand_in(week, organisations["qx-edu"], staff["qx-edu"], staff["qx-library"])
    create_hand_over(week, organisations["city-library"], personas["library"])


def create_invitations(
    seed: int, week: Week, organisations: dict[str, Organisation], personas: dict[str, User]
) -> None:
    """Two that are open and one that ran out; their links were never sent, and nobody knows their secrets."""
    chance = stream(seed, "invitations")
    for name, code, role, mobile, inviter, day in INVITED:
        at = week.prepared_at if day is None else week.moment(day, 10, 20)
        Invitation.objects.create(
            organisation=organisations[code],
            role=role,
            name=name,
            mobile=mobile,
            digest=Invitation.digest_of(f"{chance.getrandbits(256):064x}"),
            client_uuid=drawn_uuid(chance),
            invited_by=personas[inviter],
            invited_at=at,
            expires_at=at + LASTS,
        )


def create_stand_in(week: Week, organisation: Organisation, holder: User, stand_in: User) -> None:
    """A county's coordinator is away in the second half of the week."""
    RoleAssignment.objects.create(
        user=stand_in,
        organisation=organisation,
        role=Role.COORDINATOR,
        granted_at=week.moment(1, 9),
        granted_by=holder,
        stands_in_for=RoleAssignment.objects.get(user=holder, organisation=organisation, role=Role.COORDINATOR),
        begins_at=week.moment(DAYS_BEHIND, 0),
        expires_at=week.moment(DAYS + 3, 0),
    )


def create_hand_over(week: Week, organisation: Organisation, successor: User) -> None:
    """Somebody retired when the week was prepared, and told the successor where things are."""
    retired = User.objects.create(username="retired", display_name="何秀兰", password=NO_PASSWORD, is_active=False)
    given = RoleAssignment.objects.create(
        user=retired,
        organisation=organisation,
        role=Role.ORGANISER,
        granted_at=week.prepared_at - 3 * A_YEAR,
        ended_at=week.prepared_at,
        ended_by=retired,
    )
    taken = RoleAssignment.objects.get(user=successor, organisation=organisation, role=Role.ORGANISER)
    HandOver.objects.create(given=given, taken=taken, note=LEFT_NOTE, at=week.prepared_at)
    notify([successor], notices.role_handed_over(given, taken, LEFT_NOTE), at=week.prepared_at)
