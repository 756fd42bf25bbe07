"""The columns of a plan as a sheet, in their order. The header is Chinese; the names in code are taken as well."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Column:
    name: str
    title: str
    is_required: bool = False
    width: int = 12


COLUMNS = (
    Column("title", "活动名称", is_required=True, width=34),
    Column("kind", "类型", is_required=True),
    Column("audience", "适合人群"),
    Column("brand", "品牌代码"),
    Column("topic", "主题", width=28),
    Column("speaker", "主讲"),
    Column("day", "日期", is_required=True),
    Column("start", "开始", is_required=True, width=8),
    Column("end", "结束", is_required=True, width=8),
    Column("is_online", "线上", width=6),
    Column("venue", "场地代码", width=22),
    Column("room", "房间代码"),
    Column("region", "镇街代码"),
    Column("seats", "座位", width=8),
    Column("counting_rule", "计数方式", width=20),
    Column("expected", "预计人次"),
    Column("budget", "预算（元）"),
    Column("is_flagship", "重点活动"),
    Column("description", "简介", width=40),
    Column("key", "编号", width=10),
)
BY_NAME = {column.name: column for column in COLUMNS}
# Header -> name in code.
TITLES = {column.title: column.name for column in COLUMNS} | {column.name: column.name for column in COLUMNS}
YES, NO = "是", "否"
