"""Two people issue a summary: what each may do, what is refused, and what is written down."""

import datetime
import hashlib
import json

import pytest
from django.conf import settings
from django.db import DatabaseError, IntegrityError, connection, transaction
from django.utils.translation import override
from tests.factories import NOON, DoorDeviceFactory, RoleAssignmentFactory, SessionFactory
from tests.report.sealed_files import correct_f1

from qixue.core.digests import root_of_set
from qixue.core.refusal import Refused
from qixue.figures.queries import Figure
from qixue.participation.models import DoorDevice
from qixue.participation.queries.ledger_heads import ledger_heads
from qixue.people.models import Notification, Role, User
from qixue.people.notices import text_of
from qixue.programme.models import Programme
from qixue.report import issuing
from qixue.report.annotation import how_to_check
from qixue.report.hindrances import waived_words
from qixue.report.issuing import ask_for_issue, issue_summary, open_request, withdraw_request
from qixue.report.models import IssueRequest, Seal, SealedFile
from qixue.report.official_document import printed_lines
from qixue.report.reading import read_summary
from qixue.report.seal_format import text_digest
from qixue.report.sealed_evidence import unpacked
from qixue.report.summary import SummaryDraft
from qixue.report.verification import verify_file

pytestmark = pytest.mark.django_db


@pytest.fixture
def request_(programme: Programme, coordinators: list[User]) -> IssueRequest:
    return ask_for_issue(programme, by=coordinators[0], at=NOON)


def refusal_of(request: IssueRequest, by: User, reason: str = "") -> Refused:
    with pytest.raises(Refused) as refusal:
        issue_summary(request, waiver_reason=reason, by=by, at=NOON)
    assert Seal.objects.count() == 0
    return refusal.value


def test_seal_says_what_was_issued_by_whom_and_on_what_it_stands(
    seal: Seal, programme: Programme, draft: SummaryDraft
) -> None:
    content = seal.content

    assert (seal.number, content["number"], content["previous"], content["waivers"]) == (1, 1, None, [])
    assert (content["asked_by"], content["issued_by"]) == ("梁静宜", "陈志远")
    assert content["text_sha256"] == text_digest("".join(printed_lines(as_issued(draft).manuscript)))
    assert [(each["organisation"], each["length"], each["hash"]) for each in content["ledgers"]] == [
        (head.organisation, head.length, head.hash) for head in ledger_heads(programme)
    ]
    [figure] = [each for each in content["figures"] if each["code"] == "F1"]
    assert (figure["definition"], figure["rule_version"], figure["value"], figure["qualifier"], figure["text"]) == (
        "attendance",
        1,
        "3500",
        "at_least",
        "3500多人次",
    )
    assert seal.digest == hashlib.sha256(seal.payload.encode()).hexdigest()
    assert json.loads(seal.payload) == content


def as_issued(draft: SummaryDraft) -> SummaryDraft:
    return draft.signed_off("清远市教育局", NOON, how_to_check(draft.programme, 1, asked_at=NOON))


def test_issued_files_name_organ_date_and_where_they_are_checked(seal: Seal, draft: SummaryDraft) -> None:
    lines = read_summary(bytes(seal.files.get(kind="docx").content)).lines

    organ, date, annotation = lines[-3:]
    assert (organ, date) == ("清远市教育局", "2026年11月4日")
    assert annotation == (
        f"（核验：登录{settings.QIXUE['BASE_URL']}/verify/summary/上传本文件，或扫描右侧二维码与签发内容核对；签章编号：qingyuan-2016-1）"
    )
    assert draft.manuscript.organ is None  # nobody has issued a draft


@pytest.mark.parametrize(("days_left", "said"), [(0, ""), (1, "；数据截至2026年11月4日12时00分")])
def test_interim_issue_says_below_its_date_to_the_minute_of_when_its_numbers_are(days_left: int, said: str) -> None:
    """The text names the day alone."""
    last = NOON.date() + datetime.timedelta(days=days_left - 1)
    programme = Programme(code="week", starts_on=NOON.date() - datetime.timedelta(days=2), ends_on=last)

    assert how_to_check(programme, 1, asked_at=NOON).text.partition("week-1")[2] == said


def test_evidence_beside_the_seal_gives_its_merkle_roots(seal: Seal) -> None:
    leaves = unpacked(bytes(seal.files.get(kind="evidence").content))

    roots = {code: root_of_set(digest for _id, digest in rows) for code, rows in leaves.items()}
    assert roots == {each["code"]: each["evidence_root"] for each in seal.content["figures"]}
    assert {code: len(rows) for code, rows in leaves.items()} == {
        each["code"]: each["record_count"] for each in seal.content["figures"]
    }


def test_files_are_kept_as_they_were_issued(seal: Seal) -> None:
    files = {file.kind: file for file in seal.files.all()}

    assert set(files) == {"docx", "pdf", "xlsx", "evidence"}
    assert all(hashlib.sha256(bytes(file.content)).hexdigest() == file.digest for file in files.values())
    assert bytes(files["pdf"].content).startswith(b"%PDF")


def test_who_asked_cannot_issue(request_: IssueRequest, coordinators: list[User]) -> None:
    assert refusal_of(request_, coordinators[0]).code == "needs_two_people"


def test_who_issues_twice_gets_the_first_seal_again(request_: IssueRequest, coordinators: list[User]) -> None:
    seals = [issue_summary(request_, by=coordinators[1], at=NOON) for _press in range(2)]

    assert seals[0] == seals[1] == Seal.objects.get()


def test_press_that_comes_second_while_the_first_is_at_work_gets_its_seal(
    request_: IssueRequest, coordinators: list[User], monkeypatch: pytest.MonkeyPatch
) -> None:
    make_files, firsts = issuing.issued_files, []

    def make_while_another_press_ends(*of: object) -> list[SealedFile]:
        monkeypatch.setattr(issuing, "issued_files", make_files)
        firsts.append(issue_summary(request_, by=coordinators[1], at=NOON))
        return make_files(*of)

    monkeypatch.setattr(issuing, "issued_files", make_while_another_press_ends)

    assert [issue_summary(request_, by=coordinators[1], at=NOON)] == firsts == [Seal.objects.get()]


def test_entry_that_comes_while_the_files_are_made_leaves_nothing_issued_and_the_request_open(
    request_: IssueRequest, coordinators: list[User], monkeypatch: pytest.MonkeyPatch
) -> None:
    make_files = issuing.issued_files

    def make_while_an_entry_comes(*of: object) -> list[SealedFile]:
        correct_f1()
        return make_files(*of)

    monkeypatch.setattr(issuing, "issued_files", make_while_an_entry_comes)

    refusal = refusal_of(request_, coordinators[1])

    assert (refusal.code, refusal.sentence) == ("records_moved", "签章期间有新的记录进入，这次没有签发。请再签发一次。")
    assert open_request(request_.programme) == request_


def test_records_are_read_once_for_all_files(request_: IssueRequest, coordinators: list[User], monkeypatch) -> None:
    read: list[str] = []
    records = Figure.folded_records
    monkeypatch.setattr(Figure, "folded_records", lambda figure: (read.append(figure.code), records(figure))[1])

    seal = issue_summary(request_, by=coordinators[1], at=NOON)

    assert sorted(read) == sorted(each["code"] for each in seal.content["figures"])


@pytest.mark.parametrize("role", [Role.AUDITOR, Role.ORGANISER])
def test_only_coordinators_ask_and_issue(request_: IssueRequest, programme: Programme, role: Role) -> None:
    somebody = RoleAssignmentFactory(organisation=programme.organisation, role=role).user

    assert refusal_of(request_, somebody).code == "issue_not_allowed"
    with pytest.raises(Refused) as refusal:
        ask_for_issue(programme, by=somebody, at=NOON)
    assert refusal.value.code == "issue_not_allowed"


def test_coordinator_of_a_part_cannot_issue_for_the_whole(request_: IssueRequest, programme: Programme) -> None:
    somebody = RoleAssignmentFactory(organisation__parent=programme.organisation, role=Role.COORDINATOR).user

    assert refusal_of(request_, somebody).code == "issue_not_allowed"


def test_summary_that_changed_meanwhile_is_refused_with_what_changed(
    request_: IssueRequest, coordinators: list[User]
) -> None:
    correct_f1()

    refusal = refusal_of(request_, coordinators[1])

    assert refusal.code == "changed_since_asked"
    assert "3500多人次" in refusal.lines[0]
    assert "3600人次" in refusal.lines[0]


def test_asking_again_replaces_the_open_request(
    request_: IssueRequest, programme: Programme, coordinators: list[User]
) -> None:
    correct_f1()

    again = ask_for_issue(programme, by=coordinators[0], at=NOON)

    request_.refresh_from_db()
    assert (request_.outcome, open_request(programme)) == ("replaced", again)
    assert issue_summary(again, by=coordinators[1], at=NOON).number == 1
    assert open_request(programme) is None


def test_withdrawn_request_is_not_issued(request_: IssueRequest, coordinators: list[User]) -> None:
    withdraw_request(request_, by=coordinators[1], at=NOON)

    assert refusal_of(request_, coordinators[1]).code == "request_closed"
    with pytest.raises(Refused) as refusal:
        withdraw_request(request_, by=coordinators[0], at=NOON)
    assert refusal.value.code == "request_closed"


@pytest.fixture
def holding_device(programme: Programme) -> DoorDevice:
    """It says that it gave three numbers, and none has arrived."""
    activity = programme.activities.order_by("pk")[0]
    device = DoorDeviceFactory(organisation=activity.organisation, name="王芳的手机", highest_sequence=3)
    device.sessions.add(SessionFactory(activity=activity, number=77))
    return device


def test_issue_waits_for_a_door_device_that_holds_scans(
    holding_device: DoorDevice, request_: IssueRequest, coordinators: list[User]
) -> None:
    refusal = refusal_of(request_, coordinators[1])

    assert (refusal.code, refusal.field) == ("issue_hindered", "waiver_reason")
    assert [holding_device.name in line for line in refusal.lines] == [True]


def test_waiver_is_part_of_the_seal_with_name_and_reason(
    holding_device: DoorDevice, request_: IssueRequest, coordinators: list[User]
) -> None:
    seal = issue_summary(request_, waiver_reason="手机遗失", by=coordinators[1], at=NOON)

    session = holding_device.sessions.get()
    assert seal.content["waivers"] == [
        {
            "kind": "scans_held",
            "session": f"{session.activity.code}/77",
            "section": "",
            "figures": [],
            "count": 3,
            "by": "陈志远",
            "reason": "手机遗失",
        }
    ]
    [words] = waived_words(seal)
    assert (session.activity.title in words, session.activity.code in words) == (True, False)
    assert holding_device.name not in seal.payload
    findings = {
        finding.code: finding.sentence for finding in verify_file(bytes(seal.files.get(kind="docx").content)).findings
    }
    assert "手机遗失" in findings["waived"]


def test_interim_summary_is_issued_only_with_a_reason(
    programme: Programme, request_: IssueRequest, coordinators: list[User]
) -> None:
    Programme.objects.filter(pk=programme.pk).update(
        starts_on=NOON.date(), ends_on=NOON.date() + datetime.timedelta(days=1)
    )
    asked = ask_for_issue(Programme.objects.get(pk=programme.pk), by=coordinators[0], at=NOON)
    later = NOON + datetime.timedelta(hours=2)

    with pytest.raises(Refused) as refusal:
        issue_summary(asked, by=coordinators[1], at=later)
    seal = issue_summary(asked, waiver_reason="市政府要求", by=coordinators[1], at=later)

    assert refusal.value.code == "issue_hindered"
    assert [waiver["kind"] for waiver in seal.content["waivers"]] == ["week_not_over"]
    assert seal.content["title"].endswith("（阶段稿）")
    issued = bytes(seal.files.get(kind="docx").content)
    assert read_summary(issued).lines[-1].endswith("；先行签发的理由（陈志远）：市政府要求）")
    assert "words_altered" not in [finding.code for finding in verify_file(issued).findings]


# What the database itself refuses


@pytest.mark.parametrize("model", [Seal, SealedFile])
def test_database_refuses_to_change_or_delete_a_seal(seal: Seal, model: type[Seal] | type[SealedFile]) -> None:
    with pytest.raises(DatabaseError), transaction.atomic():
        model.objects.update(digest="0" * 64)
    with pytest.raises(DatabaseError), transaction.atomic():
        model.objects.all()._raw_delete(using="default")

    assert (Seal.objects.count(), SealedFile.objects.count()) == (1, 4)


@pytest.mark.parametrize("table", ["report_seal", "report_sealedfile"])
def test_table_of_seals_cannot_be_emptied(table: str) -> None:
    if connection.vendor == "sqlite":
        pytest.skip("SQLite has no TRUNCATE")

    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"TRUNCATE {table} CASCADE")


def copy_of(seal: Seal, **changes: object) -> Seal:
    values = {field.attname: getattr(seal, field.attname) for field in Seal._meta.concrete_fields if field.name != "id"}
    return Seal(**{**values, "digest": "1" * 64, **changes})


def test_database_refuses_one_person_in_both_parts(seal: Seal, programme: Programme, coordinators: list[User]) -> None:
    again = ask_for_issue(programme, by=coordinators[0], at=NOON)

    with pytest.raises(IntegrityError), transaction.atomic():
        copy_of(seal, number=2, request_id=again.pk, issuer_id=seal.asker_id).save()


def test_database_refuses_a_number_twice(seal: Seal, programme: Programme, coordinators: list[User]) -> None:
    again = ask_for_issue(programme, by=coordinators[0], at=NOON)

    with pytest.raises(IntegrityError), transaction.atomic():
        copy_of(seal, request_id=again.pk).save()


def test_database_refuses_two_open_requests(request_: IssueRequest) -> None:
    request_.pk = None

    with pytest.raises(IntegrityError), transaction.atomic():
        request_.save(force_insert=True)


def test_second_person_is_told_that_the_issue_waits(programme: Programme, coordinators: list[User]) -> None:
    with override("en"):  # of the asker
        request = ask_for_issue(programme, by=coordinators[0], at=NOON)

    [told] = Notification.objects.all()
    assert told.params["programme"] == programme.name
    assert (told.user, told.kind, told.key) == (coordinators[1], "issue_asked", f"issue_asked:{request.pk}")
    assert text_of(told.kind, told.params).startswith("梁静宜")
