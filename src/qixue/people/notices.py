"""The kinds of notices that reach a person's inbox, with their words: registered by apps, read in one's language."""

import datetime
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from qixue.core.clock import SHANGHAI
from qixue.core.clock_words import clocks, day, day_clock
from qixue.core.language import enumeration, is_chinese
from qixue.people.models import NotificationPreference, Role


@dataclass(frozen=True)
class NoticeKind:
    """`title` and `text` are translatable with named placeholders.

    Beside a parameter can stand the same with `_en` behind its name, for who reads English (`names_of`). One whose name
    ends in `_on` is a day, `until` and `ends` are minutes in Shanghai, `role` is the code of a role, `names` people.
    Beside `ends`, the `time` of `day_on` reads on to it: 09:00-11:00; so does `was_time` of `was_on` to `was_ends`.
    What people wrote, `text` or `note`, is cut in a text message that gets too long.

    `brief` is the text message, where it has to say more than the title with when and where.
    """

    code: str
    topic: NotificationPreference.Topic
    title: Any
    text: Any
    brief: Any = ""


@dataclass(frozen=True)
class Notice:
    """One thing to tell somebody. The same `key` reaches a person once; `link` is a path of this site."""

    kind: str
    key: str
    link: str = ""
    params: Mapping[str, str | int] = field(default_factory=dict)


KINDS: dict[str, NoticeKind] = {}
WRITTEN = ("text", "note")  # by people, of any length
SPANS = (("day_on", "time", "ends"), ("was_on", "was_time", "was_ends"))
DAYS_OF_EVENTS = {on for on, _time, _ends in SPANS}  # the others are those by which something has to be done
MINUTES = {"until", "ends", "was_ends"}
BETWEEN_NAMES = "、"  # as they are kept; who reads English finds a comma


def names_of(**records: Any) -> dict[str, str | int]:
    """Names of records as parameters, in both languages where both are on record: whoever is told reads one of them."""
    names: dict[str, str | int] = {}
    for parameter, record in records.items():
        names[parameter] = record.name
        if record.name_en:
            names[f"{parameter}_en"] = record.name_en
    return names


def names_kept(names: Iterable[str]) -> str:
    """The parameter `names` of a notice about these people."""
    return BETWEEN_NAMES.join(names)


def names_in(params: Mapping[str, Any]) -> list[str]:
    """Those of the people whom a notice is about; one that is empty where it names nobody."""
    return str(params.get("names", "")).split(BETWEEN_NAMES)


def register(*kinds: NoticeKind) -> None:
    """Raises ValueError for a code that is there already."""
    for kind in kinds:
        if kind.code in KINDS:
            raise ValueError(f"The notice {kind.code} is registered twice.")
        KINDS[kind.code] = kind


def title_of(kind: str, params: Mapping[str, Any]) -> str:
    return str(KINDS[kind].title) % readable(params)


def text_of(kind: str, params: Mapping[str, Any]) -> str:
    return str(KINDS[kind].text) % readable(params)


def words_of(kind: str, params: Mapping[str, Any]) -> tuple[str, str]:
    """Title and text."""
    said = readable(params)
    return str(KINDS[kind].title) % said, str(KINDS[kind].text) % said


def short_of(kind: str, params: Mapping[str, Any]) -> str:
    """What a text message says: the words of its own, or the title with the day, time and place of what happens."""
    said = readable(params)
    if brief := KINDS[kind].brief:
        return str(brief) % said
    parts = [str(KINDS[kind].title) % said]
    if params.get("day_on") and "time" in params:
        moment = {"day": said["day_on"], "time": said["time"]}
        parts += [pgettext("when, in a text message", "%(day)s %(time)s") % moment, said.get("place", "")]
    return pgettext("between the parts of a text message", ", ").join(part for part in parts if part)


def readable(params: Mapping[str, Any]) -> dict[str, Any]:
    english = {} if is_chinese() else {name[:-3]: value for name, value in params.items() if name.endswith("_en")}
    said = {name: readable_value(name, value) for name, value in {**params, **english}.items()}
    return said | {time: time_text(params, on, time, ends) for on, time, ends in SPANS if time in params}


def time_text(params: Mapping[str, Any], on: str, time: str, ends: str) -> str:
    """When it begins, and where the parameter `ends` says so, until when it lasts; or that nobody knows yet."""
    if not params[time]:
        return _("a time to be announced")
    if not (params.get(on) and params[time] and params.get(ends)):
        return params[time]
    return clocks(moment_of(f"{params[on]} {params[time]}"), moment_of(params[ends]))


def moment_of(minute: str) -> datetime.datetime:
    """As `clock.minute_text` has written it."""
    return datetime.datetime.fromisoformat(minute).replace(tzinfo=SHANGHAI)


def readable_value(name: str, value: Any) -> Any:
    if name == "role":
        return Role(value).label
    if name == "names":
        return enumeration(value.split(BETWEEN_NAMES))
    if name in MINUTES:
        return day_clock(moment_of(value)) if value else ""
    return day_text(name, value) if name.endswith("_on") else value


def day_text(name: str, value: str) -> str:
    """A stored day as pages write it; where none was set, that is what it says."""
    if value:
        return day(datetime.date.fromisoformat(value))
    return _("a day to be announced") if name in DAYS_OF_EVENTS else _("no deadline")
