import pytest
from django.utils.translation import override
from tests.counted import head_count
from tests.factories import ActivityFactory, SessionFactory

from qixue.core.figures import Scope, shared_reads
from qixue.participation.figures import evidence
from qixue.programme.models import Programme

pytestmark = pytest.mark.django_db


@pytest.fixture
def programme() -> Programme:
    """A lecture and a training of ten people each."""
    lecture = ActivityFactory(kind="lecture")
    head_count(SessionFactory(activity=lecture), 10)
    head_count(SessionFactory(activity=ActivityFactory(programme=lecture.programme, kind="training")), 10)
    return lecture.programme


def test_shared_reads_give_the_rows_of_each_figure_alone(programme: Programme) -> None:
    scopes = [Scope(programme.code), Scope(programme.code, kind="lecture"), Scope(programme.code, kind="training")]
    alone = [evidence(scope) for scope in scopes]

    for order in (scopes, scopes[::-1]):
        with shared_reads():
            shared = {scope: evidence(scope) for scope in order}

        assert [shared[scope] for scope in scopes] == alone
    assert [len(rows) for rows in alone] == [2, 1, 1]


def test_shared_rows_are_read_anew_in_another_language(programme: Programme) -> None:
    with shared_reads():
        for language, kind in (("zh-hans", "清点人数"), ("en", "Head count")):
            with override(language):
                assert {row.kind for row in evidence(Scope(programme.code))} == {kind}
