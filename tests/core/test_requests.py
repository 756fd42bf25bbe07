import json

import pytest
from django.test import Client

from qixue.core import logs

pytestmark = pytest.mark.django_db


@pytest.fixture
def request_line(capsys):
    logs.set_up("INFO")
    lines = lambda: [json.loads(line) for line in capsys.readouterr().err.splitlines()]  # noqa: E731 - reads on call
    return lambda: [line for line in lines() if line["event"] == "request"][-1]


def test_request_log_names_route_and_status_but_no_path(client: Client, request_line):
    client.get("/healthz?name=secret")

    line = request_line()

    assert (line["route"], line["method"], line["status"]) == ("healthz", "GET", 200)
    assert "secret" not in json.dumps(line)


def test_request_id_of_the_proxy_is_kept(client: Client, request_line):
    response = client.get("/healthz", headers={"X-Request-ID": "proxy-00000001"})

    assert response["X-Request-ID"] == "proxy-00000001"
    assert request_line()["request_id"] == "proxy-00000001"


def test_request_id_that_is_not_plain_is_replaced(client: Client, request_line):
    response = client.get("/healthz", headers={"X-Request-ID": 'x"} {"forged": 1'})

    assert len(response["X-Request-ID"]) == 32
    assert request_line()["request_id"] == response["X-Request-ID"]


def test_request_with_unknown_method_is_counted_as_other(client: Client, request_line):
    client.generic("BREW", "/healthz")

    assert request_line()["method"] == "other"
