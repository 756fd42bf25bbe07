"""Rounds from files: the want-list format of TradeMaximizer, and JSON. docs/reference/swap.md has both formats."""

import hashlib
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from graphlib import CycleError, TopologicalSorter
from pathlib import Path
from typing import Any

from qixue.swap.matching.round import MAX_BYTES, MAX_ITEMS, MAX_NODES, MAX_WANTS, Round

WANT_LIST = re.compile(r"(?:\((?P<user>[^()]+)\)\s*)?(?P<item>[^\s:();]+)\s*(?::|\s|$)(?P<wants>[^:()]*)")
Label = str | int | None  # a kind or a place in JSON
BEGIN_NAMES, END_NAMES = "!BEGIN-OFFICIAL-NAMES", "!END-OFFICIAL-NAMES"


class BadRound(Exception):
    """The file is no round. `code` says why, `name` what is meant, `line` (from 1) where.

    Codes: too_big, too_many_items, too_many_nodes, too_many_wants, encoding, syntax, duplicate, unknown, self_want,
    own_item, foreign_dummy, dummy_without_user, dummy_cycle, no_kinds.
    """

    def __init__(self, code: str, line: int, name: str = "") -> None:
        super().__init__(code, line, name)
        self.code, self.line, self.name = code, line, name


@dataclass
class Entry:
    """One thing as the file has it."""

    id: str
    user: str
    wants: list[str]
    line: int
    is_dummy: bool = False
    is_gift: bool = False
    kind: str | None = None
    place: str | None = None
    waiting: int = 0


def load(source: str | Path | bytes) -> Round:
    """The round in a file, or in its bytes. JSON where it begins with a brace. Raises BadRound."""
    content = source if isinstance(source, bytes) else read(Path(source))
    entries, lines = parsed(content)
    return assembled(entries, lines, hashlib.sha256(content).hexdigest())


def parsed(content: bytes) -> tuple[list[Entry], "JsonLines | None"]:
    """What the file says of each thing, before it is checked; for JSON what tells its lines. Raises BadRound."""
    if len(content) > MAX_BYTES:
        raise BadRound("too_big", 1)
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise BadRound("encoding", content.count(b"\n", 0, error.start) + 1) from error
    if text.lstrip().startswith("{"):
        return json_entries(text), JsonLines(text)
    return unique_dummies(want_lists(text)), None


def read(path: Path) -> bytes:
    """At most one byte more than a round may have."""
    with path.open("rb") as file:
        return file.read(MAX_BYTES + 1)


# TradeMaximizer


def want_lists(text: str) -> list[Entry]:
    """The lines of a want list. Priorities (`;`, `=n`) are read over; names are in capitals unless CASE-SENSITIVE.

    An official name without a want list of its own is a thing that nobody brought: whoever wants it does so in vain.
    """
    upper, in_names = True, False
    entries: list[Entry] = []
    official: set[str] = set()
    for number, line in enumerate(text.split("\n"), start=1):
        line = line.strip()
        if line.startswith("#!"):
            upper = upper and "CASE-SENSITIVE" not in line.upper().split()
        if not line or line.startswith("#"):
            continue
        line = line.upper() if upper else line
        if line.upper() in (BEGIN_NAMES, END_NAMES):
            in_names = line.upper() == BEGIN_NAMES
        elif in_names:
            official.add(re.split(r"[:\s]", line)[0])
        else:
            entries.append(want_list(line, number))
    absent = official - {entry.id for entry in entries}
    for entry in entries:
        entry.wants = [name for name in entry.wants if name not in absent]
    return entries


def want_list(line: str, number: int) -> Entry:
    """`(USER) ITEM : WANT WANT ...`. Raises BadRound: syntax, dummy_without_user."""
    match = WANT_LIST.fullmatch(line)
    if match is None or (not line.isprintable() and "\t" not in line):
        raise BadRound("syntax", number, line[:40])
    user, item = (match["user"] or "").strip(), match["item"]
    if item.startswith("%") and not user:
        raise BadRound("dummy_without_user", number, item)
    wants = [word.split("=")[0] for word in match["wants"].replace(";", " ").split()]
    return Entry(item, user or item, wants, number, is_dummy=item.startswith("%"))


def unique_dummies(entries: list[Entry]) -> list[Entry]:
    """Dummies are private: where two people use one name, each gets it with the name of its person."""
    owners: dict[str, set[str]] = {}
    for entry in entries:
        if entry.is_dummy:
            owners.setdefault(entry.id, set()).add(entry.user)
    shared = {name for name, users in owners.items() if len(users) > 1}
    for entry in entries:
        suffix = f" for user ({entry.user})"
        entry.id += suffix if entry.id in shared else ""
        entry.wants = [name + suffix if name in shared else name for name in entry.wants]
    return entries


# JSON


@dataclass(frozen=True)
class JsonLines:
    """Finds the line of a thing in JSON text, which a parser does not tell; only asked when something is wrong."""

    text: str

    def of(self, entry_id: str, *, occurrence: int = 1, wanted: str | None = None) -> int:
        """The line of the id, or of a want after it; the first line where the text spells it in another way."""
        spellings = "|".join(re.escape(json.dumps(entry_id, ensure_ascii=ascii)) for ascii in (False, True))
        found = list(re.finditer(rf'"id"\s*:\s*(?:{spellings})', self.text))
        if len(found) < occurrence:
            return 1
        start = found[occurrence - 1].start()
        if wanted is not None:
            start = max(start, self.text.find(json.dumps(wanted, ensure_ascii=False), found[occurrence - 1].end()))
        return self.text.count("\n", 0, start) + 1


def json_entries(text: str) -> list[Entry]:
    """The things of `{"items": [{"id", "user", "wants", ...}]}`. Raises BadRound: syntax."""
    try:
        document = json.loads(text)
    except json.JSONDecodeError as error:
        raise BadRound("syntax", error.lineno, error.msg) from error
    except (RecursionError, ValueError) as error:
        raise BadRound("syntax", 1) from error
    items = document.get("items")
    if not isinstance(items, list):
        raise BadRound("syntax", 1, "items")
    lines = JsonLines(text)
    return [json_entry(item, lines) for item in items]


def json_entry(item: Any, lines: JsonLines) -> Entry:
    if not isinstance(item, dict) or not is_name(item.get("id")):
        raise BadRound("syntax", 1, "id")
    user: Any = item.get("user")
    name, waiting, wants = item["id"], item.get("waiting", 0), item.get("wants", [])
    is_dummy, is_gift = item.get("dummy", False), item.get("gift", False)
    kind, place = item.get("kind"), item.get("place")
    holds = (
        is_name(user)
        and isinstance(wants, list)
        and set(map(type, wants)) <= {str}
        and isinstance(is_dummy, bool)
        and isinstance(is_gift, bool)
        and isinstance(kind, Label)
        and isinstance(place, Label)
        and isinstance(waiting, int)
        and 0 <= waiting <= 1000
    )
    if not holds:
        raise BadRound("syntax", lines.of(name), name)
    return Entry(name, user, wants, 0, is_dummy, is_gift, text_of(kind), text_of(place), waiting)


def text_of(value: Label) -> str | None:
    return None if value is None else str(value)


def is_name(value: Any) -> bool:
    """Whether it can stand for a thing or a person, and be printed."""
    return isinstance(value, str) and value != "" and value.isprintable()


# Both


def assembled(entries: list[Entry], lines: JsonLines | None, digest: str) -> Round:
    """The round, after all that can be wrong with it. Raises BadRound."""
    refuse_too_much(entries)
    numbers: dict[str, int] = {}
    for number, entry in enumerate(entries):
        if entry.id in numbers:
            raise BadRound("duplicate", lines.of(entry.id, occurrence=2) if lines else entry.line, entry.id)
        numbers[entry.id] = number
    owned: dict[str, set[str]] = {}
    for entry in entries:
        owned.setdefault(entry.user, set()).add(entry.id)
    dummies = {entry.id for entry in entries if entry.is_dummy}
    for entry in entries:
        if not may_want(entry, numbers, owned[entry.user], dummies):
            wanted, code = first_fault(entry, entries, numbers)
            raise BadRound(code, lines.of(entry.id, wanted=wanted) if lines else entry.line, wanted)
    wants = tuple(tuple(dict.fromkeys(map(numbers.__getitem__, entry.wants))) for entry in entries)
    if (node := node_on_a_dummy_cycle(entries, wants)) is not None:
        entry = entries[node]
        raise BadRound("dummy_cycle", lines.of(entry.id) if lines else entry.line, entry.id)
    people = {user: number for number, user in enumerate(dict.fromkeys(entry.user for entry in entries))}
    homes = {entry.user: entry.place for entry in reversed(entries) if entry.place is not None}
    return Round(
        ids=tuple(numbers),
        users=tuple(people[entry.user] for entry in entries),
        wants=wants,
        is_dummy=tuple(entry.is_dummy for entry in entries),
        is_gift=tuple(entry.is_gift and not entry.is_dummy for entry in entries),
        kinds=tuple(entry.kind for entry in entries),
        places=tuple(homes.get(entry.user) if entry.is_dummy else entry.place for entry in entries),
        waiting=tuple(entry.waiting for entry in entries),
        people=tuple(people),
        digest=digest,
    )


def refuse_too_much(entries: list[Entry]) -> None:
    counts = {
        "too_many_items": (sum(not entry.is_dummy for entry in entries), MAX_ITEMS),
        "too_many_nodes": (len(entries), MAX_NODES),
        "too_many_wants": (sum(len(entry.wants) for entry in entries), MAX_WANTS),
    }
    for code, (count, limit) in counts.items():
        if count > limit:
            raise BadRound(code, 1, str(count))


def may_want(entry: Entry, numbers: Mapping[str, int], own: set[str], dummies: set[str]) -> bool:
    """Whether a thing can want all that it wants. Sets at once: most of loading would be asking want by want."""
    wanted = set(entry.wants)
    mine = wanted & own
    return numbers.keys() >= wanted and mine <= dummies and entry.id not in mine and dummies.isdisjoint(wanted - mine)


def first_fault(entry: Entry, entries: list[Entry], numbers: Mapping[str, int]) -> tuple[str, str]:
    """What a thing cannot want, and why."""
    found = ((wanted, fault(entry, wanted, entries, numbers)) for wanted in entry.wants)
    return next((wanted, code) for wanted, code in found if code is not None)


def fault(entry: Entry, wanted: str, entries: list[Entry], numbers: Mapping[str, int]) -> str | None:
    """Why a thing cannot want this one."""
    if wanted not in numbers:
        return "unknown"
    target = entries[numbers[wanted]]
    if target is entry:
        return "self_want"
    if target.is_dummy:
        return None if target.user == entry.user else "foreign_dummy"
    return "own_item" if target.user == entry.user else None


def node_on_a_dummy_cycle(entries: list[Entry], wants: Sequence[tuple[int, ...]]) -> int | None:
    """The first dummy on a circle of dummies that want one another."""
    dummies = {node for node, entry in enumerate(entries) if entry.is_dummy}
    below = {node: dummies.intersection(wants[node]) for node in sorted(dummies)}
    try:
        TopologicalSorter({node: found for node, found in below.items() if found}).prepare()
    except CycleError as error:
        circle: list[int] = error.args[1]
        return min(circle)
    return None
