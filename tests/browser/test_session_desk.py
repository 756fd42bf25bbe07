"""The desk of a session: its registrations, its door and what comes after, for everybody; and the page of a draw."""

import datetime
import re
from collections.abc import Callable
from dataclasses import dataclass

import pytest
from django.urls import reverse
from playwright.sync_api import Page, expect
from tests.browser.conftest import DESKTOP, PHONE, Reader
from tests.browser.test_pages import faults
from tests.browser.test_workspace import sign_in, troubles
from tests.factories import (
    DoorDeviceFactory,
    ListedPersonFactory,
    MemberFactory,
    OpenSessionFactory,
    RegistrationFactory,
    ResidentFactory,
    RoleAssignmentFactory,
    key,
)
from tests.factories_afterwards import attendee, course, rule_for, sessions_of

from qixue.core.clock import now
from qixue.participation.models import Certificate, Question, Registration, RegistrationTerms, Scan
from qixue.participation.operations.certificates import issue_certificates
from qixue.participation.operations.feedback import Answer, give_feedback
from qixue.participation.operations.lotteries import keep_lotteries
from qixue.participation.operations.messages import write_to_registrants
from qixue.participation.operations.questions import Asked, set_questions
from qixue.participation.operations.registrations import register
from qixue.participation.operations.walls import show_wall
from qixue.people.models import Role, User
from qixue.programme.models import Activity, Session

pytestmark = pytest.mark.django_db(transaction=True)
HOUR = datetime.timedelta(hours=1)
ANSWERS = 6  # of fewer than five organisers see nothing


@dataclass(frozen=True)
class Desk:
    """A coordinator, a session that begins soon, and an activity that is over; with everything that can be there."""

    coordinator: User
    session: Session
    registration: Registration
    scan: Scan
    past: Activity
    certificate: Certificate


@pytest.fixture
def desk() -> Desk:
    at = now()
    session = OpenSessionFactory(starts_at=at + HOUR, ends_at=at + 2 * HOUR, seat_count=40)
    OpenSessionFactory(activity=session.activity, starts_at=at + 30 * HOUR, ends_at=at + 31 * HOUR)  # to move to
    place = session.activity.organisation
    coordinator = RoleAssignmentFactory(organisation=place, role=Role.COORDINATOR).user
    rows = RegistrationFactory.create_batch(3, session=session, resident__name="李嘉明")
    RegistrationFactory(session=session, waiting_number=1)
    ListedPersonFactory(organisation=place, resident__name="李桂芳")
    set_questions(session, asked=[Asked("怎么来？", "text")], by=coordinator, at=at)
    write_to_registrants(session, client_uuid=key(), states=["confirmed"], text="请带雨具。", by=coordinator, at=at)
    show_wall(session, by=coordinator, at=at)
    past = course(sessions=1)
    RoleAssignmentFactory(organisation=past.organisation, role=Role.COORDINATOR, user=coordinator)
    return Desk(coordinator, session, rows[0], waiting_scan(session), past, afterwards(past, coordinator))


def waiting_scan(session: Session) -> Scan:
    """Of a phone that has seen the network and still holds others."""
    at = now()
    device = DoorDeviceFactory(sessions=[session], valid_until=at + 3 * HOUR, last_seen_at=at, highest_sequence=9)
    return Scan.objects.create(
        device=device,
        uuid=key(),
        sequence=1,
        digest="0" * 64,
        kind=Scan.Kind.CODE,
        session=session,
        sent={"code": "123456"},
        occurred_at=at,
        corrected_at=at,
        received_at=at,
        verdict=Scan.Verdict.REVIEW,
        reason="unknown_code",
    )


def afterwards(activity: Activity, by: User) -> Certificate:
    """People were there, said how it was, and one of them has a certificate."""
    at = now()
    (session,) = sessions_of(activity)
    Session.objects.filter(pk=session.pk).update(starts_at=at - 30 * HOUR, ends_at=at - 28 * HOUR)
    session.refresh_from_db()
    people = [attendee(activity) for _number in range(ANSWERS)]
    for person in people:
        answer = Answer("good", "content", "讲得好，听得懂。")
        give_feedback(session, person=person, answer=answer, by=person.user, at=at)
    rule_for(activity, least=1)
    return issue_certificates(activity, people=people[:1], by=by, at=at)[0]


def paths(desk: Desk) -> list[str]:
    names = (
        *("registrations", "write_to_registrants", "sign_people_up", "registration_terms", "registration_questions"),
        *("sign_in_sheet", "door_codes", "door", "new_door_device", "wall", "scans"),
    )
    device = desk.scan.device_id
    return [
        *(reverse(f"workspace:{name}", args=[desk.session.pk]) for name in names),
        *(reverse(f"workspace:{name}", args=[desk.registration.pk]) for name in ("take_out", "move_registration")),
        reverse("workspace:listed_people"),
        reverse("workspace:decide_scan", args=[desk.session.pk, desk.scan.pk]),
        reverse("workspace:revoke_door_device", args=[desk.session.pk, device]),
        *(
            reverse(f"workspace:{name}", args=[desk.past.pk])
            for name in ("feedback", "certificates", "certificate_rule", "issue_certificates")
        ),
        reverse("workspace:revoke_certificate", args=[desk.certificate.pk]),
    ]


@pytest.mark.parametrize(("language", "elder"), [("zh-hans", True), ("en", False)])
def test_desk_of_a_session_can_be_used_by_everybody(
    desk: Desk,
    open_browser: Callable[..., Reader],
    axe_violations: Callable[[Page], list[str]],
    language: str,
    elder: bool,
) -> None:
    reader = open_browser(language=language, elder=elder, size=DESKTOP)
    sign_in(reader, desk.coordinator)

    found = {path: troubles(reader, path, axe_violations) for path in paths(desk)}
    for ask in (message_to_check, people_to_check, certificates_to_check, device_link):
        found[ask.__name__] = [*axe_violations(ask(reader, desk)), *too_wide(reader)]

    assert {path: wrong for path, wrong in found.items() if wrong} == {}


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_one_long_answer_leaves_room_for_the_other_columns(
    desk: Desk, open_browser: Callable[..., Reader], language: str
) -> None:
    desk.registration.answers.create(question=Question.objects.get(), text="坐公交车来，路上要一个多小时。" * 14)
    reader = open_browser(size=DESKTOP, language=language)
    sign_in(reader, desk.coordinator)

    reader.page.goto(f"{reader.site}{reverse('workspace:registrations', args=[desk.session.pk])}")

    cells = reader.page.locator("main tbody tr", has=reader.page.locator(".answer")).locator("th, td")
    widths = [cells.nth(number).bounding_box()["width"] for number in range(cells.count())]
    lines = "all => all.map(each => each.getClientRects().length)"
    assert set(reader.page.locator("main td .nowrap").evaluate_all(lines)) == {1}
    assert widths[3] < sum(widths) * 0.45, widths


def too_wide(reader: Reader) -> list[int]:
    """On a phone."""
    reader.page.set_viewport_size(PHONE)
    pixels = reader.overflow()
    reader.page.set_viewport_size(DESKTOP)
    return [pixels] if pixels else []


def send(page: Page, url: str) -> Page:
    with page.expect_navigation(url=url):
        page.locator("main form button.btn:not(.quiet)").first.click()
    return page


def message_to_check(reader: Reader, desk: Desk) -> Page:
    page = reader.visit(reverse("workspace:write_to_registrants", args=[desk.session.pk]))
    page.locator("[name=states]").first.check()
    page.fill("[name=text]", "请提前十分钟到。")
    return send(page, "**/message/?typed=*")


def people_to_check(reader: Reader, desk: Desk) -> Page:
    page = reader.visit(reverse("workspace:sign_people_up", args=[desk.session.pk]))
    page.locator("[name=listed]").first.check()
    return send(page, "**/new/?typed=*")


def certificates_to_check(reader: Reader, desk: Desk) -> Page:
    return send(reader.visit(reverse("workspace:issue_certificates", args=[desk.past.pk])), "**/issue/?typed=*")


def device_link(reader: Reader, desk: Desk) -> Page:
    page = reader.visit(reverse("workspace:new_door_device", args=[desk.session.pk]))
    page.fill("[name=name]", "西门1号")
    return send(page, "**/devices/new/")


def test_going_back_to_a_form_with_errors_loses_nothing_and_asks_nothing(
    desk: Desk, open_browser: Callable[..., Reader]
) -> None:
    mother = MemberFactory()
    ResidentFactory(guardian=mother)  # with two there is somebody to choose
    reader = open_browser(size=PHONE)
    sign_in(reader, mother.user)
    page = reader.visit(reverse("me:register", args=[desk.session.pk]))
    page.fill("[name^=question]", "骑车")
    send(page, "**/register/?typed=*")
    page.click("main a[href*='/household/new/']")
    page.wait_for_url("**/household/new/**")

    page.go_back()

    expect(page).to_have_title(re.compile("^错误："))
    expect(page.locator("[name^=question]")).to_have_value("骑车")


@pytest.mark.parametrize(("language", "elder"), [("zh-hans", True), ("en", False)])
def test_drawn_lottery_can_be_read_by_everybody(
    open_browser: Callable[..., Reader], axe_violations: Callable[[Page], list[str]], language: str, elder: bool
) -> None:
    at, member = now(), MemberFactory(name="王秀英")
    session = OpenSessionFactory(starts_at=at + 3 * HOUR, ends_at=at + 4 * HOUR, seat_count=1)
    RegistrationTerms.objects.create(session=session, allotment="lottery", closes_at=at + HOUR)
    keep_lotteries(at=at)
    for person in (member, MemberFactory()):
        register(session, people=[person], party=key(), by=person.user, at=at)
    keep_lotteries(at=at + 2 * HOUR)
    reader = open_browser(language=language, elder=elder, size=PHONE)
    path = reverse("public:draw", args=[session.pk])

    found = list(faults(reader, [path], axe_violations))
    sign_in(reader, member.user)
    page = reader.visit(path)
    page.locator("main details summary").click()
    found += [*axe_violations(page), *too_wide(reader)]

    assert found == []
    assert page.locator(".own-entry").count() == 1
    assert page.locator(".lots tbody tr").count() == 2
