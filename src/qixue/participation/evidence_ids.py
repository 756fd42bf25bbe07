"""How evidence names an entry of the ledger, and a session that stands for all of its entries. Pure, no Django."""

ENTRY, SESSION = "ledger:", "tally:"  # how these ids begin


def entry_id(organisation: str, sequence: int) -> str:
    """`organisation` is the code of the one whose ledger it is: `ledger:CODE/12`."""
    return f"{ENTRY}{organisation}/{sequence}"


def session_id(activity: str, number: int) -> str:
    """By the code of its activity and its number there: `tally:CODE/3`."""
    return f"{SESSION}{activity}/{number}"


def place_in(key: str) -> tuple[str, str]:
    """The code in such an id, and the number behind it."""
    code, _slash, number = key.partition(":")[2].rpartition("/")
    return code, number
