"""Wherever it says for how long a seat that became free is kept, it says that the start of the session ends it."""

import pytest
from django.test import Client
from tests.factories import NOON, MemberFactory, OpenSessionFactory
from tests.factories_afterwards import organiser_of
from tests.participation.signing_up import sign_up
from tests.web.browsing import page_of, signed_in
from tests.web.public.conftest import words

from qixue.participation.models import RegistrationTerms
from qixue.people.models import Notification
from qixue.people.notices import short_of
from qixue.programme.models import Session

pytestmark = pytest.mark.django_db


@pytest.fixture
def session() -> Session:
    session: Session = OpenSessionFactory(seat_count=1)
    RegistrationTerms.objects.create(session=session, offer_hours=1)
    sign_up(session, MemberFactory())
    return session


def test_terms_name_the_start_as_the_end_of_every_offer(client: Client, session: Session) -> None:
    member = MemberFactory()
    organiser = Client()
    organiser.force_login(organiser_of(session.activity))
    row = sign_up(session, member, at=NOON)[0]

    pages = (
        page_of(client, f"/sessions/{session.pk}/"),
        page_of(signed_in(member), f"/me/registrations/{row.party}/"),
        page_of(organiser, f"/workspace/sessions/{session.pk}/registrations/"),
    )

    assert [words(page.xpath("//main")[0]).count("最迟到本场开始时") for page in pages] == [1, 1, 1]


def test_text_message_to_whoever_waits_names_the_start(session: Session) -> None:
    member = MemberFactory()

    sign_up(session, member)

    notice = Notification.objects.get(user=member.user)
    assert short_of(notice.kind, notice.params).endswith("须在1小时内确认（夜间不计时，最迟到开始时）")
