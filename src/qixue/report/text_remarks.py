"""What to look at in the text of people before it is issued: marks that stand for nothing, and very small numbers."""

from collections.abc import Iterable, Iterator, Sequence

from django.utils.translation import gettext_lazy as _

from qixue.core.figures import FEWEST
from qixue.figures.queries import Figure
from qixue.report.manuscript_text import Mistake, MistakeKind, codes_in
from qixue.report.proofreader import AS_OF, Remark
from qixue.report.section_text import SectionText
from qixue.report.small_numbers import small_numbers

MISTAKE_SENTENCES = {
    MistakeKind.BROKEN_MARK: _("Line %(line)d: %(quote)s is no mark. Please write a figure as {{code}}."),
    MistakeKind.UNKNOWN_FIGURE: _("Line %(line)d: %(quote)s names no figure of this programme that has a value."),
    MistakeKind.UNKNOWN_PLACED: _("Line %(line)d: %(quote)s names no chart, table or photo of this programme."),
    MistakeKind.NOT_ALONE: _("Line %(line)d: please put %(quote)s on a line of its own."),
    MistakeKind.CAPTION_KEPT: _(
        "Line %(line)d: charts and tables keep their own caption; please write %(quote)s without."
    ),
    MistakeKind.NOTHING_TO_SHOW: _("%(quote)s has nothing to show now, and is left out."),
}


def mistake_sentence(mistake: Mistake) -> str:
    return str(MISTAKE_SENTENCES[mistake.kind]) % {"line": mistake.line, "quote": mistake.quote}


def empty_remarks(sections: Iterable[SectionText]) -> Iterator[Remark]:
    """Sections that are left out because nobody has written into them; those of the standard outline may stay empty."""
    for each in sections:
        if each.section.heading and not each.blocks and (each.is_written or not each.section.is_optional):
            yield Remark(
                "empty_section",
                "这一节没有内容，签发的总结不含其标题；请填写或从提纲中移除。",
                "This section says nothing, and its heading is left out; write it, or take it out of the outline.",
                each.section.heading,
                each.section.heading,
            )


def mark_remarks(sections: Iterable[SectionText]) -> Iterator[Remark]:
    """Marks that were right when they were written and stand for nothing now."""
    for each in sections:
        for mistake in each.mistakes:
            yield Remark(
                "mark_without_record",
                "这个标记没有对应的数字、图表或照片，请修改该部分。",
                "This mark stands for no figure, chart or photo; please edit the section.",
                each.section.heading,
                mistake.quote,
            )


def moment_remarks(sections: Iterable[SectionText]) -> Iterator[Remark]:
    """A moment that people left in their text stays, while the numbers beside it go on."""
    for each in sections:
        if each.version and each.is_written and codes_in(each.version.text):
            for quote in AS_OF.findall(each.version.text):
                yield Remark(
                    "moment_written_down",
                    "人工撰写的时点不随数字更新，请改用{{as_of}}或删去。",
                    "This moment was written by hand and stays, while the numbers go on; write {{as_of}} instead.",
                    each.section.heading,
                    quote,
                )


def small_number_remarks(figures: Sequence[Figure]) -> Iterator[Remark]:
    """Numbers that the public pages withhold: a summary that is issued is public."""
    for figure in small_numbers(figures):
        yield Remark(
            "small_number",
            f"“{figure.name}”不足{FEWEST}人或可推算出不足{FEWEST}人，公开页面不显示；总结签发后即公开，请酌情删去。",
            f"Public pages withhold this number, which tells of fewer than {FEWEST} people; consider leaving it out.",
            figure.code,
            figure.quantity.text("zh") if figure.quantity else "",
        )
