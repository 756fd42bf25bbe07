import datetime
import re

import pytest
from django.db import connection
from django.db.migrations.recorder import MigrationRecorder
from django.test import Client
from tests.factories import OpenSessionFactory

from qixue.core.clock import now
from qixue.core.metrics import note_duties
from qixue.core.models import OutboxMessage
from qixue.core.outbox import Letter, put_into_outbox

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


def test_metrics_say_how_late_the_outbox_is(client: Client):
    at = now()
    letters = [Letter("mail", "li@example.cn", "文", key) for key in ("a", "b")]
    put_into_outbox(letters, at=at - datetime.timedelta(minutes=10))
    OutboxMessage.objects.filter(key="b").update(last_error="mail server: SMTPConnectError")

    text = client.get("/metrics").content.decode()

    late = float(re.search(r"^qixue_outbox_late_seconds ([\d.]+)$", text, re.M)[1])
    assert 600 <= late < 660
    assert "qixue_outbox_due_messages 2.0\n" in text
    assert "qixue_outbox_failing_messages 1.0\n" in text
    assert "qixue_outbox_given_up_messages 0.0\n" in text


def test_metrics_say_when_duties_were_done(client: Client, settings, tmp_path):
    settings.VAR = tmp_path
    assert "qixue_duty_last_run" not in client.get("/metrics").content.decode()

    note_duties({"queues": datetime.datetime(2026, 11, 5, tzinfo=datetime.UTC)})

    line = 'qixue_duty_last_run_timestamp_seconds{duty="queues"} 1.7938368e+09'
    assert line in client.get("/metrics").content.decode()


def test_worker_that_cannot_note_its_duties_goes_on(client: Client, settings, tmp_path):
    settings.VAR = tmp_path
    (tmp_path / "metrics").write_text("no folder")

    note_duties({"queues": datetime.datetime(2026, 11, 5, tzinfo=datetime.UTC)})

    (tmp_path / "metrics").unlink()
    assert "qixue_duty_last_run" not in client.get("/metrics").content.decode()


def test_metrics_count_seats_and_queues(client: Client):
    soon = now() + datetime.timedelta(days=1)
    OpenSessionFactory(starts_at=soon, ends_at=None, seat_count=40, taken_count=40, waiting_count=3)
    OpenSessionFactory(starts_at=soon, ends_at=None, seat_count=10)

    text = client.get("/metrics").content.decode()

    assert re.findall(r"^qixue_(seats|seats_taken|people_waiting|sessions_with_a_queue) ([\d.]+)$", text, re.M) == [
        ("seats", "50.0"),
        ("seats_taken", "40.0"),
        ("people_waiting", "3.0"),
        ("sessions_with_a_queue", "1.0"),
    ]
