"""Signs beside words: only such as fonts for text have, not those that phones draw as pictures and others as a box."""

from pathlib import Path

from qixue import web

PICTURES_ONLY = [range(0x231A, 0x231C), range(0x23E9, 0x2400), range(0xFE0F, 0xFE10), range(0x1F000, 0x20000)]
SHOWN = {".html", ".css", ".js", ".py", ".txt"}


def test_no_page_uses_a_sign_that_only_fonts_of_pictures_have() -> None:
    files = [path for path in Path(web.__file__).parent.rglob("*") if path.suffix in SHOWN]

    found = {
        f"{path.name}: U+{ord(sign):04X}"
        for path in files
        for sign in set(path.read_text(encoding="utf-8"))
        if any(ord(sign) in signs for signs in PICTURES_ONLY)
    }

    assert len(files) > 300
    assert found == set()
