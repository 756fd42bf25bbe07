"""Who may do what with activities and programmes; the table itself is in people.rules."""

from typing import Any

from qixue.people.rules import Action, may, reach
from qixue.programme.models import Activity, Programme


def may_edit_activity(user: Any, activity: Activity) -> bool:
    return may(user, Action.EDIT_ACTIVITY, activity.organisation)


def may_publish_activity(user: Any, activity: Activity) -> bool:
    return may(user, Action.PUBLISH_ACTIVITY, activity.organisation)


def may_report_on_programme(user: Any, programme: Programme) -> bool:
    """The whole of it: its figures and its work summary, not only those of a part of the tree."""
    return may(user, Action.SEE_REPORT, programme.organisation)


def reach_within_programme(user: Any, programme: Programme) -> list[str]:
    """The tree paths of the programme that the user reports on; empty for people of other trees."""
    top = programme.organisation.path
    paths = reach(user, Action.SEE_REPORT)
    if any(top.startswith(path) for path in paths):
        return [top]
    return sorted(path for path in paths if path.startswith(top))
