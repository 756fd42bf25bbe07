"""Numbers that people read aloud and type: drawn by chance, without letters that look like digits. Pure, no Django."""

import secrets
import unicodedata

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"  # Crockford's base 32
LENGTH = 16  # 80 bits: nobody meets one by trying
GROUP = 4
MISTAKEN = str.maketrans({"O": "0", "I": "1", "L": "1"})


def new_serial() -> str:
    return "".join(secrets.choice(ALPHABET) for _place in range(LENGTH))


def printed(serial: str) -> str:
    """As it stands on paper: K7M2-9FQX-3T8H-VB4C."""
    return "-".join(serial[at : at + GROUP] for at in range(0, len(serial), GROUP))


def read_serial(text: str) -> str:
    """The serial that somebody typed, whatever dashes, spaces or full-width letters it has; empty for anything else."""
    half = unicodedata.normalize("NFKC", text).upper().translate(MISTAKEN)
    serial = "".join(character for character in half if character.isalnum())
    return serial if len(serial) == LENGTH and set(serial) <= set(ALPHABET) else ""
