"""What a programme rests on and who answers for it, as its own address shows them."""

from typing import Annotated

from pydantic import BaseModel

from qixue.api.schemas.parts import Named, Text, choice
from qixue.api.schemas.records import ProgrammeOut
from qixue.programme.models import GroupMember, Involvement, LeadingGroup, LegalBasis, Programme, TaskAssignment
from qixue.programme.queries.programmes import (
    channels_of,
    leading_group_of,
    legal_bases_of,
    members_of,
    roles_in,
    tasks_of,
)


class ForwardingStepOut(BaseModel):
    organ: str
    act: str
    document_number: str


class LegalBasisOut(BaseModel):
    name: Text
    document_number: str
    forwarding_steps: list[ForwardingStepOut]

    @classmethod
    def of(cls, basis: LegalBasis) -> "LegalBasisOut":
        """The forwarding steps must be prefetched."""
        steps = sorted(basis.forwarding_steps.all(), key=lambda step: step.position)
        return cls(
            name=Text(zh=basis.name, en=basis.name_en),
            document_number=basis.document_number,
            forwarding_steps=[
                ForwardingStepOut(organ=step.organ, act=step.act, document_number=step.document_number)
                for step in steps
            ],
        )


class RoleOut(BaseModel):
    """A role in the whole programme; `activity` is the code of the event where it was given for one."""

    role: Annotated[Involvement.Role, choice(Involvement.Role)]
    organisation: Named | None
    activity: str | None

    @classmethod
    def of(cls, row: Involvement) -> "RoleOut":
        activity = row.activity.code if row.activity else None
        return cls(role=Involvement.Role(row.role), organisation=Named.of(row.organisation), activity=activity)


class SeatOut(BaseModel):
    """`name` is given for head and deputies only; members stand by their organisation."""

    seat: Annotated[GroupMember.Seat, choice(GroupMember.Seat)]
    name: str
    organisation: Named | None
    duty: str

    @classmethod
    def of(cls, member: GroupMember) -> "SeatOut":
        name = member.name if member.is_named_in_public else ""
        seat = GroupMember.Seat(member.seat)
        return cls(seat=seat, name=name, organisation=Named.of(member.organisation), duty=member.duty)


class LeadingGroupOut(BaseModel):
    name: Text
    office: Named | None
    seats: list[SeatOut]

    @classmethod
    def of(cls, group: LeadingGroup | None) -> "LeadingGroupOut | None":
        if group is None:
            return None
        seats = [SeatOut.of(member) for member in members_of(group)]
        return LeadingGroupOut(name=Text(zh=group.name, en=group.name_en), office=Named.of(group.office), seats=seats)


class TaskOut(BaseModel):
    task: Text
    organisation: Named | None
    supporters: list[Named | None]

    @classmethod
    def of(cls, task: TaskAssignment) -> "TaskOut":
        supporters = sorted(task.supporters.all(), key=lambda each: each.path)
        return cls(
            task=Text(zh=task.task, en=task.task_en),
            organisation=Named.of(task.organisation),
            supporters=[Named.of(each) for each in supporters],
        )


class ProgrammeDetailOut(ProgrammeOut):
    legal_bases: list[LegalBasisOut]
    roles: list[RoleOut]
    leading_group: LeadingGroupOut | None
    tasks: list[TaskOut]
    publicity_channels: list[Text]

    @classmethod
    def of(cls, programme: Programme) -> "ProgrammeDetailOut":
        return cls(
            **dict(ProgrammeOut.of(programme)),
            legal_bases=[LegalBasisOut.of(basis) for basis in legal_bases_of(programme)],
            roles=[RoleOut.of(row) for row in public_roles(programme)],
            leading_group=LeadingGroupOut.of(leading_group_of(programme)),
            tasks=[TaskOut.of(task) for task in tasks_of(programme)],
            publicity_channels=[Text(zh=row.name, en=row.name_en) for row in channels_of(programme)],
        )


def public_roles(programme: Programme) -> list[Involvement]:
    """Those of the programme and of its published events; drafts say nothing to the public."""
    rows = roles_in(programme)
    return [row for row in rows if row.activity is None or row.activity.state == row.activity.State.PUBLISHED]
