"""How the domain says no: with a code for programs and a sentence for people."""

from collections.abc import Iterable, Sequence
from typing import Any


class Refused(Exception):
    """An act was refused and nothing was changed.

    `code` is stable and machine-readable; `text` is a translatable sentence with named placeholders filled from
    `params`; `lines` lists single complaints where several things are wrong at once (a sheet, a file); `field` names
    the detail that has to be changed, where it is one.
    """

    def __init__(self, code: str, text: Any, /, *, lines: Sequence[Any] = (), field: str = "", **params: Any) -> None:
        super().__init__(code)
        self.code = code
        self.text = text
        self.lines = tuple(lines)
        self.field = field
        self.params = params

    @property
    def sentence(self) -> str:
        """The sentence in the reader's language, without the single complaints."""
        return str(self.text) % self.params if self.params else str(self.text)

    def apart(self) -> list["Refused"]:
        """This one and those among its lines that name a detail of their own, each without the others."""
        others = [line for line in self.lines if isinstance(line, Refused)]
        lines = [line for line in self.lines if line not in others]
        return [Refused(self.code, self.text, lines=lines, field=self.field, **self.params), *others]

    def __str__(self) -> str:
        return "\n".join([self.sentence, *(str(line) for line in self.lines)])


class Doubt(Refused):
    """Something that can be right but rarely is. Called again with `confirmed=True`, the operation does it."""


def ask_at_once(doubts: Iterable[Doubt]) -> None:
    """Raise all doubts as one, of the code and field of the first: whoever says yes has read each of them."""
    asked = list(doubts)
    if asked:
        first, *others = asked
        raise Doubt(first.code, first.text, lines=[*first.lines, *others], field=first.field, **first.params)
