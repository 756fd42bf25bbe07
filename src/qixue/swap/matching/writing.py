"""A round as a want list of TradeMaximizer, and as the JSON that `load` reads."""

import json
from collections.abc import Iterable, Mapping, Sequence

from qixue.swap.matching.reading import BEGIN_NAMES, END_NAMES, Entry

OPTIONS = "#! CASE-SENSITIVE REQUIRE-COLONS REQUIRE-USERNAMES HIDE-NONTRADES"


def want_list_text(entries: Sequence[Entry], names: Mapping[str, str], notes: Iterable[str] = ()) -> str:
    """One line for each thing and dummy, what things are called before them. Gifts want nothing; kinds are left out.

    `names` are by id; `notes` stand at the top, for people.
    """
    lines = [OPTIONS, *(f"# {one_line(note)}" for note in notes), BEGIN_NAMES]
    lines += [f"{entry.id} : {one_line(names[entry.id])}" for entry in entries if not entry.is_dummy]
    lines += [END_NAMES, *(want_line(entry) for entry in entries)]
    return "\n".join(lines) + "\n"


def want_line(entry: Entry) -> str:
    return " ".join([f"({entry.user})", entry.id, ":", *entry.wants])


def one_line(text: str) -> str:
    return " ".join(text.split())


def round_json(entries: Iterable[Entry], **beside: str) -> str:
    """All that is known, in the form of docs/reference/swap.md, and texts that stand `beside` the items."""
    items = [
        {
            "id": entry.id,
            "user": entry.user,
            "wants": entry.wants,
            "dummy": entry.is_dummy,
            "gift": entry.is_gift,
            "kind": entry.kind,
            "place": entry.place,
            "waiting": entry.waiting,
        }
        for entry in entries
    ]
    return json.dumps({**beside, "items": items}, ensure_ascii=False)
