"""How the domain says no: with a code for programs and a sentence for people."""

from collections.abc import Sequence
from typing import Any


class Refused(Exception):
    """An act was refused and nothing was changed.

    `code` is stable and machine-readable; `text` is a translatable sentence with named placeholders filled from
    `params`; `lines` lists single complaints where several things are wrong at once (a sheet, a file).
    """

    def __init__(self, code: str, text: Any, /, *, lines: Sequence[Any] = (), **params: Any) -> None:
        super().__init__(code)
        self.code = code
        self.text = text
        self.lines = tuple(lines)
        self.params = params

    @property
    def sentence(self) -> str:
        """The sentence in the reader's language, without the single complaints."""
        return str(self.text) % self.params if self.params else str(self.text)

    def __str__(self) -> str:
        return "\n".join([self.sentence, *(str(line) for line in self.lines)])
