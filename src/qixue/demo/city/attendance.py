"""Who came: check-ins, walk-ins, entries of village cadres and head counts, with a few mistakes set right."""

import datetime
import hashlib
import random
import uuid
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from qixue.core.quantity import Qualifier
from qixue.demo.city.activities import Planned
from qixue.demo.city.arrivals import Arrival, minutes_after
from qixue.demo.city.chance import drawn_uuid, stream
from qixue.demo.city.oddities import odd_arrivals, odd_counts
from qixue.demo.city.registrations import Crowd, appetite
from qixue.demo.city.residents import Inhabitant
from qixue.demo.city.week import Week
from qixue.participation.models import Evidence, LedgerEntry, Participant, Registration
from qixue.participation.operations.ledger import EntryDraft, append_entries, correct_entry, void_entry
from qixue.people.models import User
from qixue.programme.models import Programme, Session

CORRECTIONS = 8
VOIDS = 6
SHOW_UP = 0.82
EVIDENCE = {
    Qualifier.EXACT: "现场清点{count}人，两名工作人员分别点数，结果一致。",
    Qualifier.ABOUT: "场地开放、人员流动，按分区估算约{count}人。",
    Qualifier.AT_LEAST: "座位坐满{count}人，站着听的没有逐一清点。",
}
EVIDENCE_OF_OTHERS = "未登记姓名的{count}人，门口志愿者用计数器记录。"
FEWER = "把工作人员也数进去了，已扣除"
MORE = ("签到表还有第二页，补计入内", "两个入口分别计数，合计时漏加一处")
VOID_REASONS = ("替同行的人多签了一次，本人未到", "签到时选错了场次")

Registered = dict[int, list[tuple[Inhabitant, Registration]]]


@dataclass(frozen=True)
class Hall:
    """What every session that was held is filled from."""

    week: Week
    programme: Programme
    crowd: Crowd
    registered: Registered
    staff: dict[str, User]


def create_attendance(seed: int, hall: Hall, planned: Sequence[Planned]) -> None:
    """Fill the sessions that were held, organisation by organisation, each in the order of recording."""
    chance = stream(seed, "attendance")
    held = [row for row in planned if row.session.state == Session.State.HELD and not row.offer.is_draft]
    arrivals = {row.session.pk: list(arrivals_at(chance, hall, row)) for row in held}
    tokens = create_tokens(chance, hall.programme, [item.person for rows in arrivals.values() for item in rows])
    odd = stream(seed, "oddities")
    added = odd_arrivals(odd, hall.crowd, held, arrivals)
    strangers = [arrival.person for _row, arrival in added if arrival.person.resident.pk not in tokens]
    tokens |= create_tokens(odd, hall.programme, strangers)
    for row, arrival in added:
        arrivals[row.session.pk].append(arrival)
    counts = {row.session.pk: count for row in held if (count := drawn_count(chance, row))}
    counts |= odd_counts(held, counts, arrivals)
    evidence = create_evidence(held, counts)
    drafts: dict[str, list[EntryDraft]] = {}
    for row in held:
        actor = hall.staff[row.organisation.code]
        mine = drafts.setdefault(row.organisation.code, [])
        mine += [named_draft(chance, row, item, actor, tokens) for item in arrivals[row.session.pk]]
        if row.session.pk in counts:
            mine.append(head_draft(chance, row, actor, counts[row.session.pk], evidence[row.session.pk]))
    entries: list[LedgerEntry] = []
    for code in sorted(drafts):
        ordered = sorted(drafts[code], key=lambda draft: draft.recorded_at)
        entries += append_entries(ordered[0].activity.organisation, ordered)
    set_right(chance, hall, entries)


def arrivals_at(chance: random.Random, hall: Hall, row: Planned) -> Iterator[Arrival]:
    """Most of those with a place, and now and then somebody who walks in."""
    starts_at, ends_at = row.starts_at, row.ends_at
    for person, registration in hall.registered.get(row.session.pk, []):
        is_certain = person.resident.user_id is not None
        if registration.state != Registration.State.CONFIRMED or not (is_certain or chance.random() < SHOW_UP):
            continue
        at = starts_at + datetime.timedelta(seconds=chance.randint(-1500, 600))
        if registration.source == Registration.Source.CADRE:
            yield Arrival(person, LedgerEntry.Source.CADRE, at, minutes_after(ends_at, chance.randint(5, 60)))
        else:
            yield Arrival(person, LedgerEntry.Source.DOOR, at, at)
    if not row.session.seat_count:
        return
    wanted = chance.randint(0, 5)
    for person in hall.crowd.drawn(chance, row):
        if wanted == 0:
            break
        if hall.crowd.take(person, row):
            wanted -= 1
            at = starts_at + datetime.timedelta(seconds=chance.randint(-600, 1200))
            yield Arrival(person, LedgerEntry.Source.WALK_IN, at, at)


def create_tokens(chance: random.Random, programme: Programme, people: Sequence[Inhabitant]) -> dict[int, uuid.UUID]:
    """The random token of each person who came, by the key of the resident."""
    tokens: dict[int, uuid.UUID] = {}
    for person in people:
        if person.resident.pk not in tokens:
            tokens[person.resident.pk] = drawn_uuid(chance)
    Participant.objects.bulk_create(
        (Participant(resident_id=key, programme=programme, token=token) for key, token in tokens.items()),
        batch_size=900,
    )
    return tokens


def drawn_count(chance: random.Random, row: Planned) -> tuple[int, Qualifier] | None:
    """The head count of a session: of everybody, of those who gave no name, or none where a list names all."""
    rule = row.session.counting_rule
    if rule == Session.CountingRule.LIST:
        return None
    if rule == Session.CountingRule.LIST_AND_OTHERS:
        count = round((row.session.seat_count or 0) * chance.uniform(0, 0.3) * appetite(row))
        return (count, Qualifier.EXACT) if count else None
    count = max(8, round(row.offer.crowd * appetite(row) * chance.uniform(0.7, 1.3)))
    qualifier = chance.choices([Qualifier.EXACT, Qualifier.ABOUT, Qualifier.AT_LEAST], [60, 28, 12])[0]
    return (count if qualifier is Qualifier.EXACT else max(10, count // 10 * 10)), qualifier


def create_evidence(held: Sequence[Planned], counts: dict[int, tuple[int, Qualifier]]) -> dict[int, Evidence]:
    """A written note behind each head count, by the key of the session."""
    made: dict[int, Evidence] = {}
    for row in held:
        if row.session.pk not in counts:
            continue
        count, qualifier = counts[row.session.pk]
        has_names = row.session.counting_rule == Session.CountingRule.LIST_AND_OTHERS
        text = (EVIDENCE_OF_OTHERS if has_names else EVIDENCE[qualifier]).format(count=count)
        made[row.session.pk] = note(f"{row.session.activity.title}：{text}", minutes_after(row.ends_at, 10))
    Evidence.objects.bulk_create(made.values())
    return made


def note(text: str, at: datetime.datetime) -> Evidence:
    digest = hashlib.sha256(text.encode()).hexdigest()
    return Evidence(kind=Evidence.Kind.NOTE, text=text, digest=digest, created_at=at)


def named_draft(
    chance: random.Random, row: Planned, item: Arrival, actor: User, tokens: dict[int, uuid.UUID]
) -> EntryDraft:
    return EntryDraft(
        kind=LedgerEntry.Kind.ATTENDANCE,
        activity=row.session.activity,
        session=row.session,
        source=item.source,
        actor=actor,
        occurred_at=item.occurred_at,
        recorded_at=item.recorded_at,
        person_token=tokens[item.person.resident.pk],
        client_uuid=drawn_uuid(chance),
    )


def head_draft(
    chance: random.Random, row: Planned, actor: User, counted: tuple[int, Qualifier], evidence: Evidence
) -> EntryDraft:
    count, qualifier = counted
    return EntryDraft(
        kind=LedgerEntry.Kind.HEAD_COUNT,
        activity=row.session.activity,
        session=row.session,
        source=LedgerEntry.Source.STAFF,
        actor=actor,
        occurred_at=row.starts_at,
        recorded_at=minutes_after(row.ends_at, chance.randint(15, 70)),
        count=count,
        qualifier=qualifier,
        evidence=evidence,
        client_uuid=drawn_uuid(chance),
    )


def set_right(chance: random.Random, hall: Hall, entries: Sequence[LedgerEntry]) -> None:
    """On the evening of day 2, after the last session, mistakes are corrected and taken back."""
    heads = [entry for entry in entries if entry.kind == LedgerEntry.Kind.HEAD_COUNT]
    names = [entry for entry in entries if entry.kind == LedgerEntry.Kind.ATTENDANCE]
    at = hall.week.moment(2, 23)
    for entry in chance.sample(heads, CORRECTIONS):
        at += datetime.timedelta(minutes=2)
        difference = chance.choice([-6, -3, 4, 9, 12])
        correct_entry(
            entry,
            count=max(1, entry.count + difference),
            qualifier=Qualifier.EXACT,
            reason=FEWER if difference < 0 else chance.choice(MORE),
            evidence=None,
            by=hall.staff[entry.organisation.code],
            at=at,
            client_uuid=drawn_uuid(chance),
        )
    for entry in chance.sample(names, VOIDS):
        at += datetime.timedelta(minutes=2)
        by = hall.staff[entry.organisation.code]
        void_entry(entry, reason=chance.choice(VOID_REASONS), by=by, at=at, client_uuid=drawn_uuid(chance))
