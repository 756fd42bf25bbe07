"""Two people press the button in the same moment: one seal comes of it."""

import datetime

import pytest
from tests.at_once import at_once
from tests.factories import NOON, ActivityFactory, ProgrammeFactory, RoleAssignmentFactory, SessionFactory

from qixue.people.models import Role
from qixue.report.issuing import ask_for_issue, issue_summary, withdraw_request
from qixue.report.models import IssueRequest, Seal, SealedFile

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def request_() -> IssueRequest:
    """Of a small week that is over."""
    day = NOON.date() - datetime.timedelta(days=9)
    week = ProgrammeFactory(starts_on=day, ends_on=day)
    SessionFactory(activity=ActivityFactory(programme=week))
    asker = RoleAssignmentFactory(organisation=week.organisation, role=Role.COORDINATOR).user
    return ask_for_issue(week, by=asker, at=NOON)


def somebody_else(request: IssueRequest) -> object:
    return RoleAssignmentFactory(organisation=request.programme.organisation, role=Role.COORDINATOR).user


def test_two_issues_at_once_give_one_seal(request_: IssueRequest) -> None:
    first, second = somebody_else(request_), somebody_else(request_)

    outcomes = at_once(
        lambda: issue_summary(request_, by=first, at=NOON), lambda: issue_summary(request_, by=second, at=NOON)
    )

    assert outcomes == ["done", "request_closed"]
    assert (Seal.objects.count(), SealedFile.objects.count()) == (1, 4)


def test_issue_and_withdrawal_at_once_leave_one_outcome(request_: IssueRequest) -> None:
    first, second = somebody_else(request_), somebody_else(request_)

    outcomes = at_once(
        lambda: issue_summary(request_, by=first, at=NOON), lambda: withdraw_request(request_, by=second, at=NOON)
    )

    request_.refresh_from_db()
    assert outcomes == ["done", "request_closed"]
    assert (request_.outcome, Seal.objects.count()) in {("issued", 1), ("withdrawn", 0)}
