"""Who may take the steps of a recognition, beyond the table of roles: nobody judges what their office put forward.

The office is the organisation in which somebody holds the role through which they act. It counts at every level: who
put a nomination forward, and everybody in the office through which that was done, is no judge of it from there.
"""

from collections import defaultdict
from collections.abc import Sequence
from typing import Any

from qixue.people.models import Organisation
from qixue.people.rules import Action, reach
from qixue.programme.models import Nomination, NominationStep, Objection, RecognitionCall


def offices_that_nominate(user: Any, call: RecognitionCall) -> list[str]:
    """The paths of the user's offices through which they may put somebody forward: below the one that decides."""
    top = call.organisation.path
    return [path for path in reach(user, Action.NOMINATE) if path.startswith(top) and path != top]


def office_for(user: Any, organisation: Organisation, call: RecognitionCall) -> str | None:
    """The path of the office through which the user puts something forward for the organisation: the nearest one.

    None where they may not.
    """
    paths = offices_that_nominate(user, call)
    return max((path for path in paths if organisation.path.startswith(path)), key=len, default=None)


def may_put_forward(user: Any, nomination: Nomination) -> bool:
    return office_for(user, nomination.organisation, nomination.call) is not None


def may_open_call(user: Any, organisation: Organisation) -> bool:
    return any(organisation.path.startswith(path) for path in reach(user, Action.JUDGE_NOMINATION))


def may_lead_call(user: Any, call: RecognitionCall) -> bool:
    """Change and close the call itself."""
    return may_open_call(user, call.organisation)


def judgeable(user: Any, waiting: Sequence[tuple[Nomination, Organisation]]) -> list[Nomination]:
    """Those that the user may judge, each from its desk or above it; two queries, however many there are.

    Never by somebody, nor from an office, that had a part in putting it forward.
    """
    steps = NominationStep.objects.filter(
        kind=NominationStep.Kind.NOMINATED, nomination__in=[nomination.pk for nomination, _desk in waiting]
    )
    put_forward: dict[int, list[tuple[int | None, str | None]]] = defaultdict(list)
    for pk, by, office in steps.values_list("nomination", "by", "organisation__path"):
        put_forward[pk].append((by, office))
    paths = reach(user, Action.JUDGE_NOMINATION)
    found = []
    for nomination, desk in waiting:
        own = {nomination.organisation.path, *(office for _by, office in put_forward[nomination.pk])}
        is_part = any(by == user.pk for by, _office in put_forward[nomination.pk])
        if not is_part and any(desk.path.startswith(path) and path not in own for path in paths):
            found.append(nomination)
    return found


def may_judge_at(user: Any, nomination: Nomination, desk: Organisation) -> bool:
    """From the desk or above it, by somebody and from an office that had no part in putting it forward."""
    return bool(judgeable(user, [(nomination, desk)]))


def may_judge(user: Any, nomination: Nomination) -> bool:
    """Now, where it waits."""
    return nomination.waits_at is not None and may_judge_at(user, nomination, nomination.waits_at)


def may_decide(user: Any, nomination: Nomination) -> bool:
    """At the level that decides: public notice, objections, result."""
    return may_judge_at(user, nomination, nomination.call.organisation)


def may_settle(user: Any, objection: Objection) -> bool:
    return may_decide(user, objection.nomination)
