"""docs/reference/roles.md as the code has it: the table of roles, and every address with whom the tests let in.

`bin/roles` writes the page; a test fails while the file says something else.
"""

from collections.abc import Iterable, Iterator

from django.utils.translation import override

from qixue.core.audience import Audience
from qixue.people.models import Role
from qixue.people.rules import MEANING, TABLE, Action
from tests.api import cases
from tests.web.addresses import OF_THE_API, WORKSPACE, addresses
from tests.web.workspace import scene

HEAD = """# Roles

<!-- Written by bin/roles from the code; changes by hand are lost. -->

A role is held in an organisation and reaches it and everything below it in the tree. Nobody acts outside that reach.
Several roles add up. A role that ended and an account that was deactivated give nothing.
"""
MIDDLE = """
Residents and visitors have no role and need none to read what is published. One table decides: `TABLE` in
`src/qixue/people/rules.py`; pages, commands of the API and templates all ask it.

## Who gets which answer

| Who asks | Page that names an action | API address that names an action |
|---|---|---|
| visitor, session that is over, account that was deactivated | is asked to sign in | 401 |
| no role, or one that ended; a resident | 403 | 404 |
| a role without the action | 403 | 403 where the record can be seen, else 404 |
| a role with the action, record out of reach | 404 | 404 |
| a role with the action, no such record | 404, the same bytes | 404, the same bytes |
| a role with the action, record in reach | the page | the answer |

Keys of the API mean nothing on pages, and cookies of pages nothing to the API. A key that is unknown or expired is
answered with 401 everywhere.

## Every address and from where it is reached

The record belongs to an organisation. The columns say where in the tree the role with the action is held: there (own),
above it, beside it under the same parent, below it, or in another tree. Lists without a record answer everywhere and
show the reader's own part. The tests try every line with each role in each place, and with what does not exist.
"""
PLACES = {"own": "own", "ancestor": "above", "sibling": "beside", "descendant": "below", "stranger": "elsewhere"}


def table(head: Iterable[str], rows: Iterable[Iterable[str]]) -> Iterator[str]:
    columns = list(head)
    yield f"| {' | '.join(columns)} |"
    yield f"|{'---|' * len(columns)}"
    yield from (f"| {' | '.join(row)} |" for row in rows)


def yes(condition: bool) -> str:
    return "yes" if condition else "no"


def roles_table() -> Iterator[str]:
    rows = ([f"`{action}`", *(yes(role in TABLE[action]) for role in Role)] for action in Action)
    return table(["Action", *(f"`{role}`" for role in Role)], rows)


def reached_pages() -> Iterator[tuple[str, str, set[str]]]:
    """Audience, address and places of every page; of a list without a record every place."""
    for address in addresses():
        name = address.name.removeprefix(WORKSPACE)
        is_of_all = name not in scene.EXPECTED and "<" not in address.path
        is_open = address.audience in set(Audience)
        places = set(PLACES) if is_of_all or is_open else scene.EXPECTED.get(name, scene.OWN)
        yield address.audience, f"`{address.path}`", places


def reached_operations() -> Iterator[tuple[str, str, set[str]]]:
    for (method, path), case in sorted(cases.CASES.items(), key=lambda item: (item[0][1], item[0][0])):
        audience = cases.audience_of((method, path))
        places = set(PLACES) if audience == Audience.EVERYBODY else set(case.reached)
        yield audience, f"`{method} {OF_THE_API.rstrip('/')}{path}`", places


def sections() -> Iterator[str]:
    reached = [*reached_pages(), *reached_operations()]
    for action in Action:
        roles = ", ".join(f"`{role}`" for role in Role if role in TABLE[action])
        yield f"\n### `{action}`\n\nTo {MEANING[action]}. Held by {roles}.\n"
        rows = [
            [address if places else f"{address}, one's own only", *(yes(place in places) for place in PLACES)]
            for audience, address, places in reached
            if audience == action
        ]
        yield from table(["Address", *PLACES.values()], rows) if rows else ["No address names it: other pages ask it."]
    for audience, words in AUDIENCES.items():
        yield f"\n### {words}\n"
        yield from (f"- {address}" for named, address, _places in reached if named == audience)


AUDIENCES = {
    Audience.RESIDENTS: "Residents, who have signed in and given their name",
    Audience.SIGNED_IN: "Everybody who has signed in",
    Audience.THIS_MACHINE: "Programs on this machine",
    Audience.EVERYBODY: "Everybody",
}


def page() -> str:
    names = (f"`{role}` {label}" for role, label in chinese_names().items())
    return "\n".join([HEAD, *roles_table(), "", f"In Chinese: {', '.join(names)}.", MIDDLE.rstrip(), *sections(), ""])


def chinese_names() -> dict[str, str]:
    with override("zh-hans"):
        return {str(role): str(role.label) for role in Role}
