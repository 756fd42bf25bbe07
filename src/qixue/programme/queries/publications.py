"""What a version of a plan changes when it comes into force: told before it is published, and done when it is."""

import datetime
import uuid
from collections.abc import Iterable
from dataclasses import dataclass

from qixue.programme.models import Plan, PlanLine, PlanVersion, Session
from qixue.programme.plan_difference import Difference, difference
from qixue.programme.queries.plans import lines_of

SESSION_FIELDS = (
    "topic", "speaker", "starts_at", "ends_at", "venue", "room", "is_online", "seat_count", "counting_rule",
)  # fmt: skip


@dataclass(frozen=True)
class Publication:
    """A version on its way into force: its lines, what it changes, and the sessions that earlier versions made."""

    plan: Plan
    lines: list[PlanLine]
    changes: Difference
    changed_names: dict[uuid.UUID, set[str]]
    sessions: dict[uuid.UUID | None, Session]

    def touched(self, line: PlanLine, names: Iterable[str]) -> list[str]:
        """Which of the fields this version changes; what somebody changed by hand meanwhile stays."""
        changed = self.changed_names.get(line.key, set())
        return [name for name in names if name in changed]

    def called_off(self, *, at: datetime.datetime) -> list[Session]:
        """What the plan has no longer, by key; never what was held, or has begun."""
        kept = {line.key for line in self.lines}
        removed = (session for key, session in self.sessions.items() if key not in kept)
        planned = (session for session in removed if session.state == Session.State.PLANNED)
        return [session for session in planned if session.starts_at is None or session.starts_at > at]

    def leaving(self) -> list[Session]:
        """What may be called off or get another start: its line is gone, or starts at another time than before."""
        kept = {line.key for line in self.lines}
        planned = ((key, each) for key, each in self.sessions.items() if each.state == Session.State.PLANNED)
        return [each for key, each in planned if key not in kept or "starts_at" in self.changed_names.get(key, ())]

    def staying(self, *, at: datetime.datetime) -> list[Session]:
        """What this version takes out of the plan and leaves as it is, in the order of the lines: held, or begun."""
        removed = (self.sessions.get(line.key) for line in self.changes.removed)
        off = self.called_off(at=at)
        return [each for each in removed if each and each.state not in Session.OFF_STATES and each not in off]

    def changed(self) -> list[tuple[Session, PlanLine]]:
        """Sessions to come of which the line is another than in the version before, in the order of the lines."""
        pairs = ((self.sessions.get(line.key), line) for line in self.lines if line.key in self.changed_names)
        return [(session, line) for session, line in pairs if session and session.state == Session.State.PLANNED]


def publication_of(version: PlanVersion) -> Publication:
    former = version.plan.versions.filter(state=PlanVersion.State.PUBLISHED).exclude(pk=version.pk).first()
    lines = list(lines_of(version).select_related("room__venue"))
    changes = difference(lines_of(former) if former else [], lines)
    changed_names = {change.after.key: change.names for change in changes.changed}
    return Publication(version.plan, lines, changes, changed_names, sessions_of(version.plan))


def sessions_of(plan: Plan) -> dict[uuid.UUID | None, Session]:
    """Those that versions of the plan made, by the keys of their lines."""
    made = Session.objects.filter(activity__plan=plan, plan_line_key__isnull=False)
    rows = made.select_related("activity", "venue", "room__venue").order_by("pk")
    return {row.plan_line_key: row for row in rows}
