import datetime

import pytest
from django.db import IntegrityError, transaction
from tests.factories import NOON
from tests.programme.returns.conftest import Desks, told

from qixue.core.quantity import PERSON, REPORT, Qualifier, Quantity, UnitMismatch, total
from qixue.core.refusal import Refused
from qixue.places.models import Region
from qixue.programme.models import ReturnComment, ReturnField, ReturnStep, ReturnSubmission, SentValue
from qixue.programme.operations.return_calls import close_call
from qixue.programme.operations.returns import Answer, submit_return
from qixue.programme.queries.return_coverage import not_in_it, towns_without_return
from qixue.programme.queries.return_sums import added, changes_below, sums_of, sums_of_call

State = ReturnSubmission.State
ABOUT, NEARLY, MORE = Qualifier.ABOUT, Qualifier.NEARLY, Qualifier.AT_LEAST


def refusal(act) -> Refused:
    with pytest.raises(Refused) as refused:
        act()
    return refused.value


def sent(submission: ReturnSubmission, field: ReturnField) -> SentValue:
    return SentValue.objects.get(step=submission.sent_step, field=field)


def test_draft_is_kept_however_little_it_says(desks: Desks) -> None:
    saved = desks.save("town", {desks.reports: Answer(12, ABOUT)}, note="尚缺一份")

    again = desks.of("town")
    assert (again.note, again.edit_count, again.state, saved.pk) == ("尚缺一份", 2, State.WAITING, again.pk)
    assert again.values.get().quantity == Quantity(12, REPORT, ABOUT)


def test_second_editor_is_told_and_nothing_is_overwritten(desks: Desks) -> None:
    desks.save("town", {desks.reports: Answer(12)})

    refused = refusal(lambda: desks.save("town", {desks.reports: Answer(99)}, edit_count=1))

    assert (refused.code, desks.of("town").values.get().amount) == ("changed_meanwhile", 12)


def test_draft_of_a_neighbour_is_refused(desks: Desks) -> None:
    assert refusal(lambda: desks.save("town", {}, by=desks.people["other"])).code == "not_filer"


def test_answer_that_cannot_be_is_refused(desks: Desks) -> None:
    assert refusal(lambda: desks.save("town", {desks.reports: Answer(-1)})).code == "number_out_of_range"
    assert refusal(lambda: desks.save("town", {desks.attendance: Answer(80)})).code == "wrong_field"
    ReturnField.objects.filter(pk=desks.volunteers.pk).update(unit="reach")
    desks.volunteers.refresh_from_db()
    assert refusal(lambda: desks.save("town", {desks.volunteers: Answer(500)})).code == "reach_not_about"


def test_return_is_sent_with_its_figure_as_it_was(desks: Desks) -> None:
    submission = desks.send("town", desks.answers(Answer(12)), attendance=340)

    figure = sent(submission, desks.attendance)
    assert (submission.state, submission.first_sent_at) == (State.SUBMITTED, NOON)
    assert (figure.amount, figure.unit, figure.as_of, figure.digest) == (340, "attendance", NOON, "d" * 64)
    assert told("return_submitted") == [desks.people["county"].pk]


def test_return_sent_twice_is_one_step(desks: Desks) -> None:
    first = desks.send("town", desks.answers(Answer(12)))

    again = submit_return(first, figures={}, edit_count=1, by=desks.people["town"], at=NOON)

    assert (again.sent_step, ReturnStep.objects.count()) == (first.sent_step, 1)


def test_return_with_a_gap_names_it(desks: Desks) -> None:
    refused = refusal(lambda: desks.send("town", {}))

    assert (refused.code, refused.lines) == ("answer_missing", ("媒体报道",))


def test_sent_return_cannot_be_edited(desks: Desks) -> None:
    desks.send("town", desks.answers(Answer(12)))

    assert refusal(lambda: desks.save("town", {})).code == "already_sent"


def test_closed_call_takes_nothing(desks: Desks) -> None:
    close_call(desks.call, by=desks.people["city"], at=NOON)

    assert refusal(lambda: desks.save("town", {})).code == "call_not_open"


def test_return_comes_back_is_corrected_and_keeps_its_history(desks: Desks) -> None:
    desks.send("town", desks.answers(Answer(120)))
    desks.send_back("town", "请核对", reports="多了一个零")
    back = desks.of("town")
    later = NOON + datetime.timedelta(hours=1)
    desks.send("town", desks.answers(Answer(12)), at=later)
    desks.accept("town")

    steps = list(back.steps.order_by("at", "pk"))
    assert sorted(step.kind for step in steps) == ["accepted", "sent_back", "submitted", "submitted"]
    amounts = SentValue.objects.filter(field=desks.reports).order_by("pk").values_list("amount", flat=True)
    assert list(amounts) == [120, 12]
    assert ReturnComment.objects.get().text == "多了一个零"
    assert (back.state, desks.of("town").state, desks.of("town").first_sent_at) == (
        State.SENT_BACK, State.ACCEPTED, NOON,
    )  # fmt: skip
    assert told("return_sent_back") == told("return_accepted") == [desks.people["town"].pk]


def test_sending_back_without_a_word_is_refused(desks: Desks) -> None:
    desks.send("town", desks.answers(Answer(12)))

    assert refusal(lambda: desks.send_back("town", " ")).code == "comment_missing"


def test_decision_on_something_else_than_was_read_is_refused(desks: Desks) -> None:
    desks.send("town", desks.answers(Answer(12)))
    read = desks.of("town").sent_step_id
    desks.send_back("town", "请核对")
    desks.send("town", desks.answers(Answer(13)))

    from_before = desks.of("town")
    from_before.sent_step_id = read
    desks.of = lambda name: from_before  # type: ignore[method-assign]
    assert refusal(lambda: desks.accept("town")).code == "sent_again"


def test_own_return_and_one_that_was_not_sent_cannot_be_accepted(desks: Desks) -> None:
    assert refusal(lambda: desks.accept("town")).code == "not_submitted"
    desks.send("county", desks.answers(Answer(1)))
    desks.people["city"] = desks.people["county"]
    assert refusal(lambda: desks.accept("county")).code == "not_superior"


def test_county_adds_up_with_hedges_and_its_own_statement(desks: Desks) -> None:
    desks.send("town", desks.answers(Answer(12, MORE)), attendance=100)
    desks.send("other", desks.answers(Answer(8, ABOUT)), attendance=60)
    desks.accept("town")
    desks.accept("other")

    county = desks.send("county", desks.answers(Answer(5)), attendance=170)

    value = sent(county, desks.reports)
    assert (value.quantity, value.own_quantity) == (Quantity(25, REPORT, ABOUT), Quantity(5, REPORT))
    assert sent(county, desks.attendance).amount == 170
    assert county.sent_step.parts.count() == 2


@pytest.mark.parametrize(
    ("first", "second", "expected"),
    [(MORE, MORE, MORE), (NEARLY, Qualifier.EXACT, NEARLY), (MORE, NEARLY, ABOUT), (ABOUT, MORE, ABOUT)],
)
def test_hedges_survive_the_sum(desks: Desks, first: str, second: str, expected: str) -> None:
    desks.send("town", desks.answers(Answer(3500, first)))
    desks.send("other", desks.answers(Answer(12, second)))
    desks.accept("town")
    desks.accept("other")

    assert sums_of(desks.of("county"))[0].whole == Quantity(3512, REPORT, Qualifier(expected))


def test_people_are_never_added(desks: Desks) -> None:
    desks.send("town", desks.answers(Answer(1), volunteers=30))
    desks.send("other", desks.answers(Answer(1), volunteers=20))
    desks.accept("town")
    desks.accept("other")
    desks.save("county", desks.answers(Answer(1), volunteers=45))

    people = next(each for each in sums_of(desks.of("county")) if each.field == desks.volunteers)

    assert (people.below, people.whole) == (None, Quantity(45, PERSON))
    with pytest.raises(UnitMismatch):
        added(desks.volunteers, [part.quantity for part in people.parts if part.quantity])
    with pytest.raises(UnitMismatch):
        added(desks.volunteers, [Quantity(30, PERSON)])
    with pytest.raises(UnitMismatch):
        total([Quantity(1, REPORT), Quantity(1, PERSON)], REPORT)


def test_what_is_not_accepted_is_not_added(desks: Desks) -> None:
    desks.send("town", desks.answers(Answer(12)))
    desks.save("county", desks.answers(Answer(5)))

    assert sums_of(desks.of("county"))[0].whole == Quantity(5, REPORT)
    assert not_in_it(desks.of("county")) == ["三排镇", "三江镇", "大麦山镇"]


def test_change_below_shows_as_a_difference_and_is_never_taken_over(desks: Desks) -> None:
    desks.send("town", desks.answers(Answer(12)))
    desks.accept("town")
    desks.send("county", desks.answers(Answer(5)))
    desks.send_back("town", "请核对")
    withdrawn = changes_below(desks.of("county"))
    desks.send("town", desks.answers(Answer(20)))
    desks.accept("town")

    (change,) = changes_below(desks.of("county"))

    assert [(each.submission.organisation.code, each.after) for each in withdrawn] == [("town", None)]
    assert change.fields == ((desks.reports, Quantity(12, REPORT), Quantity(20, REPORT)),)
    assert sent(desks.of("county"), desks.reports).amount == 17


def test_county_may_speak_only_for_towns_that_nobody_else_speaks_for(desks: Desks) -> None:
    free, taken = Region.objects.get(name="大麦山镇"), desks.places["town"].region

    desks.save("county", desks.answers(Answer(5)), covered=[free])

    assert towns_without_return(desks.of("county")) == [free]
    assert refusal(lambda: desks.save("county", {}, covered=[taken])).code == "town_files_itself"


def test_city_sees_the_sum_of_the_counties(desks: Desks) -> None:
    desks.send("county", desks.answers(Answer(5, NEARLY)))
    desks.accept("county")

    reports, volunteers, attendance = sums_of_call(desks.call)

    assert (reports.whole, volunteers.whole, attendance.whole) == (Quantity(5, REPORT, NEARLY), None, None)
    assert len(volunteers.parts) == 1


def test_database_refuses_a_sent_return_without_what_was_sent(desks: Desks) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        ReturnSubmission.objects.filter(pk=desks.of("town").pk).update(state="accepted")
