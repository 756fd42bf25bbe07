"""What every page of the workspace is tried on: people of each role in five places of the tree, and a record each.

A subject with records of its own adds a maker to RECORDS, by the beginning of its routes, and says in EXPECTED who
reaches a page that does not follow the common rule. The test of the routes fails where one is missing.
"""

import datetime
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from django.core.files.base import ContentFile
from tests.factories import (
    NOON,
    ActivityFactory,
    DoorDeviceFactory,
    EvidenceFactory,
    MemberFactory,
    OrganisationFactory,
    ProgrammeFactory,
    RegistrationFactory,
    RoleAssignmentFactory,
    SessionFactory,
    UserFactory,
    key,
)
from tests.factories_afterwards import attend, rule_for
from tests.factories_coordination import FollowUpFactory
from tests.factories_planning import PlanFactory, PlanLineFactory, PlanVersionFactory
from tests.factories_recognitions import CallFactory, NominationFactory
from tests.factories_returns import ReturnCallFactory, ReturnFieldFactory, ReturnSubmissionFactory
from tests.web.workspace.scene_of_people import PEOPLE_RECORDS
from tests.web.workspace.scene_of_swap_rounds import DESK_POSTS, ROUND_RECORDS
from tests.web.workspace.scene_of_swaps import SWAP_PAGES, listing_of
from tests.web.workspace.scene_of_the_summary import SUMMARY_PAGES, issue_of, removed_section, written_section

from qixue.core.models import OutboxMessage
from qixue.core.outbox import Letter, put_into_outbox
from qixue.core.quantity import Qualifier
from qixue.figures.models import NamedFigure
from qixue.participation.models import DoorDevice, Evidence, LedgerEntry, Scan
from qixue.participation.operations.certificates import issue_certificates
from qixue.participation.operations.ledger import record_head_count
from qixue.participation.operations.walls import show_wall
from qixue.people.models import ApiToken, Notification, Organisation, Role, RoleAssignment, User
from qixue.people.operations.invitations import Invited, invite_person
from qixue.programme.models import (
    Countersignature,
    FollowUp,
    FollowUpStep,
    Objection,
    PlanDocument,
    PlanLine,
    PlanVersion,
    Programme,
    RecognitionCall,
    ReturnField,
    Session,
    SheetImport,
)
from qixue.report.models import SectionComment

FIXED = {"figure_code": "attendance", "step": "report", "name": "drafts", "check": "late"}
MISSING: dict[str, Any] = {
    "pk": 999_999,
    "code": "no-such",
    "keys": "999998-999999",
    "key": "7b7f6c1e-52c9-4b5d-9d3c-3f8a1df5a0b1",
    "secret": "no-such",
    "serial": "no-such",
    "kid": "no-such",
    "number": 999,
    "activity": "no-such",
}
PLACES = ("own", "ancestor", "sibling", "descendant", "stranger")


@dataclass
class Scene:
    """A programme kept by `top`; below it `own`, which runs the activity, its `sibling`, and `descendant` of own."""

    programme: Programme
    places: dict[str, Organisation]
    people: dict[tuple[str, str], User]
    session: Session
    made: dict[str, int] = field(default_factory=dict)

    def arguments(self, path: str) -> dict[str, Any]:
        """What a route needs to lead to the scene's records. Raises KeyError for one that nobody makes."""
        values: dict[str, Any] = {name: value for name, value in FIXED.items() if f"<str:{name}>" in path}
        if "<int:pk>" in path:
            values["pk"] = self.record(path)
        if "<str:code>" in path:
            values["code"] = self.programme.code
        if "<int:session_pk>" in path:
            values["session_pk"] = self.session.pk
            self.record("entries/")  # a session is behind the figure once somebody was counted there
        if "<int:device_pk>" in path:
            values["device_pk"] = DoorDevice.objects.get(sessions=self.session).pk
        if "<int:scan_pk>" in path:
            values["scan_pk"] = Scan.objects.get(session=self.session).pk
        if "/summary/" in path:
            self.record("issues/")
        if "<int:section_pk>" in path:
            values["section_pk"] = self.record("removed-sections/" if "/restore/" in path else "written-sections/")
        if "<int:comment_pk>" in path:
            self.record("written-sections/")
            values["comment_pk"] = SectionComment.objects.get(section__programme=self.programme).pk
        if "/photos/" in path:
            self.record("written-sections/")
        if "<int:number>" in path:
            self.record("issues/" if "/issues/" in path else "returns/")
            values["number"] = 1
        if "<str:kind>" in path:
            values["kind"] = "instance" if path.startswith("swap-plans/") else "xlsx"
        if "<str:keys>" in path:
            values["keys"] = f"{self.record('personal-data/')}-{self.record('people-twice/')}"
        return values

    def missing(self, path: str) -> dict[str, Any]:
        """The same with what does not exist: no such record, or no such programme where no record is named."""
        record = next((name for name in ("pk", "code", "keys") if f":{name}>" in path), "")
        return {**self.arguments(path), **({record: MISSING[record]} if record else {})}

    def record(self, path: str) -> int:
        beginning = path.split("<")[0]
        if beginning not in self.made:
            self.made[beginning] = RECORDS[beginning](self)
        return self.made[beginning]


def build_scene(prefix: str = "") -> Scene:
    """`prefix` stands before the codes of a second scene, so that both fit into one database."""
    top = OrganisationFactory(code=f"{prefix}top")
    own, sibling = (OrganisationFactory(code=f"{prefix}{code}", parent=top) for code in ("own", "sibling"))
    places = {"ancestor": top, "own": own, "sibling": sibling, "descendant": OrganisationFactory(parent=own)}
    places["stranger"] = OrganisationFactory(code=f"{prefix}elsewhere")
    programme = ProgrammeFactory(organisation=top, code=f"{prefix}week")
    NamedFigure.objects.create(programme=programme, code="attendance", definition="attendance", position=1)
    activity = ActivityFactory(programme=programme, organisation=own)
    people = {
        (place, role): RoleAssignmentFactory(organisation=organisation, role=role).user
        for place, organisation in places.items()
        for role in Role
    }
    return Scene(programme, places, people, SessionFactory(activity=activity, number=1))


def ledger_entry(scene: Scene) -> LedgerEntry:
    evidence = EvidenceFactory(kind=Evidence.Kind.SHEET_PHOTO, file=ContentFile(b"a photo", name="sheet.jpg"))
    return record_head_count(
        scene.session,
        count=12,
        qualifier=Qualifier.EXACT,
        evidence=evidence,
        by=scene.people["own", Role.ORGANISER],
        at=NOON,
        client_uuid=key(),
    )


def session_with_door(scene: Scene) -> int:
    """The session shows a code on its wall, and its device sent a scan that waits for a person."""
    device = DoorDeviceFactory(sessions=[scene.session], digest=key().hex * 2)
    Scan.objects.create(
        device=device,
        uuid=key(),
        digest="0" * 64,
        kind=Scan.Kind.CODE,
        session=scene.session,
        occurred_at=NOON,
        corrected_at=NOON,
        received_at=NOON,
        verdict=Scan.Verdict.REVIEW,
        reason="unknown_code",
    )
    show_wall(scene.session, by=scene.people["own", Role.ORGANISER], at=NOON)
    return scene.session.pk


def notice_to_somebody_else(scene: Scene) -> int:
    return Notification.objects.create(user=UserFactory(), kind="unknown", created_at=NOON, key="scene").pk


def given_up_message(scene: Scene) -> int:
    put_into_outbox([Letter("mail", "a@example.cn", "text", "scene", scope=scene.places["own"].path)], at=NOON)
    OutboxMessage.objects.update(state=OutboxMessage.State.DEAD)
    return OutboxMessage.objects.get(key="scene").pk


def draft_line(scene: Scene) -> PlanLine:
    plan = PlanFactory(programme=scene.programme, organisation=scene.places["own"])
    return PlanLineFactory(version=PlanVersionFactory(plan=plan))


def asked_countersignature(scene: Scene) -> int:
    """Of `own`, for a plan of somebody below it."""
    plan = PlanFactory(programme=scene.programme, organisation=scene.places["descendant"])
    version = PlanLineFactory(version=PlanVersionFactory(plan=plan, state=PlanVersion.State.SUBMITTED)).version
    asked = Countersignature.objects.create(version=version, organisation=scene.places["own"], asked_at=NOON)
    return asked.pk


def sheet_of_own(scene: Scene) -> int:
    version = PlanVersion.objects.get(plan=scene.record("plans/"))
    uploader = scene.people["own", Role.ORGANISER]
    return SheetImport.objects.create(version=version, file="sheet.xlsx", uploaded_by=uploader, uploaded_at=NOON).pk


def plan_document(scene: Scene) -> int:
    version = PlanVersion.objects.get(plan=scene.record("plans/"))
    document = PlanDocument(version=version, kind="request", title="请示", organ="教育局", added_at=NOON)
    document.file.save("request.pdf", ContentFile(b"%PDF-1.7"))
    return document.pk


def follow_up_of_own(scene: Scene) -> int:
    item = FollowUpFactory(programme=scene.programme, owner=scene.places["own"], assigner=scene.places["ancestor"])
    return item.pk


def evidence_of_follow_up(scene: Scene) -> int:
    item = FollowUp.objects.get(pk=scene.record("follow-ups/"))
    step = FollowUpStep(follow_up=item, kind="reported", at=NOON, organisation=item.owner)
    step.file.save("evidence.pdf", ContentFile(b"%PDF-1.7"))
    return step.pk


def return_of_own(scene: Scene) -> int:
    """To an open call of the whole programme, which asks `own` and who is below it."""
    call = ReturnCallFactory(programme=scene.programme, number=1, is_open=True)
    ReturnFieldFactory(call=call)
    own = ReturnSubmissionFactory(call=call, organisation=scene.places["own"], level="county")
    ReturnSubmissionFactory(call=call, organisation=scene.places["descendant"], parent=own)
    return own.pk


def nomination_of_own(scene: Scene) -> int:
    """It waits at `top`, which decides."""
    return NominationFactory(
        call=RecognitionCall.objects.get(pk=scene.record("recognitions/")),
        organisation=scene.places["own"],
        photo=ContentFile(b"a photo", name="face.jpg"),
        state="nominated",
        waits_at=scene.places["ancestor"],
        consented_at=NOON,
    ).pk


def objection_to_own(scene: Scene) -> int:
    nomination = scene.record("nominations/")
    return Objection.objects.create(nomination_id=nomination, text="不实", is_anonymous=True, received_at=NOON).pk


def role_of_a_volunteer(scene: Scene) -> RoleAssignment:
    return scene.people["own", Role.DOOR_VOLUNTEER].role_assignments.get()


def invitation_to_own(scene: Scene) -> int:
    invited = Invited(name="王芳", role=Role.CADRE, mobile="13900000000")
    by = scene.people["own", Role.COORDINATOR]
    return invite_person(scene.places["own"], invited=invited, by=by, at=NOON, client_uuid=key()).pk


def stand_in_far_away(scene: Scene) -> int:
    held = RoleAssignmentFactory(organisation=OrganisationFactory())
    days = {"begins_at": NOON, "expires_at": NOON + datetime.timedelta(days=3)}
    return RoleAssignmentFactory(organisation=held.organisation, stands_in_for=held, **days).pk


def key_of_somebody_else(scene: Scene) -> int:
    return ApiToken.objects.create(user=UserFactory(), name="报表", digest="0" * 64, expires_at=NOON).pk


def certificate_of_own(scene: Scene) -> int:
    """Of somebody who was at the session of own's activity; somebody else who was there has none yet."""
    person, other = MemberFactory(name="李嘉明"), MemberFactory(name="王芳")
    attend(scene.session, person)
    attend(scene.session, other)
    activity = scene.session.activity
    rule_for(activity)
    by = scene.people["own", Role.ORGANISER]
    return issue_certificates(activity, people=[person], by=by, at=NOON)[0].pk


RECORDS: dict[str, Callable[[Scene], int]] = {
    "plan-lines/": lambda scene: draft_line(scene).pk,
    "plans/": lambda scene: PlanLine.objects.get(pk=scene.record("plan-lines/")).version.plan_id,
    "countersignatures/": asked_countersignature,
    "plan-documents/": plan_document,
    "sheets/": sheet_of_own,
    "follow-ups/": follow_up_of_own,
    "follow-up-steps/": evidence_of_follow_up,
    "returns/": return_of_own,
    "issues/": lambda scene: issue_of(scene.programme),
    "written-sections/": lambda scene: written_section(scene.programme),
    "removed-sections/": lambda scene: removed_section(scene.record("written-sections/")),
    "return-fields/": lambda scene: ReturnField.objects.get(call__submissions=scene.record("returns/")).pk,
    "recognitions/": lambda scene: CallFactory(programme=scene.programme).pk,
    "nominations/": nomination_of_own,
    "objections/": objection_to_own,
    "certificates/": certificate_of_own,
    "activities/": lambda scene: scene.session.activity_id,
    "sessions/": session_with_door,
    "registrations/": lambda scene: RegistrationFactory(session=scene.session).pk,
    **PEOPLE_RECORDS,
    "entries/": lambda scene: ledger_entry(scene).pk,
    "notices/": notice_to_somebody_else,
    "deliveries/": given_up_message,
    "organisations/": lambda scene: scene.places["own"].pk,
    "people/": lambda scene: role_of_a_volunteer(scene).user_id,
    "people/roles/": lambda scene: role_of_a_volunteer(scene).pk,
    "people/invitations/": invitation_to_own,
    "roles/": lambda scene: RoleAssignmentFactory(organisation=scene.places["own"]).pk,
    "stand-ins/": stand_in_far_away,
    "tokens/": key_of_somebody_else,
    **ROUND_RECORDS,
    "listings/": lambda scene: listing_of(scene.programme),
    "evidence/": lambda scene: LedgerEntry.objects.get(pk=scene.record("entries/")).evidence_id,
}
# Route name -> the places in which a role with the action reaches it; the common rule is own and ancestor.
OWN = {"own", "ancestor"}
NOBODY: set[str] = set()  # a record of one person, whom the scene does not try
EVERYWHERE = set(PLACES)
IN_THE_PROGRAMME = EVERYWHERE - {"stranger"}
WHOLE_PROGRAMME = {"ancestor"}
ABOVE = {"ancestor"}  # nobody decides about what their own office planned
ASKED = {"ancestor", "own", "descendant"}  # who asks, and the parts of the tree that are asked
BELOW = {"own"}  # who decides puts nobody forward
EXPECTED: dict[str, set[str]] = {
    "plans": IN_THE_PROGRAMME,
    "heat": IN_THE_PROGRAMME,
    "calendar": IN_THE_PROGRAMME,
    "planned_sessions": IN_THE_PROGRAMME,
    "conflicts": IN_THE_PROGRAMME,
    "invite_to_plan": IN_THE_PROGRAMME,
    **dict.fromkeys(("decide_plan", "ask_countersignature", "publish_plan", "close_plan", "move_due_day"), ABOVE),
    **dict.fromkeys(
        (
            "programme_setup",
            "publish_programme",
            "close_programme",
            "copy_programme",
            "roll_forward",
            "setup_basics",
            "setup_brands",
            "setup_ceremonies",
            "setup_channels",
            "setup_leading_group",
            "setup_legal_bases",
            "setup_liaisons",
            "setup_members",
            "setup_roles",
            "setup_series",
            "setup_tasks",
        ),
        WHOLE_PROGRAMME,
    ),
    **dict.fromkeys(("board", "waits", "step_times", "step_time", "new_follow_up", "minutes"), IN_THE_PROGRAMME),
    **dict.fromkeys(("decide_follow_up", "move_follow_up_deadline", "withdraw_follow_up"), ABOVE),
    **dict.fromkeys(("returns", "new_return_call"), IN_THE_PROGRAMME),
    **dict.fromkeys(("return_call", "return_phones"), ASKED),
    **dict.fromkeys(("edit_return_call", "return_organisations", "new_return_field", "return_totals"), WHOLE_PROGRAMME),
    **dict.fromkeys(("edit_return_field", "remove_return_field"), WHOLE_PROGRAMME),
    **dict.fromkeys(("open_return_call", "close_return_call"), WHOLE_PROGRAMME),
    **dict.fromkeys(("recognitions", "new_recognition", "recognition", "nominate"), IN_THE_PROGRAMME),
    **dict.fromkeys(("edit_recognition", "close_recognition", "open_public_notice", "confirm_result"), ABOVE),
    **dict.fromkeys(("edit_nomination", "submit_nomination", "withdraw_nomination"), BELOW),
    **dict.fromkeys(("decide_return", "judge_nomination", "recommend_nomination", "settle_objection"), ABOVE),
    "notice": NOBODY,
    "take_off_list": BELOW,  # a list of people is read where it was written, not from above
    "move_organisation": ABOVE,  # nobody takes their own organisation elsewhere
    **dict.fromkeys(("stand_in", "hand_over", "end_stand_in", "revoke_token"), NOBODY),
    **dict.fromkeys(
        ("figures", "figure", "coverage", "dashboard", "quality", "quality_check", "summary"), IN_THE_PROGRAMME
    ),
    **dict.fromkeys((*SUMMARY_PAGES, *SWAP_PAGES), WHOLE_PROGRAMME),
}
# Reading a page is enough to know who reaches it; these have nothing to read.
POST_ONLY = {
    "accept_for_them",
    "acknowledge_follow_up",
    "check_in",
    "check_section",
    "close_wall",
    "copy_person_data",
    "decide_section",
    "excuse",
    "hold_session",
    *DESK_POSTS,
    "move_section",
    "take_back_own",
    "walk_in",
}
FOR_EVERYBODY_SIGNED_IN = {"home", "desk", "tokens", "revoke_token"}
