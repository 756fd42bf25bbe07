"""The words in which pages speak of plans: fields, values, what somebody can do next."""

import datetime
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from qixue.core.clock import minute_text
from qixue.core.money import yuan_text
from qixue.people.models import User
from qixue.people.rules import Action, reach
from qixue.programme.models import Plan, PlanLine, PlanVersion
from qixue.programme.plan_difference import Difference
from qixue.programme.queries.conflicts import Conflict
from qixue.programme.queries.slots import Slot
from qixue.programme.rules import may_approve_plan, may_countersign, may_file_plan

State = PlanVersion.State
CONFLICT_WORDS = {
    "room": gettext_lazy("One room"),
    "venue": gettext_lazy("One venue"),
    "speaker": gettext_lazy("One speaker"),
    "flagship": gettext_lazy("Big events"),
    "day": gettext_lazy("Day outside the programme"),
    "capacity": gettext_lazy("Not enough room"),
}
FIELD_LABELS = {
    "title": gettext_lazy("Title"),
    "kind": gettext_lazy("Kind"),
    "audience": gettext_lazy("For whom"),
    "brand": gettext_lazy("Brand"),
    "description": gettext_lazy("Description"),
    "topic": gettext_lazy("Topic of this session"),
    "speaker": gettext_lazy("Speaker"),
    "starts_at": gettext_lazy("Start"),
    "ends_at": gettext_lazy("End"),
    "venue": gettext_lazy("Venue"),
    "room": gettext_lazy("Room"),
    "region": gettext_lazy("Place"),
    "is_online": gettext_lazy("Online, without a venue"),
    "seat_count": gettext_lazy("Seats"),
    "counting_rule": gettext_lazy("How people are counted"),
    "expected_attendance": gettext_lazy("Expected attendances"),
    "budget_fen": gettext_lazy("Budget in yuan"),
    "is_flagship": gettext_lazy("A big event that others should not meet"),
}


def address_of(slot: Slot, paths: list[str]) -> str:
    """The page of a session or of a line in its plan, as far as the viewer may open it; else empty."""
    if not slot.is_below(paths):
        return reverse("public:session", args=[slot.pk]) if slot.is_public else ""
    if slot.source == "session":
        return reverse("workspace:session", args=[slot.pk])
    return f"{reverse('workspace:plan', args=[slot.plan_id])}?line={slot.pk}#line-{slot.pk}"


@dataclass(frozen=True)
class Shown:
    """A slot with the page to which it leads, "" where there is none."""

    slot: Slot
    url: str
    is_in_conflict: bool = False


@dataclass(frozen=True)
class ShownConflict:
    """A conflict with the pages of both sides; `other` is None where the reader may not know whose it is."""

    conflict: Conflict
    url: str
    other: Shown | None
    words: Any


def shown_conflicts(conflicts: Iterable[Conflict], paths: list[str]) -> list[ShownConflict]:
    return [
        ShownConflict(
            conflict,
            address_of(conflict.slot, paths),
            Shown(conflict.other, address_of(conflict.other, paths)) if conflict.other else None,
            CONFLICT_WORDS[conflict.kind],
        )
        for conflict in conflicts
    ]


def value_text(line: PlanLine, name: str) -> str:
    """One field of a line as people read it."""
    value = getattr(line, name)
    if value in (None, ""):
        return _("nothing said")
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, datetime.datetime):
        return minute_text(value)
    if name == "budget_fen":
        return yuan_text(value)
    if display := getattr(line, f"get_{name}_display", None):
        return str(display())
    return str(getattr(value, "local_name", value))


@dataclass(frozen=True)
class ChangedLine:
    line: PlanLine
    fields: list[tuple[Any, str, str]]


def changed_lines(found: Difference) -> list[ChangedLine]:
    """Each changed line with label, former and present value of what changed."""
    return [
        ChangedLine(
            change.after,
            [
                (FIELD_LABELS[field.name], value_text(change.before, field.name), value_text(change.after, field.name))
                for field in change.fields
            ],
        )
        for change in found.changed
    ]


@dataclass(frozen=True)
class Act:
    text: str
    url: str
    is_grave: bool = False  # takes something away; never the one that stands out


def acts_open_to(user: User, plan: Plan, version: PlanVersion, today: datetime.date) -> list[Act]:
    """What the viewer can do with the newest version now, the next step first."""
    acts: list[tuple[str, str, int]] = []
    on_behalf: list[tuple[str, str, int]] = []
    if version.state == State.SUBMITTED:
        own = reach(user, Action.COUNTERSIGN_PLAN)
        asked = version.countersignatures.filter(is_agreed=None).select_related("organisation").order_by("pk")
        for one in (one for one in asked if may_countersign(user, one)):
            if one.organisation.path in own:
                acts.append((_("Countersign"), "countersign", one.pk))
            else:
                text = _("Countersign for %(organisation)s") % {"organisation": one.organisation.local_name}
                on_behalf.append((text, "countersign", one.pk))
    if may_file_plan(user, plan):
        acts += [(text, route, plan.pk) for text, route in filing_acts(version)]
    if may_approve_plan(user, plan):
        is_over = plan.programme.ends_on is not None and plan.programme.ends_on < today
        acts += [(text, route, plan.pk) for text, route in deciding_acts(version, is_over)]
    if (may_file_plan(user, plan) or may_approve_plan(user, plan)) and version.state != State.CLOSED:
        acts.append((_("Attach a document"), "attach_plan_document", plan.pk))
    acts += on_behalf
    return [Act(text, reverse(f"workspace:{route}", args=[pk])) for text, route, pk in acts]


def filing_acts(version: PlanVersion) -> Iterable[tuple[str, str]]:
    if version.state == State.PUBLISHED:
        return [(_("Amend the plan"), "amend_plan")]
    if version.state != State.DRAFT:
        return []
    adding = [(_("Add a session"), "new_plan_line"), (_("Plan from a sheet"), "upload_sheet")]
    return [(_("Check and file"), "submit_plan"), *adding] if version.lines.exists() else adding


def deciding_acts(version: PlanVersion, is_over: bool) -> Iterable[tuple[str, str]]:
    if version.state == State.DRAFT:
        return [(_("Move the last day"), "move_due_day")]
    if version.state == State.SUBMITTED:
        return [(_("Approve or return"), "decide_plan"), (_("Ask for countersignatures"), "ask_countersignature")]
    if version.state == State.APPROVED:
        return [(_("Check and publish"), "publish_plan"), (_("Return after all"), "decide_plan")]
    return [(_("Close the plan"), "close_plan")] if version.state == State.PUBLISHED and is_over else []
