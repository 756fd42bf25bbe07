import pytest
from django.db import connection
from django.db.migrations.recorder import MigrationRecorder
from django.test import Client

pytestmark = pytest.mark.django_db


def test_healthz_answers_without_asking_the_database(client: Client, django_assert_num_queries):
    with django_assert_num_queries(0):
        response = client.get("/healthz")

    assert (response.status_code, response.content) == (200, b"ok\n")
    assert response["Cache-Control"] == "max-age=0, no-cache, no-store, must-revalidate, private"


def test_readyz_when_migrated(client: Client):
    response = client.get("/readyz")

    assert (response.status_code, response.json()) == (200, {"ready": True, "database": "ok", "migrations": "ok"})


def test_readyz_when_a_migration_is_pending(client: Client):
    MigrationRecorder(connection).record_unapplied("participation", latest_migration("participation"))

    response = client.get("/readyz")

    assert (response.status_code, response.json()["migrations"]) == (503, "pending")


def latest_migration(app: str) -> str:
    return max(name for label, name in MigrationRecorder(connection).applied_migrations() if label == app)


def test_metrics_counts_requests_by_route(client: Client):
    client.get("/healthz")

    text = client.get("/metrics").content.decode()

    assert 'qixue_requests_total{method="GET",route="healthz",status="200"}' in text
    assert 'qixue_request_seconds_count{method="GET",route="healthz"}' in text


def test_metrics_for_another_machine_is_not_there(client: Client):
    assert client.get("/metrics", REMOTE_ADDR="10.0.0.5").status_code == 404


def test_metrics_through_a_proxy_is_not_there(client: Client):
    assert client.get("/metrics", headers={"X-Forwarded-For": "10.0.0.5"}).status_code == 404
