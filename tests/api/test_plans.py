"""Reading plans through the API: who is shown what, in bounded numbers of queries."""

import datetime
from typing import Any

import pytest
from tests.api.conftest import Ask, Scene
from tests.factories import NOON, VenueFactory
from tests.factories_planning import PlanLineFactory

from qixue.people.models import Role
from qixue.programme.models import PlanVersion

pytestmark = pytest.mark.django_db

HOUR = datetime.timedelta(hours=1)


def items(answer: Any, name: str) -> list[Any]:
    return [item[name] for item in answer.json()["items"]]


def test_list_shows_the_plans_of_the_part_of_the_tree(scene: Scene, ask: Ask) -> None:
    answer = ask("GET", "/programmes/week/plans", token=scene.token("own", Role.TREASURER))

    assert [plan["organisation"]["code"] for plan in answer.json()["items"]] == ["county", "town"]
    assert items(answer, "state") == ["draft", "draft"]
    assert items(answer, "version") == [2, 2]


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("organisation=county", ["county", "town"]),
        ("organisation=sibling", ["sibling"]),
        ("state=submitted", ["town"]),
        ("state=draft&organisation=county", ["county"]),
        ("state=closed", []),
        ("page=2&limit=3", ["sibling"]),
    ],
)
def test_list_is_narrowed(query: str, expected: list[str], scene: Scene, ask: Ask) -> None:
    plan = scene.parts["descendant"].plan
    PlanVersion.objects.filter(plan=plan, number=2).update(state=PlanVersion.State.SUBMITTED)

    answer = ask("GET", f"/programmes/week/plans?{query}", token=scene.token("ancestor", Role.AUDITOR))

    assert [plan["organisation"]["code"] for plan in answer.json()["items"]] == expected


def test_unknown_organisation_is_no_empty_list(scene: Scene, ask: Ask) -> None:
    answer = ask("GET", "/programmes/week/plans?organisation=nobody", token=scene.token("own", Role.AUDITOR))

    assert (answer.status_code, answer.json()["code"]) == (422, "unknown_organisation")


def test_plan_shows_its_newest_version_or_the_one_asked_for(scene: Scene, ask: Ask) -> None:
    plan, token = scene.parts["own"].plan, scene.token("own", Role.ORGANISER)

    newest, first, none = (
        ask("GET", f"/plans/{plan.pk}{query}", token=token) for query in ("", "?version=1", "?version=9")
    )

    assert (newest.json()["shown"]["version"], newest.json()["shown"]["line_count"], newest["ETag"]) == (2, 2, '"2-1"')
    assert (first.json()["shown"]["state"], first.json()["version"], first["ETag"]) == ("returned", 2, '"1-1"')
    assert none.status_code == 404


def test_lines_carry_codes_and_what_was_said_on_them(scene: Scene, ask: Ask) -> None:
    plan = scene.parts["own"].plan

    answer = ask("GET", f"/plans/{plan.pk}/lines?limit=1", token=scene.token("own", Role.ORGANISER)).json()

    [line] = answer["items"]
    assert (answer["count"], answer["version"], answer["edit_count"]) == (2, 2, 1)
    assert (line["title"], line["starts_at"], line["budget_fen"]) == (
        "CANARY-county",
        "2026-11-04T12:00:00+08:00",
        None,
    )
    assert [comment["text"] for comment in line["comments"]] == ["CANARY-county"]


def test_difference_names_fields_with_codes(scene: Scene, ask: Ask) -> None:
    plan = scene.parts["own"].plan
    venue = VenueFactory(code="HALL")
    line = plan.versions.get(number=2).lines.order_by("position")[0]
    former = plan.versions.get(number=1).lines.get().venue
    plan.versions.get(number=2).lines.filter(pk=line.pk).update(venue=venue, starts_at=NOON - HOUR, budget_fen=100)

    answer = ask("GET", f"/plans/{plan.pk}/difference", token=scene.token("own", Role.ORGANISER)).json()

    assert (answer["version"], answer["former"], len(answer["added"]), answer["removed"]) == (2, 1, 1, [])
    assert answer["changed"][0]["fields"] == [
        {"field": "starts_at", "before": "2026-11-04T12:00:00+08:00", "after": "2026-11-04T11:00:00+08:00"},
        {"field": "venue", "before": former.code, "after": "HALL"},
        {"field": "budget_fen", "before": None, "after": 100},
    ]


def test_first_version_is_new_as_a_whole(scene: Scene, ask: Ask) -> None:
    plan = scene.parts["own"].plan

    answer = ask("GET", f"/plans/{plan.pk}/difference?version=1", token=scene.token("own", Role.ORGANISER)).json()

    assert (answer["former"], len(answer["added"]), answer["removed"], answer["changed"]) == (None, 1, [], [])


def test_conflict_names_the_line_and_not_what_others_plan(scene: Scene, ask: Ask) -> None:
    mine, other = (
        scene.parts[name].plan.versions.get(number=2).lines.order_by("position")[0] for name in ("own", "sibling")
    )
    PlanLineFactory(version=mine.version, venue=other.venue, title="同时同地")

    answer = ask("GET", f"/plans/{mine.version.plan_id}/conflicts", token=scene.token("own", Role.ORGANISER))

    assert "venue" in items(answer, "kind")
    assert str(mine.version.lines.get(title="同时同地").key) in items(answer, "line")
    assert "CANARY-sibling" not in answer.content.decode()


def test_conflicts_of_a_version_that_is_decided_are_no_longer_shown(scene: Scene, ask: Ask) -> None:
    plan = scene.parts["own"].plan
    PlanVersion.objects.filter(plan=plan, number=2).update(state=PlanVersion.State.PUBLISHED)

    assert ask("GET", f"/plans/{plan.pk}/conflicts", token=scene.token("own", Role.ORGANISER)).json()["count"] == 0


def test_steps_say_who_did_what_for_whom(scene: Scene, ask: Ask) -> None:
    plan = scene.parts["own"].plan

    [step] = ask("GET", f"/plans/{plan.pk}/steps", token=scene.token("own", Role.ORGANISER)).json()["items"]

    assert (step["kind"], step["version"], step["organisation"]["code"]) == ("returned", 1, "county")
    assert (step["by"], step["comment"]) == (plan.steps.get().by.display_name, "CANARY-county")


@pytest.mark.parametrize(
    ("address", "queries"),
    [
        ("/programmes/week/plans", 6),
        ("/plans/{}", 8),
        ("/plans/{}/lines", 8),
        ("/plans/{}/steps", 6),
        ("/plans/{}/countersignatures", 7),
        ("/plans/{}/difference", 8),
        ("/plans/{}/conflicts", 10),
    ],
)
@pytest.mark.parametrize("more", [0, 20])
def test_number_of_queries_does_not_grow(
    more: int, address: str, queries: int, scene: Scene, ask: Ask, django_assert_max_num_queries: Any
) -> None:
    plan, token = scene.parts["own"].plan, scene.token("ancestor", Role.COORDINATOR)
    for _number in range(more):
        PlanLineFactory(version=plan.versions.get(number=2))

    with django_assert_max_num_queries(queries):
        assert ask("GET", address.format(plan.pk), token=token).status_code == 200
