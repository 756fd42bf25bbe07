"""Drawings of the things of the synthetic city, from the forms in `data/swap_pictures.yaml`."""

import io
import random
from functools import cache

from PIL import Image, ImageDraw

from qixue.demo.city.catalogue import read

WIDTH, HEIGHT, TABLE_FROM = 800, 600, 450  # pixels
PAPER, TABLE = "#efe8da", "#d9cdb6"
OF_THINGS = ("#b5503c", "#5d7f59", "#3f6c8f", "#b98b3e", "#7d6a8a", "#5f8f8b")
COLOURS = {
    "dark": "#3b3a38",
    "steel": "#9aa3a8",
    "white": "#fbf8f1",
    "paper": "#f3e6c4",
    "glass": "#c9dde4",
    "wood": "#a87945",
    "red": "#b5503c",
    "green": "#5d7f59",
    "blue": "#3f6c8f",
    "ochre": "#d2a03f",
    "violet": "#9a6a9a",
}


@cache
def drawings() -> dict[str, list[str]]:
    found: dict[str, list[str]] = read("swap_pictures.yaml")
    return found


def picture(chance: random.Random, name: str) -> bytes:
    """A PNG of the thing on a table, in colours by chance."""
    image = Image.new("RGB", (WIDTH, HEIGHT), PAPER)
    drawing = ImageDraw.Draw(image)
    drawing.rectangle((0, TABLE_FROM, WIDTH, HEIGHT), fill=TABLE)
    body, part = chance.sample(OF_THINGS, 2)
    for form in drawings()[name]:
        draw(drawing, form, {**COLOURS, "body": body, "part": part})
    file = io.BytesIO()
    image.save(file, "PNG")
    return file.getvalue()


def draw(drawing: ImageDraw.ImageDraw, form: str, colours: dict[str, str]) -> None:
    """One line of the file."""
    shape, colour, *words = form.split()
    numbers, fill = [int(word) for word in words], colours[colour]
    match shape:
        case "box":
            drawing.rounded_rectangle(numbers[:4], radius=numbers[4], fill=fill)
        case "oval":
            drawing.ellipse(numbers, fill=fill)
        case "line":
            drawing.line(numbers[:-1], fill=fill, width=numbers[-1], joint="curve")
        case "area":
            drawing.polygon(numbers, fill=fill)
        case "arc":
            drawing.arc(numbers[:4], numbers[4], numbers[5], fill=fill, width=numbers[6])
        case _:
            raise ValueError(f"There is no form {shape}.")
