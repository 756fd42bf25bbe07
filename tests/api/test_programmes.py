"""What the address of one programme says about its set-up, and what it keeps to itself."""

import pytest
from tests.api.conftest import Ask
from tests.factories import ActivityFactory, OrganisationFactory, ProgrammeFactory

from qixue.programme.models import (
    Activity,
    ForwardingStep,
    GroupMember,
    Involvement,
    LeadingGroup,
    LegalBasis,
    Liaison,
    TaskAssignment,
)

pytestmark = pytest.mark.django_db


def test_programme_tells_on_what_it_rests_and_who_answers_for_it(ask: Ask) -> None:
    programme, body = ProgrammeFactory(code="week"), OrganisationFactory(code="bureau", name="市教育局")
    basis = LegalBasis.objects.create(
        programme=programme, code="LB1", position=1, name="通知", document_number="清教〔2026〕1号", purpose="notice"
    )
    for position, organ in ((2, "省教育厅"), (1, "教育部")):
        ForwardingStep.objects.create(legal_basis=basis, position=position, organ=organ, act="转发")
    group = LeadingGroup.objects.create(programme=programme, name="领导小组", office=body)
    GroupMember.objects.create(group=group, position=1, seat="member", name="王某", organisation=body)
    GroupMember.objects.create(group=group, position=2, seat="head", name="李某", duty="副市长")
    Liaison.objects.create(group=group, position=1, organisation=body, name="张某", phone="0763-1234567")
    TaskAssignment.objects.create(programme=programme, position=1, task="统筹", organisation=body)

    answer = ask("GET", "/programmes/week")

    found = answer.json()
    named = {"code": "bureau", "name": {"zh": "市教育局", "en": ""}}
    assert [step["organ"] for step in found["legal_bases"][0]["forwarding_steps"]] == ["教育部", "省教育厅"]
    assert found["leading_group"]["seats"] == [
        {"seat": "head", "name": "李某", "organisation": None, "duty": "副市长"},
        {"seat": "member", "name": "", "organisation": named, "duty": ""},
    ]
    assert found["tasks"] == [{"task": {"zh": "统筹", "en": ""}, "organisation": named, "supporters": []}]
    assert [text for text in ("张某", "0763-1234567", "王某") if text in answer.content.decode()] == []


def test_roles_in_a_ceremony_are_told_once_it_is_published(ask: Ask) -> None:
    programme, body = ProgrammeFactory(code="week"), OrganisationFactory(code="bureau")
    launch = ActivityFactory(programme=programme, code="launch", kind="launch_ceremony", state=Activity.State.DRAFT)
    Involvement.objects.create(activity=launch, organisation=body, role="host")

    before = ask("GET", "/programmes/week").json()["roles"]
    Activity.objects.update(state=Activity.State.PUBLISHED)
    after = ask("GET", "/programmes/week").json()["roles"]

    assert before == []
    assert [(role["role"], role["organisation"]["code"], role["activity"]) for role in after] == [
        ("host", "bureau", "launch")
    ]
