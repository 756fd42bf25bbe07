import datetime

import pytest
from tests.factories import (
    NOON,
    ActivityFactory,
    BrandFactory,
    RegistrationFactory,
    SessionFactory,
    UserFactory,
    VenueFactory,
    key,
)

from qixue.cli import main
from qixue.participation.models import RegistrationTerms
from qixue.people.models import Organisation
from qixue.programme.models import ListingEdition, Programme, Session, SessionListing
from qixue.programme.operations.activities import ActivityDetails, create_activity, edit_activity, publish_activity
from qixue.programme.operations.listings import keep_listings, keep_listings_of, notice_new_names
from qixue.programme.operations.sessions import SessionDetails, add_session, edit_session
from qixue.programme.queries import listings as queries
from qixue.programme.queries.listings import Listings

pytestmark = pytest.mark.django_db
DETAILS = SessionDetails(
    starts_at=NOON, ends_at=NOON + datetime.timedelta(hours=1), counting_rule="list", is_online=True, topic="采茶"
)


@pytest.fixture
def clerk():
    return UserFactory()


@pytest.fixture
def activity():
    return ActivityFactory(title="茶叶种植", state="draft")


def written_columns():
    fields = [field.attname for field in SessionListing._meta.concrete_fields]
    return list(SessionListing.objects.order_by("pk").values_list(*fields))


def test_listings_kept_by_the_operations_are_those_that_are_made_anew(activity, clerk):
    for number in (1, 2):
        add_session(activity, details=DETAILS, number=number, by=clerk, at=NOON)
    publish_activity(activity, by=clerk, at=NOON)
    session = activity.sessions.get(number=1)
    later = {**DETAILS.values(), "starts_at": NOON + datetime.timedelta(minutes=30), "topic": "炒茶"}
    edit_session(session, details=SessionDetails(**later), version=1, by=clerk, at=NOON)
    activity.refresh_from_db()
    brand = BrandFactory(name="田间课堂")
    details = ActivityDetails(title="种茶", kind="lecture", audience="older", brand=brand)
    edit_activity(activity, details=details, version=activity.version, by=clerk, at=NOON)
    kept = written_columns()

    SessionListing.objects.all().delete()
    assert keep_listings_of(activity.programme) == 2

    assert written_columns() == kept
    assert [row.texts.split("\n")[0] for row in SessionListing.objects.order_by("pk")] == ["种茶", "种茶"]


def test_draft_is_listed_but_not_shown_until_it_is_published(activity, clerk):
    session = add_session(activity, details=DETAILS, number=1, by=clerk, at=NOON, confirmed=True)

    assert Listings(activity.programme).index.pks == []

    publish_activity(activity, by=clerk, at=NOON)

    assert Listings(activity.programme).index.pks == [session.pk]


def test_listings_that_are_current_begin_no_new_edition(activity, clerk):
    add_session(activity, details=DETAILS, number=1, by=clerk, at=NOON, confirmed=True)
    edition = ListingEdition.objects.get()

    assert keep_listings(Session.objects.all()) == 0

    assert ListingEdition.objects.get() == edition
    assert ListingEdition.objects.get().key == edition.key


def test_new_name_of_an_organisation_is_noticed_by_the_duty():
    session = SessionFactory(venue=VenueFactory())
    keep_listings(Session.objects.all())
    Organisation.objects.update(name="连南图书馆")

    assert notice_new_names(at=NOON) == 1

    assert len(Listings(session.activity.programme).with_words("liannan")) == 1
    assert notice_new_names(at=NOON) == 0


def test_closed_programme_is_left_alone_by_the_duty():
    SessionFactory()
    Programme.objects.update(state="closed")

    assert notice_new_names(at=NOON) == 0


@pytest.mark.parametrize("sessions", [1, 3])
def test_keeping_takes_the_same_queries_for_any_number_of_sessions(sessions, django_assert_num_queries):
    activity = ActivityFactory()
    SessionFactory.create_batch(sessions, activity=activity)
    keep_listings(Session.objects.none())

    with django_assert_num_queries(10):
        keep_listings(Session.objects.all())


def test_rebuilding_by_command_says_how_much_was_out_of_date(capsys):
    SessionFactory.create_batch(2)

    assert main(["search", "rebuild"]) == 0

    assert capsys.readouterr().out.split()[0] == "2"


def test_full_and_cancelled_sessions_and_those_before_a_draw_have_no_seats(activity):
    activity.state = "published"
    activity.save()
    full = SessionFactory(activity=activity, seat_count=2, taken_count=2, state="planned")
    cancelled = SessionFactory(activity=activity, state="cancelled")
    waiting = RegistrationFactory(
        session=SessionFactory(activity=activity, seat_count=2, taken_count=1, waiting_count=1, state="planned"),
        state="waiting",
        waiting_number=1,
    ).session
    by_lot = SessionFactory(activity=activity, seat_count=2, state="planned")
    RegistrationTerms.objects.create(session=by_lot, allotment="lottery", closes_at=NOON, draw_at=NOON)
    free = SessionFactory(activity=activity, seat_count=2, taken_count=1, state="planned")
    unlimited = SessionFactory(activity=activity, state="planned")
    keep_listings(Session.objects.all())

    listings = Listings(activity.programme)

    assert listings.index.keys(listings.with_seats(), 0, 9) == [free.pk, unlimited.pk]
    assert {full.pk, cancelled.pk, waiting.pk, by_lot.pk}.isdisjoint(listings.index.keys(listings.with_seats(), 0, 9))


def test_activity_made_twice_is_listed_once(activity, clerk):
    details = ActivityDetails(title="种茶", kind="lecture", audience="older")
    form = key()
    organisation = activity.programme.organisation
    for _sent in range(2):
        made = create_activity(
            activity.programme, organisation=organisation, details=details, by=clerk, at=NOON, client_uuid=form
        )
        add_session(made, details=DETAILS, number=1, by=clerk, at=NOON, confirmed=True)

    assert SessionListing.objects.count() == 1


def test_while_the_index_is_made_anew_others_look_in_the_former_one(activity, monkeypatch):
    activity.state = "published"
    activity.save()
    programme, entries, seen = activity.programme, queries.entries, []
    session = SessionFactory(activity=activity)
    keep_listings(Session.objects.all())
    Listings(programme)
    SessionFactory(activity=activity)
    keep_listings(Session.objects.all())

    def made_meanwhile(wanted):
        seen.append(Listings(programme).index.pks)
        return entries(wanted)

    monkeypatch.setattr(queries, "entries", made_meanwhile)

    assert len(Listings(programme).index.pks) == 2
    assert seen == [[session.pk]]


def test_set_of_full_sessions_is_made_again_by_one_who_asks(activity, monkeypatch):
    activity.state = "published"
    activity.save()
    SessionFactory(activity=activity, seat_count=1, taken_count=1)
    keep_listings(Session.objects.all())
    listings = Listings(activity.programme)
    full_sessions, asked = queries.full_sessions, []

    def found_meanwhile(programme):
        asked.append(programme)
        if former := queries.full.get(listings.key):
            assert listings.with_seats() == listings.index.everything - former.sessions
        return full_sessions(programme)

    monkeypatch.setattr(queries, "full_sessions", found_meanwhile)
    assert not listings.with_seats()
    monkeypatch.setattr(queries.Full, "is_old", True)
    monkeypatch.setattr(queries.Full, "is_usable", True)

    assert not listings.with_seats()
    assert len(asked) == 2
