"""Chance that can be repeated."""

import random
import uuid


def stream(seed: int, name: str) -> random.Random:
    """An own stream of chance for one part of the city."""
    return random.Random(f"{seed}/{name}")  # noqa: S311 - invented data, repeatable on purpose


def drawn_uuid(chance: random.Random) -> uuid.UUID:
    return uuid.UUID(int=chance.getrandbits(128), version=4)
