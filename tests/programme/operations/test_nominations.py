"""A nomination on its way up the ladder: who may do what, what is refused, and what happens when it is done twice."""

import datetime
from dataclasses import dataclass

import pytest
from tests.factories import NOON, OrganisationFactory, ProgrammeFactory, RoleAssignmentFactory, key
from tests.factories_recognitions import TODAY, CallFactory, NominationFactory, rung
from tests.programme.operations.conftest import told

from qixue.core.models import AuditEntry
from qixue.core.refusal import Doubt, Refused
from qixue.people.models import Organisation, Role, User
from qixue.places.models import Region
from qixue.programme.models import Award, Nomination, NominationStep, RecognitionCall
from qixue.programme.operations.nomination_reviews import (
    decline_nomination,
    pass_on_nomination,
    send_back_nomination,
)
from qixue.programme.operations.nominations import (
    NominationDetails,
    draft_nomination,
    edit_nomination,
    submit_nomination,
    withdraw_nomination,
)
from qixue.programme.queries.recognitions import ladder, nominations_waiting
from qixue.programme.recognition_rules import may_judge

Kind = NominationStep.Kind
State = Nomination.State
DETAILS = NominationDetails(name="盘秀英", story="七十岁学会智能手机，教会了全村老人。")


@dataclass
class Rungs:
    """A school in a town in a county of the city; the city calls, and each level has a coordinator."""

    call: RecognitionCall
    places: dict[str, Organisation]
    people: dict[str, User]

    def draft(self, place: str = "school") -> Nomination:
        return NominationFactory(call=self.call, organisation=self.places[place])

    def submitted(self, place: str = "school") -> Nomination:
        return submit_nomination(self.draft(place), edit_count=1, by=self.people[place], at=NOON)


@pytest.fixture
def rungs(db: None) -> Rungs:
    city = OrganisationFactory(code="city")
    county = rung(city, "441826", Region.Level.COUNTY)
    town = rung(county, "441826105", Region.Level.TOWNSHIP)
    school = OrganisationFactory(parent=town, region=town.region)
    places = {"city": city, "county": county, "town": town, "school": school}
    people = {
        name: RoleAssignmentFactory(organisation=place, role=Role.COORDINATOR).user for name, place in places.items()
    }
    call = CallFactory(programme=ProgrammeFactory(organisation=city))
    for level in ("town", "county"):
        call.stages.create(level=level)
    return Rungs(call, places, people)


def kinds(nomination: Nomination) -> list[str]:
    return list(nomination.steps.order_by("at", "pk").values_list("kind", flat=True))


def code_of(act: object, *args: object, **kwargs: object) -> str:
    """The code with which an operation refuses."""
    with pytest.raises(Refused) as refused:
        act(*args, **kwargs)  # type: ignore[operator]
    return refused.value.code


def test_ladder_goes_over_the_levels_of_the_call(rungs: Rungs) -> None:
    path = rungs.places["school"].path

    assert ladder(rungs.call, path) == [rungs.places[name] for name in ("town", "county", "city")]
    rungs.call.stages.filter(level="town").delete()
    assert ladder(rungs.call, path) == [rungs.places[name] for name in ("county", "city")]


def test_ladder_leaves_out_a_level_at_which_nobody_judges(rungs: Rungs) -> None:
    rungs.people["town"].role_assignments.update(ended_at=NOON)

    assert ladder(rungs.call, rungs.places["school"].path) == [rungs.places["county"], rungs.places["city"]]


def test_bureau_inside_a_county_answers_to_the_county(rungs: Rungs) -> None:
    county = rungs.places["county"]
    bureau = OrganisationFactory(parent=county, region=county.region)

    assert ladder(rungs.call, bureau.path) == [county, rungs.places["city"]]


def test_submit_waits_at_the_lowest_level_and_tells_its_judges(rungs: Rungs) -> None:
    nomination = rungs.submitted()

    assert (nomination.state, nomination.waits_at, kinds(nomination)) == (
        State.NOMINATED,
        rungs.places["town"],
        [Kind.NOMINATED],
    )
    assert told("nomination_waits") == [rungs.people["town"].pk]
    assert AuditEntry.objects.filter(action="nomination.nominated").count() == 1


def test_submit_twice_is_one_step(rungs: Rungs) -> None:
    nomination = rungs.submitted()

    submit_nomination(nomination, edit_count=1, by=rungs.people["school"], at=NOON)

    assert kinds(nomination) == [Kind.NOMINATED]


def test_submit_of_what_somebody_else_changed_is_refused(rungs: Rungs) -> None:
    draft = rungs.draft()
    edit_nomination(draft, details=DETAILS, edit_count=1, by=rungs.people["town"], at=NOON)
    edit_nomination(
        draft, details=NominationDetails("盘秀英", "另一段事迹"), edit_count=1, by=rungs.people["town"], at=NOON
    )

    code = code_of(submit_nomination, draft, edit_count=1, by=rungs.people["school"], at=NOON)

    assert (code, kinds(draft)) == ("changed_meanwhile", [])


def test_edit_over_another_edit_is_refused_and_keeps_the_first(rungs: Rungs) -> None:
    draft, school = rungs.draft(), rungs.people["school"]
    edit_nomination(draft, details=NominationDetails("盘秀英", "第一个人写的"), edit_count=1, by=school, at=NOON)

    code = code_of(
        edit_nomination, draft, details=NominationDetails("盘秀英", "第二个人写的"), edit_count=1, by=school, at=NOON
    )

    draft.refresh_from_db()
    assert (code, draft.story) == ("changed_meanwhile", "第一个人写的")


def test_what_was_put_forward_cannot_be_edited(rungs: Rungs) -> None:
    nomination = rungs.submitted()

    code = code_of(edit_nomination, nomination, details=DETAILS, edit_count=2, by=rungs.people["school"], at=NOON)

    assert code == "not_a_draft"


def test_form_sent_twice_makes_one_draft(rungs: Rungs) -> None:
    form, school = key(), rungs.places["school"]

    pair = [
        draft_nomination(rungs.call, school, details=DETAILS, key=form, by=rungs.people["school"], at=NOON)
        for _time in range(2)
    ]

    assert (pair[0], Nomination.objects.count()) == (pair[1], 1)


@pytest.mark.parametrize(
    ("details", "code"),
    [
        (NominationDetails("", "事迹"), "name_missing"),
        (NominationDetails("盘秀英😀", "事迹"), "name_mistaken"),
        (NominationDetails("盘秀英", " "), "story_missing"),
        (NominationDetails("盘秀英", "长" * 1501), "story_too_long"),
        (NominationDetails("盘秀英", "教会全村老人，电话１３８00138000。"), "private_number"),
        (NominationDetails("盘秀英", "身份证44180119900101123X，教会全村老人。"), "private_number"),
        (NominationDetails("盘秀英", "事迹", photo=b"<svg/>"), "photo_unreadable"),
    ],
)
def test_draft_that_lacks_something_is_refused(rungs: Rungs, details: NominationDetails, code: str) -> None:
    place, by = rungs.places["school"], rungs.people["school"]

    assert code_of(draft_nomination, rungs.call, place, details=details, key=key(), by=by, at=NOON) == code
    assert Nomination.objects.count() == 0


def test_draft_after_the_last_day_is_refused(rungs: Rungs) -> None:
    place, by = rungs.places["school"], rungs.people["school"]
    late = NOON + datetime.timedelta(days=1)

    assert (
        code_of(draft_nomination, rungs.call, place, details=DETAILS, key=key(), by=by, at=late) == "nominations_over"
    )


def test_office_that_decides_puts_nobody_forward(rungs: Rungs) -> None:
    city, by = rungs.places["city"], rungs.people["city"]

    for place in (city, rungs.places["school"]):
        code = code_of(draft_nomination, rungs.call, place, details=DETAILS, key=key(), by=by, at=NOON)
        assert code == "not_nominator"


def test_nominee_honoured_before_at_this_level_is_asked_about(rungs: Rungs) -> None:
    honoured(rungs)
    draft = rungs.draft()

    with pytest.raises(Doubt) as doubt:
        submit_nomination(draft, edit_count=1, by=rungs.people["school"], at=NOON)
    confirmed = submit_nomination(draft, edit_count=1, confirmed=True, by=rungs.people["school"], at=NOON)

    assert (doubt.value.code, confirmed.state) == ("honoured_before", State.NOMINATED)


def honoured(rungs: Rungs) -> Nomination:
    award = Award.objects.create(
        programme=rungs.call.programme, code="R1", title="星", recipient="盘秀英", level="city"
    )
    former = CallFactory(programme=rungs.call.programme)
    return NominationFactory(
        call=former,
        organisation=rungs.places["county"],
        state=State.AWARDED,
        award=award,
        notice_from=TODAY,
        notice_until=TODAY,
    )


def test_nomination_climbs_level_by_level(rungs: Rungs) -> None:
    nomination = rungs.submitted()

    for name in ("town", "county"):
        nomination = pass_on_nomination(
            nomination, rank=1, edit_count=nomination.edit_count, by=rungs.people[name], at=NOON
        )

    assert (nomination.waits_at, kinds(nomination)) == (
        rungs.places["city"],
        [Kind.NOMINATED, Kind.PASSED_ON, Kind.PASSED_ON],
    )
    assert told("nomination_passed_on") == [rungs.people["school"].pk] * 2


def test_pass_on_pressed_twice_climbs_one_level(rungs: Rungs) -> None:
    nomination = rungs.submitted()

    for _time in range(2):
        pass_on_nomination(nomination, edit_count=2, by=rungs.people["county"], at=NOON)

    nomination.refresh_from_db()
    assert nomination.waits_at == rungs.places["county"]


def test_pass_on_from_a_page_that_is_old_is_refused(rungs: Rungs) -> None:
    nomination = rungs.submitted()
    pass_on_nomination(nomination, edit_count=2, by=rungs.people["town"], at=NOON)

    assert (
        code_of(pass_on_nomination, nomination, edit_count=2, by=rungs.people["city"], at=NOON) == "changed_meanwhile"
    )


@pytest.mark.parametrize("place", ["school", "town", "county"])
def test_nobody_judges_what_their_own_office_put_forward(rungs: Rungs, place: str) -> None:
    """At whichever level: the office does not, nor does its colleague, nor who sits in a higher office as well."""
    nomination = rungs.submitted(place)
    colleague = RoleAssignmentFactory(organisation=rungs.places[place], role=Role.COORDINATOR).user
    RoleAssignmentFactory(user=rungs.people[place], organisation=rungs.places["city"], role=Role.COORDINATOR)

    for person in (rungs.people[place], colleague):
        assert code_of(pass_on_nomination, nomination, edit_count=2, by=person, at=NOON) == "not_judge"
    assert may_judge(rungs.people["city"], nomination)


def test_office_that_put_it_forward_for_a_school_does_not_judge_it(rungs: Rungs) -> None:
    """The town did it in the school's name: it waits at the county, and nobody of the town is its judge."""
    draft = rungs.draft("school")
    nomination = submit_nomination(draft, edit_count=1, by=rungs.people["town"], at=NOON)
    colleague = RoleAssignmentFactory(organisation=rungs.places["town"], role=Role.COORDINATOR).user

    assert nomination.waits_at == rungs.places["county"]
    assert [may_judge(person, nomination) for person in (rungs.people["town"], colleague)] == [False, False]
    assert may_judge(rungs.people["county"], nomination)


def test_neighbour_does_not_judge(rungs: Rungs) -> None:
    nomination = rungs.submitted()
    neighbour = RoleAssignmentFactory(
        organisation=OrganisationFactory(parent=rungs.places["county"]), role=Role.COORDINATOR
    ).user

    assert code_of(pass_on_nomination, nomination, edit_count=2, by=neighbour, at=NOON) == "not_judge"


def test_quota_of_a_level_is_kept(rungs: Rungs) -> None:
    rungs.call.stages.filter(level="town").update(quota=1)
    first, second = rungs.submitted(), rungs.submitted()
    pass_on_nomination(first, edit_count=2, by=rungs.people["town"], at=NOON)

    assert code_of(pass_on_nomination, second, edit_count=2, by=rungs.people["town"], at=NOON) == "quota_full"


def test_last_level_does_not_pass_on(rungs: Rungs) -> None:
    nomination = rungs.submitted("county")

    assert code_of(pass_on_nomination, nomination, edit_count=2, by=rungs.people["city"], at=NOON) == "last_level"


def test_sent_back_can_be_changed_and_put_forward_after_the_last_day(rungs: Rungs) -> None:
    nomination = rungs.submitted()
    late = NOON + datetime.timedelta(days=3)
    back = send_back_nomination(nomination, comment="请补充时间", edit_count=2, by=rungs.people["town"], at=late)
    changed = edit_nomination(
        back,
        details=NominationDetails("盘秀英", "2020年起教会了全村老人。"),
        edit_count=3,
        by=rungs.people["school"],
        at=late,
    )

    again = submit_nomination(changed, edit_count=4, by=rungs.people["school"], at=late)

    assert (back.state, again.state, again.waits_at) == (State.SENT_BACK, State.NOMINATED, rungs.places["town"])
    assert told("nomination_sent_back") == [rungs.people["school"].pk]


@pytest.mark.parametrize("act", [send_back_nomination, decline_nomination])
def test_without_a_reason_nothing_is_sent_back_or_declined(rungs: Rungs, act: object) -> None:
    nomination = rungs.submitted()

    assert code_of(act, nomination, comment=" ", edit_count=2, by=rungs.people["town"], at=NOON) == "reason_missing"


def test_decline_pressed_twice_is_one_step(rungs: Rungs) -> None:
    nomination = rungs.submitted()

    for _time in range(2):
        decline_nomination(nomination, comment="名额有限", edit_count=2, by=rungs.people["town"], at=NOON)

    nomination.refresh_from_db()
    assert (nomination.state, kinds(nomination)) == (State.NOT_SELECTED, [Kind.NOMINATED, Kind.NOT_SELECTED])


def test_withdraw_ends_it_once(rungs: Rungs) -> None:
    nomination = rungs.submitted()

    for _time in range(2):
        withdraw_nomination(nomination, comment="本人退出", by=rungs.people["school"], at=NOON)

    nomination.refresh_from_db()
    assert (nomination.state, nomination.waits_at, kinds(nomination)[1:]) == (State.WITHDRAWN, None, [Kind.WITHDRAWN])


def test_waiting_is_shown_to_the_nearest_judge_and_to_those_it_came_back_to(rungs: Rungs) -> None:
    waiting, back = rungs.submitted(), rungs.submitted()
    send_back_nomination(back, comment="请补充", edit_count=2, by=rungs.people["town"], at=NOON)

    found = {name: [each.pk for each in nominations_waiting(person)] for name, person in rungs.people.items()}

    assert found == {"school": [back.pk], "town": [waiting.pk], "county": [], "city": []}


def test_what_is_due_first_waits_first(rungs: Rungs) -> None:
    """What has no day last; what came back is due with its call."""
    undated, soon, back = rungs.submitted(), rungs.submitted(), rungs.submitted()
    other = CallFactory(programme=rungs.call.programme, kind=RecognitionCall.Kind.BRAND_PROJECT)
    other.stages.create(level="town", due_on=TODAY)
    Nomination.objects.filter(pk=soon.pk).update(call=other)
    send_back_nomination(back, comment="请补充", edit_count=2, by=rungs.people["town"], at=NOON)

    found = {
        name: [(each.pk, each.due_on) for each in nominations_waiting(rungs.people[name])]
        for name in ("school", "town")
    }

    assert found == {
        "school": [(back.pk, rungs.call.nominate_until)],
        "town": [(soon.pk, TODAY), (undated.pk, None)],
    }


def test_waiting_passes_a_desk_whose_last_judge_is_gone(rungs: Rungs) -> None:
    waiting = rungs.submitted()
    rungs.people["town"].role_assignments.update(ended_at=NOON)

    found = {name: [each.pk for each in nominations_waiting(person)] for name, person in rungs.people.items()}

    assert found == {"school": [], "town": [], "county": [waiting.pk], "city": []}
