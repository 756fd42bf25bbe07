"""A calendar as text (RFC 5545). Written here, because a feed of ten thousand events takes the library seconds."""

import datetime
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

LONGEST_LINE = 75  # octets
ESCAPED = str.maketrans({"\\": "\\\\", ";": "\\;", ",": "\\,", "\n": "\\n", "\r": None})


@dataclass(frozen=True)
class Event:
    """`sequence` grows with each change, so that calendars replace what they have."""

    uid: str
    summary: str
    starts_at: datetime.datetime
    ends_at: datetime.datetime | None
    location: str
    url: str
    sequence: int
    is_cancelled: bool


def calendar_text(name: str, events: Iterable[Event], *, at: datetime.datetime) -> bytes:
    """The whole file; `at` is when it was made. Calendars are asked to look again after an hour."""
    lines = ["BEGIN:VCALENDAR", "PRODID:-//Qixue//Qixue//ZH", "VERSION:2.0", "METHOD:PUBLISH"]
    lines += [f"X-WR-CALNAME:{escaped(name)}", "REFRESH-INTERVAL;VALUE=DURATION:PT1H", "X-PUBLISHED-TTL:PT1H"]
    stamp = moment(at)
    for event in events:
        lines += event_lines(event, stamp)
    return "".join(f"{line}\r\n" for line in folded_lines([*lines, "END:VCALENDAR"])).encode()


def event_lines(event: Event, stamp: str) -> Iterator[str]:
    yield from ("BEGIN:VEVENT", f"UID:{event.uid}", f"DTSTAMP:{stamp}", f"SEQUENCE:{event.sequence}")
    yield f"SUMMARY:{escaped(event.summary)}"
    yield f"DTSTART:{moment(event.starts_at)}"
    if event.ends_at:
        yield f"DTEND:{moment(event.ends_at)}"
    if event.location:
        yield f"LOCATION:{escaped(event.location)}"
    if event.is_cancelled:
        yield "STATUS:CANCELLED"
    yield from (f"URL:{event.url}", "END:VEVENT")


def moment(value: datetime.datetime) -> str:
    return value.astimezone(datetime.UTC).strftime("%Y%m%dT%H%M%SZ")


def escaped(text: str) -> str:
    return text.translate(ESCAPED)


def folded_lines(lines: Iterable[str]) -> Iterator[str]:
    """Lines of at most 75 octets; what is longer goes on behind a space, never in the middle of a character."""
    for line in lines:
        while len(line.encode()) > LONGEST_LINE:
            kept = line.encode()[:LONGEST_LINE].decode(errors="ignore")
            yield kept
            line = f" {line[len(kept) :]}"
        yield line
