"""A work summary in the scene on which every page is tried: issued once, asked for again, and written by people."""

from tests.factories import NOON, RoleAssignmentFactory
from tests.report.writing import photo_bytes, section_of

from qixue.people.models import Role, User
from qixue.programme.models import Programme
from qixue.report.commenting import comment_on
from qixue.report.editing import save_section
from qixue.report.issuing import ask_for_issue, issue_summary
from qixue.report.models import SummarySection
from qixue.report.photographs import add_photo

# Who reaches the whole programme reaches these.
SUMMARY_PAGES = (
    "summary_file",
    "ask_for_issue",
    "issue_summary",
    "withdraw_issue_request",
    "seal",
    "seal_file",
    "send_to_province",
    "province_return_file",
    "province_totals",
    "take_in_return",
    "accept_city_key",
    "stop_city_key",
    "begin_summary",
    "summary_outline",
    "summary_photos",
    "summary_photo",
    "describe_photo",
    "remove_photo",
    "summary_section",
    "check_section",
    "decide_section",
    "discard_unsaved",
    "section_draft",
    "section_versions",
    "take_up_version",
    "comment_on_section",
    "answer_comment",
    "move_section",
    "rename_section",
    "remove_section",
    "restore_section",
)


def coordinator(programme: Programme) -> User:
    """Somebody whom the scene does not try."""
    return RoleAssignmentFactory(organisation=programme.organisation, role=Role.COORDINATOR).user


def issue_of(programme: Programme) -> int:
    """One issue by two people; one of them asks for another, which is open."""
    asker, issuer = coordinator(programme), coordinator(programme)
    first = ask_for_issue(programme, by=asker, at=NOON)
    seal = issue_summary(first, waiver_reason="场次未结束", by=issuer, at=NOON)
    ask_for_issue(programme, by=asker, at=NOON)
    return seal.pk


def written_section(programme: Programme) -> int:
    """Written and commented on; the summary has a photo."""
    writer = coordinator(programme)
    section = section_of(programme, writer, "problems")
    save_section(section, "甲", based_on=0, by=writer, at=NOON)
    comment_on(section, "请补充原因", by=writer, at=NOON)
    add_photo(programme, photo_bytes(), caption="启动仪式", alt="台上有三人", by=writer, at=NOON)
    return section.pk


def removed_section(beside: int) -> int:
    """Taken out of the outline in which the other one is."""
    programme = SummarySection.objects.get(pk=beside).programme
    section = SummarySection.objects.get(programme=programme, draft="intentions")
    SummarySection.objects.filter(pk=section.pk).update(removed_at=NOON)
    return section.pk
