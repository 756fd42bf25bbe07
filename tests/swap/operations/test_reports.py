"""Reporting a thing, and what the staff decide."""

import pytest
from tests.factories import NOON, MemberFactory, RoleAssignmentFactory
from tests.factories_swap import ListingFactory, swap_organiser
from tests.swap.operations.test_listings import code_of

from qixue.core.models import AuditEntry
from qixue.people.models import Resident, Role
from qixue.swap.models import Listing, ListingReport
from qixue.swap.operations import reports
from qixue.swap.operations.reports import decide_reports, report_listing
from qixue.swap.queries.listings import on_offer

pytestmark = pytest.mark.django_db


def reported(listing: Listing, person: Resident, *, reason: str = "dangerous", note: str = "") -> ListingReport:
    return report_listing(listing, reporter=person, reason=reason, note=note, by=person.user, at=NOON)


def test_report_is_kept_once_per_person_and_names_nobody_in_the_log():
    listing, person = ListingFactory(), MemberFactory()

    first = reported(listing, person)
    again = reported(listing, person, reason="untrue", note="已坏")

    assert (first, again.reason, again.note) == (again, "untrue", "已坏")
    assert list(AuditEntry.objects.values_list("action", "actor_id")) == [("listing.reported", None)]


def test_reports_that_cannot_be(monkeypatch):
    listing, person = ListingFactory(), MemberFactory()

    assert code_of(reported, listing, listing.owner) == "own_thing"
    assert code_of(reported, listing, person, note="字" * 201) == "note_too_long"
    monkeypatch.setattr(reports, "MOST_OPEN_REPORTS", 1)
    reported(listing, person)
    assert code_of(reported, ListingFactory(), person) == "too_many_reports"


def last_report() -> int:
    return max(ListingReport.objects.values_list("pk", flat=True))


def test_report_that_came_after_the_page_was_opened_stays_open():
    listing = ListingFactory()
    reported(listing, MemberFactory())
    seen = last_report()
    reported(listing, MemberFactory())

    decide_reports(listing, is_hidden=False, seen=seen, by=swap_organiser(listing.programme), at=NOON)

    assert list(ListingReport.objects.order_by("pk").values_list("state", flat=True)) == ["kept", "open"]


@pytest.mark.parametrize(("is_hidden", "state", "shown"), [(True, "hidden", 0), (False, "kept", 1)])
def test_decision_settles_every_report_and_hides_or_keeps(is_hidden, state, shown):
    listing = ListingFactory()
    for _number in range(2):
        reported(listing, MemberFactory())
    organiser = swap_organiser(listing.programme)

    decide_reports(listing, is_hidden=is_hidden, seen=last_report(), by=organiser, at=NOON)

    assert set(ListingReport.objects.values_list("state", "decided_by", "decided_at")) == {(state, organiser.pk, NOON)}
    assert on_offer(listing.programme).count() == shown


def test_what_was_hidden_can_come_back():
    listing = ListingFactory(hidden_at=NOON)

    decide_reports(listing, is_hidden=False, seen=0, by=swap_organiser(listing.programme), at=NOON)

    assert list(on_offer(listing.programme)) == [listing]


def test_only_staff_of_the_office_decide_and_not_about_their_own():
    listing = ListingFactory()
    elsewhere = RoleAssignmentFactory(role=Role.ORGANISER).user
    organiser = swap_organiser(listing.programme)
    own = ListingFactory(programme=listing.programme, owner=MemberFactory(user=organiser))

    assert code_of(decide_reports, listing, is_hidden=True, seen=0, by=elsewhere, at=NOON) == "not_in_charge"
    assert code_of(decide_reports, own, is_hidden=False, seen=0, by=organiser, at=NOON) == "own_thing"
