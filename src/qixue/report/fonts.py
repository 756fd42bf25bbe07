"""Which fonts a PDF is set in: the free fonts that stand for the styles of GB/T 9704-2012, as far as they are there."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from fontTools.ttLib import TTCollection, TTFont

# Style of the standard -> families that show it, best first. The last is always a Noto face, which lacks no character
# of the official division names (Fandol lacks 浛, 洸 and 崀).
STYLES = {
    "仿宋": ("FandolFang R", "FandolSong", "Noto Serif CJK SC", "Noto Sans CJK SC"),
    "楷体": ("FandolKai", "Noto Serif CJK SC", "Noto Sans CJK SC"),
    "黑体": ("FandolHei", "Noto Sans CJK SC", "Noto Serif CJK SC"),
    "小标宋": ("Noto Serif CJK SC", "FandolSong", "Noto Sans CJK SC"),
    "宋体": ("FandolSong", "Noto Serif CJK SC", "Noto Sans CJK SC"),
}
SUFFIXES = {".otf", ".ttf", ".ttc", ".otc"}
SYSTEM_FONTS = (Path("/usr/share/fonts"), Path("/usr/local/share/fonts"), Path.home() / ".fonts")
NAMES = ("fandol", "notoserifcjk", "notosanscjk", "noto_sans_cjk", "noto_serif_cjk")


@dataclass(frozen=True)
class FontSet:
    """The font files found, and the families in which each style is set, best first."""

    files: tuple[Path, ...]
    families: dict[str, tuple[str, ...]]

    @property
    def substitutions(self) -> dict[str, str]:
        """Styles that are shown in another face than the first choice: style -> family, or "" for none at all."""
        return {
            style: (self.families[style][0] if self.families[style] else "")
            for style, wanted in STYLES.items()
            if self.families[style][:1] != wanted[:1]
        }


def find_fonts(directories: Iterable[Path]) -> FontSet:
    """The usable fonts below the directories; a directory that is not there is passed over."""
    files: dict[str, Path] = {}
    for directory in directories:
        for path in sorted(directory.rglob("*")) if directory.is_dir() else ():
            if path.suffix.lower() in SUFFIXES and path.name.lower().startswith(NAMES):
                files.setdefault(path.name.lower(), path)
    available = {family for path in files.values() for family in families_of(path)}
    families = {style: tuple(name for name in wanted if name in available) for style, wanted in STYLES.items()}
    return FontSet(tuple(files.values()), families)


def faces(path: Path) -> list[TTFont]:
    if path.suffix.lower() in {".ttc", ".otc"}:
        return list(TTCollection(path, lazy=True).fonts)
    return [TTFont(path, lazy=True)]


@lru_cache(maxsize=64)
def families_of(path: Path) -> frozenset[str]:
    """The family names in a font file."""
    return frozenset(str(face["name"].getDebugName(1)) for face in faces(path))


@lru_cache(maxsize=64)
def characters_of(path: Path) -> frozenset[int]:
    """The code points for which a font file has a glyph."""
    return frozenset(point for face in faces(path)[:1] for point in face.getBestCmap())


def missing_glyphs(text: str, fonts: FontSet) -> set[str]:
    """Characters of the text that no font of the set can show."""
    points = {ord(character) for character in text if not character.isspace()}
    for path in fonts.files:
        if not points:  # the first files usually have them all; reading the others would take a second
            break
        points -= characters_of(path)
    return {chr(point) for point in points}
