"""A document that has everything: all headings, table, attachments, signature, rare characters, hostile words."""

import datetime
import io

from PIL import Image

from qixue.report.official_document import (
    Annotation,
    Attachment,
    FigureRun,
    FigureTrace,
    Heading,
    OfficialDocument,
    Paragraph,
    Picture,
    RunInHeading,
    Table,
    Text,
)

HOSTILE = '<b>&x #strong[粗] $a$ {{ 7*7 }} =1+1 "引号"'
SENTENCE = "各镇利用文化站、农家书屋和图书室开展读书活动，群众踊跃参加。"


def sample() -> OfficialDocument:
    trace = FigureTrace(
        "F1", "3500多人次", "3500多", "参与人次", "attendance", "at_least", "3500", 1, ("ledger:A/1",), "ab" * 32
    )
    blocks = (
        Paragraph((Text(SENTENCE * 9), FigureRun("F1", "3500多人次"), Text("。"))),
        Heading(1, "主要做法和成效"),
        Heading(2, "领导重视，组织有序"),
        RunInHeading(3, "“悦读社区、快乐你我”", (Text("浛洸镇、大崀镇和𠮷祥村。"), Text(HOSTILE))),
        Heading(4, "小标题"),
        *(Paragraph((Text(SENTENCE * 6),)) for _ in range(6)),
        Heading(1, "存在的问题"),
        Table("各县活动情况", ("县（市、区）", "人次"), ((Text("清城区"), FigureRun("F1", "3500多")),)),
    )
    return OfficialDocument(
        title_lines=("清远市2016年全民终身学习活动周", "工作总结"),
        blocks=blocks,
        organ="清远市教育局",
        date=datetime.date(2016, 12, 1),
        addressee="清远市人民政府",
        annotation=Annotation("核验：登录https://example.org/；签章编号：week-1", "https://example.org/week/1/"),
        attachments=(Attachment("活动一览表", (Paragraph((Text("一览。"),)),)), Attachment("照片", ())),
        figures=(trace,),
        programme_code="qingyuan-2016",
    )


def with_picture() -> OfficialDocument:
    """A paragraph and a chart."""
    png = io.BytesIO()
    Image.new("L", (1772, 600), 80).save(png, "PNG")
    picture = Picture(png.getvalue(), "各品牌参与人次", "甲10；乙5。", codes=("F1", "F2"))
    return OfficialDocument(("工作总结",), (Paragraph((Text(SENTENCE),)), picture))
