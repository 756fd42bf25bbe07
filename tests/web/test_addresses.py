import pytest
from django.test import RequestFactory

from qixue.web.addresses import open_query_of, query_of

ASKED = RequestFactory().get("/here/", {"q": "茶 & 书", "day": "2026-11-14", "kind": ["a", "b"], "page": "3"})


@pytest.mark.parametrize(
    ("left_out", "changes", "query"),
    [
        ((), {}, "?q=%E8%8C%B6+%26+%E4%B9%A6&day=2026-11-14&kind=a&kind=b&page=3"),
        (("q", "kind"), {}, "?day=2026-11-14&page=3"),
        (("q", "kind"), {"page": 4}, "?day=2026-11-14&page=4"),
        (("q", "kind"), {"page": "", "day": None}, ""),
        (("q", "kind", "day", "page"), {"count": 0}, "?count=0"),
    ],
)
def test_query_keeps_all_but_what_changes(left_out: tuple[str, ...], changes: dict[str, object], query: str):
    assert query_of(ASKED, *left_out, **changes) == query


def test_open_query_takes_one_more():
    assert open_query_of(ASKED, "q", "kind", "page") == "?day=2026-11-14&"
    assert open_query_of(ASKED, "q", "kind", "day", "page") == "?"
