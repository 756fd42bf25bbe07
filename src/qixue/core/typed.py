"""What people type into fields and cells: full-width digits, Chinese dates, a time with 点. None when unclear."""

import datetime
import re
import unicodedata

DAY = re.compile(r"(\d{4})\s*[-/.年]\s*(\d{1,2})\s*[-/.月]\s*(\d{1,2})\s*日?")
TIME = re.compile(r"(上午|早上|下午|晚上|中午)?\s*(\d{1,2})\s*(?:[:点时]\s*(\d{1,2})?\s*分?|(半))?(半)?\s*(am|pm)?")
AFTERNOON = {"下午", "晚上", "pm"}
HALF_PAST = "半"
HEDGED = re.compile(
    r"(?P<before>约|大约|近|将近|超过|逾|about|around|nearly|almost|more than|over)?\s*(?P<digits>[0-9][0-9., ]*万?)\s*"
    r"(?P<after>多|余|\+|左右)?"
)
HEDGES = {
    "about": {"约", "大约", "about", "around", "左右"},
    "nearly": {"近", "将近", "nearly", "almost"},
    "at_least": {"超过", "逾", "more than", "over", "多", "余", "+"},
}
IDENTITY_NUMBER = re.compile(r"(?<![0-9A-Za-z])[0-9]{17}[0-9X](?![0-9A-Za-z])")
WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)  # GB 11643-1999
CHECK_DIGITS = "10X98765432"  # by the weighted sum modulo 11
YEARS = range(1949, 2100)  # a year outside is a slip of the finger
APART = r"[ -]{0,3}"  # how the digits of a number are set apart
TELEPHONE_NUMBER = re.compile(
    rf"(?<![0-9])(?:(?:\+|00)?86{APART})?"
    rf"(?:1{APART}[3-9](?:{APART}[0-9]){{9}}"  # mobile
    rf"|\(?0(?:10|2[0-9]|[3-9][0-9]{{2}})\)?{APART}[2-8](?:{APART}[0-9]){{6,7}}"  # landline with its area code
    rf"|(?:电话|座机|tel)[^0-9]{{0,3}}[2-8][0-9]{{6,7}})"  # or called so
    rf"(?![0-9])",
    re.IGNORECASE,
)
PRIVATE_NUMBER = re.compile(r"(?<![0-9])(1[3-9][0-9]{9}|[0-9]{17}[0-9Xx])(?![0-9])")  # mobile, or identity number
DASHES = str.maketrans("－–—〇", "---0")


def half_width(text: str) -> str:
    """The text with full-width digits, letters and punctuation made half-width; for numbers and codes, not names."""
    return unicodedata.normalize("NFKC", text.translate(DASHES)).strip()


def digits_of(text: str) -> str:
    """The digits alone, half-width: a door code is shown as 388 185."""
    return re.sub("[^0-9]", "", half_width(text))


def holds_private_number(text: str) -> bool:
    """Whether a telephone or identity number stands anywhere in the text, which everybody would read.

    Any 18 digits count as one: with a slip of the finger it still tells who somebody is, and such a text needs none.
    """
    text = half_width(text)
    return any(number.search(text) for number in (TELEPHONE_NUMBER, PRIVATE_NUMBER))


def folded(text: str) -> str:
    """Full-width as half-width, without upper case. For comparing only, never for showing."""
    return unicodedata.normalize("NFKC", text).lower()


def has_identity_number(text: str) -> bool:
    """Whether a citizen identity number of 18 signs stands in the text, its check digit right (GB 11643-1999).

    For what staff take in: there other numbers of 18 digits have their place, as that of an organisation or a bill, and
    a row must not be refused for one.
    """
    found = IDENTITY_NUMBER.findall(half_width(text).upper())
    return any(CHECK_DIGITS[weighted_sum(number) % len(CHECK_DIGITS)] == number[-1] for number in found)


def may_hold_identity_number(text: str) -> bool:
    """The same with a slip of the finger in it: for lists of people, where no other number of 18 signs has a place."""
    return IDENTITY_NUMBER.search(half_width(text).upper()) is not None


def weighted_sum(number: str) -> int:
    return sum(weight * int(digit) for weight, digit in zip(WEIGHTS, number, strict=False))


def parse_day(text: str) -> datetime.date | None:
    """2026-11-25, 2026/11/25, 2026年11月25日, also in full-width digits."""
    match = DAY.fullmatch(half_width(text))
    if match is None or int(match.group(1)) not in YEARS:
        return None
    try:
        return datetime.date(*(int(part) for part in match.groups()))
    except ValueError:
        return None


def parse_time(text: str) -> datetime.time | None:
    """9:00, 09：00, 9点30分, 下午2点半, 2:30 pm."""
    match = TIME.fullmatch(half_width(text).lower())
    if match is None or match.group(0).isdigit():
        return None
    hour = int(match.group(2))
    minute = 30 if HALF_PAST in match.groups() else int(match.group(3) or 0)
    if {match.group(1), match.group(6)} & AFTERNOON and hour < 12:
        hour += 12
    return datetime.time(hour, minute) if hour < 24 and minute < 60 else None


def parse_whole_number(text: str) -> int | None:
    """120, １２０, 1,200; a sign is kept, so that a rule can say what is wrong with -5."""
    digits = half_width(text).replace(",", "").replace(" ", "")
    return int(digits) if re.fullmatch(r"-?[0-9]{1,15}", digits) else None


def parse_hedged(text: str) -> tuple[str, str] | None:
    """The bare number and its hedge: 120 exact, 约120 about, 近4000 nearly, 3500多 at_least. None when unclear."""
    match = HEDGED.fullmatch(half_width(text).lower())
    if match is None:
        return None
    words = {match.group("before"), match.group("after")} - {None}
    hedges = {hedge for hedge, known in HEDGES.items() if words & known}
    if len(hedges) > 1:
        return None
    return match.group("digits").strip(), hedges.pop() if hedges else "exact"
