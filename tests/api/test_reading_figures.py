import pytest
from tests.api.conftest import Ask, Scene
from tests.factories import NOON

from qixue.figures.queries import figures_of, payload

pytestmark = pytest.mark.django_db


def test_one_figure_is_that_of_every_other_door(scene: Scene, ask: Ask) -> None:
    figures = [ask("GET", f"/programmes/week/figures/{code}").json() for code in ("attendance", "participants")]

    expected = [payload(figure, at=NOON) for figure in figures_of(scene.programme)]
    assert [{**figure, "as_of": ""} for figure in figures] == [{**figure, "as_of": ""} for figure in expected]
    assert (figures[0]["value"], figures[0]["qualifier"], figures[0]["unit"]["code"]) == (160, "exact", "attendance")


def test_list_of_figures_states_them_without_their_evidence(scene: Scene, ask: Ask) -> None:
    listed = ask("GET", "/programmes/week/figures").json()

    expected = [payload(figure, at=NOON) for figure in figures_of(scene.programme)]
    shown = [{name: value for name, value in figure.items() if "evidence" not in name} for figure in expected]
    assert [{**figure, "as_of": ""} for figure in listed] == [{**figure, "as_of": ""} for figure in shown]


def test_evidence_comes_in_pages(scene: Scene, ask: Ask) -> None:
    whole = ask("GET", "/programmes/week/figures/attendance/evidence").json()
    page = ask("GET", "/programmes/week/figures/attendance/evidence?limit=3&page=2").json()

    assert (page["count"], page["items"]) == (4, whole["items"][3:])


def test_unknown_figure_is_not_found(scene: Scene, ask: Ask) -> None:
    assert ask("GET", "/programmes/week/figures/F9").status_code == 404
