"""How long a text message gets, and how a long one is cut: carriers bill by the piece, phones join the pieces."""

IN_ONE = 70  # UTF-16 units of a message that goes as it is
IN_EACH = 67  # of each piece of a longer one: the rest says which piece it is
MOST_PIECES = 4  # of what we send; whoever wants to say more says it on the page to which the message leads
MOST = MOST_PIECES * IN_EACH


def length_of(body: str) -> int:
    """In UTF-16 units, which is what carriers count: a picture character takes two."""
    return len(body.encode("utf-16-le")) // 2


def pieces_of(body: str) -> int:
    """How many messages the carrier makes of it."""
    length = length_of(body)
    return 1 if length <= IN_ONE else -(-length // IN_EACH)


def shortened(text: str, *, by: int) -> str:
    """The text without its last so many units, and with a mark that there is more."""
    kept = max(0, length_of(text) - by - 1)
    while length_of(text) > kept:
        text = text[:-1]
    return f"{text.rstrip()}…"
