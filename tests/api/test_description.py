"""The OpenAPI document against the API itself: no fault, and no answer that the document does not describe."""

from collections.abc import Iterator

import pytest
import schemathesis
from django.core.signals import request_finished, request_started
from django.db import close_old_connections
from hypothesis import HealthCheck, settings
from schemathesis.specs.openapi.checks import positive_data_acceptance
from tests.api.conftest import ROOT, Scene

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
