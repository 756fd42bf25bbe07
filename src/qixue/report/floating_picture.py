"""A picture in a .docx beside the lines of its paragraph: python-docx only knows pictures that stand in a line."""

from docx.oxml import OxmlElement
from lxml import etree


def float_right(inline: etree._Element, *, gap: int) -> None:
    """Move a picture from its line to the right edge of the type area; the lines end `gap` (EMU) before it."""
    anchor = OxmlElement("wp:anchor")
    flags = {"simplePos": 0, "behindDoc": 0, "locked": 0, "layoutInCell": 1, "allowOverlap": 0, "relativeHeight": 1}
    gaps = {"distT": 0, "distB": 0, "distL": gap, "distR": 0}
    for name, value in {**flags, **gaps}.items():
        anchor.set(name, str(value))
    nowhere = OxmlElement("wp:simplePos")
    nowhere.set("x", "0")
    nowhere.set("y", "0")
    wrap = OxmlElement("wp:wrapSquare")
    wrap.set("wrapText", "left")
    extent, *others = inline
    anchor.extend([nowhere, placed("H", "margin", "align", "right"), placed("V", "paragraph", "posOffset", "0")])
    anchor.extend([extent, wrap, *others])
    inline.getparent().replace(inline, anchor)


def placed(axis: str, origin: str, how: str, value: str) -> etree._Element:
    """Where a floating picture stands, across (H) or down (V) the page."""
    position, place = OxmlElement(f"wp:position{axis}"), OxmlElement(f"wp:{how}")
    position.set("relativeFrom", origin)
    place.text = value
    position.append(place)
    return position
