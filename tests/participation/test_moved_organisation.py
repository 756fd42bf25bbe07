"""An organisation that gets another place in the tree keeps its ledger as it was."""

import pytest
from tests.factories import (
    NOON,
    ActivityFactory,
    EvidenceFactory,
    OrganisationFactory,
    RoleAssignmentFactory,
    SessionFactory,
    key,
)

from qixue.core.quantity import Qualifier
from qixue.participation.models import LedgerEntry
from qixue.participation.operations.ledger import record_head_count
from qixue.participation.queries import chain_faults
from qixue.people.models import Role
from qixue.people.operations.organisations import OrganisationFacts, edit_organisation, move_organisation

pytestmark = pytest.mark.django_db


def test_ledger_of_a_renamed_and_moved_organisation_still_holds() -> None:
    top = OrganisationFactory(code="top")
    old, new = OrganisationFactory(code="old", parent=top), OrganisationFactory(code="new", parent=top)
    school = OrganisationFactory(code="school", parent=old)
    by = RoleAssignmentFactory(organisation=top, role=Role.COORDINATOR).user
    session = SessionFactory(activity=ActivityFactory(organisation=school))
    evidence = EvidenceFactory()
    record_head_count(
        session, count=12, qualifier=Qualifier.EXACT, evidence=evidence, by=by, at=NOON, client_uuid=key()
    )
    before = LedgerEntry.objects.values().get()

    move_organisation(school, parent=new, by=by, at=NOON)
    edit_organisation(school, facts=OrganisationFacts(name="社区学校"), aliases=[], version=0, by=by, at=NOON)

    assert LedgerEntry.objects.values().get() == before
    assert list(chain_faults()) == []
