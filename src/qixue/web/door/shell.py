"""What the door app is made of: the page with its words in both languages, and the files that a device keeps.

The modules of the app import one another by their plain names, so they are served without a hash in the name. The
service worker takes them and the page as one set: each must have the digest that stands in the worker, or none is
installed, for servers of two versions may answer side by side.
"""

import hashlib
import json
from pathlib import Path

from django.conf import settings
from django.contrib.staticfiles.storage import staticfiles_storage
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import override

from qixue.participation.merge import AROUND_SESSION
from qixue.web.addresses import static_url
from qixue.web.door.words import words

PACKAGE = Path(__file__).resolve().parent
STATIC = PACKAGE.parent / "static"
STYLES = ("css/tokens.css", "css/base.css", "css/controls.css")
ICON = "img/seal.svg"
LATE = "door/late.js"
WAYS = ("scan", "code", "name", "walk_in", "head_count")
QUALIFIERS = ("exact", "about")  # those that a count may have
CACHED = {".js", ".css", ".png"}


def own_files() -> dict[str, str]:
    """Each file of the app by its address, with the digest of its bytes."""
    paths = sorted(path for path in (STATIC / "door").rglob("*") if path.suffix in CACHED)
    return {static_url(path.relative_to(STATIC).as_posix()): digest_of(path.read_bytes()) for path in paths}


def digest_of(content: bytes) -> str:
    """SHA-256 as hex digits."""
    return hashlib.sha256(content).hexdigest()


def shared_files() -> list[str]:
    """Files of the whole site; the hash in their address tells one version from another."""
    return [staticfiles_storage.url(name) for name in (*STYLES, ICON)]


def shell_html(language: str) -> str:
    """The page in the language in which it starts; the app itself changes to the other one without a network."""
    context = {
        "language": language,
        "site_name": settings.QIXUE["SITE_NAME"],
        "words": words(language),
        "all_words": {code: words(code) for code, _name in settings.LANGUAGES},
        "styles": [staticfiles_storage.url(name) for name in STYLES],
        "own_style": static_url("door/door.css"),
        "icon": staticfiles_storage.url(ICON),
        "touch_icon": static_url("door/icon-192.png"),
        "script": static_url("door/app.js"),
        "late": static_url(LATE),
        "modules": [name for name in own_files() if name.endswith(".js") and "/qr/" not in name],
        "bundle": reverse("api:read_bundle"),
        "scans": reverse("api:deliver_scans"),
        "around": int(AROUND_SESSION.total_seconds()),
        "ways": WAYS,
        "qualifiers": QUALIFIERS,
    }
    with override(language):
        return render_to_string("door/shell.html", context)


def worker_script() -> str:
    """The service worker with the list of files before it; any change of any of them changes its text."""
    own = own_files()
    files: dict[str, list[str]] = {
        **{name: [] for name in shared_files()},
        **{name: [digest] for name, digest in own.items()},
    }
    pages = [shell_html(code) for code, _name in settings.LANGUAGES]
    source = (PACKAGE / "service_worker.js").read_text(encoding="utf-8")
    shared = [(STATIC / name).read_text(encoding="utf-8") for name in (*STYLES, ICON)]
    version = digest_of("\0".join([*files, *own.values(), *pages, *shared, source]).encode())[:16]
    page = reverse("door:shell")
    shell = {
        "version": version,
        "page": page,
        "digests": [digest_of(each.encode()) for each in pages],
        "manifest": reverse("door:manifest"),
        "files": files,
    }
    return f"const SHELL = {json.dumps(shell, indent=1)};\n{source}"
