"""The OpenAPI document against the API itself: no fault, and no answer that the document does not describe."""

import importlib
from collections import Counter
from collections.abc import Iterator
from pkgutil import iter_modules

import pytest
import schemathesis
from django.core.signals import request_finished, request_started
from django.db import close_old_connections
from hypothesis import HealthCheck, settings
from schemathesis.specs.openapi.checks import positive_data_acceptance
from tests.api.conftest import ROOT, Scene

from qixue.api import schemas
from qixue.wsgi import application

pytestmark = pytest.mark.django_db

description = schemathesis.openapi.from_wsgi(f"{ROOT}/openapi.json", application)


@pytest.fixture(autouse=True)
def kept_connection() -> Iterator[None]:
    """A request through WSGI would close the connection that holds the test's transaction."""
    signals = (request_started, request_finished)
    for signal in signals:
        signal.disconnect(close_old_connections)
    yield
    for signal in signals:
        signal.connect(close_old_connections)


@description.parametrize()
@settings(
    max_examples=10,
    derandomize=True,
    deadline=None,
    database=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow, HealthCheck.filter_too_much],
)
@pytest.mark.parametrize("persona", [pytest.param("anonymous", marks=pytest.mark.one_database), "own"])
def test_api_does_what_its_description_says(case: schemathesis.Case, persona: str, scene: Scene) -> None:
    headers = {"Authorization": f"Bearer {scene.tokens[persona]}"} if persona in scene.tokens else {}

    # Some rules are no JSON schema: an unknown region, two keys that differ, invisible characters, a day in year 152.
    case.call_and_validate(headers=headers, excluded_checks=[positive_data_acceptance])


def test_document_keeps_apart_what_differs() -> None:
    """Models of one name would be one in the document, and some answers would not be as it says."""
    modules = [importlib.import_module(f"{schemas.__name__}.{each.name}") for each in iter_modules(schemas.__path__)]
    models = {each for module in modules for each in vars(module).values() if isinstance(each, type)}
    names = Counter(each.__name__ for each in models if each.__module__.startswith(schemas.__name__))

    assert [name for name, count in names.items() if count > 1] == []
