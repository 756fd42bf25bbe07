"""Random histories of a small city: people come, go, are erased, turn out to be one; sessions move; cells are made."""

from typing import Any

from django.db import transaction
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from qixue.core.figures import Scope
from qixue.core.quantity import Qualifier
from qixue.participation.models import Attendance, LedgerEntry, Participant, Tally
from qixue.participation.operations.cells import keep_cells
from qixue.participation.operations.ledger import correct_entry, record_head_count, void_entry
from qixue.participation.queries.cell_recount import cells_that_differ
from qixue.participation.queries.session_roots import roots_that_differ
from qixue.people.models import Merge
from qixue.people.operations.erasure import erase_account
from qixue.people.operations.merging import merge_people
from qixue.programme.models import Activity, Session
from tests.cell_scenes import assert_recount, assert_rows_stand_for_their_entries
from tests.counted import check_in
from tests.factories import (
    NOON,
    ActivityFactory,
    BrandFactory,
    EvidenceFactory,
    MemberFactory,
    OrganisationFactory,
    ProgrammeFactory,
    RegionFactory,
    SessionFactory,
    VenueFactory,
    key,
)
from tests.factories_afterwards import organiser_of


def void(entry: LedgerEntry) -> None:
    void_entry(entry, reason="名单抄错", by=organiser_of(entry.activity), at=NOON, client_uuid=key())


class LedgerMachine(RuleBasedStateMachine):
    """Three sessions of two brands and regions; whoever comes, goes, is erased, merged or moves: figures are exact."""

    sessions: list[Session]
    people: list[Participant]
    venues: list[Any]
    brands: list[Any]
    scopes: list[Scope]

    @initialize()
    def begin(self) -> None:
        self.atomic = transaction.atomic()
        self.atomic.__enter__()
        self.tokens = [person.token for person in self.people]

    def teardown(self) -> None:
        if hasattr(self, "atomic"):
            transaction.set_rollback(True)
            self.atomic.__exit__(None, None, None)

    @rule(session=st.integers(0, 2), people=st.sets(st.integers(0, 4), min_size=1))
    def some_come(self, session: int, people: set[int]) -> None:
        row = self.session(session)
        inside = set(Attendance.objects.filter(session=row).values_list("person_token", flat=True))
        check_in(row, *sorted({self.tokens[place] for place in people} - inside))

    @rule(session=st.integers(0, 2), person=st.integers(0, 4))
    def one_is_taken_back(self, session: int, person: int) -> None:
        inside = Attendance.objects.filter(session=self.sessions[session], person_token=self.tokens[person])
        for row in inside.select_related("entry__organisation"):
            void(row.entry)

    @rule(session=st.integers(0, 2), count=st.integers(0, 9), qualifier=st.sampled_from(["exact", "about", "at_least"]))
    def heads_are_counted_or_corrected(self, session: int, count: int, qualifier: str) -> None:
        row = self.session(session)
        given = {"count": count, "qualifier": Qualifier(qualifier), "by": organiser_of(row.activity), "at": NOON}
        entry = LedgerEntry.objects.effective().head_counts().filter(session=row).first()
        if entry is None:
            record_head_count(row, evidence=EvidenceFactory(), client_uuid=key(), **given)
        elif (entry.count, entry.qualifier) != (count, qualifier):
            correct_entry(entry, reason="数错了", evidence=None, client_uuid=key(), **given)

    @rule(session=st.integers(0, 2))
    def a_head_count_is_taken_back(self, session: int) -> None:
        for entry in LedgerEntry.objects.effective().head_counts().filter(session=self.sessions[session]):
            void(entry)

    @rule(person=st.integers(0, 4))
    def somebody_is_erased(self, person: int) -> None:
        found = Participant.objects.filter(token=self.tokens[person]).select_related("resident__user").first()
        if found and found.resident.user:
            erase_account(found.resident.user, at=NOON)

    @rule(one=st.integers(0, 4), other=st.integers(0, 4))
    def two_are_one_person(self, one: int, other: int) -> None:
        tokens = {self.tokens[one], self.tokens[other]}
        found = Participant.objects.filter(token__in=tokens).select_related("resident__user").order_by("pk")
        if len(found) < 2:
            return
        presences = Attendance.objects.filter(person_token__in=tokens)
        came = set(presences.values_list("session", flat=True))
        records = [participant.resident for participant in found]
        kept = merge_people(*records, ground=Merge.Ground.PROVED, by=records[0].user, at=NOON)
        token = Participant.objects.get(resident=kept).token
        assert sorted(presences.values_list("person_token", "session")) == sorted((token, each) for each in came)
        self.tokens = [token if each in tokens else each for each in self.tokens]

    @rule(session=st.integers(0, 2), venue=st.integers(0, 2))
    def a_session_moves(self, session: int, venue: int) -> None:
        Session.objects.filter(pk=self.sessions[session].pk).update(venue=self.venues[venue])

    @rule(session=st.integers(0, 2), brand=st.integers(0, 1), kind=st.sampled_from(["lecture", "training"]))
    def an_activity_changes(self, session: int, brand: int, kind: str) -> None:
        keys = self.sessions[session].activity_id
        Activity.objects.filter(pk=keys).update(brand=self.brands[brand], kind=kind)

    @rule()
    def the_worker_merges(self) -> None:
        keep_cells()

    @rule()
    def the_worker_merges_all(self) -> None:
        keep_cells()
        keep_cells()
        assert not Tally.objects.filter(is_merged=False).exists()
        assert cells_that_differ(self.scopes[0].programme) == []

    @invariant()
    def kept_roots_are_those_of_the_entries(self) -> None:
        if hasattr(self, "atomic"):
            assert roots_that_differ(self.scopes[0].programme) == []

    @invariant()
    def figures_equal_their_recount(self) -> None:
        if hasattr(self, "atomic"):
            for scope in self.scopes:
                self.check(scope)

    def check(self, scope: Scope) -> None:
        assert_recount(scope)
        assert_rows_stand_for_their_entries(scope)

    def session(self, place: int) -> Session:
        return Session.objects.select_related("activity__organisation", "activity__programme").get(
            pk=self.sessions[place].pk
        )


def run_histories(machine: type[LedgerMachine], *, examples: int, steps: int) -> None:
    """Of three sessions in two places, and five people."""
    programme = ProgrammeFactory()
    towns = [RegionFactory(code=code, parent=programme.region, level="township") for code in ("441801", "441802")]
    brands = BrandFactory.create_batch(2)
    county, town = OrganisationFactory.create_batch(2, region=towns[0])
    first, second = (
        ActivityFactory(programme=programme, brand=brands[0], organisation=each, region=towns[1])
        for each in (county, town)
    )
    venues = [*(VenueFactory(region=region) for region in towns), None]
    machine.sessions = [SessionFactory(activity=each, venue=venues[0]) for each in (first, first, second)]
    people = MemberFactory.create_batch(5)
    machine.people = [Participant.objects.create(resident=each, programme=programme) for each in people]
    machine.venues, machine.brands = venues, brands
    narrowings = [
        {},
        {"brand": brands[0].code},
        {"region": towns[1].code},
        {"organisation": county.code, "kind": "lecture"},
    ]
    machine.scopes = [Scope(programme.code, **narrowing) for narrowing in narrowings]

    run_state_machine_as_test(
        machine,
        settings=settings(
            max_examples=examples,
            stateful_step_count=steps,
            deadline=None,
            phases=[Phase.generate],  # making a failing history shorter takes minutes
            suppress_health_check=list(HealthCheck),
            derandomize=True,
        ),
    )
