"""An official document as PDF, set by typst. Words reach typst as data, so nothing a person typed can act as markup."""

import base64
import io
import json
from typing import Any

from PIL import Image

from qixue.core.qr_codes import qr_file
from qixue.report.fonts import FontSet
from qixue.report.official_document import (
    Annotation,
    Block,
    Heading,
    OfficialDocument,
    Paragraph,
    Picture,
    RunInHeading,
    Table,
    annotation_text,
    attachment_label,
    attachment_notes,
    date_text,
    numbered,
)
from qixue.report.picture_size import CODE_WIDTH, printed_width
from qixue.report.typesetting import typeset

FONT_ROLES = {"body": "仿宋", "kai": "楷体", "hei": "黑体", "title": "小标宋", "song": "宋体"}


def write_pdf(document: OfficialDocument, fonts: FontSet) -> bytes:
    """The document as PDF bytes; the same document and fonts give the same bytes.

    The list of figures is attached as figures.json, in an issued document the signed list as seal.json.
    Raises typst.TypstError when the layout cannot be set.
    """
    pictures: dict[str, bytes] = {}
    data: dict[str, Any] = {
        "title": document.title,
        "title_lines": document.title_lines,
        "notice": document.notice,
        "addressee": document.addressee,
        "blocks": blocks_data(document.blocks, pictures),
        "notes": attachment_notes(document),
        "signature": signature_data(document),
        "annotation": annotation_data(document.annotation, pictures),
        "attachments": [
            {
                "label": attachment_label(document, at),
                "title": attachment.title,
                "blocks": blocks_data(attachment.blocks, pictures),
            }
            for at, attachment in enumerate(document.attachments, start=1)
        ],
    }
    name, content = attached_list(document)
    data["attached"] = name
    return typeset("official", data, fonts, FONT_ROLES, {name: content, **pictures})


def attached_list(document: OfficialDocument) -> tuple[str, bytes]:
    """Name and content of the file in which the PDF says what each number stood for."""
    if document.seal:
        return "seal.json", document.seal.encode()
    traces = [vars(trace) for trace in document.figures]  # as they are: copies would repeat thousands of ids
    return "figures.json", json.dumps(traces, ensure_ascii=False, indent=1).encode()


def blocks_data(blocks: tuple[Block, ...], pictures: dict[str, bytes]) -> list[dict[str, Any]]:
    return [block_data(label, block, pictures) for label, block in numbered(blocks)]


def block_data(label: str, block: Block, pictures: dict[str, bytes]) -> dict[str, Any]:
    """What the layout needs of one block; pictures go into a file beside it."""
    if isinstance(block, Heading):
        return {"kind": "heading", "level": block.level, "text": label + block.text}
    if isinstance(block, RunInHeading):
        return {"kind": "paragraph", "runs": [f"{label}{block.title}。", *(run.text for run in block.runs)]}
    if isinstance(block, Paragraph):
        return {"kind": "paragraph", "runs": [run.text for run in block.runs]}
    if isinstance(block, Table):
        rows = [[run.text for run in row] for row in block.rows]
        return {
            "kind": "table",
            "caption": block.caption,
            "header": block.header_lines,
            "shares": block.column_shares,
            "is_kept_together": block.is_kept_together,
            "rows": rows,
        }
    return picture_data(block, pictures)


def picture_data(block: Picture, pictures: dict[str, bytes]) -> dict[str, Any]:
    name = f"picture-{len(pictures)}.svg"
    pictures[name] = as_text(block.content)
    width = printed_width(block.content)
    return {"kind": "picture", "file": name, "millimetres": width, "caption": block.caption, "alt": block.alt}


def as_text(picture: bytes) -> bytes:
    """A PNG or JPEG inside an SVG, without loss: typst is given files as text and refuses other bytes."""
    image = Image.open(io.BytesIO(picture))
    width, height = image.size
    data = base64.b64encode(picture).decode()
    link = f'xmlns:xlink="http://www.w3.org/1999/xlink" xlink:href="data:{image.get_format_mimetype()};base64,{data}"'
    size = f'width="{width}" height="{height}"'
    return f'<svg xmlns="http://www.w3.org/2000/svg" {size}><image {size} {link}/></svg>'.encode()


def annotation_data(annotation: Annotation | None, pictures: dict[str, bytes]) -> dict[str, Any] | None:
    if annotation is None:
        return None
    name = "annotation.svg"
    pictures[name] = qr_file(annotation.address)
    return {"text": annotation_text(annotation), "file": name, "millimetres": CODE_WIDTH, "alt": annotation.address}


def signature_data(document: OfficialDocument) -> list[str]:
    if document.organ is None or document.date is None:
        return []
    return [document.organ, date_text(document.date)]
