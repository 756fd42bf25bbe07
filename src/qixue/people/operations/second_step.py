"""The second step at sign-in: six digits of an app, or a recovery code. Wrong ones are counted per person."""

import datetime
import re
import secrets
from typing import Any

from django.db import transaction
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext_lazy as _

from qixue.core.models import record_audit
from qixue.core.refusal import Refused
from qixue.core.sealed import seal, unseal
from qixue.people import one_time_codes
from qixue.people.factors import has_second_factor
from qixue.people.models import AuthenticatorApp, CodeTries, RecoveryCode, User
from qixue.people.operations.account_log import log_and_tell
from qixue.people.operations.accounts import end_sessions

PURPOSE = "authenticator app"
MOST_WRONG = 5
PAUSE = datetime.timedelta(minutes=10)  # as after wrong passwords
CODES, CODE_DIGITS = 10, 12


@transaction.atomic
def set_up_app(user: User, *, key: str, code: str, keep: str = "", by: Any, at: datetime.datetime) -> None:
    """Take the app into use, in place of an earlier one. `code` proves that the app has the key.

    A first second step ends the other sessions: they came in with the password alone. Refused: wrong_code.
    """
    step = one_time_codes.matching_step(key, digits_of(code), at)
    if step is None:
        sentence = _("Please enter the six digits that the app shows now. Is the clock of the phone right?")
        raise Refused("wrong_code", sentence, field="code")
    if not has_second_factor(user):
        end_sessions(user, keep=keep)
    values = {"sealed_key": seal(key, PURPOSE), "added_at": at, "last_step": step}
    AuthenticatorApp.objects.update_or_create(user=user, defaults=values)
    log_and_tell("app_added", user, by=by, at=at)


@transaction.atomic
def remove_app(user: User, *, by: Any, at: datetime.datetime) -> None:
    """Removing it twice changes nothing more. Recovery codes go with the last second step."""
    if AuthenticatorApp.objects.filter(user=user).delete()[0]:
        drop_useless_codes(user)
        log_and_tell("app_removed", user, by=by, at=at)


def drop_useless_codes(user: User) -> None:
    """Recovery codes stand in for a second step; without one they would be a second, weaker password."""
    if not has_second_factor(user):
        RecoveryCode.objects.filter(user=user).delete()


@transaction.atomic
def make_recovery_codes(user: User, *, by: Any, at: datetime.datetime) -> list[str]:
    """New codes in place of all earlier ones; this is the only moment at which they can be read.

    Refused: no_second_step.
    """
    if not has_second_factor(user):
        raise Refused("no_second_step", _("Please set up an authenticator app or a passkey first."))
    codes = [f"{secrets.randbelow(10**CODE_DIGITS):0{CODE_DIGITS}d}" for _number in range(CODES)]
    RecoveryCode.objects.filter(user=user).delete()
    RecoveryCode.objects.bulk_create(
        [RecoveryCode(user=user, digest=digest_of(user, code), made_at=at) for code in codes]
    )
    log_and_tell("recovery_codes_made", user, by=by, at=at)
    return ["-".join(re.findall(r"\d{4}", code)) for code in codes]


def confirm_code(user: User, *, code: str, at: datetime.datetime) -> None:
    """Check the six digits of the app or a recovery code; either works once. Refused: too_many_codes, wrong_code.

    The refusal is raised after the transaction, so that the wrong code stays counted.
    """
    with transaction.atomic():
        tries = locked_tries(user)
        is_paused = tries.wrong_count >= MOST_WRONG and at < (tries.last_wrong_at or at) + PAUSE
        is_right = not is_paused and use_code(user, digits_of(code), at=at)
        if not is_paused:
            count_try(tries, is_right=is_right, at=at)
    if is_paused:
        sentence = _("Too many wrong codes. Please wait ten minutes, then try again.")
        raise Refused("too_many_codes", sentence, field="code")
    if not is_right:
        sentence = _("Please enter the next six digits of the app, or a recovery code not used yet: each works once.")
        raise Refused("wrong_code", sentence, field="code")


def locked_tries(user: User) -> CodeTries:
    CodeTries.objects.bulk_create([CodeTries(user=user)], ignore_conflicts=True)
    return CodeTries.objects.select_for_update().get(user=user)


def count_try(tries: CodeTries, *, is_right: bool, at: datetime.datetime) -> None:
    """After the pause the count begins anew. Whoever guesses has the password, so the owner is told."""
    if is_right:
        tries.wrong_count, tries.last_wrong_at = 0, None
    else:
        tries.wrong_count = 1 if tries.wrong_count >= MOST_WRONG else tries.wrong_count + 1
        tries.last_wrong_at = at
        record_audit("account.code_wrong", tries.user, by=tries.user, at=at)
    tries.save(update_fields=["wrong_count", "last_wrong_at"])
    if tries.wrong_count == MOST_WRONG:
        log_and_tell("codes_refused", tries.user, by=tries.user, at=at)


def use_code(user: User, digits: str, *, at: datetime.datetime) -> bool:
    """Whether it was right and is used up now."""
    if len(digits) == one_time_codes.DIGITS:
        return use_app_code(user, digits, at=at)
    return use_recovery_code(user, digits, at=at)


def use_app_code(user: User, digits: str, *, at: datetime.datetime) -> bool:
    app = AuthenticatorApp.objects.filter(user=user).first()
    key = unseal(app.sealed_key, PURPOSE) if app else None
    step = one_time_codes.matching_step(key, digits, at) if key else None
    if app is None or step is None:
        return False
    return bool(AuthenticatorApp.objects.filter(pk=app.pk, last_step__lt=step).update(last_step=step))


def use_recovery_code(user: User, digits: str, *, at: datetime.datetime) -> bool:
    unused = RecoveryCode.objects.filter(user=user, used_at=None)
    if not unused.filter(digest=digest_of(user, digits)).update(used_at=at):
        return False
    log_and_tell("recovery_code_used", user, by=user, at=at, left=unused.count())
    return True


def digits_of(code: str) -> str:
    """The digits of what was typed: spaces, dashes and full width do not matter. More than any code has: none."""
    found = "".join(str(int(character)) for character in code if character.isdecimal())
    return found if len(found) <= CODE_DIGITS else ""


def digest_of(user: User, digits: str) -> str:
    """Keyed, so that a copy of the database alone does not allow to try all codes."""
    return salted_hmac("qixue.recovery_code", f"{user.pk}:{digits}", algorithm="sha256").hexdigest()
