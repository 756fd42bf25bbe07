import pytest
from tests.api.conftest import Ask, Scene

from qixue.people.models import ApiToken, Role
from qixue.programme.models import FollowUp

pytestmark = pytest.mark.django_db


def test_list_holds_the_part_of_the_viewer(scene: Scene, ask: Ask) -> None:
    page = ask("GET", "/programmes/week/follow-ups", token=scene.tokens["own"]).json()

    assert [item["owner"]["code"] for item in page["items"]] == ["county", "town"]


@pytest.mark.parametrize(("query", "count"), [("state=closed", 0), ("owner=town", 1), ("overdue=true", 0)])
def test_list_is_narrowed(query: str, count: int, scene: Scene, ask: Ask) -> None:
    FollowUp.objects.update(due_on="2099-01-01")

    assert ask("GET", f"/programmes/week/follow-ups?{query}", token=scene.tokens["own"]).json()["count"] == count


def test_same_report_twice_answers_the_same(scene: Scene, ask: Ask) -> None:
    address = f"/follow-ups/{scene.parts['own'].follow_up.pk}/report"

    answers = [ask("POST", address, {"version": 1, "note": "已办"}, token=scene.tokens["own"]) for _n in range(2)]

    assert [answer.status_code for answer in answers] == [200, 200]
    assert [[step["kind"] for step in answer.json()["steps"]] for answer in answers] == [
        ["acknowledged", "reported"]
    ] * 2


def test_item_that_changed_meanwhile_is_a_conflict(scene: Scene, ask: Ask) -> None:
    address = f"/follow-ups/{scene.parts['own'].follow_up.pk}/report"

    answer = ask("POST", address, {"version": 7, "note": "已办"}, token=scene.tokens["own"])

    assert (answer.status_code, answer.json()["code"]) == (409, "changed_meanwhile")


def test_coordinator_of_the_assigner_closes(scene: Scene, ask: Ask) -> None:
    item = scene.parts["own"].follow_up
    organiser = ApiToken.objects.get(name="ancestor").user
    organiser.role_assignments.update(role=Role.COORDINATOR)
    ask("POST", f"/follow-ups/{item.pk}/report", {"version": 1, "note": "已办"}, token=scene.tokens["own"])

    answer = ask("POST", f"/follow-ups/{item.pk}/closing", {"version": 2}, token=scene.tokens["ancestor"])

    assert (answer.status_code, answer.json()["state"]) == (200, "closed")
