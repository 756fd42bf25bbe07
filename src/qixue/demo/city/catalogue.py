"""The hand-written part of the city: organisations, venues and what they offer, read from the files in `data`."""

from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import yaml

DATA = Path(__file__).resolve().parent / "data"
ONLINE = "online"


@dataclass(frozen=True)
class Offer:
    """An activity that one or several organisations run; `by` says where each of them holds how many sessions."""

    slug: str
    title: str
    title_en: str
    kind: str
    text: str
    text_en: str
    seats: int | None
    parts: tuple[str, ...]
    minutes: int
    by: dict[str, dict[str, int]]
    audience: str = "everybody"
    brand: str = ""
    series: str = ""
    speaker: str = ""
    rule: str = "list_and_others"
    crowd: int = 0  # how many usually come where nobody registers
    topics: tuple[str, ...] = ()  # "中文 | English"
    days: tuple[int, ...] = ()  # empty: any day of the week
    awaiting: tuple[str, ...] = ()  # organisations that have not yet reported their last session
    is_draft: bool = False


@cache
def read(name: str) -> Any:
    return yaml.safe_load((DATA / name).read_text(encoding="utf-8"))


def offers() -> list[Offer]:
    rows = [*read("activities-brands.yaml"), *read("activities-open.yaml")]
    return [offer_of(row) for row in rows]


def offer_of(row: dict[str, Any]) -> Offer:
    values: dict[str, Any] = {key: tuple(value) if isinstance(value, list) else value for key, value in row.items()}
    return Offer(**values)
