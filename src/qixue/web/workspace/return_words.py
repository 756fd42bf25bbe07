"""What pages of returns share: figures of an organisation's part, values as they are read, what to do next."""

import datetime
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from django.urls import reverse
from django.utils.translation import gettext as _

from qixue.core.digests import digest
from qixue.core.quantity import Quantity
from qixue.figures.queries import Figure, figure_digest, figures_of_tree
from qixue.people.models import User
from qixue.programme.models import ReturnCall, ReturnComment, ReturnField, ReturnStep, ReturnSubmission, SentValue
from qixue.programme.operations.returns import FrozenFigure
from qixue.programme.queries.return_calls import ReturnWaiting, due_day, returns_waiting_for
from qixue.programme.queries.return_sums import FieldSum, Part, fields_of
from qixue.programme.rules import may_accept_return, may_file_return
from qixue.web.workspace.plan_words import Act

State = ReturnSubmission.State


def figures_now(submission: ReturnSubmission, fields: Iterable[ReturnField]) -> dict[ReturnField, Figure]:
    """The figures that a return asks for, of its organisation's part, as they are now."""
    asked = [field for field in fields if field.is_figure]
    found = figures_of_tree(submission.call.programme, [field.figure for field in asked], submission.organisation)
    return {field: found[field.figure] for field in asked}


def frozen(figures: Mapping[ReturnField, Figure], at: datetime.datetime) -> dict[ReturnField, FrozenFigure]:
    return {
        field: FrozenFigure(figure.quantity, figure_digest(figure, figure.folded_records().root), at)
        for field, figure in figures.items()
    }


def digest_of(figures: Mapping[ReturnField, FrozenFigure]) -> str:
    """One digest over all of them: what somebody has seen before they submit."""
    return digest([[field.pk, figure.digest] for field, figure in sorted(figures.items(), key=lambda pair: pair[0].pk)])


@dataclass(frozen=True)
class Row:
    """One field as a page shows it: the whole, what the organisation states itself, what was added up below."""

    field: ReturnField
    whole: Quantity | None
    own: Quantity | None = None
    below: Quantity | None = None
    parts: tuple[Part, ...] = ()
    text: str = ""
    note: str = ""
    rule: str = ""
    as_of: datetime.datetime | None = None
    now: Quantity | None = None
    has_changed: bool = False

    @property
    def never_adds_up(self) -> bool:
        return self.field.is_number and not self.field.adds_up


def rows_now(sums: Iterable[FieldSum], figures: Mapping[ReturnField, Figure], at: datetime.datetime) -> list[Row]:
    """A return as it would be sent now."""
    return [
        Row(
            field=each.field,
            whole=figures[each.field].quantity if each.field.is_figure else each.whole,
            own=each.own,
            below=each.below,
            parts=each.parts,
            text=each.text,
            note=each.note,
            rule=rule_of(each.field, figures),
            as_of=at if each.field.is_figure else None,
        )
        for each in sums
    ]


def rows_sent(submission: ReturnSubmission, figures: Mapping[ReturnField, Figure]) -> list[Row]:
    """A return as it was sent, with the figures that differ now."""
    values = {value.field_id: value for value in SentValue.objects.filter(step=submission.sent_step_id)}
    return [row_sent(field, values[field.pk], figures) for field in fields_of(submission.call) if field.pk in values]


def row_sent(field: ReturnField, value: SentValue, figures: Mapping[ReturnField, Figure]) -> Row:
    now = figures[field].quantity if field in figures else None
    return Row(
        field=field,
        whole=value.quantity,
        own=value.own_quantity,
        text=value.text,
        note=value.note,
        rule=rule_of(field, figures),
        as_of=value.as_of,
        now=now,
        has_changed=field.is_figure and now != value.quantity,
    )


def rule_of(field: ReturnField, figures: Mapping[ReturnField, Figure]) -> str:
    return field.rule or (str(figures[field].definition.rule) if field in figures else "")


def comments_on(step: ReturnStep | None) -> list[ReturnComment]:
    if step is None:
        return []
    return list(ReturnComment.objects.filter(step=step).select_related("field").order_by("field__position", "pk"))


def return_behind(submission: ReturnSubmission) -> ReturnStep | None:
    """Why it came back, while it is being corrected."""
    if submission.state != State.SENT_BACK:
        return None
    steps = submission.steps.filter(kind=ReturnStep.Kind.SENT_BACK).select_related("organisation")
    return steps.order_by("-at", "-pk").first()


def acts_open_to(user: User, submission: ReturnSubmission) -> list[Act]:
    """What the viewer can do with a return now, the next step first."""
    if submission.call.state != ReturnCall.State.OPEN:
        return []
    acts: list[tuple[str, str]] = []
    if submission.state in ReturnSubmission.EDITABLE and may_file_return(user, submission):
        acts += [(_("Fill in"), "edit_return"), (_("Check and submit"), "submit_return")]
    if submission.state in ReturnSubmission.REPORTED and may_accept_return(user, submission):
        is_accepted = submission.state == State.ACCEPTED
        acts.append((_("Send back after all") if is_accepted else _("Accept or send back"), "decide_return"))
    return [Act(text, reverse(f"workspace:{route}", args=[submission.pk])) for text, route in acts]


@dataclass(frozen=True)
class ReturnTask:
    """A return that waits for the viewer, with the words and the page for it."""

    submission: ReturnSubmission
    due_on: datetime.date
    text: str
    url: str


def return_tasks(user: User) -> list[ReturnTask]:
    """What waits on the viewer's first page."""
    acts = {
        "file": (_("Fill in the return"), "edit_return"),
        "correct": (_("Correct the return"), "edit_return"),
        "decide": (_("Accept or send back the return"), "decide_return"),
    }
    return [
        ReturnTask(each.submission, due_day(each.submission), acts[each.act][0], address(acts[each.act][1], each))
        for each in returns_waiting_for(user)
    ]


def address(route: str, waiting: ReturnWaiting) -> str:
    return reverse(f"workspace:{route}", args=[waiting.submission.pk])
