"""Cities beside a province, each with a key of its own, and what they send."""

import json
from dataclasses import dataclass, replace
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from qixue.core.signing_keys import kid_of
from qixue.places.models import Region
from qixue.programme.models import Programme
from qixue.report.province_return_format import SignedReturn, signed
from qixue.report.seal_format import SealedFigure, figure_json, sealed
from tests.factories import ProgrammeFactory, RegionFactory


@dataclass(frozen=True)
class City:
    """A neighbour with a Qixue of its own: it seals what it is told to say."""

    code: str
    name: str
    key: Ed25519PrivateKey

    @property
    def raw(self) -> bytes:
        return self.key.public_key().public_bytes_raw()

    def sign(self, message: bytes) -> tuple[str, bytes]:
        return kid_of(self.raw), self.key.sign(message)

    def says(self, *figures: SealedFigure, number: int = 1, is_synthetic: bool = False) -> SignedReturn:
        payload: dict[str, Any] = {
            "format": "qixue-seal/1",
            "programme": {"code": "week", "name": "活动周"},
            "number": number,
            "title": "总结",
            "sealed_at": "2026-11-30T02:00:00Z",
            "text_sha256": "0" * 64,
            "figures": [figure_json(figure) for figure in figures],
            "printed": [],
            "ledgers": [],
            "waivers": [],
            "previous": None,
        }
        envelope = sealed(payload, self.sign)
        seal = json.loads(envelope.text())
        city = {"code": self.code, "name": self.name}
        programme = {**payload["programme"], "is_synthetic": is_synthetic}
        content = {"format": "qixue-province-return/1", "city": city, "programme": programme, "seal": seal}
        return signed(content, self.sign, {kid_of(self.raw): self.raw})


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
