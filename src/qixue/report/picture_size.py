"""How large a picture stands in an official document."""

import io

from PIL import Image

WIDEST, TALLEST = 150, 200  # millimetres: almost the type area, with room for the caption
CODE_WIDTH = 25  # millimetres, of a square code: phones read it from a copy
FEWEST_DOTS = 100  # to the inch: a picture of fewer dots stays small, blown up it would only show them


def printed_width(picture: bytes) -> float:
    """In millimetres, of a PNG or JPEG; the height follows."""
    with Image.open(io.BytesIO(picture)) as image:
        width, height = image.size
    return min(WIDEST, TALLEST * width / height, width / FEWEST_DOTS * 25.4)
