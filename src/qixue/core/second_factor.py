"""Whether staff must sign in with a second step, or may."""

from django.conf import settings

REQUIRED, OFFERED = "required", "offered"


def policy() -> str:
    """REQUIRED or OFFERED: what QIXUE_SECOND_FACTOR says, else required.

    The passwords of a demo are printed for everybody, so there it is an offer. Looked up when asked: a first demo
    makes its folder while the settings of the process that will serve it are already read.
    """
    if chosen := settings.QIXUE["SECOND_FACTOR"]:
        return str(chosen)
    return OFFERED if settings.DEBUG or (settings.VAR / "demo").is_dir() else REQUIRED
