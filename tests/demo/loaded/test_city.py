"""The synthetic city holds together: seats, queues, rooms, hours, ledger, figures."""

import datetime
import itertools
from collections import Counter

import pytest
from django.contrib.auth.hashers import check_password
from django.db.models import Count, F, Max, Min, Q
from tests.cell_scenes import assert_recount
from tests.demo.conftest import AT, EDITION

from qixue.core.clock import local_day
from qixue.core.figures import Scope
from qixue.demo.city.personas import PASSWORD, PERSONAS, api_token
from qixue.demo.city.week import Week
from qixue.participation.lottery import day_named, faults
from qixue.participation.models import LedgerEntry, Lottery, Participant, RegistrantMessage, Registration
from qixue.participation.queries import chain_faults, sessions_awaiting_count
from qixue.participation.queries.lotteries import promised_seed, published_lottery
from qixue.participation.queries.quality import CHECKS
from qixue.participation.queries.registered import reach_of
from qixue.people.models import Notification, Organisation, Resident, RoleAssignment, User
from qixue.people.queries import user_of_token
from qixue.places.models import Region, Venue
from qixue.programme.models import Activity, Brand, Instalment, Passage, Programme, Session
from qixue.report.annex import entry_rows, folded_rows
from qixue.report.models import Seal
from qixue.report.province_totals import totals_of
from qixue.report.summary import draft_summary

pytestmark = pytest.mark.django_db

WEEK = Week(EDITION.today)
State = Registration.State


# What the records of 2016, which are loaded as well, know otherwise or not at all.


def organisations():
    return Organisation.objects.exclude(code__startswith="ORG-")


def sessions():
    return Session.objects.filter(activity__programme__is_synthetic=True)


def entries():
    return LedgerEntry.objects.filter(activity__programme__is_synthetic=True)


def test_city_has_the_size_of_a_city():
    sizes = {
        "organisations": organisations().count(),
        "residents": Resident.objects.count(),
        "registrations": Registration.objects.count(),
        "counties": sessions().values("venue__region__parent").exclude(venue=None).distinct().count(),
        "kinds": sessions().values("activity__kind").distinct().count(),
    }

    assert sizes == {"organisations": 62, "residents": 5006, "registrations": 8007, "counties": 8, "kinds": 11}
    assert 190 <= sessions().count() <= 220


def test_city_is_marked_synthetic():
    city = Programme.objects.get(code="demo")

    assert city.is_synthetic
    assert (city.starts_on, city.ends_on) == (datetime.date(2026, 11, 3), datetime.date(2026, 11, 9))


@pytest.mark.parametrize("model", [Organisation, Venue, Brand, Activity, Session, Instalment, User, Resident])
def test_city_records_pass_the_checks_that_forms_make(model):
    foreign = [field.name for field in model._meta.fields if field.is_relation]

    for record in model.objects.all():
        record.clean_fields(exclude=[*foreign, "password"])


def test_confirmed_registrations_never_exceed_the_seats():
    confirmed = Count("registrations", filter=Q(registrations__state=State.CONFIRMED))
    rows = Session.objects.annotate(confirmed=confirmed)

    assert not rows.filter(confirmed__gt=F("seat_count")).exists()
    assert not rows.filter(confirmed__gt=0, seat_count=None).exists()


def test_waiting_list_starts_when_seats_are_gone_and_keeps_the_order_of_time():
    waiting = Registration.objects.filter(state=State.WAITING)

    assert waiting.count() > 100
    for session in Session.objects.filter(registrations__in=waiting, lottery=None).distinct():
        queue = session.registrations.filter(state=State.WAITING).order_by("waiting_number")
        confirmed = session.registrations.filter(state=State.CONFIRMED)
        assert confirmed.count() == session.seat_count
        assert [row.waiting_number for row in queue] == list(range(1, len(queue) + 1))
        assert [row.registered_at for row in queue] == sorted(row.registered_at for row in queue)
        assert confirmed.aggregate(last=Max("registered_at"))["last"] <= queue[0].registered_at


def test_one_lottery_is_drawn_one_is_open_and_one_waits_for_its_public_number():
    drawn, coming = Lottery.objects.get(drawn_at__isnull=False), Lottery.objects.get(closed_at=None)
    waiting = Lottery.objects.get(drawn_at=None, closed_at__isnull=False)

    rows = [lottery.session.registrations.active() for lottery in (drawn, coming)]
    assert faults(published_lottery(drawn)) == []
    assert [set(found.values_list("state", flat=True)) for found in rows] == [
        {State.CONFIRMED, State.WAITING},
        {State.ENTERED},
    ]
    closed_on = local_day(waiting.closed_at)
    assert day_named(waiting.public_number, closed_on=closed_on) == closed_on
    assert (waiting.public_value, promised_seed(waiting)) == ("", waiting.open_seed)
    assert waiting.entry_count > waiting.session.seat_count
    elder = Registration.objects.get(session=waiting.session, registered_by__username="elder")
    told = Notification.objects.filter(user=elder.registered_by, key__endswith=f":{elder.party}")
    assert [line.kind for line in told] == ["registration_entered"]


def test_rooms_and_speakers_are_not_double_booked():
    rows = list(sessions().order_by("starts_at", "pk"))
    clashes = [
        (first.pk, second.pk)
        for first, second in itertools.combinations(rows, 2)
        if second.starts_at < first.ends_at
        and (
            (first.venue_id and first.venue_id == second.venue_id)
            or (first.speaker and first.speaker == second.speaker)
        )
    ]

    assert clashes == []


def test_residents_are_not_at_two_sessions_at_once():
    places = Registration.objects.exclude(state=State.CANCELLED)
    hours = places.values_list("resident", "session__starts_at", "session__ends_at")
    by_person = itertools.groupby(sorted(hours), key=lambda row: row[0])

    for _person, rows in by_person:
        slots = [(start, end) for _resident, start, end in rows]
        assert all(first[1] <= second[0] for first, second in itertools.pairwise(slots))


def test_sessions_behind_today_are_over_and_later_ones_are_not():
    behind = Counter(sessions().filter(starts_at__lt=WEEK.known_until).values_list("state", flat=True))
    later = set(sessions().filter(starts_at__gte=WEEK.known_until).values_list("state", flat=True))

    assert behind[Session.State.HELD] > 50
    assert behind[Session.State.PLANNED] == 2  # held, but nobody has reported them yet
    assert Session.State.HELD not in later


def test_nothing_is_known_after_midnight():
    last_entry = entries().aggregate(last=Max("recorded_at"))
    registrations = Registration.objects.aggregate(first=Min("registered_at"), last=Max("registered_at"))

    assert last_entry["last"] < WEEK.known_until
    assert WEEK.prepared_at <= registrations["first"] <= registrations["last"] < WEEK.known_until


def test_ledger_chains_hold_and_run_forward_in_time():
    assert list(chain_faults()) == []
    for chain in Organisation.objects.filter(ledger_entries__isnull=False).distinct():
        moments = list(chain.ledger_entries.order_by("sequence").values_list("recorded_at", flat=True))
        assert moments == sorted(moments)


def test_ledger_shows_every_way_in_which_people_are_counted():
    kinds = set(entries().values_list("kind", "source").distinct())
    qualifiers = set(entries().values_list("qualifier", flat=True).distinct())

    assert kinds == {
        ("attendance", "cadre"),
        ("attendance", "door"),
        ("attendance", "walk_in"),
        ("correction", "staff"),
        ("head_count", "staff"),
        ("void", "staff"),
    }
    assert qualifiers >= {"exact", "about"}


def test_figures_agree_with_a_recount():
    assert_recount(Scope(programme="demo"))


def test_people_are_counted_once_per_session_and_are_known():
    named = LedgerEntry.objects.people()
    twice = named.values("session", "person_token").annotate(times=Count("pk")).filter(times__gt=1)
    tokens = set(named.values_list("person_token", flat=True))

    assert not twice.exists()
    assert tokens == set(Participant.objects.values_list("token", flat=True))


def test_instalments_are_numbered_on_without_gaps():
    instalments = Instalment.objects.filter(series__in=sessions().values("instalment__series"))

    for rows in instalments.values("series").annotate(low=Min("number"), high=Max("number"), count=Count("pk")):
        assert rows["high"] - rows["low"] + 1 == rows["count"]
    order = list(instalments.order_by("series", "number").values_list("series", "sessions__starts_at"))
    assert order == sorted(order)


def test_children_have_a_guardian_and_are_signed_up_by_the_family_or_the_cadre():
    children = Resident.objects.filter(birth_year__gt=EDITION.today.year - 14)
    sources = set(Registration.objects.filter(resident__in=children).values_list("source", flat=True))

    assert children.count() > 300
    assert not children.filter(guardian=None).exists()
    assert sources == {Registration.Source.FAMILY, Registration.Source.CADRE}


def test_countryside_takes_part_less_than_the_town():
    rural = Q(home_region__urban_rural_class=Region.UrbanRural.RURAL)
    places = Count("registrations", filter=Q(registrations__state=State.CONFIRMED))

    def rate(residents):
        return residents.aggregate(places=places)["places"] / residents.count()

    assert rate(Resident.objects.filter(rural)) < rate(Resident.objects.exclude(rural))


@pytest.mark.parametrize("persona", PERSONAS, ids=lambda persona: persona.username)
def test_persona_signs_in_with_password_and_token_and_holds_their_role(persona):
    user = User.objects.get(username=persona.username)

    held = RoleAssignment.objects.filter(user=user, organisation__in=organisations())
    roles = held.values_list("organisation__code", "role")

    assert check_password(PASSWORD, user.password)
    assert user_of_token(api_token(EDITION.seed, persona), at=AT) == user
    assert list(roles) == ([(persona.organisation, persona.staff_role)] if persona.staff_role else [])


@pytest.mark.parametrize("code", CHECKS)
def test_checks_of_data_quality_have_something_to_find(code: str):
    assert CHECKS[code].run(Scope("demo")).count > 0


def test_who_entered_the_draw_knows_what_came_of_it():
    rows = Registration.objects.active().filter(session__lottery__drawn_at__isnull=False).with_accounts()

    told = Notification.objects.filter(kind__in=["lottery_seat", "lottery_waiting"]).values_list("user", flat=True)
    assert set(told) == set(reach_of(rows).users)
    assert Lottery.objects.filter(drawn_at__isnull=False).exclude(told_count=F("entry_count")).count() == 0


def test_neighbours_have_reported_to_the_province_and_the_city_may_still_do_so():
    programme = Programme.objects.get(code="demo-province")

    totals = totals_of(programme)

    wholes = {figure.definition: figure.whole for figure in totals.figures}
    assert {code: whole and (whole.value, whole.qualifier) for code, whole in wholes.items()} == {
        "activities_total": (145, "exact"),
        "sessions_total": (383, "exact"),
        "instalments_total": (23, "exact"),
        "attendance": (69982, "about"),
        "participants": None,
    }
    assert [city.name for city in totals.missing] == ["清远市"]
    assert (programme.is_synthetic, Seal.objects.get().programme.region) == (True, totals.missing[0])


def test_both_who_issued_last_years_summary_can_sign_in():
    seal = Seal.objects.get()

    names = User.objects.filter(pk__in=[seal.asker_id, seal.issuer_id]).order_by("username").values_list("username")
    assert list(names) == [("city",), ("city2",)]


def test_problems_that_the_summary_names_are_on_record():
    """Its words are seeded; whatever day of the week the third is, they speak of what the records show."""
    problems = Passage.objects.filter(topic="problem", document__programme__is_synthetic=True)
    held = sessions().filter(state="held").exclude(venue=None)
    by_county = Counter(held.values_list("venue__region__parent__name", flat=True))
    towns = Region.objects.filter(level=Region.Level.TOWNSHIP)
    busy = sessions().exclude(venue=None).values("venue__region").distinct()
    in_towns = Venue.objects.filter(region__unit_type="town", is_group=False)

    assert list(problems.order_by("position").values_list("quote", flat=True)) == [
        "活动较多集中在清城区，多数乡镇还没有安排活动",
        "部分承办单位活动结束后填报人数不及时",
        "热门课程一位难求，候补人数较多",
        "山区镇场地无障碍条件不足",
    ]
    assert by_county.most_common(1)[0][0] == "清城区"
    assert busy.count() < towns.count() / 2
    assert sessions_awaiting_count(Q(activity__programme__is_synthetic=True), AT).exists()
    assert Registration.objects.filter(state=State.WAITING).count() > 100
    assert in_towns.filter(has_step_free_access=True).count() < in_towns.count() / 2


def test_staff_other_than_personas_cannot_sign_in():
    staff = User.objects.filter(username__startswith="staff-")

    assert not any(user.has_usable_password() for user in staff)
    assert staff.count() == organisations().count() - 6


def test_who_signed_up_at_home_has_an_account_and_the_cadre_is_told_for_the_others():
    rows = Registration.objects.active().filter(session__activity__programme__code="demo").with_accounts()
    reach = reach_of(rows)

    by_source = Counter(row.source for row in reach.unreached)
    assert set(by_source) == {"staff"}  # somebody has to tell them in person
    assert 0 < by_source["staff"] < reach.reached_count / 10
    assert not any(user.has_usable_password() for user in User.objects.filter(username__startswith="inhabitant-"))


def test_residents_among_the_personas_have_places():
    for username in ("resident", "elder"):
        places = Registration.objects.filter(resident__user__username=username)
        assert set(places.values_list("state", flat=True)) <= {State.CONFIRMED, State.WAITING, State.ENTERED}
        assert places.count() >= 2


def test_who_waits_for_a_draw_was_not_written_to_as_if_they_had_a_seat():
    written_to = set(RegistrantMessage.objects.values_list("session", flat=True))
    drawn = set(Lottery.objects.values_list("session", flat=True))

    assert (len(written_to), len(drawn), written_to & drawn) == (1, 3, set())


def test_message_to_those_with_a_seat_reached_most_of_them():
    message = RegistrantMessage.objects.get()

    assert message.reached_count > 4 * message.unreached_count


def test_annex_of_the_summary_lists_every_entry_of_the_week():
    draft = draft_summary(Programme.objects.get(code="demo"), at=AT)

    listed = [row[-1] for row in entry_rows(draft, folded_rows(draft))]

    of_sessions = entries().effective().filter(activity__programme__code="demo", session__isnull=False)
    assert sorted(listed) == sorted(of_sessions.values_list("hash", flat=True))
