"""What looks odd in the attendance records of a programme. Odd is not wrong: each finding opens to its records."""

import datetime
import uuid
from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Exists, F, OuterRef, Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, pgettext

from qixue.core.figures import Scope
from qixue.participation.models import LedgerEntry, LedgerEntryQuerySet, Tally
from qixue.participation.queries import scope_condition
from qixue.programme.models import Session
from qixue.programme.overlaps import overlapping

LATE_AFTER = datetime.timedelta(days=3)  # from the end of the session to the entry
ROUND = 10
LEAST_TO_BE_ROUND = 30  # people: below, a number that ends with 0 says nothing
MOSTLY = 0.5  # of the names of a session
FEWEST_NAMES = 5


@dataclass(frozen=True)
class Finding:
    """A session whose records look odd, and what about them does."""

    session: Session
    text: str


@dataclass(frozen=True)
class Found:
    """What a check found among `base` records that it looked at: by the key of the session, what is odd about it."""

    texts: dict[int, str]
    base: int

    @property
    def count(self) -> int:
        return len(self.texts)

    @property
    def share(self) -> int:
        """Per cent of what was looked at; 0 where there was nothing to look at."""
        return round(100 * self.count / self.base) if self.base else 0


def findings_of(texts: Iterable[tuple[int, str]]) -> list[Finding]:
    """With their sessions, in the order of the texts."""
    by_session = dict(texts)
    related = ("activity__organisation", "activity__programme", "venue")
    sessions = Session.objects.select_related(*related).in_bulk(by_session)
    return [Finding(sessions[pk], text) for pk, text in by_session.items()]


@dataclass(frozen=True)
class Check:
    """A check has a code, a title, a rule in words, and says what it counts; `run` applies it to a scope."""

    code: str
    title: Any
    rule: Any
    looks_at: Any
    run: Callable[[Scope], Found]


def entries_in(scope: Scope) -> LedgerEntryQuerySet:
    """Entries that stand today and name a session."""
    return LedgerEntry.objects.effective().filter(scope_condition(scope), session__isnull=False)


def late_head_counts(scope: Scope) -> Found:
    """The latest first. A correction is an entry of its own time and is left out: mending a number is no lateness."""
    counts = entries_in(scope).filter(kind=LedgerEntry.Kind.HEAD_COUNT, session__ends_at__isnull=False)
    late = counts.filter(recorded_at__gt=F("session__ends_at") + LATE_AFTER)
    rows = late.values_list("session_id", "recorded_at", "session__ends_at")
    days = {session: (recorded - ended).days for session, recorded, ended in rows if ended}
    ordered = sorted(days.items(), key=lambda pair: (-pair[1], pair[0]))
    return Found({session: days_text(late_by) for session, late_by in ordered}, counts.count())


def days_text(days: int) -> str:
    words = ngettext("Entered %(days)s day after the session.", "Entered %(days)s days after the session.", days)
    return words % {"days": days}


def round_numbers(scope: Scope) -> Found:
    """The largest first. Numbers that say themselves that they are estimates are not asked about."""
    counts = entries_in(scope).head_counts().filter(qualifier="exact", count__gte=LEAST_TO_BE_ROUND)
    numbers = dict(counts.order_by("-count", "session_id").values_list("session_id", "count"))
    texts = {
        session: _("A head count of exactly %(count)s people.") % {"count": count}
        for session, count in numbers.items()
        if count % ROUND == 0
    }
    return Found(texts, len(numbers))


def over_capacity(scope: Scope) -> Found:
    """Those furthest above first. Where nobody signs up people come and go: what a room holds at a time is no limit."""
    tallies = Tally.objects.filter(scope_condition(scope), session__seat_count__isnull=False)
    rows = tallies.values_list("session_id", "attendance_count", "session__seat_count", "session__venue__capacity")
    above = {session: (people, most) for session, people, *room in rows if people > (most := most_of(*room))}
    ordered = sorted(above.items(), key=lambda item: (item[1][1] - item[1][0], item[0]))
    texts = {
        session: _("%(people)s people where there is room for %(most)s.") % {"people": people, "most": most}
        for session, (people, most) in ordered
    }
    return Found(texts, len(rows))


def most_of(seats: int | None, capacity: int | None) -> int:
    return max(seats or 0, capacity or 0)


@dataclass(frozen=True)
class Presence:
    """Somebody at a session."""

    token: uuid.UUID
    session_id: int
    starts_at: datetime.datetime
    ends_at: datetime.datetime


def two_places_at_once(scope: Scope) -> Found:
    """Where somebody was counted by name who was counted elsewhere at the same time; most people first.

    The other session may be one that the viewer does not answer for: only its title is said.
    """
    everywhere = LedgerEntry.objects.effective().people()
    elsewhere = everywhere.filter(
        ~Q(session=OuterRef("session")),
        person_token=OuterRef("person_token"),
        session__starts_at__lt=OuterRef("session__ends_at"),
        session__ends_at__gt=OuterRef("session__starts_at"),
    )
    names = entries_in(scope).people()
    tokens = names.filter(Exists(elsewhere)).values("person_token")
    rows = everywhere.filter(person_token__in=tokens, session__ends_at__isnull=False)
    fields = ("person_token", "session_id", "session__starts_at", "session__ends_at")
    presences = [Presence(*row) for row in rows.order_by().values_list(*fields).distinct()]
    in_scope = set(names.order_by().values_list("session_id", flat=True).distinct())
    return Found(overlap_texts(presences, in_scope), len(in_scope))


def overlap_texts(presences: list[Presence], in_scope: set[int]) -> dict[int, str]:
    """For each session in the scope, how many of its people were at which others."""
    people: dict[int, set[uuid.UUID]] = defaultdict(set)
    others: dict[int, set[int]] = defaultdict(set)
    for pair in overlapping((presence.token, presence) for presence in presences):
        for here, there in (pair, pair[::-1]):
            people[here.session_id].add(here.token)
            others[here.session_id].add(there.session_id)
    sessions = Session.objects.select_related("activity").in_bulk(others)
    titles = {pk: session.activity.local_title for pk, session in sessions.items()}
    ordered = sorted(in_scope & people.keys(), key=lambda pk: (-len(people[pk]), pk))
    return {pk: overlap_text(len(people[pk]), [titles[other] for other in sorted(others[pk])]) for pk in ordered}


def overlap_text(people: int, titles: list[str]) -> str:
    words = ngettext(
        "%(people)s person was counted elsewhere at the same time: %(titles)s",
        "%(people)s people were counted elsewhere at the same time: %(titles)s",
        people,
    )
    return words % {"people": people, "titles": pgettext("between names", ", ").join(dict.fromkeys(titles))}


def entered_by_proxy(scope: Scope) -> Found:
    """Sessions most of whose names others have entered, by a cadre or at a desk; the highest share first."""
    by_others = Q(source__in=[LedgerEntry.Source.CADRE, LedgerEntry.Source.STAFF])
    names = entries_in(scope).people().order_by().values_list("session_id")
    rows = list(names.annotate(all_names=Count("pk"), proxies=Count("pk", filter=by_others)))
    mostly = [row for row in rows if row[1] >= FEWEST_NAMES and row[2] > MOSTLY * row[1]]
    ordered = sorted(mostly, key=lambda row: (-row[2] / row[1], row[0]))
    texts = {
        session: _("%(proxy)s of %(names)s names were entered for others.") % {"proxy": proxy, "names": all_names}
        for session, all_names, proxy in ordered
    }
    return Found(texts, len(rows))


CHECKS = {
    check.code: check
    for check in (
        Check(
            "late",
            gettext_lazy("Late head counts"),
            gettext_lazy("Head counts that were entered more than three days after the end of the session."),
            gettext_lazy("head counts"),
            late_head_counts,
        ),
        Check(
            "round",
            gettext_lazy("Round numbers"),
            gettext_lazy(
                "Head counts of 30 and more that are called exact and end with 0. By chance that is one in ten; where"
                " it is far more, people were estimated and not counted."
            ),
            gettext_lazy("head counts of 30 and more"),
            round_numbers,
        ),
        Check(
            "capacity",
            gettext_lazy("More people than room"),
            gettext_lazy(
                "Sessions with more people than seats, or than the venue holds, whichever is more. Sessions without"
                " sign-up are left out: people come and go."
            ),
            gettext_lazy("sessions with seats"),
            over_capacity,
        ),
        Check(
            "two-places",
            gettext_lazy("One person in two places"),
            gettext_lazy("Sessions at which somebody was counted by name who was counted elsewhere at the same time."),
            gettext_lazy("sessions with names"),
            two_places_at_once,
        ),
        Check(
            "proxy",
            gettext_lazy("Entered by others"),
            gettext_lazy(
                "Sessions with five names or more, more than half of which were entered by a cadre or by staff and not"
                " by the people themselves."
            ),
            gettext_lazy("sessions with names"),
            entered_by_proxy,
        ),
    )
}
