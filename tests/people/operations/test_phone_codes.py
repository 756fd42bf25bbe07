"""Six digits by SMS: one answer for every number, five minutes, five tries, once, for the browser that asked."""

import datetime
import json
import re

import pytest
from django.core.exceptions import ValidationError
from tests.at_once import at_once
from tests.factories import NOON, MemberFactory, RoleAssignmentFactory, UserFactory

from qixue.core.models import AuditEntry, OutboxMessage
from qixue.core.outbox import deliver_due
from qixue.core.refusal import Refused
from qixue.people.models import ConfirmedMobile, PhoneCode, PhoneCodeCount, User
from qixue.people.operations.phone_codes import enter_phone_code, forget_phone_codes, send_phone_code

pytestmark = pytest.mark.django_db
MINUTE, SECOND = datetime.timedelta(minutes=1), datetime.timedelta(seconds=1)
MOBILE, BROWSER = "13900000000", "a browser"


def ask(mobile: str = MOBILE, *, browser: str = BROWSER, at: datetime.datetime = NOON) -> str:
    """Have a code sent; its six digits, as the message has them."""
    code = send_phone_code(mobile, browser=browser, language="zh-hans", at=at)
    return digits_in(OutboxMessage.objects.get(key=f"phone_code:{code.pk}").body)


def digits_in(body: str) -> str:
    return re.findall(r"\d{6}", body)[0]


def enter(digits: str, *, browser: str = BROWSER, at: datetime.datetime = NOON) -> User:
    return enter_phone_code(MOBILE, browser=browser, digits=digits, language="zh-hans", at=at)


def outcome(digits: str, *, browser: str = BROWSER, at: datetime.datetime = NOON) -> str:
    try:
        enter(digits, browser=browser, at=at)
    except Refused as refusal:
        return refusal.code
    return "in"


def asked(mobile: str = MOBILE, *, browser: str = BROWSER, at: datetime.datetime = NOON) -> str:
    try:
        ask(mobile, browser=browser, at=at)
    except Refused as refusal:
        return refusal.code
    return "sent"


def wrong(digits: str) -> str:
    return f"{(int(digits) + 1) % 1_000_000:06d}"


def test_first_code_makes_an_account_and_the_next_finds_it():
    user = enter(ask())
    later = NOON + 2 * MINUTE

    again = enter(ask(at=later), at=later)

    assert again == user
    assert (user.mobile, user.has_usable_password(), user.display_name) == (MOBILE, False, "居民0000")
    assert MOBILE not in user.username
    assert AuditEntry.objects.filter(action="account.opened").count() == 1


def test_message_says_the_code_and_is_kept_by_nobody(settings):
    digits = ask()

    deliver_due(at=NOON)

    (line,) = (settings.QIXUE["OUTBOX_DIR"] / "sms.jsonl").read_text().splitlines()
    assert json.loads(line)["body"] == f"【{settings.QIXUE['SITE_NAME']}】验证码{digits}，5分钟内有效。请勿告诉他人。"
    assert OutboxMessage.objects.get().body == ""
    code = PhoneCode.objects.get()
    assert [digits in value for value in (code.digest, code.salt, code.browser)] == [False, False, False]


def test_message_is_sent_at_night_too():
    ask(at=NOON.replace(hour=3))

    assert OutboxMessage.objects.get().due_at == NOON.replace(hour=3)


@pytest.mark.parametrize("mobile", ["85291234567", "+13900000000", "12345678901", "1390000000", ""])
def test_only_mobile_numbers_of_the_mainland_get_a_message(mobile):
    with pytest.raises(ValidationError):
        ask(mobile)

    assert not OutboxMessage.objects.exists()


def test_asking_is_the_same_for_staff_members_residents_and_strangers():
    """Nobody is looked up: the same statements run, and a message leaves every time."""
    RoleAssignmentFactory(user=UserFactory(mobile="13900000001"))
    enter(ask())

    answers = [asked(number, at=NOON + 2 * MINUTE) for number in (MOBILE, "13900000001", "13900000002")]

    assert answers == ["sent", "sent", "sent"]


def test_code_is_good_once():
    digits = ask()
    enter(digits)

    assert outcome(digits) == "code_over"


def test_code_is_good_for_five_minutes():
    digits = ask()

    assert outcome(digits, at=NOON + 5 * MINUTE) == "code_over"
    assert outcome(digits, at=NOON + 5 * MINUTE - SECOND) == "in"


def test_code_means_nothing_in_another_browser():
    digits = ask()

    assert outcome(digits, browser="another browser") == "code_over"
    assert outcome(digits) == "in"


def test_code_means_nothing_for_another_number():
    digits = ask()
    ask("13900000002", browser="another browser")

    with pytest.raises(Refused) as refused:
        enter_phone_code("13900000002", browser=BROWSER, digits=digits, language="zh-hans", at=NOON)
    assert refused.value.code == "code_over"


def test_fifth_wrong_code_is_the_last():
    digits = ask()

    assert [outcome(wrong(digits)) for _try in range(5)] == ["wrong_code"] * 4 + ["code_over"]
    assert outcome(digits) == "code_over"
    assert not User.objects.exists()


def test_only_the_last_code_is_good():
    first = ask()
    second = ask(at=NOON + MINUTE)
    later = NOON + 2 * MINUTE

    assert outcome(first, at=later) == ("in" if first == second else "wrong_code")
    assert outcome(second, at=later) == ("code_over" if first == second else "in")


def test_stranger_who_asks_does_not_spoil_the_code_of_the_owner():
    digits = ask()
    ask(browser="another browser", at=NOON + MINUTE)

    assert outcome(digits, at=NOON + MINUTE) == "in"


def test_new_code_is_sent_after_a_minute():
    ask()

    assert asked(browser="another browser", at=NOON + MINUTE - SECOND) == "asked_too_soon"
    assert asked(at=NOON + MINUTE) == "sent"


def test_number_gets_five_codes_a_day():
    moments = [NOON + number * MINUTE for number in range(6)]

    answers = [asked(browser=f"browser {at}", at=at) for at in moments]

    assert answers == ["sent"] * 5 + ["too_many_codes"]
    assert asked(at=NOON + datetime.timedelta(days=1)) == "sent"


def test_browser_gets_thirty_codes_an_hour():
    answers = [asked(f"139{number:04d}0000") for number in range(31)]

    assert answers == ["sent"] * 30 + ["too_many_codes_here"]
    assert asked("13999990000", at=NOON + 60 * MINUTE) == "sent"


def test_city_sends_as_many_codes_a_day_as_it_pays_for(settings):
    settings.QIXUE = {**settings.QIXUE, "PHONE_CODES_PER_DAY": 3}

    answers = [asked(f"139{number:04d}0000", browser=f"browser {number}") for number in range(4)]

    assert answers == ["sent"] * 3 + ["codes_used_up"]
    assert OutboxMessage.objects.count() == 3


def test_block_of_numbers_gets_two_hundred_codes_a_day():
    PhoneCodeCount.objects.create(key="block:1390000:2026-11-04", sent_count=200, counted_at=NOON)

    assert (asked(), asked("13900010000")) == ("codes_used_up", "sent")


def test_what_was_refused_is_not_counted():
    ask()
    asked(at=NOON + SECOND)

    assert set(PhoneCodeCount.objects.values_list("sent_count", flat=True)) == {1}


def test_staff_member_is_sent_to_the_other_sign_in():
    RoleAssignmentFactory(user=UserFactory(mobile=MOBILE))

    assert outcome(ask()) == "staff_account"
    assert not ConfirmedMobile.objects.exists()


def test_resident_who_takes_a_role_no_longer_comes_in_by_phone():
    RoleAssignmentFactory(user=enter(ask()))
    later = NOON + MINUTE

    assert outcome(ask(at=later), at=later) == "staff_account"


def test_number_that_somebody_typed_opens_no_account():
    UserFactory(mobile=MOBILE)

    assert enter(ask()).username.startswith("resident-")


def test_closed_account_stays_closed():
    User.objects.filter(pk=enter(ask()).pk).update(is_active=False)
    later = NOON + MINUTE

    assert outcome(ask(at=later), at=later) == "account_closed"


def test_erased_account_begins_anew():
    member = MemberFactory(user=enter(ask()))
    User.objects.get(pk=member.user_id).delete()
    later = NOON + MINUTE

    user = enter(ask(at=later), at=later)

    member.refresh_from_db()
    assert (member.user_id, hasattr(user, "resident")) == (None, False)


def test_numbers_of_former_days_are_forgotten():
    ask()

    assert forget_phone_codes(at=NOON + datetime.timedelta(days=1)) == 0
    assert forget_phone_codes(at=NOON + datetime.timedelta(days=3)) == 1
    assert not PhoneCodeCount.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_code_entered_twice_at_once_is_used_once():
    digits = ask()

    assert at_once(lambda: enter(digits), lambda: enter(digits)) == ["code_over", "done"]
    assert (User.objects.count(), ConfirmedMobile.objects.count()) == (1, 1)


@pytest.mark.django_db(transaction=True)
def test_two_requests_for_one_number_at_once_send_one_message():
    outcomes = at_once(lambda: ask(browser="one"), lambda: ask(browser="other"))

    assert outcomes == ["asked_too_soon", "done"]
    assert OutboxMessage.objects.count() == 1
