"""Recognitions of the city: made by the operations of the site, as its pages would have made them, day by day."""

import datetime
import random
from dataclasses import dataclass
from typing import Any

from qixue.core.clock import local_day
from qixue.demo.city.activities import Ground
from qixue.demo.city.catalogue import read
from qixue.demo.city.chance import drawn_uuid, stream
from qixue.demo.city.names import person_name
from qixue.people.models import User
from qixue.programme.models import Nomination, RecognitionCall
from qixue.programme.operations.nomination_consents import ConsentDetails, record_consent
from qixue.programme.operations.nomination_reviews import (
    decline_nomination,
    pass_on_nomination,
    send_back_nomination,
)
from qixue.programme.operations.nominations import NominationDetails, draft_nomination, submit_nomination
from qixue.programme.operations.objections import ObjectionDetails, file_objection, settle_objection
from qixue.programme.operations.public_notices import (
    award_nominations,
    end_notices,
    open_public_notice,
    recommend_upward,
)
from qixue.programme.operations.recognition_calls import CallDetails, StageDetails, close_call, open_call

DAY = datetime.timedelta(days=1)
HOUR = datetime.timedelta(hours=1)
SHOWN = ("notice", "awarded")  # those that come as far as the public notice
CLIMBING = (*SHOWN, "arrived")  # those that reach the level that decides


@dataclass(frozen=True)
class Bureau:
    """Who takes the steps, and when today is."""

    ground: Ground
    staff: dict[str, User]
    chance: random.Random

    def moment(self, days: int, hours: int = 10) -> datetime.datetime:
        return self.ground.week.known_until - days * DAY + hours * HOUR

    def day(self, days: int) -> datetime.date:
        return self.ground.week.today - days * DAY


def create_recognitions(ground: Ground, staff: dict[str, User]) -> None:
    bureau = Bureau(ground, staff, stream(ground.seed, "recognitions"))
    for row in read("recognitions.yaml"):
        call = opened(bureau, row)
        pairs = [(each, nominated(bureau, call, each)) for each in row["nominees"]]
        if "notice" in row:
            finish(bureau, call, row, [(each, found) for each, found in pairs if each["way"] in SHOWN])


def opened(bureau: Bureau, row: dict[str, Any]) -> RecognitionCall:
    stages = {
        level: StageDetails(due_on=bureau.day(stage["due"]), quota=stage.get("quota"))
        for level, stage in row["stages"].items()
    }
    details = CallDetails(
        kind=row["kind"],
        name=row["name"],
        conditions=row["conditions"],
        nominate_until=bureau.day(row["until"]),
        place_count=row["places"],
        notice_days=row["notice_days"],
        stages=stages,
    )
    ground = bureau.ground
    return open_call(
        ground.programme,
        ground.organisations[row["decider"]],
        details=details,
        key=drawn_uuid(bureau.chance),
        by=bureau.staff[row["decider"]],
        at=bureau.moment(row["opened"], 9),
    )


def nominated(bureau: Bureau, call: RecognitionCall, row: dict[str, Any]) -> Nomination:
    """A nomination as far as its way goes."""
    organisation, by = bureau.ground.organisations[row["by"]], bureau.staff[row["by"]]
    details = NominationDetails(
        name=row.get("title") or person_name(bureau.chance, birth_year=row["birth"]),
        story=row["story"],
        affiliation=row["affiliation"],
        contact=organisation.phone,
        brand=bureau.ground.brands[row["brand"]] if "brand" in row else None,
    )
    at = bureau.moment(row["at"])
    nomination = draft_nomination(call, organisation, details=details, key=drawn_uuid(bureau.chance), by=by, at=at)
    if row["consent"] != "none":
        agreed = ConsentDetails(nomination.name, given_on=local_day(at), method=row["consent"])
        if row.get("title"):
            agreed = ConsentDetails("负责人", given_on=local_day(at), method=row["consent"])
        record_consent(nomination, details=agreed, by=by, at=at)
        nomination.refresh_from_db()
    if row["way"] == "draft":
        return nomination
    nomination = submit_nomination(nomination, edit_count=nomination.edit_count, by=by, at=at + HOUR)
    return reviewed(bureau, nomination, row)


def reviewed(bureau: Bureau, nomination: Nomination, row: dict[str, Any]) -> Nomination:
    """Through the levels, one a day, as far as its way goes."""
    at = bureau.moment(row["at"]) + DAY
    while row["way"] in CLIMBING and nomination.waits_at_id != nomination.call.organisation_id:
        by, read = judge_of(bureau, nomination), nomination.edit_count
        nomination = pass_on_nomination(nomination, rank=row.get("rank"), edit_count=read, by=by, at=at)
        at += DAY
    if row["way"] in ("sent_back", "declined"):
        decide = send_back_nomination if row["way"] == "sent_back" else decline_nomination
        by, read = judge_of(bureau, nomination), nomination.edit_count
        nomination = decide(nomination, comment=row["reason"], edit_count=read, by=by, at=at)
    return nomination


def judge_of(bureau: Bureau, nomination: Nomination) -> User:
    desk = nomination.waits_at
    if desk is None:
        raise ValueError(f"Nomination {nomination.pk} waits nowhere.")
    return bureau.staff[desk.code]


def finish(
    bureau: Bureau, call: RecognitionCall, row: dict[str, Any], pairs: list[tuple[dict[str, Any], Nomination]]
) -> None:
    """The public notice with what was objected to and, where it is over, the result."""
    by = bureau.staff[row["decider"]]
    shown = [nomination for _each, nomination in pairs]
    open_public_notice(call, shown, by=by, at=bureau.moment(row["notice"]))
    for each in row.get("objections", []):
        object_to(bureau, shown[-each["against"]], each, by)
    if "awarded" not in row:
        return
    end_notices(at=bureau.moment(row["ended"], 0))
    award_nominations(call, shown, by=by, at=bureau.moment(row["awarded"]))
    for each, nomination in pairs:
        if each.get("recommend"):
            recommend_upward(nomination, by=by, at=bureau.moment(row["awarded"], 15))
    close_call(call, by=by, at=bureau.moment(row["awarded"], 16))


def object_to(bureau: Bureau, nomination: Nomination, row: dict[str, Any], judge: User) -> None:
    details = ObjectionDetails(row["text"], name=row.get("name", ""), phone=row.get("phone", ""))
    key, at = drawn_uuid(bureau.chance), bureau.moment(row["days"], 11)
    objection = file_objection(nomination, details=details, key=key, at=at)
    if "settled" in row:
        finding, at = row["finding"], bureau.moment(row["settled"], 15)
        settle_objection(objection, is_upheld=row["upheld"], finding=finding, by=judge, at=at)
