"""Money is kept as whole fen; people write and read yuan."""

import re
from decimal import Decimal

from qixue.core.typed import half_width

AMOUNT = re.compile(r"([0-9]+(?:\.[0-9]+)?)(万)?")
GROUPED = re.compile(r"[0-9]{1,3}(?:,[0-9]{3})+(?:\.[0-9]+)?(?:万)?")
FEN_PER_YUAN = 100
YUAN_PER_WAN = 10_000
MOST_FEN = 10**13  # 100 billion yuan: more is a slip of the finger


def parse_yuan(text: str) -> int | None:
    """Fen from 1200, 1,200.50, 0.12万, ¥1200, １２００元. None when unclear, negative or finer than a fen."""
    plain = half_width(text).replace(" ", "").removeprefix("¥").removesuffix("元")
    if "," in plain:
        if GROUPED.fullmatch(plain) is None:
            return None
        plain = plain.replace(",", "")
    match = AMOUNT.fullmatch(plain)
    if match is None:
        return None
    fen = Decimal(match.group(1)) * (YUAN_PER_WAN if match.group(2) else 1) * FEN_PER_YUAN
    return int(fen) if fen == fen.to_integral_value() and fen < MOST_FEN else None


def yuan_text(fen: int) -> str:
    """1,200 or 1,200.50: digits only, the unit stands beside them."""
    yuan, rest = divmod(fen, FEN_PER_YUAN)
    return f"{yuan:,}.{rest:02}" if rest else f"{yuan:,}"
