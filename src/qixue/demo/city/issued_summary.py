"""The summary of the week before, issued by two people, so that there is a seal to look at."""

import datetime

from qixue.demo.city.activities import Ground
from qixue.demo.city.chance import stream
from qixue.demo.city.names import person_name
from qixue.demo.city.personas import NO_PASSWORD
from qixue.people.models import Role, RoleAssignment, User
from qixue.programme.models import Programme
from qixue.report.issuing import ask_for_issue, issue_summary
from qixue.report.models import Seal

DAYS_AFTER = 20


def second_coordinator(programme: Programme, ground: Ground) -> User:
    """Of the city; cannot sign in."""
    name = person_name(stream(ground.seed, "issue"), birth_year=1978)
    user = User.objects.create(username="coordinator-demo-city", display_name=name, password=NO_PASSWORD)
    RoleAssignment.objects.create(
        user=user, organisation=programme.organisation, role=Role.COORDINATOR, granted_at=ground.week.prepared_at
    )
    return user


def issue_summary_of(programme: Programme, asker: User, issuer: User, ground: Ground) -> Seal:
    """Asked for by one coordinator and issued by the other a day later."""
    last = (programme.ends_on or ground.week.first) - ground.week.first
    asked_at = ground.week.moment(1, 10) + last + datetime.timedelta(days=DAYS_AFTER)
    request = ask_for_issue(programme, by=asker, at=asked_at)
    return issue_summary(request, by=issuer, at=asked_at + datetime.timedelta(days=1))
