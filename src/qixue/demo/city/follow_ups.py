"""Follow-ups of the week: pasted from meetings, answered, closed, some of them late, as the pages would have made them.

The days are gone through one by one: what people did is done by the operations, and the worker's duty runs every
morning, so that reminders and escalation are those that it would have sent.
"""

import datetime
import re
from collections.abc import Sequence
from typing import Any

from qixue.core.clock import local_day
from qixue.demo.city.activities import Ground
from qixue.demo.city.catalogue import read
from qixue.people.models import User
from qixue.programme.minutes import key_of, parse_minutes
from qixue.programme.models import FollowUp
from qixue.programme.operations.follow_up_decisions import (
    close_follow_up,
    move_deadline,
    send_back_follow_up,
    withdraw_follow_up,
)
from qixue.programme.operations.follow_up_schedule import chase_follow_ups
from qixue.programme.operations.follow_ups import (
    FollowUpDetails,
    acknowledge_follow_up,
    assign_all,
    hand_over_follow_up,
    report_follow_up,
)
from qixue.programme.queries.follow_ups import assignable_by
from qixue.programme.queries.owners import Owners

DAY = datetime.timedelta(days=1)
MORNING, NOON = datetime.timedelta(hours=9), datetime.timedelta(hours=12)
RELATIVE_DAY = re.compile(r"\[([+-]\d+)\]")
QUARTERS = 13  # quarters of an hour by which one act of a day follows another


def create_follow_ups(ground: Ground, staff: dict[str, User]) -> None:
    meetings = read("minutes.yaml")
    first = min(meeting["held"] for meeting in meetings)
    items: dict[tuple[str, int, str], FollowUp] = {}
    for day in range(first, 0):
        began = ground.week.known_until + day * DAY
        chase_follow_ups(at=began + MORNING)
        for meeting in meetings:
            if meeting["held"] == day:
                items |= assigned(ground, meeting, staff[meeting["by"]], at=began + NOON)
        acts = [(meeting, course, step) for meeting, course, step in courses(meetings) if step[0] == day]
        for number, (meeting, course, step) in enumerate(acts):
            item = items[meeting["source"], course["item"], course["owner"]]
            at = began + NOON + datetime.timedelta(minutes=15 * (1 + number * QUARTERS % 20))
            take(ground, item, step, staff, at=at)


def courses(meetings: Sequence[dict[str, Any]]) -> list[tuple[dict[str, Any], dict[str, Any], list[Any]]]:
    """Every act of every item, in the order of the file."""
    return [
        (meeting, course, step) for meeting in meetings for course in meeting["courses"] for step in course["steps"]
    ]


def assigned(
    ground: Ground, meeting: dict[str, Any], by: User, *, at: datetime.datetime
) -> dict[tuple[str, int, str], FollowUp]:
    """What the pasted text gives, by meeting, number of the line and code of the organisation."""
    today = ground.week.today
    text = RELATIVE_DAY.sub(lambda match: day_text(today + int(match[1]) * DAY), meeting["text"])
    owners = Owners(assignable_by(by, ground.programme), ground.programme.region)
    wanted = [
        (number, details)
        for number, proposal in enumerate(parse_minutes(text, today=local_day(at)).proposals, start=1)
        for name in proposal.owners
        for owner in owners.named(name).organisations
        for details in [
            FollowUpDetails(
                owner=owner,
                title=proposal.title,
                due_on=proposal.due_on or today,
                detail=proposal.detail,
                source=meeting["source"],
                key=key_of(ground.programme.code, meeting["source"], owner.code, proposal.title),
            )
        ]
    ]
    made = assign_all(ground.programme, [details for _number, details in wanted], by=by, at=at)
    return {
        (meeting["source"], number, details.owner.code): item
        for (number, details), item in zip(wanted, made, strict=True)
    }


def day_text(day: datetime.date) -> str:
    return f"{day.month}月{day.day}日"


def take(ground: Ground, item: FollowUp, step: list[Any], staff: dict[str, User], *, at: datetime.datetime) -> None:
    """One act: its day, its name and, where it has them, its words and what they are about."""
    _day, act, *words = step
    item.refresh_from_db()
    owner, assigner = staff[item.owner.code], staff[item.assigner.code]
    note, now = (words[0] if words else ""), item.edit_count
    if act == "acknowledge":
        acknowledge_follow_up(item, edit_count=now, by=owner, at=at)
    elif act == "report":
        report_follow_up(item, note=note, edit_count=now, by=owner, at=at)
    elif act == "close":
        close_follow_up(item, note=note, edit_count=now, by=assigner, at=at)
    elif act == "send_back":
        send_back_follow_up(item, reason=note, edit_count=now, by=assigner, at=at)
    elif act == "withdraw":
        withdraw_follow_up(item, reason=note, edit_count=now, by=assigner, at=at)
    elif act == "deadline":
        due_on = ground.week.today + words[1] * DAY
        move_deadline(item, due_on=due_on, reason=note, edit_count=now, by=assigner, at=at)
    else:
        to = ground.organisations[words[1]]
        hand_over_follow_up(item, to=to, reason=note, edit_count=now, by=assigner, at=at)
