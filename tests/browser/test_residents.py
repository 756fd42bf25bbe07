"""The pages of a household on a phone: what axe finds, what is too wide, what a finger misses; in both text sizes."""

import datetime
from collections.abc import Callable
from dataclasses import dataclass

import pytest
from django.urls import reverse
from playwright.sync_api import Page
from tests.browser.conftest import PHONE, Reader
from tests.browser.test_pages import faults, small_targets
from tests.browser.test_workspace import sign_in
from tests.factories import MemberFactory, OpenSessionFactory, RegistrationFactory, ResidentFactory, key
from tests.factories_afterwards import attend, course, organiser_of, rule_for, sessions_of

from qixue.core.clock import now
from qixue.participation.models import Certificate, LearningEntry, Registration, RegistrationTerms
from qixue.participation.operations.certificates import issue_certificates
from qixue.participation.operations.learning_record import EntryDetails, declare_learning
from qixue.participation.operations.lotteries import keep_lotteries
from qixue.participation.operations.registrations import register
from qixue.participation.operations.walls import show_wall
from qixue.people.models import Resident
from qixue.programme.models import Session

pytestmark = pytest.mark.django_db(transaction=True)
HOUR = datetime.timedelta(hours=1)
OPEN_TO_ALL = ["/me/sign-in/", "/me/data/erased/", "/verify/", "/verify/credential/"]


@dataclass(frozen=True)
class Household:
    """A mother with a child, and one thing of each kind that their pages show."""

    mother: Resident
    child: Resident
    rows: dict[str, Registration]  # with a seat, waiting, offered
    drawn: Session
    attended: Session
    certificate: Certificate
    learnt: LearningEntry


@pytest.fixture
def household() -> Household:
    at = now()
    mother = MemberFactory(name="王秀英")
    child = ResidentFactory(name="李小宝", guardian=mother, birth_year=2000)
    soon, drawn = (OpenSessionFactory(starts_at=at + HOUR, ends_at=at + 2 * HOUR) for _number in range(2))
    show_wall(soon, by=organiser_of(soon.activity), at=at)
    RegistrationTerms.objects.create(session=drawn, allotment="lottery", closes_at=at + HOUR / 2)
    keep_lotteries(at=at)
    rows = {
        "seat": register(soon, people=[mother], party=key(), by=mother.user, at=at)[0],
        "entry": register(drawn, people=[mother, child], party=key(), by=mother.user, at=at)[0],
        "waiting": RegistrationFactory(resident=mother, waiting_number=1, **days_ahead(at)),
        "offer": RegistrationFactory(resident=mother, state="offered", offered_until=at + HOUR, **days_ahead(at)),
    }
    activity = course(sessions=1)
    (attended,) = sessions_of(activity)
    Session.objects.filter(pk=attended.pk).update(starts_at=at - 30 * HOUR, ends_at=at - 28 * HOUR)
    attended.refresh_from_db()
    attend(attended, mother, at=at)
    rule_for(activity, least=1)
    (certificate,) = issue_certificates(activity, people=[mother], by=organiser_of(activity), at=at)
    details = EntryDetails(outcome_type="award", title="书法比赛二等奖", ended_on=datetime.date(2023, 6, 12))
    learnt = declare_learning(mother, details=details, client_uuid=key(), by=mother.user, at=at)
    return Household(mother, child, rows, drawn, attended, certificate, learnt)


def days_ahead(at: datetime.datetime) -> dict[str, datetime.datetime]:
    return {"session__starts_at": at + 48 * HOUR, "session__ends_at": at + 50 * HOUR}


def own_paths(home: Household) -> list[str]:
    child, seat = home.child.pk, home.rows["seat"]
    return [
        *(reverse(f"me:{name}") for name in ("home", "calendar", "profile", "household", "new_dependent", "take_over")),
        *(reverse(f"me:{name}") for name in ("data", "erase", "feedback", "record")),
        *(reverse(f"me:{name}", args=[child]) for name in ("edit_dependent", "hand_on", "erase_dependent")),
        *(reverse("me:registration", args=[row.party]) for row in home.rows.values()),
        *(reverse(f"me:{name}", args=[seat.party]) for name in ("tickets", "cancel", "transfer")),
        reverse("me:register", args=[home.rows["waiting"].session_id]),
        reverse("me:here", args=[seat.session_id]),
        reverse("me:give_feedback", args=[home.attended.pk, home.mother.pk]) + "?face=good",
        reverse("me:person_record", args=[home.mother.pk]),
        reverse("me:person_record", args=[child]),
        reverse("me:new_learning_entry", args=[home.mother.pk]),
        reverse("me:edit_learning_entry", args=[home.learnt.pk]),
        reverse("me:delete_learning_entry", args=[home.learnt.pk]),
    ]


def public_paths(home: Household) -> list[str]:
    return [
        *OPEN_TO_ALL,
        reverse("public:certificate", args=[home.certificate.printed_serial]),
        reverse("public:draw", args=[home.drawn.pk]),
    ]


def test_pages_of_a_household_can_be_used_by_everybody(
    household: Household,
    open_browser: Callable[..., Reader],
    axe_violations: Callable[[Page], list[str]],
    language: str,
    elder: bool,
) -> None:
    reader = open_browser(language=language, elder=elder, size=PHONE)

    found = list(faults(reader, public_paths(household), axe_violations))
    sign_in(reader, household.mother.user)
    found += faults(reader, own_paths(household), axe_violations)

    assert found == []


@pytest.mark.parametrize(("elder", "least"), [(False, 44), (True, 60)])
def test_controls_of_a_household_are_large_enough_for_a_finger(
    household: Household, open_browser: Callable[..., Reader], elder: bool, least: int
) -> None:
    reader = open_browser(elder=elder, size=PHONE)

    small = {path: small_targets(reader.visit(path), least) for path in public_paths(household)}
    sign_in(reader, household.mother.user)
    small |= {path: small_targets(reader.visit(path), least) for path in own_paths(household)}

    assert {path: found for path, found in small.items() if found} == {}


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_largest_text_of_a_household_fits_a_phone(
    household: Household, open_browser: Callable[..., Reader], language: str
) -> None:
    reader = open_browser(language=language, size=PHONE)
    reader.context.add_cookies([{"name": "qixue_elder", "value": "2", "url": reader.site}])
    sign_in(reader, household.mother.user)

    wide = {
        path: reader.visit(path) and reader.overflow() for path in [*public_paths(household), *own_paths(household)]
    }

    assert {path: pixels for path, pixels in wide.items() if pixels > 0} == {}


@pytest.mark.parametrize("width", [320, 390])
@pytest.mark.parametrize("text_size", ["1", "2"])
def test_bars_of_a_phone_are_one_row_in_large_text(
    household: Household, open_browser: Callable[..., Reader], language: str, text_size: str, width: int
) -> None:
    reader = open_browser(language=language, size={**PHONE, "width": width})
    reader.context.add_cookies([{"name": "qixue_elder", "value": text_size, "url": reader.site}])

    page = reader.visit(reverse("public:home"))

    middles = """name => [...document.querySelectorAll(name)]
        .map(each => each.getBoundingClientRect()).map(box => box.top + box.height / 2)"""
    tops, bottoms = (page.evaluate(middles, name) for name in (".mark, .tools .chip", ".tabbar a"))
    assert max(tops) - min(tops) < 1
    assert max(bottoms) - min(bottoms) < 1
    assert page.evaluate("getComputedStyle(document.querySelector('.tabbar')).position") == "sticky"
    assert reader.overflow() <= 0


@pytest.mark.parametrize("text_size", ["", "1", "2"])
def test_ticket_shows_code_and_digits_on_the_first_screen(
    household: Household, open_browser: Callable[..., Reader], language: str, text_size: str
) -> None:
    reader = open_browser(language=language, size=PHONE)
    reader.context.add_cookies([{"name": "qixue_elder", "value": text_size, "url": reader.site}])
    sign_in(reader, household.mother.user)

    page = reader.visit(reverse("me:tickets", args=[household.rows["seat"].party]))

    top = page.evaluate("document.querySelector('.tabbar').getBoundingClientRect().top")
    lowest = max(
        page.evaluate("name => document.querySelector(name).getBoundingClientRect().bottom", name)
        for name in (".qr", ".digits")
    )
    assert lowest <= min(top, PHONE["height"])
