"""Two calls for returns: a closed one from before the week, and one on its way in every state."""

import datetime
import random
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from qixue.core.clock import local_day
from qixue.core.quantity import Qualifier
from qixue.demo.city.activities import Ground
from qixue.demo.city.catalogue import read
from qixue.demo.city.chance import drawn_uuid, stream
from qixue.figures.queries import figure_digest, figures_of_tree
from qixue.people.models import Organisation, User
from qixue.programme.models import ReturnCall, ReturnField, ReturnSubmission
from qixue.programme.operations.return_calls import (
    CallDetails,
    FieldDetails,
    add_field,
    choose_organisations,
    close_call,
    create_call,
    open_call,
)
from qixue.programme.operations.return_decisions import accept_return, send_back_return
from qixue.programme.operations.return_reminders import remind_of_returns
from qixue.programme.operations.returns import Answer, FrozenFigure, save_return, submit_return
from qixue.programme.queries.return_calls import county_desks, town_desks
from qixue.programme.queries.return_coverage import towns_without_return
from qixue.programme.queries.return_sums import FieldSum, sums_of

CITY = "demo-city"
LEVELS = {"county": county_desks, "town": town_desks}
# What is drawn for a unit: bounds, step, and the hedges that people use for it.
DRAWN = {
    "report": (1, 9, 1, (Qualifier.EXACT,)),
    "person": (6, 40, 1, (Qualifier.EXACT, Qualifier.EXACT, Qualifier.AT_LEAST)),
    "item": (100, 900, 50, (Qualifier.EXACT, Qualifier.ABOUT, Qualifier.AT_LEAST)),
    "yuan": (80_000, 900_000, 10_000, (Qualifier.EXACT,)),  # fen
    "reach": (500, 6000, 500, (Qualifier.ABOUT,)),
}
TEXTS = (
    "把课堂搬到文化站，附近居民步行可到。",
    "村干部上门登记，老人由家人代报名。",
    "晚上开课，白天务农的居民也能参加。",
    "",
)


@dataclass(frozen=True)
class Office:
    """Who moves a call along, and with which luck."""

    ground: Ground
    staff: dict[str, User]
    call: ReturnCall
    chance: random.Random

    def of(self, code: str) -> ReturnSubmission:
        return self.call.submissions.get(organisation__code=code)

    def above(self, submission: ReturnSubmission) -> User:
        return self.staff[submission.parent.organisation.code if submission.parent else CITY]


def create_returns(ground: Ground, staff: dict[str, User]) -> None:
    """Through the same operations as the pages, so that nothing stands here that could not have happened."""
    before, during = read("returns.yaml")
    chance = stream(ground.seed, "returns")
    first = Office(ground, staff, opened(ground, staff, chance, before), chance)
    for code in codes_of(first.call):
        days = before["county_due"] + (1 if code in before["late"] else -1)
        send(first, code, at=moment(ground, days, 16))
        accept(first, code, at=moment(ground, before["closed"], 9))
    close_call(first.call, by=staff[CITY], at=moment(ground, before["closed"], 17))
    second = Office(ground, staff, opened(ground, staff, chance, during), chance)
    remind_of_returns(at=moment(ground, 0, 8))
    report(second, during)
    remind_of_returns(at=ground.week.known_until)


def moment(ground: Ground, day: int, hour: int, minute: int = 0) -> datetime.datetime:
    """Day 0 is the first of the week."""
    return ground.week.moment(1 + day, hour, minute)


def day_of(ground: Ground, day: int) -> datetime.date:
    return local_day(moment(ground, day, 12))


def opened(ground: Ground, staff: dict[str, User], chance: random.Random, row: dict[str, Any]) -> ReturnCall:
    by, at = staff[CITY], moment(ground, row["opened"], 9)
    details = CallDetails(
        row["name"], day_of(ground, row["town_due"]), day_of(ground, row["county_due"]), row["instruction"]
    )
    organisation = ground.organisations[CITY]
    call = create_call(ground.programme, organisation, details=details, key=drawn_uuid(chance), by=by, at=at)
    for count, field in enumerate(row["fields"], start=1):
        values = {name: value for name, value in field.items() if name != "optional"}
        asked = FieldDetails(**values, is_required=not field.get("optional", False))
        add_field(call, details=asked, edit_count=count, by=by, at=at)
    call.refresh_from_db()
    desks: list[Organisation] = [each for level in row["asks"] for each in LEVELS[level](call)]
    call = choose_organisations(call, desks, edit_count=call.edit_count, by=by, at=at)
    return open_call(call, edit_count=call.edit_count, by=by, at=at)


def codes_of(call: ReturnCall, level: str = "county") -> list[str]:
    found = call.submissions.filter(level=level).order_by("organisation__path", "pk")
    return list(found.values_list("organisation__code", flat=True))


def report(office: Office, row: dict[str, Any]) -> None:
    """Towns first, then the counties, yesterday evening when the day's last session was over."""
    evening = [moment(office.ground, 1, 21, 10), moment(office.ground, 1, 21, 50)]
    for level, at in zip(("town", "county"), evening, strict=True):
        for code in codes_of(office.call, level):
            if code not in row["silent"]:
                send(office, code, at=at)
                decide(office, code, row, at=at + datetime.timedelta(minutes=30))
    late = moment(office.ground, 1, 23, 10)
    for code in row["again"]:
        send_back(office, code, comment="请补充一篇市级媒体的报道。", at=late)
        send(office, code, at=late + datetime.timedelta(minutes=20))
        accept(office, code, at=late + datetime.timedelta(minutes=30))


def decide(office: Office, code: str, row: dict[str, Any], *, at: datetime.datetime) -> None:
    if code in row["sent_back"]:
        words = row["sent_back"][code]
        field = office.call.fields.get(name=words["field"])
        send_back(office, code, comment=words["comment"], fields={field: words["text"]}, at=at)
    elif code not in row["submitted"]:
        accept(office, code, at=at)


def send(office: Office, code: str, *, at: datetime.datetime) -> None:
    """Fill in and submit, with the figures of the organisation's part."""
    submission, by = office.of(code), office.staff[code]
    sums = sums_of(submission)
    fields = [each.field for each in sums]
    towns = towns_without_return(submission)
    saved = save_return(
        submission,
        answers={each.field: answer(office.chance, each) for each in sums if not each.field.is_figure},
        note="",
        covered=towns[: len(towns) * 2 // 3],
        edit_count=submission.edit_count,
        by=by,
        at=at,
    )
    submit_return(saved, figures=figures(office, saved, fields, at), edit_count=saved.edit_count, by=by, at=at)


def figures(
    office: Office, submission: ReturnSubmission, fields: Iterable[ReturnField], at: datetime.datetime
) -> dict[ReturnField, FrozenFigure]:
    asked = [field for field in fields if field.is_figure]
    found = figures_of_tree(office.ground.programme, [field.figure for field in asked], submission.organisation)
    pairs = [(field, found[field.figure]) for field in asked]
    return {
        field: FrozenFigure(figure.quantity, figure_digest(figure, figure.folded_records().root), at)
        for field, figure in pairs
    }


def answer(chance: random.Random, each: FieldSum) -> Answer:
    """People of a whole county are no fewer than those of its largest town."""
    field = each.field
    if field.is_text:
        return Answer(text=chance.choice(TEXTS))
    first, last, step, hedges = DRAWN[field.unit]
    qualifier = chance.choice(hedges)
    least = 0 if field.adds_up else max((int(part.quantity.value) for part in each.parts if part.quantity), default=0)
    amount = least + chance.randrange(first, last, step)
    rounded = amount // 10 * 10 if qualifier == Qualifier.AT_LEAST and amount > 10 else amount
    return Answer(rounded, qualifier)


def accept(office: Office, code: str, *, at: datetime.datetime) -> None:
    submission = office.of(code)
    accept_return(submission, sent_step=submission.sent_step_id or 0, by=office.above(submission), at=at)


def send_back(
    office: Office,
    code: str,
    *,
    comment: str,
    fields: dict[ReturnField, str] | None = None,
    at: datetime.datetime,
) -> None:
    submission = office.of(code)
    send_back_return(
        submission,
        comment=comment,
        field_comments=fields or {},
        sent_step=submission.sent_step_id or 0,
        by=office.above(submission),
        at=at,
    )
