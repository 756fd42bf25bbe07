"""How dark a cell of a calendar or a tile of a map is."""

LEVELS = 5


def level_of(value: float, highest: float) -> int:
    """1 to 5, by the part of the highest value that this one reaches; 0 for nothing."""
    return max(1, min(LEVELS, round(LEVELS * value / (highest or value)))) if value else 0
