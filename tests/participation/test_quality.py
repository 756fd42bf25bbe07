"""What looks odd in the records."""

import datetime
from functools import partial

import pytest
from tests.counted import check_in, head_count
from tests.factories import (
    NOON,
    ActivityFactory,
    OrganisationFactory,
    ProgrammeFactory,
    SessionFactory,
    UserFactory,
    VenueFactory,
    key,
)

from qixue.core.figures import Scope
from qixue.core.quantity import Qualifier
from qixue.participation.models import LedgerEntry
from qixue.participation.operations.ledger import EntryDraft, append_entries
from qixue.participation.queries.quality import (
    CHECKS,
    Found,
    entered_by_proxy,
    findings_of,
    late_head_counts,
    over_capacity,
    round_numbers,
    two_places_at_once,
)
from qixue.people.models import Organisation
from qixue.programme.models import Programme, Session

pytestmark = pytest.mark.django_db
HOUR = datetime.timedelta(hours=1)
DAY = datetime.timedelta(days=1)
count = partial(head_count, at=NOON + DAY)


@pytest.fixture
def programme() -> Programme:
    return ProgrammeFactory(code="week")


def held(programme: Programme, title: str, *, organisation: Organisation | None = None, **changes: object) -> Session:
    activity = ActivityFactory(programme=programme, title=title, organisation=organisation or programme.organisation)
    return SessionFactory(activity=activity, **{"starts_at": NOON, "ends_at": NOON + 2 * HOUR, **changes})


def seen(found: Found) -> list[tuple[str, str]]:
    return [(finding.session.activity.title, finding.text) for finding in findings_of(found.texts.items())]


SCOPE = Scope("week")


def test_head_count_is_late_after_three_days(programme: Programme) -> None:
    end = NOON + 2 * HOUR
    count(held(programme, "按时"), 12, at=end + 3 * DAY)
    count(held(programme, "迟四天"), 12, at=end + 4 * DAY)
    count(held(programme, "迟九天"), 12, at=end + 9 * DAY)

    found = late_head_counts(SCOPE)

    assert seen(found) == [("迟九天", "活动结束后9天才录入。"), ("迟四天", "活动结束后4天才录入。")]
    assert (found.base, found.share) == (3, 67)


def test_round_numbers_are_exact_large_and_end_with_0(programme: Programme) -> None:
    count(held(programme, "估的"), 120)
    count(held(programme, "数的"), 121)
    count(held(programme, "自称约数"), 200, Qualifier.ABOUT)
    count(held(programme, "太小"), 20)

    found = round_numbers(SCOPE)

    assert seen(found) == [("估的", "点数正好是120人。")]
    assert found.base == 2


def test_more_people_than_seats_and_than_the_venue_holds(programme: Programme) -> None:
    small, large = VenueFactory(capacity=30), VenueFactory(capacity=100)
    count(held(programme, "挤满", venue=small, seat_count=20), 31)
    count(held(programme, "加座", venue=large, seat_count=20), 31)
    count(held(programme, "不知容量", venue=None, seat_count=20), 15)
    count(held(programme, "随到随学", venue=small, seat_count=None), 500)

    found = over_capacity(SCOPE)

    assert seen(found) == [("挤满", "到场31人，只容得下30人。")]
    assert found.base == 3


def test_one_person_in_two_places_at_once(programme: Programme) -> None:
    anna, ben, carl = key(), key(), key()
    check_in(held(programme, "讲座"), anna, ben)
    check_in(held(programme, "集市", starts_at=NOON + HOUR, ends_at=NOON + 3 * HOUR), anna, ben, carl)
    check_in(held(programme, "晚会", starts_at=NOON + 3 * HOUR, ends_at=NOON + 4 * HOUR), anna, carl)

    found = two_places_at_once(SCOPE)

    assert seen(found) == [("讲座", "有2人同一时间也计入别处：集市"), ("集市", "有2人同一时间也计入别处：讲座")]
    assert found.base == 3


def test_entry_that_was_taken_back_is_in_no_place(programme: Programme) -> None:
    anna = key()
    lecture, fair = held(programme, "讲座"), held(programme, "集市")
    check_in(lecture, anna)
    check_in(fair, anna)
    wrong = LedgerEntry.objects.get(session=fair)
    draft = EntryDraft(
        kind=LedgerEntry.Kind.VOID,
        activity=fair.activity,
        session=fair,
        source=LedgerEntry.Source.STAFF,
        actor=UserFactory(),
        recorded_at=NOON,
        count=0,
        reason="认错了人",
        target=wrong,
        client_uuid=key(),
    )
    append_entries(fair.activity.organisation, [draft])

    assert two_places_at_once(SCOPE).count == 0


def test_names_mostly_entered_by_others(programme: Programme) -> None:
    cadre = LedgerEntry.Source.CADRE
    mostly, half, few = held(programme, "多数代录"), held(programme, "一半"), held(programme, "人少")
    check_in(mostly, *(key() for _ in range(4)), source=cadre)
    check_in(mostly, key())
    check_in(half, *(key() for _ in range(3)), source=cadre)
    check_in(half, *(key() for _ in range(3)))
    check_in(few, *(key() for _ in range(4)), source=cadre)

    found = entered_by_proxy(SCOPE)

    assert seen(found) == [("多数代录", "5个实名中有4个由他人代录。")]
    assert found.base == 3


def test_every_check_looks_at_its_part_of_the_tree_only(programme: Programme) -> None:
    county = OrganisationFactory(parent=programme.organisation, code="liannan")
    anna, others = key(), [key() for _ in range(5)]
    own = held(programme, "本县", organisation=county, seat_count=2)
    beside = held(programme, "邻县", seat_count=2)
    for session in (own, beside):
        check_in(session, anna, *others, source=LedgerEntry.Source.CADRE)
        count(session, 40, at=NOON + 9 * DAY)

    titles = {
        code: [title for title, _text in seen(check.run(Scope("week", organisation="liannan")))]
        for code, check in CHECKS.items()
    }

    assert titles == {code: ["本县"] for code in CHECKS}


def test_programme_without_records_has_nothing_odd(programme: Programme) -> None:
    assert {(check.run(SCOPE).count, check.run(SCOPE).share) for check in CHECKS.values()} == {(0, 0)}
