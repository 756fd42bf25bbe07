"""Adding up returns (汇总): accepted returns of those below plus what the organisation states itself.

Hedges survive the sum. People, and those reached, never add up: there the organisation states the whole itself. Figures
are computed anew over the whole part, so they are not added either; the sum of those below stands beside them.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.db.models import Prefetch, QuerySet

from qixue.core.figures import combined
from qixue.core.quantity import Quantity, UnitMismatch, total
from qixue.programme.models import ReturnCall, ReturnField, ReturnStep, ReturnSubmission, ReturnValue, SentValue

State = ReturnSubmission.State


@dataclass(frozen=True)
class Part:
    """What one organisation below sent on a field; None where it said nothing."""

    submission: ReturnSubmission
    value: SentValue | None

    @property
    def quantity(self) -> Quantity | None:
        return self.value.quantity if self.value else None


@dataclass(frozen=True)
class FieldSum:
    """One field of a return: what it states itself, what was accepted below, their sum, and the whole."""

    field: ReturnField
    parts: tuple[Part, ...] = ()
    own: Quantity | None = None
    below: Quantity | None = None
    whole: Quantity | None = None
    text: str = ""
    note: str = ""


def accepted_parts(submission: ReturnSubmission) -> QuerySet[ReturnSubmission]:
    return with_sent_values(submission.parts.filter(state=State.ACCEPTED))


def with_sent_values(submissions: QuerySet[ReturnSubmission]) -> QuerySet[ReturnSubmission]:
    """In tree order, each with what it sent last."""
    values = Prefetch("sent_step__values", SentValue.objects.select_related("field"))
    related = submissions.select_related("organisation", "sent_step").prefetch_related(values)
    return related.order_by("organisation__path", "pk")


def fields_of(call: ReturnCall) -> QuerySet[ReturnField]:
    return call.fields.order_by("position", "pk")


def sums_of(submission: ReturnSubmission) -> list[FieldSum]:
    """The return as it would be sent now, field by field; figures are left to be computed."""
    written = {value.field_id: value for value in submission.values.select_related("field")}
    parts = list(accepted_parts(submission))
    return [field_sum(field, parts, written.get(field.pk)) for field in fields_of(submission.call)]


def sums_of_call(call: ReturnCall) -> list[FieldSum]:
    """What was accepted from everybody directly below the asking organisation."""
    parts = list(with_sent_values(call.submissions.filter(parent=None, state=State.ACCEPTED)))
    return [field_sum(field, parts, None) for field in fields_of(call)]


def field_sum(field: ReturnField, submissions: Sequence[ReturnSubmission], written: ReturnValue | None) -> FieldSum:
    parts = tuple(Part(each, sent_of(each, field)) for each in submissions)
    quantities = [part.quantity for part in parts if part.quantity]
    own = written.quantity if written else None
    text, note = (written.text, written.note) if written else ("", "")
    if field.is_figure:
        return FieldSum(field, parts, below=sum_of_figures(parts, quantities), note=note)
    if field.is_text:
        return FieldSum(field, parts, text=text, note=note)
    if not field.adds_up:
        return FieldSum(field, parts, own=own, whole=own, note=note)
    below = added(field, quantities)
    whole = added(field, [*([own] if own else []), *quantities])
    return FieldSum(field, parts, own=own, below=below, whole=whole, note=note)


def sent_of(submission: ReturnSubmission, field: ReturnField) -> SentValue | None:
    if submission.sent_step is None:
        return None
    return next((value for value in submission.sent_step.values.all() if value.field_id == field.pk), None)


def added(field: ReturnField, quantities: Sequence[Quantity]) -> Quantity | None:
    """The sum of numbers typed in, None of none. Raises UnitMismatch for what never adds up, be it a single number."""
    if not field.adds_up:
        raise UnitMismatch(f"Numbers in {field.unit} do not add up; the organisation states the whole.")
    return total(quantities, quantities[0].unit) if quantities else None


def sum_of_figures(parts: Iterable[Part], quantities: Sequence[Quantity]) -> Quantity | None:
    """For comparison only, and only where such figures add up."""
    if not quantities or not quantities[0].unit.is_additive:
        return None
    pairs = [(str(part.submission.pk), part.quantity) for part in parts if part.quantity]
    return combined(pairs, quantities[0].unit)[0]


@dataclass(frozen=True)
class PartChange:
    """Somebody below whose return is no longer the one that was added up; `before` or `after` None: was or is none."""

    submission: ReturnSubmission
    before: ReturnStep | None
    after: ReturnStep | None
    fields: tuple[tuple[ReturnField, Quantity | None, Quantity | None], ...]


def changes_below(submission: ReturnSubmission) -> list[PartChange]:
    """What changed below since the return was sent: shown as differences, never taken over silently."""
    if submission.sent_step is None:
        return []
    then = {
        step.submission_id: step
        for step in submission.sent_step.parts.select_related("submission__organisation").prefetch_related("values")
    }
    now = {part.pk: part for part in accepted_parts(submission)}
    fields = list(fields_of(submission.call))
    everybody = {step.submission_id: step.submission for step in then.values()} | now
    pairs = [
        (each, then.get(pk), now[pk].sent_step if pk in now else None)
        for pk, each in sorted(everybody.items(), key=lambda item: item[1].organisation.path)
    ]
    return [
        PartChange(each, before, after, changed_fields(fields, before, after))
        for each, before, after in pairs
        if before != after
    ]


def changed_fields(
    fields: Sequence[ReturnField], before: ReturnStep | None, after: ReturnStep | None
) -> tuple[tuple[ReturnField, Quantity | None, Quantity | None], ...]:
    earlier, later = numbers_of(before), numbers_of(after)
    pairs = [(field, earlier.get(field.pk), later.get(field.pk)) for field in fields]
    return tuple((field, first, second) for field, first, second in pairs if first != second and not field.is_text)


def numbers_of(step: ReturnStep | None) -> dict[int, Quantity | None]:
    return {value.field_id: value.quantity for value in step.values.all()} if step else {}
