"""What the page says on which a seat is given up."""

import datetime

import pytest
from tests.factories import NOON, MemberFactory, OpenSessionFactory, RegistrationFactory
from tests.web.browsing import page_of, signed_in

from qixue.participation.models import RegistrationTerms

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("is_closed", "sentence"),
    [(False, "取消后不能恢复，但可以重新报名。"), (True, "取消后不能恢复，这一场现在也不能再报名。")],
)
def test_giving_up_promises_another_sign_up_only_where_there_is_one(is_closed, sentence):
    member, session = MemberFactory(), OpenSessionFactory()
    closed_at = NOON - datetime.timedelta(hours=1) if is_closed else None
    RegistrationTerms.objects.create(session=session, closes_at=closed_at)
    row = RegistrationFactory(session=session, resident=member)

    page = page_of(signed_in(member), f"/me/registrations/{row.party}/cancel/")

    said = page.xpath("normalize-space(//main//h1/following-sibling::p[2])")
    assert said == f"谢谢告知，名额可以让给别人。 {sentence}"
