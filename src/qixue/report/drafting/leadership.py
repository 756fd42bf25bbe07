"""Leading group and division of work, as the section on leadership words them."""

from qixue.programme.models import GroupMember, LeadingGroup, Programme, TaskAssignment
from qixue.programme.queries.programmes import leading_group_of, members_of, tasks_of
from qixue.report.phrases import clauses, enumeration, sentence

Seat = GroupMember.Seat
LED_BY = {Seat.HEAD: "任组长", Seat.DEPUTY: "任副组长"}


def group_text(programme: Programme) -> str:
    """成立…领导小组，由副市长李某任组长，…为成员单位，办公室设在…，负责日常工作。 Nothing without a group."""
    group = leading_group_of(programme)
    if group is None:
        return ""
    members = members_of(group)
    led = [led_text(members, seat) for seat in LED_BY]
    return sentence(clauses([f"成立{group.name}", *led, member_text(members), office_text(group)]))


def led_text(members: list[GroupMember], seat: Seat) -> str:
    """由市人民政府副市长李某任组长; seats that nobody holds yet are left out."""
    holders = enumeration(f"{office_of(member)}{member.name}" for member in members if is_held(member, seat))
    by = "由" if seat == Seat.HEAD else ""
    return f"{by}{holders}{LED_BY[seat]}" if holders else ""


def is_held(member: GroupMember, seat: Seat) -> bool:
    return member.seat == seat and bool(member.name)


def office_of(member: GroupMember) -> str:
    """Organisation and duty before a name: 市教育局局长. A duty that names its organisation stands alone."""
    organisation = member.organisation.name if member.organisation else ""
    return member.duty if organisation and member.duty.startswith(organisation) else f"{organisation}{member.duty}"


def member_text(members: list[GroupMember]) -> str:
    """Members stand by their organisations; those of head and deputies are not named again."""
    leading = {member.organisation_id for member in members if member.seat != Seat.MEMBER}
    names = dict.fromkeys(
        member.organisation.name
        for member in members
        if member.seat == Seat.MEMBER and member.organisation and member.organisation_id not in leading
    )
    return f"{enumeration(names)}为成员单位" if names else ""


def office_text(group: LeadingGroup) -> str:
    return f"办公室设在{group.office.name}，负责日常工作" if group.office else ""


def tasks_text(programme: Programme) -> str:
    """任务分工明确：…由甲牵头，乙、丙配合；…。 Nothing where no task is assigned."""
    tasks = [task_text(task) for task in tasks_of(programme)]
    return sentence(f"任务分工明确：{'；'.join(tasks)}") if tasks else ""


def task_text(task: TaskAssignment) -> str:
    helpers = enumeration(helper.name for helper in sorted(task.supporters.all(), key=lambda each: each.path))
    lead = f"{task.task.strip('。；')}由{task.organisation.name}牵头"
    return f"{lead}，{helpers}配合" if helpers else lead
