import pytest
from django.test import Client
from django.urls import reverse
from django.utils.translation import override
from tests.factories import NOON, OrganisationFactory, RoleAssignmentFactory

from qixue.core.models import OutboxMessage
from qixue.core.outbox import Letter, put_into_outbox
from qixue.people.models import Notification, NotificationPreference, Role, User
from qixue.people.notices import KINDS, Notice, NoticeKind
from qixue.people.operations.notifications import notify, reachability_of

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def kind(monkeypatch: pytest.MonkeyPatch) -> None:
    topic = NotificationPreference.Topic.PLANS
    monkeypatch.setitem(KINDS, "test", NoticeKind("test", topic, "请报送%(name)s", "%(name)s还没有报送。"))


@pytest.fixture
def coordinator() -> User:
    return RoleAssignmentFactory(role=Role.COORDINATOR, organisation=OrganisationFactory(code="own")).user


@pytest.fixture
def page(client: Client, coordinator: User) -> Client:
    client.force_login(coordinator)
    return client


def told(user: User, number: int = 1, link: str = "/workspace/activities/") -> Notification:
    notify([user], Notice("test", key=f"n-{number}", link=link, params={"name": f"方案{number}"}), at=NOON)
    return Notification.objects.get(user=user, key=f"n-{number}")


def test_inbox_shows_own_notices_only(page: Client, coordinator: User):
    told(coordinator, 1)
    told(RoleAssignmentFactory().user, 2)

    content = page.get(reverse("workspace:inbox")).content.decode()

    assert ("请报送方案1" in content, "请报送方案2" in content) == (True, False)


def test_notice_leads_to_its_subject_and_is_read(page: Client, coordinator: User):
    notice = told(coordinator)

    response = page.post(reverse("workspace:notice", args=[notice.pk]))

    notice.refresh_from_db()
    assert (response.status_code, response["Location"], notice.read_at is None) == (
        302,
        "/workspace/activities/",
        False,
    )


def test_reading_a_notice_changes_nothing(page: Client, coordinator: User):
    notice = told(coordinator)

    page.get(reverse("workspace:notice", args=[notice.pk]))

    notice.refresh_from_db()
    assert notice.read_at is None


def test_what_arrived_after_the_page_stays_new(page: Client, coordinator: User):
    seen, later = told(coordinator, 1), told(coordinator, 2)

    page.post(reverse("workspace:inbox"), {"upto": seen.pk})

    assert list(Notification.objects.filter(read_at=None)) == [later]


@pytest.mark.parametrize("upto", ["", "all", "-1", "9" * 30])
def test_marking_up_to_nothing_sensible_marks_nothing(page: Client, coordinator: User, upto: str):
    told(coordinator)

    answer = page.post(reverse("workspace:inbox"), {"upto": upto})

    assert (answer.status_code, Notification.objects.filter(read_at=None).count()) == (302, 1)


def test_preferences_are_kept(page: Client, coordinator: User):
    answers = {
        "email": "a@example.cn",
        "mobile": "139 0000 0000",
        "language": "en",
        "mail_topics": ["plans"],
        "sms_topics": ["plans"],
        "quiet_from": "22:00",
        "quiet_until": "７点",
    }

    response = page.post(reverse("workspace:notice_preferences"), answers)

    wishes = reachability_of(User.objects.get(pk=coordinator.pk))
    assert response.status_code == 302
    assert (wishes.mobile, wishes.mail_topics, wishes.sms_topics) == ("13900000000", {"plans"}, {"plans"})
    assert [f"{time:%H:%M}" for time in wishes.quiet or ()] == ["22:00", "07:00"]


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"mail_topics": ["plans"]}, "请填写邮箱，或不选择邮件通知的内容。"),
        ({"quiet_from": "22:00"}, "请两个时间都填写，或都不填写。"),
        ({"mobile": "12345"}, "请填写11位手机号，例如13900000000。"),
    ],
)
def test_preferences_that_do_not_fit_keep_the_answers(page: Client, changes: dict[str, object], sentence: str):
    response = page.post(reverse("workspace:notice_preferences"), {"language": "zh-hans", **changes})

    assert response.status_code == 422
    assert sentence in response.content.decode()
    assert NotificationPreference.objects.count() == 0


def test_given_up_message_is_visible_and_tried_again(page: Client):
    put_into_outbox([Letter("mail", "a@example.cn", "text", "k", subject="报送方案", scope="own/below/")], at=NOON)
    OutboxMessage.objects.update(state=OutboxMessage.State.DEAD, attempt_count=6, last_error="mail server: away")
    message = OutboxMessage.objects.get()

    listed = page.get(reverse("workspace:deliveries")).content.decode()
    page.post(reverse("workspace:delivery", args=[message.pk]))

    message.refresh_from_db()
    assert "mail server: away" in listed
    assert (message.state, message.attempt_count) == (OutboxMessage.State.WAITING, 0)


def test_message_that_was_not_given_up_is_not_tried_again(page: Client):
    put_into_outbox([Letter("mail", "a@example.cn", "text", "k", scope="own/")], at=NOON)

    response = page.post(reverse("workspace:delivery", args=[OutboxMessage.objects.get().pk]))

    assert response.status_code == 409


def test_topic_of_registrations_is_not_called_as_the_figure_is():
    with override("zh-hans"):
        assert NotificationPreference.Topic.REGISTRATIONS.label == "报名"
