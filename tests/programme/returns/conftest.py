"""The desks between which a return goes up and comes back: two towns report to a county, it to the city that asks."""

import datetime
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pytest
from tests.factories import NOON, OrganisationFactory, ProgrammeFactory, RegionFactory, RoleAssignmentFactory
from tests.factories_returns import DUE, ReturnCallFactory, ReturnFieldFactory

from qixue.core.quantity import ATTENDANCE, PERSON, Quantity
from qixue.people.models import Notification, Organisation, Role, User
from qixue.places.models import Region
from qixue.programme.models import ReturnCall, ReturnField, ReturnSubmission
from qixue.programme.operations.return_calls import open_call
from qixue.programme.operations.return_decisions import accept_return, send_back_return
from qixue.programme.operations.returns import Answer, FrozenFigure, save_return, submit_return


@dataclass
class Desks:
    call: ReturnCall
    reports: ReturnField
    volunteers: ReturnField
    attendance: ReturnField
    places: dict[str, Organisation]
    people: dict[str, User]

    def open(self) -> None:
        self.call.asked.set([self.places[name] for name in ("county", "town", "other")])
        self.call = open_call(self.call, edit_count=self.call.edit_count, by=self.people["city"], at=NOON)

    def of(self, name: str) -> ReturnSubmission:
        """As the database has it."""
        return ReturnSubmission.objects.get(call=self.call, organisation=self.places[name])

    def save(self, name: str, answers: Mapping[ReturnField, Answer], **changes: Any) -> ReturnSubmission:
        submission = self.of(name)
        given = {"note": "", "covered": [], "edit_count": submission.edit_count, "by": self.people[name], **changes}
        return save_return(submission, answers=answers, at=NOON, **given)

    def send(
        self, name: str, answers: Mapping[ReturnField, Answer], *, attendance: int = 0, at: datetime.datetime = NOON
    ) -> ReturnSubmission:
        saved = self.save(name, answers)
        figure = FrozenFigure(Quantity(attendance, ATTENDANCE), "d" * 64, at)
        return submit_return(
            saved, figures={self.attendance: figure}, edit_count=saved.edit_count, by=self.people[name], at=at
        )

    def accept(self, name: str) -> ReturnSubmission:
        submission = self.of(name)
        by = self.people["city" if name == "county" else "county"]
        return accept_return(submission, sent_step=submission.sent_step_id, by=by, at=NOON)

    def send_back(self, name: str, comment: str = "", **fields: str) -> ReturnSubmission:
        submission = self.of(name)
        by = self.people["city" if name == "county" else "county"]
        comments = {getattr(self, field): text for field, text in fields.items()}
        return send_back_return(
            submission, comment=comment, field_comments=comments, sent_step=submission.sent_step_id, by=by, at=NOON
        )

    def answers(self, reports: Answer, volunteers: int = 5) -> dict[ReturnField, Answer]:
        return {self.reports: reports, self.volunteers: Answer(volunteers)}


def told(kind: str) -> list[int]:
    return list(Notification.objects.filter(kind=kind).order_by("user_id").values_list("user_id", flat=True))


@pytest.fixture
def draft(db: None) -> Desks:
    """A call that is not open yet."""
    place = RegionFactory()
    county = RegionFactory(code="441826", name="连南县", level=Region.Level.COUNTY, unit_type="county", parent=place)
    towns = [
        RegionFactory(code=f"44182610{at}", name=name, level=Region.Level.TOWNSHIP, unit_type="town", parent=county)
        for at, name in enumerate(("三江镇", "三排镇", "大麦山镇"))
    ]
    city = OrganisationFactory(code="city", region=place, name="市教育局")
    bureau = OrganisationFactory(code="county", parent=city, region=county, name="县教育局")
    offices = {
        name: OrganisationFactory(code=name, parent=bureau, region=town, name=town.name, kind="town_government")
        for name, town in zip(("town", "other"), towns, strict=False)
    }
    places = {"city": city, "county": bureau, **offices}
    people = {name: RoleAssignmentFactory(organisation=at, role=Role.COORDINATOR).user for name, at in places.items()}
    call = ReturnCallFactory(programme=ProgrammeFactory(organisation=city), town_due_on=DUE, number=1)
    return Desks(
        call=call,
        reports=ReturnFieldFactory(call=call),
        volunteers=ReturnFieldFactory(call=call, name="志愿者", unit=PERSON.code, is_required=False),
        attendance=ReturnFieldFactory(call=call, name="参与人次", kind="figure", unit="", rule="", figure="attendance"),
        places=places,
        people=people,
    )


@pytest.fixture
def desks(draft: Desks) -> Desks:
    """The call is open and nobody has filed."""
    draft.open()
    return draft
