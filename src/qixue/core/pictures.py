"""Pictures that people send are never kept as they came."""

import io

from django.utils.translation import gettext_lazy as _
from PIL import Image, ImageOps, UnidentifiedImageError

from qixue.core.refusal import Refused

LARGEST_PHOTO = 10 * 1024 * 1024  # bytes
MOST_PIXELS = 40_000_000
FORMATS = ("JPEG", "PNG", "WEBP")
LONGEST_EDGE = 2400  # pixels: a sheet of paper stays readable


def redrawn(original: bytes, *, longest_edge: int = LONGEST_EDGE) -> bytes:
    """The picture as a fresh JPEG of at most so many pixels: place, camera and anything hidden in the file are gone.

    Refused: photo_too_large, photo_unreadable.
    """
    if len(original) > LARGEST_PHOTO:
        raise Refused("photo_too_large", _("The photo is larger than 10 MB; please take a smaller one."), field="photo")
    try:
        with Image.open(io.BytesIO(original), formats=FORMATS) as picture:
            if picture.width * picture.height > MOST_PIXELS:
                raise Refused(
                    "photo_too_large",
                    _("The photo has more than 40 million pixels; please take a smaller one."),
                    field="photo",
                )
            upright = ImageOps.exif_transpose(picture).convert("RGB")
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError, Image.DecompressionBombError) as error:
        sentence = _("This is no JPEG, PNG or WebP picture that can be read.")
        raise Refused("photo_unreadable", sentence, field="photo") from error
    upright.thumbnail((longest_edge, longest_edge))
    output = io.BytesIO()
    upright.save(output, "JPEG", quality=85)
    return output.getvalue()
