"""A city with a Qixue of its own, of which there is nothing here but its key and what it sends to the province."""

import datetime
import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from qixue.core.signing_keys import kid_of
from qixue.report.province_return_format import FORMAT, SignedReturn, signed
from qixue.report.seal_format import FORMAT as SEAL_FORMAT
from qixue.report.seal_format import UNFINISHED, SealedFigure, figure_json, sealed
from qixue.report.sealing import utc_text


@dataclass(frozen=True)
class Issue:
    """One issue of the summary of its week."""

    programme: dict[str, Any]  # as a return names it: code, name, year, is_synthetic and so on
    title: str
    number: int
    sealed_at: datetime.datetime
    is_interim: bool = False  # before the week was over


@dataclass(frozen=True)
class Neighbour:
    code: str
    name: str
    key: Ed25519PrivateKey

    @property
    def public_key(self) -> bytes:
        return self.key.public_key().public_bytes_raw()

    def sign(self, message: bytes) -> tuple[str, bytes]:
        return kid_of(self.public_key), self.key.sign(message)

    def sends(self, issue: Issue, figures: Sequence[SealedFigure]) -> SignedReturn:
        """The figures, sealed and signed as docs/reference/province-returns.md says; of the text nothing is printed."""
        seal = {
            "format": SEAL_FORMAT,
            "programme": {name: issue.programme[name] for name in ("code", "name")},
            "number": issue.number,
            "title": issue.title,
            "sealed_at": utc_text(issue.sealed_at),
            "text_sha256": "0" * 64,
            "figures": [figure_json(figure) for figure in figures],
            "printed": [],
            "ledgers": [],
            "waivers": [{"kind": UNFINISHED}] if issue.is_interim else [],
            "previous": None,
        }
        content = {
            "format": FORMAT,
            "city": {"code": self.code, "name": self.name},
            "programme": issue.programme,
            "seal": json.loads(sealed(seal, self.sign).text()),
        }
        return signed(content, self.sign, {kid_of(self.public_key): self.public_key})
