"""A session before the week, whose head count came late: within the week itself nothing can be three days late yet."""

import datetime

from qixue.core.quantity import Qualifier
from qixue.demo.city.activities import Ground
from qixue.demo.city.attendance import note
from qixue.demo.city.chance import drawn_uuid, stream
from qixue.participation.models import LedgerEntry
from qixue.participation.operations.ledger import EntryDraft, append_entries
from qixue.people.models import User
from qixue.programme.models import Activity, Session

ORGANISATION, VENUE = "ln-sanpai", "ln-sanpai-square"
TITLE, TITLE_EN = "歌堂坪上话学习：活动周预热", "Learning on the song square: before the week begins"
DAY = -6  # of the week, whose first is 1: a week before it
HOURS = 2
LATE = datetime.timedelta(days=5, hours=3)  # from its end to the head count
COUNT = 86
NOTE = "现场清点{count}人；当时没有网络，回到镇上几天后才补录。"


def create_prelude(ground: Ground, staff: dict[str, User]) -> None:
    """To be called before anything else is counted for its organisation: a ledger runs forward in time."""
    starts_at = ground.week.moment(DAY, 15)
    ends_at = starts_at + datetime.timedelta(hours=HOURS)
    session = create_session(ground, starts_at, ends_at)
    evidence = note(f"{TITLE}：{NOTE.format(count=COUNT)}", ends_at + LATE)
    evidence.save()
    draft = EntryDraft(
        kind=LedgerEntry.Kind.HEAD_COUNT,
        activity=session.activity,
        session=session,
        source=LedgerEntry.Source.STAFF,
        actor=staff[ORGANISATION],
        occurred_at=starts_at,
        recorded_at=ends_at + LATE,
        count=COUNT,
        qualifier=Qualifier.EXACT,
        evidence=evidence,
        client_uuid=drawn_uuid(stream(ground.seed, "prelude")),
    )
    append_entries(session.activity.organisation, [draft])


def create_session(ground: Ground, starts_at: datetime.datetime, ends_at: datetime.datetime) -> Session:
    organisation = ground.organisations[ORGANISATION]
    activity = Activity.objects.create(
        programme=ground.programme,
        organisation=organisation,
        region=organisation.region,
        code=f"prelude-{ORGANISATION}",
        title=TITLE,
        title_en=TITLE_EN,
        kind=Activity.Kind.ARTS,
        state=Activity.State.PUBLISHED,
    )
    return Session.objects.create(
        activity=activity,
        venue=ground.venues[VENUE],
        starts_at=starts_at,
        ends_at=ends_at,
        counting_rule=Session.CountingRule.HEAD_COUNT,
        state=Session.State.HELD,
    )
