"""What changed behind a figure is told by activity, session and day, and names nobody."""

import datetime

import pytest
from django.utils.translation import override
from tests.counted import check_in, head_count
from tests.factories import NOON, ActivityFactory, ProgrammeFactory, SessionFactory, key
from tests.factories_afterwards import organiser_of
from tests.ledger_histories import void

from qixue.core.quantity import Qualifier
from qixue.figures.models import NamedFigure
from qixue.figures.queries import figures_named
from qixue.participation.models import LedgerEntry
from qixue.participation.operations.ledger import correct_entry
from qixue.participation.queries.ledger_heads import ledger_heads
from qixue.programme.models import Activity, Programme, Session
from qixue.report.difference_words import RecordNames
from qixue.report.differences import Stand, differences, stand_now
from qixue.report.seal_format import FORMAT
from qixue.report.sealing import states_in
from qixue.report.verdicts import NamedChange

pytestmark = pytest.mark.django_db
FIGURES = {"F1": "attendance", "F2": "participants", "F3": "sessions_total"}


@pytest.fixture
def programme() -> Programme:
    """Two came by name to the first session, and forty heads were counted at the second, which has no day."""
    programme = ProgrammeFactory(code="week")
    for position, (code, definition) in enumerate(FIGURES.items()):
        NamedFigure.objects.create(programme=programme, code=code, definition=definition, position=position)
    tea = ActivityFactory(programme=programme, code="tea", title="认识家乡的茶", title_en="Tea of our county")
    check_in(SessionFactory(activity=tea, number=1), key(), key())
    second = SessionFactory(activity=tea, number=2, counting_rule=Session.CountingRule.HEAD_COUNT)
    head_count(second, 40)
    Session.objects.filter(number=2).update(starts_at=None, ends_at=None)
    return programme


@pytest.fixture
def before(programme: Programme) -> Stand:
    """As it would be sealed now."""
    lengths = tuple((head.organisation, head.length) for head in ledger_heads(programme))
    return Stand(programme.code, FORMAT, states_in(FORMAT, figures_named(programme, list(FIGURES))), lengths)


def told(programme: Programme, before: Stand, *, for_public: bool = False) -> list[NamedChange]:
    """Once for all figures."""
    found = differences(before, stand_now(programme, before))
    return RecordNames(programme, found, for_public=for_public).changes(*found)


def session(number: int) -> Session:
    return Session.objects.select_related("activity__organisation", "activity__programme").get(number=number)


def entry(sequence: int) -> LedgerEntry:
    return LedgerEntry.objects.select_related("organisation").get(sequence=sequence)


@pytest.mark.parametrize(
    ("language", "sentence", "figures"),
    [
        ("zh-hans", "《认识家乡的茶》第1场（11月4日）：1条签到记录作废", ("参与人次", "参与人数")),
        ("en", "“Tea of our county”, session 1 (November 4): 1 check-in voided", ("Attendances", "People taking part")),
    ],
)
def test_void_is_told_once_with_the_figures_it_touches(
    programme: Programme, before: Stand, language: str, sentence: str, figures: tuple[str, ...]
) -> None:
    void(entry(2))

    with override(language):
        [change] = told(programme, before)

    assert (change.sentence, change.session_id) == (sentence, session(1).pk)
    assert change.figures == figures


def test_all_that_happened_at_a_session_is_one_sentence(programme: Programme, before: Stand) -> None:
    void(entry(1))
    check_in(session(1), key(), key())

    [change] = told(programme, before)

    assert change.sentence == "《认识家乡的茶》第1场（11月4日）：1条签到记录作废、新增2条签到记录"


def test_correction_and_what_it_replaced_are_one(programme: Programme, before: Stand) -> None:
    given = {"count": 46, "qualifier": Qualifier.EXACT, "reason": "补报", "evidence": None}
    correct_entry(entry(3), by=organiser_of(entry(3).activity), at=NOON, client_uuid=key(), **given)

    [change] = told(programme, before)

    assert change.sentence == "《认识家乡的茶》第2场：1条人数记录更正"


def test_session_that_moved_to_another_day_is_told(programme: Programme, before: Stand) -> None:
    Session.objects.filter(number=1).update(starts_at=NOON.replace(day=3))

    [change] = told(programme, before)

    assert change.sentence == "《认识家乡的茶》第1场（11月3日）：该场次有变动"


def test_public_is_not_told_the_title_of_an_activity_that_is_not_public(programme: Programme, before: Stand) -> None:
    Activity.objects.update(state=Activity.State.DRAFT)

    [public] = told(programme, before, for_public=True)
    staff = told(programme, before)

    assert (public.sentence, public.session_id) == ("未公开的活动：到场记录不再计入、该场次不再计入", None)
    assert [each.sentence[:9] for each in staff] == ["《认识家乡的茶》第"] * 2


def test_of_many_sessions_twenty_are_named(programme: Programme, before: Stand) -> None:
    for day in range(23):
        starts_at = NOON - datetime.timedelta(days=day)
        check_in(SessionFactory(activity=Activity.objects.get(), starts_at=starts_at, ends_at=None), key())

    named = told(programme, before)

    assert (len(named), named[-1].sentence) == (21, "另有3条")
