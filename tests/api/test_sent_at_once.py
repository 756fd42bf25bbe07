"""The same request by several at the same moment, each in a transaction of its own: it is carried out once."""

import json
import threading
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from tests.api.cases import READ
from tests.api.conftest import ROOT, Scene, make_scene
from tests.factories import key

from qixue.participation.models import Evidence, LedgerEntry
from qixue.people.models import Role
from qixue.programme.models import PlanStep

pytestmark = pytest.mark.django_db(transaction=True)

SENDERS = 4


@pytest.fixture
def scene(transactional_db: None) -> Scene:
    """Committed, so that everybody sees it."""
    return make_scene()


def sent_at_once(address: str, body: dict[str, Any], *, token: str) -> list[tuple[int, bytes]]:
    """Status and content of the answers to several who send the same."""
    content, start = json.dumps({**body, "client_uuid": str(key())}), threading.Barrier(SENDERS)
    headers = {"Authorization": f"Bearer {token}"}

    def send(_number: int) -> tuple[int, bytes]:
        start.wait(timeout=10)
        try:
            answer = Client().post(f"{ROOT}{address}", content, content_type="application/json", headers=headers)
            return answer.status_code, answer.content
        finally:
            connection.close()

    with ThreadPoolExecutor(SENDERS) as threads:
        return list(threads.map(send, range(SENDERS)))


def test_head_count_counts_once(scene: Scene) -> None:
    session, before = scene.parts["own"].public_session, Evidence.objects.count()
    body = {"count": 12, "qualifier": "about", "note": "签到表第1页"}

    answers = sent_at_once(f"/sessions/{session.pk}/head-counts", body, token=scene.tokens["own"])

    assert [status for status, _content in answers] == [201] * SENDERS
    assert len({content for _status, content in answers}) == 1
    assert LedgerEntry.objects.filter(session=session).count() == 1
    assert Evidence.objects.count() == before + 1


def test_plan_is_filed_once(scene: Scene) -> None:
    plan, county = scene.parts["own"].plan, scene.token("own", Role.ORGANISER)

    answers = sent_at_once(f"/plans/{plan.pk}/submissions", READ, token=county)

    assert [status for status, _content in answers] == [201] * SENDERS
    assert len({content for _status, content in answers}) == 1
    assert plan.steps.filter(kind=PlanStep.Kind.SUBMITTED).count() == 1
