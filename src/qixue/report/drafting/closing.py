"""Problems and plans, in the words of the records."""

from qixue.programme.models import Passage
from qixue.report.drafting.material import Material, paragraph
from qixue.report.official_document import Block
from qixue.report.phrases import clauses, numbered_points, sentence

Topic = Passage.Topic


def problems(material: Material) -> list[Block]:
    points = material.quotes(Topic.PROBLEM)
    if not points:
        return []
    return paragraph(f"活动推进中还存在一些实际困难：{numbered_points(points)}")


def intentions(material: Material) -> list[Block]:
    effects = clauses(material.quotes(Topic.CLAIMED_EFFECT))
    meaning = f"终身学习有助于{effects}。" if effects else ""
    plans = material.quotes(Topic.INTENTION)
    return paragraph(meaning, sentence(f"下一步，{clauses(plans)}") if plans else "")
