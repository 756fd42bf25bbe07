"""The style sheets of every page: one for each component in the source, together one file for a browser."""

from collections.abc import Iterator
from typing import Any

from django.contrib.staticfiles.storage import staticfiles_storage
from django.core.files.base import ContentFile
from django.core.files.storage import Storage
from whitenoise.storage import CompressedManifestStaticFilesStorage

SHEETS = [
    f"css/{name}.css"
    for name in (
        "tokens", "base", "frame", "controls", "cards", "figures", "timeline", "rows", "month", "board", "returns",
        "account", "registrations", "ticket", "finding", "editor", "print",
    )
]  # fmt: skip
ALL = "css/all.css"  # beside them, so that the addresses in them hold


class SheetsInOne(CompressedManifestStaticFilesStorage):
    """Puts the sheets together when static files are collected."""

    def post_process(
        self, paths: dict[str, tuple[Storage, str]], dry_run: bool = False, **options: Any
    ) -> Iterator[Any]:
        if dry_run:
            return
        sheets = []
        for name in SHEETS:
            storage, path = paths[name]
            with storage.open(path) as file:
                sheets.append(file.read())
        self.delete(ALL)
        self.save(ALL, ContentFile(b"\n".join(sheets)))
        yield from super().post_process({**paths, ALL: (self, ALL)}, **options)


def stylesheet_urls() -> list[str]:
    """One where they were put together, else each of them."""
    names = [ALL] if isinstance(staticfiles_storage, SheetsInOne) else SHEETS
    return [staticfiles_storage.url(name) for name in names]
