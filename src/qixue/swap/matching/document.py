"""A plan as people and programs read it: JSON, and text in the style of TradeMaximizer."""

from dataclasses import asdict
from typing import Any

from qixue.swap.matching.exchange import Exchange, followed
from qixue.swap.matching.plan import ABSENCES, FORMAT, Plan, value


def document(plan: Plan, seconds: dict[str, float]) -> dict[str, Any]:
    """The result as JSON; docs/reference/swap.md says what each field means."""
    rules = asdict(plan.rules)
    del rules["time_limit"]
    sizes = group_sizes(plan)
    return {
        "format": FORMAT,
        "instance": plan.round.digest,
        "objective": plan.rules.objective,
        "rules": rules,
        "trades": plan.trades,
        "people": plan.people,
        "value": value(plan.round, plan.rules, plan.all_exchanges),
        "bound": plan.bound,
        "proven": plan.proven,
        "expected": {percent: round(plan.expected(absence), 4) for percent, absence in ABSENCES.items()},
        "largest": max(sizes, default=0),
        "sum_squares": sum(size * size for size in sizes),
        "cycles": plan.cycles,
        "chains": plan.chains,
        "certificate": plan.certificate,
        "seconds": {name: round(value, 6) for name, value in seconds.items()},
    }


def group_sizes(plan: Plan) -> list[int]:
    """Hand-overs in each cycle and chain, the most first."""
    return sorted((len(exchange.receivers(plan.round)) for exchange in plan.all_exchanges), reverse=True)


def text(plan: Plan) -> str:
    """Loops, what each item receives, and the numbers, as TradeMaximizer prints them."""
    receives: dict[int, int] = {}
    blocks = []
    for exchange in plan.all_exchanges:
        pairs = item_pairs(plan, exchange)
        receives.update(pairs)
        blocks.append(pairs)
    names = {node: label(plan, node) for node, dummy in enumerate(plan.round.is_dummy) if not dummy}
    width = max((len(name) for name in names.values()), default=0)
    sends = {received: item for item, received in receives.items()}
    lines = [f"TRADE LOOPS ({plan.trades} total trades):", ""]
    for pairs in blocks:
        lines += [f"{names[item]:<{width}} receives {names[received]}" for item, received in pairs]
        lines.append("")
    lines += [f"ITEM SUMMARY ({plan.trades} total trades):", ""]
    lines += sorted(summary_line(names, node, receives.get(node), sends.get(node), width) for node in names)
    share = f" ({plan.trades / len(names):.1%})" if names else ""
    sizes = group_sizes(plan)
    lines += ["", f"Num trades  = {plan.trades} of {len(names)} items{share}"]
    lines += [f"Num people  = {plan.people}", f"Num groups  = {len(sizes)}"]
    lines += [f"Group sizes = {' '.join(map(str, sizes))}", f"Sum squares = {sum(size * size for size in sizes)}"]
    lines += [f"Bound       = {plan.bound:g}{' (proven)' if plan.proven else ''}"]
    return "\n".join(lines)


def item_pairs(plan: Plan, exchange: Exchange) -> list[tuple[int, int]]:
    """(item, item that its owner receives), through dummies."""
    items = [node for node in exchange.nodes if not plan.round.is_dummy[node]]
    return list(followed(items, is_chain=exchange.is_chain))


def label(plan: Plan, node: int) -> str:
    return f"({plan.round.people[plan.round.users[node]]}) {plan.round.ids[node]}"


def summary_line(names: dict[int, str], node: int, received: int | None, taker: int | None, width: int) -> str:
    """What becomes of an item; a gift receives nothing, the last thing of a chain is sent to the table."""
    if received is None and taker is None:
        return f"{names[node]:<{width}}             does not trade"
    receives = "nothing" if received is None else names[received]
    taken = "common table" if taker is None else names[taker]
    return f"{names[node]:<{width}} receives {receives:<{width}} and sends to {taken}"
