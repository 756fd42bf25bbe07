"""Two sections of the work summary that two coordinators have written, with an older version and a comment."""

import datetime

from qixue.demo.city.week import DAYS_BEHIND, Week
from qixue.people.models import User
from qixue.programme.models import Programme
from qixue.report.commenting import comment_on
from qixue.report.editing import catalogue_of, draft_now, save_section
from qixue.report.models import SummarySection

Draft = SummarySection.Draft
COUNTS = "部分场次的人数靠现场估计，计数办法还不够统一。"
COUNTS_WITH_FIGURE = "{{as_of}}，已举办{{sessions_total}}，其中部分场次的人数靠现场估计，计数办法还不够统一。"
NEXT = "同时，将各县（市、区）参与情况作为明年统筹安排的依据。"
CHART = "{{chart: attendance-by-place}}"
QUOTE, COMMENT = "计数办法还不够统一", "请写明如何改进，例如由主办单位次日核对。"


def write_sections(programme: Programme, first: User, second: User, *, week: Week) -> None:
    """Nobody has typed a number: the one in the text is a figure and grows with the week."""
    at = week.moment(DAYS_BEHIND, 20)
    problems, drafted = with_draft(programme, Draft.PROBLEMS, at=at)
    save_section(problems, joined(drafted, COUNTS), based_on=0, by=first, at=at)
    later = at + datetime.timedelta(minutes=25)
    save_section(problems, joined(drafted, CHART, COUNTS_WITH_FIGURE), based_on=1, by=second, at=later)
    comment_on(problems, COMMENT, quote=QUOTE, by=first, at=later + datetime.timedelta(minutes=5))
    intentions, drafted = with_draft(programme, Draft.INTENTIONS, at=at)
    save_section(intentions, joined(drafted, NEXT), based_on=0, by=second, at=later)


def with_draft(programme: Programme, draft: str, *, at: datetime.datetime) -> tuple[SummarySection, str]:
    section = programme.summary_sections.select_related("programme__organisation", "brand").get(draft=draft)
    return section, draft_now(section, catalogue_of(programme, at=at))


def joined(*paragraphs: str) -> str:
    return "\n\n".join(paragraphs)
