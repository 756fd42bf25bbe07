"""Leading group, liaison officers, tasks and steps of the week, with drawn names that belong to nobody."""

import datetime
import random
from typing import Any

from qixue.demo.city.catalogue import read
from qixue.demo.city.chance import stream
from qixue.demo.city.names import person_name
from qixue.people.models import Organisation, User
from qixue.programme.models import GroupMember, LeadingGroup, Liaison, Programme, ProgrammeStep, TaskAssignment

Organisations = dict[str, Organisation]


def create_leadership(programme: Programme, organisations: Organisations, *, seed: int) -> None:
    """The same seats and tasks each year, held by other people."""
    data = read("leadership.yaml")
    chance = stream(seed, f"leadership/{programme.code}")
    create_group(programme, data["group"], organisations, chance)
    for position, row in enumerate(data["tasks"], start=1):
        task = TaskAssignment.objects.create(
            programme=programme,
            position=position,
            task=row["task"],
            task_en=row["en"],
            organisation=organisations[row["organisation"]],
        )
        task.supporters.set([organisations[code] for code in row["supporters"]])


def create_group(
    programme: Programme, row: dict[str, Any], organisations: Organisations, chance: random.Random
) -> None:
    group = LeadingGroup.objects.create(
        programme=programme,
        name=row["name"].format(year=programme.year),
        name_en=row["en"].format(year=programme.year),
        office=organisations[row["office"]],
    )
    GroupMember.objects.bulk_create(
        GroupMember(
            group=group,
            position=position,
            seat=seat["seat"],
            name=drawn_name(chance),
            organisation=organisations.get(seat.get("organisation", "")),
            duty=seat["duty"],
        )
        for position, seat in enumerate(row["seats"], start=1)
    )
    Liaison.objects.bulk_create(
        Liaison(
            group=group,
            position=position,
            organisation=organisations[code],
            name=drawn_name(chance),
            phone=organisations[code].phone,
        )
        for position, code in enumerate(row["liaisons"], start=1)
    )


def drawn_name(chance: random.Random) -> str:
    return person_name(chance, birth_year=chance.randint(1966, 1985))


def create_steps(programme: Programme, by: User, *, steps: dict[str, datetime.datetime]) -> None:
    """Kind of step -> when it was taken."""
    ProgrammeStep.objects.bulk_create(
        ProgrammeStep(programme=programme, kind=kind, at=at, by=by) for kind, at in steps.items()
    )
