"""The summary of the week before, issued by two people, so that there is a seal to look at."""

import datetime

from qixue.demo.city.activities import Ground
from qixue.people.models import User
from qixue.programme.models import Programme
from qixue.report.issuing import ask_for_issue, issue_summary
from qixue.report.models import Seal

DAYS_AFTER = 20


def issue_summary_of(programme: Programme, ground: Ground, *, asker: User, issuer: User) -> Seal:
    """Asked for by one coordinator of the city and issued by the other a day later."""
    last = (programme.ends_on or ground.week.first) - ground.week.first
    asked_at = ground.week.moment(1, 10) + last + datetime.timedelta(days=DAYS_AFTER)
    request = ask_for_issue(programme, by=asker, at=asked_at)
    return issue_summary(request, by=issuer, at=asked_at + datetime.timedelta(days=1))
