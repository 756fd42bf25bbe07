"""An act that takes many seconds: its page is sent while it is done, and ends with what came of it. No script."""

from collections.abc import Callable, Iterator
from typing import NamedTuple

from django.http import HttpRequest, StreamingHttpResponse
from django.template.loader import render_to_string
from django.utils.translation import get_language, override
from django.utils.translation import gettext as _

from qixue.core.logs import get_logger
from qixue.core.refusal import Refused
from qixue.web.workspace.act import Act

log = get_logger("qixue.workspace")
OUTCOME = "<!-- outcome -->"  # where the page waits


class Onward(NamedTuple):
    """Where people go on, and what the button calls it."""

    text: str
    url: str


def page_at_work(request: HttpRequest, act: Act, do: Callable[[], Onward]) -> StreamingHttpResponse:
    """What is being done at once, then what came of it: the page was answered before anybody knew, so always by 200.

    `do` says where people go on; after a refusal that is this page, which shows how things stand now.
    """
    page = render_to_string("workspace/at_work.html", {"act": act, "outcome": OUTCOME, **act.context}, request)
    before, after = page.split(OUTCOME)
    language = get_language() or ""

    def pieces() -> Iterator[str]:
        yield before
        with override(language):
            yield outcome_of(act, do, again=request.path)
        yield after

    response = StreamingHttpResponse(pieces())
    response.headers["X-Accel-Buffering"] = "no"  # nginx would keep the beginning back until the end is there
    return response


def outcome_of(act: Act, do: Callable[[], Onward], *, again: str) -> str:
    refusal: Refused | None = None
    is_broken = False
    onward = Onward(_("Go back"), again)
    try:
        onward = do()
    except Refused as refused:
        refusal = refused
    except Exception:  # the page is on its way: no other one can take its place
        log.exception("act_failed", act=act.title)
        is_broken = True
    context = {"act": act, "refusal": refusal, "is_broken": is_broken, "onward": onward}
    return render_to_string("workspace/at_work_outcome.html", context)
