"""Does a result hold? Plain Python over the round and the result: no solver, nothing of how the plan was found."""

from collections import Counter
from collections.abc import Iterable
from typing import Any

from qixue.swap.matching.exchange import Exchange, exchanges
from qixue.swap.matching.plan import (
    FORMAT,
    SCALE,
    Certificate,
    deciding,
    measured,
    people,
    shown,
    trades,
    weights,
    worth,
)
from qixue.swap.matching.round import Round, Rules, TooMany, arc_points, kind_received, under_rules

MAX_WHOLE = 1 << 62


class BadResult(Exception):
    """The document is no result of `solve`."""


def faults(round_: Round, document: Any) -> list[str]:
    """What does not hold. Raises BadResult where it cannot be read.

    instance: another file; thing: unknown, exchanged twice, or none; want: somebody would receive what they do not
    want; length, gift, kind: against the rules; counts: trades, people or value are wrong; bound: below the value, or
    another although it is proven; certificate: does not prove the bound.
    """
    try:
        return list(dict.fromkeys(found_faults(round_, document)))
    except (KeyError, TypeError, ValueError, AttributeError, OverflowError, TooMany) as error:
        raise BadResult from error


def found_faults(whole: Round, document: Any) -> Iterable[str]:
    if document["format"] != FORMAT:
        raise BadResult
    rules = Rules(**document["rules"])
    if document["instance"] != whole.digest or document["objective"] != rules.objective:
        yield "instance"
    round_ = under_rules(whole, rules)
    numbers = {name: node for node, name in enumerate(round_.ids)}
    lists = [(names, False) for names in document["cycles"]] + [(names, True) for names in document["chains"]]
    plan = [Exchange(tuple(numbers.get(name, -1) for name in names), is_chain) for names, is_chain in lists]
    used = Counter(node for exchange in plan for node in exchange.nodes)
    if -1 in used or max(used.values(), default=1) > 1 or not all(exchange.nodes for exchange in plan):
        yield "thing"
        return
    yield from (fault for exchange in plan for fault in exchange_faults(round_, rules, exchange))
    received = sum((exchange.kinds(round_) for exchange in plan), Counter[tuple[int, str]]())
    if rules.one_per_kind and any(count > 1 for count in received.values()):
        yield "kind"
    yield from claim_faults(round_, rules, plan, document)


def exchange_faults(round_: Round, rules: Rules, exchange: Exchange) -> Iterable[str]:
    items = [node for node in exchange.nodes if not round_.is_dummy[node]]
    if len(items) < 2:
        yield "want"
        return
    if any(received not in round_.wants[item] for item, received in exchange.hand_overs()):
        yield "want"
    if rules.max_items is not None and len(items) > rules.max_items:
        yield "length"
    gifts = [node for node in exchange.nodes if round_.is_gift[node]]
    begins_with_item = not round_.is_dummy[exchange.nodes[0]]
    if gifts != list(exchange.nodes[-1:] if exchange.is_chain else []) or (exchange.is_chain and not begins_with_item):
        yield "gift"


def claim_faults(round_: Round, rules: Rules, plan: list[Exchange], document: Any) -> Iterable[str]:
    """What the result says about itself."""
    value = shown(rules, measured(round_, rules, plan)[deciding(rules)])
    claimed = (document["trades"], document["people"], document["value"])
    if claimed != (trades(round_, plan), people(round_, plan), value):
        yield "counts"
    if not isinstance(document["proven"], bool) or not isinstance(document["bound"], int | float):
        raise BadResult
    if not document["bound"] >= value or (document["proven"] and document["bound"] != value):
        yield "bound"
    certificate = document["certificate"]
    if certificate is not None and not (document["proven"] and holds(round_, rules, certificate, plan)):
        yield "certificate"


def holds(round_: Round, rules: Rules, certificate: Any, plan: list[Exchange]) -> bool:
    """Whether the certificate can be read and proves the plan."""
    try:
        return proves(round_, rules, certificate, worth(round_, rules, plan))
    except (KeyError, TypeError, ValueError, IndexError, TooMany):
        return False


def proves(round_: Round, rules: Rules, certificate: Certificate, reached: int) -> bool:
    """Whether no plan can be worth more than `reached`, by the prices of the certificate.

    The prices of a thing (network: for what it takes and for being taken) cover all that an arc or an exchange is
    worth; the sum of all prices limits every plan. A sum that differs from the total is no certificate.
    """
    scale, factor = whole(certificate["scale"]), weights(round_, rules)
    people, kinds, used = multipliers(round_, rules, certificate, scale * factor.get("people", 0))
    is_plain = certificate["kind"] == "network" and "people" not in factor and not rules.one_per_kind
    if scale != (1 if is_plain else SCALE) or whole(certificate["total"]) // scale != reached:
        return False
    rest = sum(scale * factor["people"] - price for price in people if used) + sum(kinds.values())
    if certificate["kind"] == "network":
        if rules.max_items is not None or "items" not in factor:
            return False
        total, covers = network_total(round_, rules, certificate, (scale * factor["items"], people, kinds))
    else:
        total, covers = packing_total(round_, rules, certificate, (scale, people, kinds))
    return covers and certificate["total"] == total + rest


Kinds = dict[tuple[int, str], int]
Terms = tuple[int, list[int], Kinds]


def multipliers(round_: Round, rules: Rules, certificate: Certificate, most: int) -> tuple[list[int], Kinds, bool]:
    """Prices of people (all 0 where they do not count) and kinds. Raises ValueError outside what they may be."""
    people = [whole(price) for price in certificate["people"]]
    kinds = {(person, kind): whole(price) for person, kind, price in certificate["kinds"]}
    if len(kinds) != len(certificate["kinds"]) or (kinds and not rules.one_per_kind):
        raise ValueError("kinds")
    if any(not 0 <= price <= most for price in people) or any(price < 0 for price in kinds.values()):
        raise ValueError("price")
    if len(people) != (len(round_.people) if most else 0):
        raise ValueError("people")
    return people or [0] * len(round_.people), kinds, bool(most)


def network_total(round_: Round, rules: Rules, certificate: Certificate, terms: Terms) -> tuple[int, bool]:
    """The sum of the potentials, and whether they cover every arc, every thing that is kept, and every gift."""
    per_point, people, kinds = terms
    give, take = whole_list(round_, certificate["give"]), whole_list(round_, certificate["take"])
    covers = all(given + taken >= 0 for given, taken in zip(give, take, strict=True))
    for item, wanted in round_.arcs():
        worth = per_point * arc_points(round_, rules, item, wanted)
        worth += 0 if round_.is_dummy[item] else people[round_.users[item]]
        worth -= kinds.get(kind_received(round_, item, wanted) or (-1, ""), 0) if kinds else 0
        covers = covers and give[item] + take[wanted] >= worth
    gifts = [node for node, gift in enumerate(round_.is_gift) if gift]
    ends = [node for node in range(len(give)) if not round_.is_gift[node] and not round_.is_dummy[node]]
    if gifts and ends:
        table = min(take[node] for node in ends)
        covers = covers and all(give[node] + table >= 0 for node in gifts)
    return sum(give) + sum(take), covers


def packing_total(round_: Round, rules: Rules, certificate: Certificate, terms: Terms) -> tuple[int, bool]:
    """The sum of the prices of things, and whether they cover every exchange that the rules allow."""
    scale, people, kinds = terms
    if certificate["kind"] not in ("packing", "cycles") or (certificate["kind"] == "packing") != bool(rules.max_items):
        raise ValueError("kind")
    nodes, factor = whole_list(round_, certificate["nodes"]), weights(round_, rules)
    covers = all(price >= 0 for price in nodes)
    for exchange in exchanges(round_, rules.max_items):
        values = measured(round_, rules, [exchange])
        worth = scale * sum(weight * values[name] for name, weight in factor.items() if name != "people")
        worth += sum(people[person] for person in exchange.served(round_))
        worth -= sum(kinds.get(key, 0) * count for key, count in exchange.kinds(round_).items()) if kinds else 0
        covers = covers and sum(nodes[node] for node in exchange.nodes) >= worth
    return sum(nodes), covers


def whole_list(round_: Round, values: list[Any]) -> list[int]:
    if len(values) != len(round_.ids):
        raise ValueError("length")
    return [whole(value) for value in values]


def whole(value: Any) -> int:
    """An integer that is one in JSON, too. Raises ValueError."""
    if type(value) is not int or abs(value) > MAX_WHOLE:
        raise ValueError("whole number")
    return value
