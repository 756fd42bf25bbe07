"""Signing in with six digits by SMS. Asking looks nobody up: it tells nothing about who has an account.

Who may be called with a text message is limited four ways, by counters in the database that no address and no cookie
gets around together: per number, per block of numbers, per browser and for the whole city.
"""

import datetime
import secrets
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import F
from django.utils.crypto import constant_time_compare, salted_hmac
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, override

from qixue.core.clock import SHANGHAI, local_day
from qixue.core.fields import mobile_validator
from qixue.core.models import record_audit
from qixue.core.outbox import Letter, put_into_outbox
from qixue.core.refusal import Refused
from qixue.people.models import ConfirmedMobile, NotificationPreference, PhoneCode, PhoneCodeCount, RoleAssignment, User
from qixue.people.models.accounts import MESSAGE_LANGUAGES
from qixue.people.operations.second_step import digits_of

DIGITS = 6
LASTS = datetime.timedelta(minutes=5)
PAUSE = datetime.timedelta(seconds=60)  # between two codes to one number
MOST_WRONG = 5
MOST_PER_NUMBER = 5  # a day
MOST_PER_BLOCK = 200  # a day; the ten thousand numbers with the same first seven digits
BLOCK_DIGITS = 7
KEPT = datetime.timedelta(days=2)
DEFAULT_LANGUAGE = "zh-hans"


@dataclass(frozen=True)
class Limit:
    """`key` names what is counted and in which hour or day."""

    key: str
    most: int
    code: str
    text: Any


@transaction.atomic
def send_phone_code(mobile: str, *, browser: str, language: str, at: datetime.datetime) -> PhoneCode:
    """Send six digits that only the browser with this secret can use.

    Raises ValidationError for what is no mobile number of the mainland.
    Refused: asked_too_soon, too_many_codes, too_many_codes_here, codes_used_up. Nothing is counted then.
    """
    mobile_validator(mobile)
    for limit in limits(mobile, mark_of(browser), at):
        count_one(limit, at=at)
    refuse_haste(mobile, at=at)
    digits, salt = f"{secrets.randbelow(10**DIGITS):0{DIGITS}d}", secrets.token_hex(16)
    code = PhoneCode.objects.create(
        mobile=mobile,
        browser=mark_of(browser),
        salt=salt,
        digest=digest_of(digits, salt=salt, mobile=mobile),
        asked_at=at,
        expires_at=at + LASTS,
    )
    put_into_outbox([letter(code, digits, language)], at=at)
    return code


def limits(mobile: str, mark: str, at: datetime.datetime) -> list[Limit]:
    """The number first: its row is the lock that makes two requests for one number wait for each other."""
    day, hour = local_day(at).isoformat(), f"{at.astimezone(SHANGHAI):%Y-%m-%dT%H}"
    often = gettext_lazy("Five codes were sent to this number today. Please try again tomorrow, or ask us by phone.")
    here = gettext_lazy("Many codes were asked for from this device. Please try again in an hour, or ask us by phone.")
    all_gone = gettext_lazy("No more codes can be sent today. Please try again tomorrow, or ask us by phone.")
    per_browser, per_day = settings.QIXUE["PHONE_CODES_PER_BROWSER"], settings.QIXUE["PHONE_CODES_PER_DAY"]
    return [
        Limit(f"number:{mark_of(mobile)}:{day}", MOST_PER_NUMBER, "too_many_codes", often),
        Limit(f"browser:{mark}:{hour}", per_browser, "too_many_codes_here", here),
        Limit(f"block:{mobile[:BLOCK_DIGITS]}:{day}", MOST_PER_BLOCK, "codes_used_up", all_gone),
        Limit(f"city:{day}", per_day, "codes_used_up", all_gone),
    ]


def count_one(limit: Limit, *, at: datetime.datetime) -> None:
    """One more, if the limit allows: compare and set, so that two at once cannot both be the last."""
    PhoneCodeCount.objects.bulk_create([PhoneCodeCount(key=limit.key, counted_at=at)], ignore_conflicts=True)
    below = PhoneCodeCount.objects.filter(key=limit.key, sent_count__lt=limit.most)
    if not below.update(sent_count=F("sent_count") + 1):
        raise Refused(limit.code, limit.text, field="mobile")


def refuse_haste(mobile: str, *, at: datetime.datetime) -> None:
    """Refused: asked_too_soon."""
    last = PhoneCode.objects.filter(mobile=mobile, asked_at__gt=at - PAUSE).order_by("-asked_at").first()
    if last is not None:
        seconds = max(1, round((last.asked_at + PAUSE - at).total_seconds()))
        sentence = gettext_lazy(
            "A code was sent to this number just now. A new one can be sent in %(seconds)s seconds."
        )
        raise Refused("asked_too_soon", sentence, field="mobile", seconds=seconds)


def letter(code: PhoneCode, digits: str, language: str) -> Letter:
    """Sent at once, at night too: somebody waits for it in front of the page."""
    words = {"site": settings.QIXUE["SITE_NAME"], "code": digits, "minutes": int(LASTS.total_seconds() // 60)}
    with override(language if language in MESSAGE_LANGUAGES else DEFAULT_LANGUAGE):
        body = (
            _("%(site)s: your code is %(code)s. It is good for %(minutes)s minutes. Please tell it to nobody.") % words
        )
    key = f"phone_code:{code.pk}"
    return Letter("sms", code.mobile, body, key, expires_at=code.expires_at, is_secret=True)


def enter_phone_code(mobile: str, *, browser: str, digits: str, language: str, at: datetime.datetime) -> User:
    """Use up the last code that this browser asked for, and give the account of the number: a new one the first time.

    Refused: code_over, wrong_code, staff_account, account_closed. It is raised after the transaction, so that the
    wrong code stays counted and the right one used.
    """
    with transaction.atomic():
        refusal = try_code(mobile, browser=browser, digits=digits_of(digits), at=at)
        refusal = refusal or staff_refusal(mobile)
        user = None if refusal else account_of(mobile, language=language, at=at)
    if refusal:
        raise refusal
    if user is None or not user.is_active:
        sentence = gettext_lazy("This account was closed. Please ask us by phone.")
        raise Refused("account_closed", sentence, field="code")
    return user


def confirm_by_phone(user: User, *, browser: str, digits: str, at: datetime.datetime) -> None:
    """Use up the last code sent to the number of a signed-in account: whoever is there holds the phone now.

    Refused: code_over, wrong_code.
    """
    use_code_up(ConfirmedMobile.objects.get(user=user).mobile, browser=browser, digits=digits, at=at)


def holder_by_phone(mobile: str, *, browser: str, digits: str, at: datetime.datetime) -> User | None:
    """Use up the last code sent to a number that this browser asked for, and give its account, if there is one.

    Refused: code_over, wrong_code.
    """
    use_code_up(mobile, browser=browser, digits=digits, at=at)
    confirmed = ConfirmedMobile.objects.select_related("user").filter(mobile=mobile).first()
    return confirmed.user if confirmed else None


def use_code_up(mobile: str, *, browser: str, digits: str, at: datetime.datetime) -> None:
    """Refused: code_over, wrong_code; raised after the transaction, so that the wrong code stays counted."""
    with transaction.atomic():
        refusal = try_code(mobile, browser=browser, digits=digits_of(digits), at=at)
    if refusal:
        raise refusal


def try_code(mobile: str, *, browser: str, digits: str, at: datetime.datetime) -> Refused | None:
    """None when the code was right; it is used up then."""
    of_number = PhoneCode.objects.select_for_update().filter(mobile=mobile).order_by("asked_at", "pk")
    mine = [code for code in of_number if code.browser == mark_of(browser)]  # all are locked: one account per number
    code = mine[-1] if mine else None
    if code is None or code.used_at or at >= code.expires_at or code.wrong_count >= MOST_WRONG:
        return Refused(
            "code_over", gettext_lazy("This code is no longer good. Please have a new one sent."), field="code"
        )
    if constant_time_compare(code.digest, digest_of(digits, salt=code.salt, mobile=mobile)):
        code.used_at = at
        code.save(update_fields=["used_at"])
        return None
    code.wrong_count += 1
    code.save(update_fields=["wrong_count"])
    if code.wrong_count == MOST_WRONG:
        sentence = gettext_lazy("Five codes were wrong, so this one is no longer good. Please have a new one sent.")
        return Refused("code_over", sentence, field="code")
    sentence = gettext_lazy(
        "This is not the code of the last message. Please compare the six digits. Tries left: %(left)s."
    )
    return Refused("wrong_code", sentence, field="code", left=MOST_WRONG - code.wrong_count)


def staff_refusal(mobile: str) -> Refused | None:
    """People with a role have more to lose than a phone: they sign in with password and second step."""
    current = RoleAssignment.objects.current().filter(user__is_active=True)
    if not (current.filter(user__mobile=mobile) | current.filter(user__confirmed_mobile__mobile=mobile)).exists():
        return None
    return Refused("staff_account", gettext_lazy("This number belongs to somebody on the staff."), field="code")


def account_of(mobile: str, *, language: str, at: datetime.datetime) -> User:
    """The account of whoever holds this phone; made when there is none."""
    confirmed = ConfirmedMobile.objects.select_related("user").filter(mobile=mobile).first()
    if confirmed:
        return confirmed.user
    user = User(
        username=f"resident-{secrets.token_hex(8)}",  # says nothing about the person
        display_name=f"居民{mobile[-4:]}",  # until they have given their name
        mobile=mobile,
        language=language if language in MESSAGE_LANGUAGES else DEFAULT_LANGUAGE,
    )
    user.set_unusable_password()
    user.save()
    ConfirmedMobile.objects.create(user=user, mobile=mobile, confirmed_at=at)
    # The phone is all we have of them: without a word of theirs, what concerns their seats goes there.
    NotificationPreference.objects.create(user=user, topic=NotificationPreference.Topic.REGISTRATIONS, by_sms=True)
    record_audit("account.opened", user, by=user, at=at, details={"way": "phone_code"})
    return user


def mark_of(browser: str) -> str:
    return salted_hmac("qixue.phone_code.browser", browser, algorithm="sha256").hexdigest()


def digest_of(digits: str, *, salt: str, mobile: str) -> str:
    """Keyed as well as salted: a copy of the database alone does not allow to try a million codes."""
    return salted_hmac("qixue.phone_code", f"{salt}:{mobile}:{digits}", algorithm="sha256").hexdigest()


def forget_phone_codes(*, at: datetime.datetime) -> int:
    """Delete codes and counters of former days, which hold numbers. Returns how many codes."""
    PhoneCodeCount.objects.filter(counted_at__lt=at - KEPT).delete()
    return PhoneCode.objects.filter(asked_at__lt=at - KEPT).delete()[0]
