"""Cities beside a province, each with a key of its own, and what they send."""

from dataclasses import replace
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from qixue.demo.city.neighbour import Issue, Neighbour
from qixue.places.models import Region
from qixue.programme.models import Programme
from qixue.report.province_return_format import SignedReturn
from qixue.report.seal_format import SealedFigure
from tests.factories import NOON, ProgrammeFactory, RegionFactory


class City(Neighbour):
    """It seals what it is told to say."""

    def says(
        self,
        *figures: SealedFigure,
        number: int = 1,
        year: int = 2026,
        is_synthetic: bool = False,
        is_interim: bool = False,
    ) -> SignedReturn:
        programme = {"code": "week", "name": "活动周", "year": year, "is_synthetic": is_synthetic}
        return self.sends(Issue(programme, "总结", number, NOON, is_interim), figures)


def figure(definition: str, value: str, unit: str, qualifier: str = "exact", **changes: Any) -> SealedFigure:
    made = SealedFigure(
        code=definition,
        name=definition,
        definition=definition,
        rule_version=1,
        dimensions={},
        value=value,
        qualifier=qualifier if value else "",
        unit=unit,
        text=value,
        number=value,
        record_count=1,
        evidence_root="0" * 64,
    )
    return replace(made, **changes)


def attendance(value: str, qualifier: str = "exact", **changes: Any) -> SealedFigure:
    return figure("attendance", value, "attendance", qualifier, **changes)


def province_with_cities() -> Programme:
    region = RegionFactory(code="440000", name="广东省", level=Region.Level.PROVINCE, unit_type="province")
    for code, name in (("440200", "韶关市"), ("441200", "肇庆市"), ("441800", "清远市")):
        RegionFactory(code=code, name=name, parent=region)
    return ProgrammeFactory(code="province", region=region)


def neighbour(code: str, name: str) -> City:
    return City(code, name, Ed25519PrivateKey.from_private_bytes(code.ljust(32).encode()))
