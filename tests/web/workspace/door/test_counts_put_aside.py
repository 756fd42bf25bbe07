"""Head counts that the rules put aside: what a person is offered to make of them."""

import pytest
from django.test import Client
from lxml import html
from tests.web.workspace.door.pages import waiting_scan

from qixue.participation.models import Scan
from qixue.programme.models import Session

pytestmark = pytest.mark.django_db


def test_head_count_that_can_not_count_is_not_offered_to_be_counted(session: Session, page: Client) -> None:
    Session.objects.filter(pk=session.pk).update(counting_rule="list")
    sent = {"count": 40, "qualifier": "exact"}
    scan = waiting_scan(session, kind=Scan.Kind.HEAD_COUNT, sent=sent, reason="session_counts_names")
    address = f"/workspace/sessions/{session.pk}/scans/"

    together, alone = (html.fromstring(page.get(f"{address}{end}").content) for end in ("", f"{scan.pk}/"))

    assert together.xpath("//button[@name='head_count-decision']/@value") == ["rejected"]
    assert alone.xpath("//input[@name='decision']/@value") == ["rejected"]
