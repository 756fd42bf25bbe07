"""Minutes of a meeting (会议纪要), pasted as text, become proposals: what has to be done, by whom, by which day.

Understands numbered lines with labels (责任单位：…；完成时限：…), labels in brackets behind the text and columns of
a table that was copied from a document (separated by tabs). Nothing is guessed silently: what was not understood stays
empty, and lines that gave no item are handed back.
"""

import datetime
import re
import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from qixue.core.typed import half_width
from qixue.programme.minutes_days import day_in

OWNER_LABELS = ("责任单位", "牵头单位", "责任部门", "牵头部门", "落实单位", "承办单位", "负责单位", "主办单位")
HELPER_LABELS = ("配合单位", "协办单位", "参与单位", "配合部门", "责任人", "责任领导", "备注")
DAY_LABELS = ("完成时限", "完成时间", "办结时限", "办理时限", "截止时间", "截止日期", "完成日期", "时限")
TASK_LABELS = ("工作任务", "任务内容", "工作内容", "重点任务", "议定事项", "事项", "任务", "内容")
NUMBER_LABELS = ("序号", "编号")
LABEL = re.compile(rf"({'|'.join((*OWNER_LABELS, *HELPER_LABELS, *DAY_LABELS, *TASK_LABELS))})\s*[：:]")
NUMBERED = re.compile(
    r"\s*(?:[（(]\s*[\d一二三四五六七八九十]+\s*[）)]|第[\d一二三四五六七八九十]+[项条][、，：:]?"
    r"|[一二三四五六七八九十]+、|\d{1,3}\s*(?:[.．、)）]|(?=\s+\D)))\s*"
)
EDGES = " 　\t，,；;。．、"
NOT_A_HEADING = 20  # characters: a numbered line this long says something even without owner and day
LONGEST_TITLE = 200

PLURAL = re.compile(
    r"(?:全市)?各(县\(市、?区\)|县、?市、?区|区县|县区|县市|县|区|镇\(街道\)|乡镇街道|镇街道|镇街|乡镇|镇|街道)(.*)"
)
PLURAL_MENTIONED = re.compile(
    r"各(?:县\(市、?区\)|县、?市、?区|区县|县区|县市|镇\(街道\)|乡镇街道|镇街道|镇街|乡镇)"
    r"(?:[\u4e00-\u9fff]{0,8}?(?:局|办事处|宣传部|政府))?"
)
SHORTEST_NAME = 3  # characters: a shorter name stands in other words by chance
NAMESPACE = uuid.UUID("5b1d6a43-7d0e-5a6b-9d5c-2f4f6f6d9a10")
BODY = re.compile(
    r".*(?:局|委|部|办|办公室|中心|馆|校|小学|中学|学院|大学|会|办事处|政府|公司|社|站|院|组)(?:[（(][^）)]*[）)])?"
)
COUNTIES, TOWNS = "county", "township"


@dataclass(frozen=True)
class Plural:
    """各县（市、区）教育局: every county's body of that name; `rest` is empty for the first body of each place."""

    level: str
    rest: str


@dataclass(frozen=True)
class Proposal:
    """One thing to be done, as the minutes say it. `owners` are names as written."""

    title: str
    owners: tuple[str, ...] = ()
    due_on: datetime.date | None = None
    due_text: str = ""
    detail: str = ""  # what stood in further labels, such as 配合单位


@dataclass(frozen=True)
class Minutes:
    proposals: tuple[Proposal, ...]
    left_out: tuple[str, ...]  # lines that gave nothing


@dataclass
class Draft:
    """An item while its lines are being read."""

    words: str = ""
    labels: dict[str, str] = field(default_factory=dict)

    @property
    def task(self) -> str:
        return trimmed(self.words)

    @property
    def says_something(self) -> bool:
        has_labels = bool(first_of(self.labels, OWNER_LABELS) or first_of(self.labels, DAY_LABELS))
        return bool(self.task) and (has_labels or day_in(self.task, today=datetime.date(2000, 1, 1)) is not None)


def parse_minutes(text: str, *, today: datetime.date) -> Minutes:
    """The proposals in the order of the text. `today` is the day from which 本周五 or a day without a year is read."""
    lines = [line.rstrip() for line in text.replace("\r", "\n").split("\n") if line.strip()]
    if sum("\t" in line.strip("\t") for line in lines) * 2 > len(lines):
        drafts, left_out = read_table(lines)
    else:
        drafts, left_out = read_lines(lines)
    return Minutes(tuple(proposal_of(draft, today) for draft in drafts), tuple(left_out))


def read_lines(lines: Sequence[str]) -> tuple[list[Draft], list[str]]:
    """Numbered lines begin an item and the lines below continue it; without any number each line is one."""
    is_list = any(NUMBERED.match(line) for line in lines)
    drafts: list[Draft] = []
    left_out: list[str] = []
    is_ended = False  # a line that stops in the middle of a sentence was broken by the page, and goes on below
    for line in lines:
        number = NUMBERED.match(line)
        if number or (not is_list and not LABEL.match(line.strip())):
            drafts.append(Draft())
            add_line(drafts[-1], line[number.end() :] if number else line)
        elif drafts and (LABEL.search(line) or not is_ended):
            add_line(drafts[-1], line)
        else:
            left_out.append(line.strip())
        is_ended = line.endswith(("。", "；", ";", "！")) or LABEL.search(line) is not None
    return sort_out(drafts, left_out, is_list=is_list)


def sort_out(drafts: list[Draft], left_out: list[str], *, is_list: bool) -> tuple[list[Draft], list[str]]:
    """Headings give no item: a short numbered line without owner and day, any unnumbered one without both."""
    items = []
    for draft in drafts:
        is_sentence = is_list and len(draft.task) >= NOT_A_HEADING
        if draft.says_something or is_sentence:
            items.append(draft)
        elif draft.task:
            left_out.append(draft.task)
    return items, left_out


def add_line(draft: Draft, line: str) -> None:
    """The words before the first label belong to the task, the others to their labels."""
    found = list(LABEL.finditer(line))
    before = line[: found[0].start()] if found else line
    ends = [*(match.start() for match in found[1:]), len(line)]
    draft.words += before.strip().rstrip("（(【[，,；;、")
    for match, end in zip(found, ends[: len(found)], strict=True):
        value = trimmed(line[match.end() : end])
        if match[1] in TASK_LABELS:
            draft.words += value
        elif value:
            draft.labels[match[1]] = value


def trimmed(value: str) -> str:
    """Without the marks around it; a bracket that was opened inside the value stays closed."""
    value = value.strip(EDGES)
    while value.endswith(("）", ")")) and len(re.findall(r"[（(]", value)) < len(re.findall(r"[）)]", value)):
        value = value[:-1].rstrip(EDGES)
    while value.endswith(("（", "(")):
        value = value[:-1].rstrip(EDGES)
    return value


def read_table(lines: Sequence[str]) -> tuple[list[Draft], list[str]]:
    """The columns by the words in the first row; without such a row by what stands in them."""
    rows = [[cell.strip() for cell in line.split("\t")] for line in lines]
    columns = columns_named(rows[0])
    drafts: list[Draft] = []
    left_out: list[str] = []
    for row in rows[1:] if columns else rows:
        draft = draft_of_row(row, columns or columns_guessed(row))
        if draft.task and len(row) > 1:
            drafts.append(draft)
        else:
            left_out.append(" ".join(row).strip())
    return drafts, left_out


def columns_named(head: Sequence[str]) -> dict[int, str]:
    """Column -> the label that it stands for; empty where the row is no head."""
    groups = (NUMBER_LABELS, OWNER_LABELS, HELPER_LABELS, DAY_LABELS, TASK_LABELS)
    columns: dict[int, str] = {}
    for position, cell in enumerate(head):
        words = re.sub(r"\s", "", cell)
        label = next((label for group in groups for label in group if label in words), None)
        if label and len(words) <= len(label) + 6:
            columns[position] = label
    is_head = any(label in TASK_LABELS for label in columns.values()) and len(columns) > 1
    return columns if is_head else {}


def columns_guessed(row: Sequence[str]) -> dict[int, str]:
    """A cell that reads as a day is the deadline, one of bodies' names the owner, the longest of the rest the task."""
    cells = {number: cell for number, cell in enumerate(row) if cell and not re.fullmatch(r"\d{1,3}[.、]?", cell)}
    columns: dict[int, str] = {}
    for label, fits in ((DAY_LABELS[0], reads_as_day), (OWNER_LABELS[0], reads_as_bodies)):
        position = next((number for number, cell in cells.items() if fits(cell)), None)
        if position is not None:
            columns[position] = label
            cells.pop(position)
    if cells:
        columns[max(cells, key=lambda number: len(cells[number]))] = TASK_LABELS[0]
    return columns


def reads_as_bodies(cell: str) -> bool:
    return bool(cell) and all(BODY.fullmatch(name) or plural_in(name) for name in split_names(cell))


def reads_as_day(cell: str) -> bool:
    return len(cell) <= 20 and day_in(cell, today=datetime.date(2000, 1, 1)) is not None


def draft_of_row(row: Sequence[str], columns: Mapping[int, str]) -> Draft:
    draft = Draft()
    for position, label in columns.items():
        cell = row[position] if position < len(row) else ""
        if label in TASK_LABELS and cell:
            add_line(draft, NUMBERED.sub("", cell, count=1))
        elif cell and label not in NUMBER_LABELS:
            draft.labels[label] = cell
    return draft


def proposal_of(draft: Draft, today: datetime.date) -> Proposal:
    due_text = first_of(draft.labels, DAY_LABELS)
    owners = split_names(first_of(draft.labels, OWNER_LABELS))
    helpers = [f"{label}：{draft.labels[label]}" for label in HELPER_LABELS if label in draft.labels]
    title, rest = draft.task, ""
    if len(title) > LONGEST_TITLE:
        title, rest = f"{title[: LONGEST_TITLE - 1]}…", title
    return Proposal(
        title=title,
        owners=owners,
        due_on=day_in(due_text or draft.task, today=today),
        due_text=due_text,
        detail="\n".join(part for part in (rest, *helpers) if part),
    )


def first_of(labels: Mapping[str, str], names: Sequence[str]) -> str:
    return next((labels[name] for name in names if labels.get(name)), "")


def split_names(text: str) -> tuple[str, ...]:
    """市教育局、各县（市、区）教育局 -> two names: marks inside brackets do not part."""
    names: list[str] = []
    current, depth = "", 0
    for character in text:
        depth += (character in "（(") - (character in "）)")
        if depth <= 0 and character in "、，,；;/／\n 　":
            names.append(current)
            current = ""
        else:
            current += character
    return tuple(name.strip(EDGES) for name in (*names, current) if name.strip(EDGES))


def bare(name: str) -> str:
    """A name without spaces, brackets and what stands in them, full-width letters and 中共: for comparing."""
    return re.sub(r"\([^)]*\)|[\s《》“”\"·]", "", half_width(name)).removeprefix("中共")


@dataclass(frozen=True)
class Place:
    """The division in which a body sits: 连南瑶族自治县, 连南, and its ending in short, 县."""

    name: str
    short_name: str

    @property
    def ending(self) -> str:
        return "县" if self.name.endswith("自治县") else self.name[-1:]


def names_meant(name: str, place: Place | None, city: Place | None) -> set[str]:
    """All the ways in which minutes write the name: 连南瑶族自治县教育局, 连南县教育局, 连南教育局; 市教育局."""
    full = bare(name)
    found = {full}
    for known, is_city in ((place, False), (city, True)):
        if known is None or not full.startswith(known.name) or full == known.name:
            continue
        rest = full.removeprefix(known.name)
        found |= {f"{known.short_name}{known.ending}{rest}", f"{known.short_name}{rest}"}
        if is_city:
            found.add(f"{known.ending}{rest}")
    return found


def plural_in(name: str) -> Plural | None:
    """各县（市、区）教育局, 各镇（街道）; None for the name of one body."""
    match = PLURAL.fullmatch(re.sub(r"\s", "", half_width(name)))
    if match is None:
        return None
    level = COUNTIES if "县" in match[1] or match[1] == "区" else TOWNS
    return Plural(level, match[2])


def plural_mentioned(text: str) -> Plural | None:
    """The first plural in a sentence: 请各县（市、区）教育局于…报送."""
    match = PLURAL_MENTIONED.search(re.sub(r"\s", "", half_width(text)))
    return plural_in(match[0]) if match else None


def names_in(text: str, known: Iterable[str]) -> list[str]:
    """Known names that the text mentions, in its order; of those that overlap the longest."""
    words = bare(text)
    taken: list[tuple[int, str]] = []
    for name in sorted((name for name in known if len(name) > SHORTEST_NAME), key=lambda name: (-len(name), name)):
        start = words.find(name)
        if start >= 0 and all(start >= at + len(other) or start + len(name) <= at for at, other in taken):
            taken.append((start, name))
    return [name for _start, name in sorted(taken)]


def key_of(*parts: str) -> uuid.UUID:
    """The same key for the same item of the same meeting, however often it is pasted."""
    return uuid.uuid5(NAMESPACE, "\n".join(bare(part) for part in parts))
