"""What a person does with their own account, and what others may do for it: end sessions, reset a lost second step."""

import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from qixue.core.models import record_audit
from qixue.core.refusal import Refused
from qixue.people.models import AuthenticatorApp, CodeTries, Passkey, RecoveryCode, User, WebSession
from qixue.people.models.accounts import MESSAGE_LANGUAGES
from qixue.people.operations.account_log import log_and_tell
from qixue.people.operations.passwords import refuse_weak_password
from qixue.people.operations.tokens import revoke_all


@transaction.atomic
def change_password(user: User, *, password: str, keep: str = "", by: Any, at: datetime.datetime) -> None:
    """Every other session ends and every key for programs: whoever knew the old password may have made it.

    `keep` is the key of the session in which it happens. Refused: weak_password.
    """
    user = User.objects.select_for_update().get(pk=user.pk)
    refuse_weak_password(password, user)
    user.set_password(password)
    user.save(update_fields=["password"])
    end_sessions(user, keep=keep)
    revoke_all(user, by=by, at=at)
    log_and_tell("password_changed", user, by=by, at=at)


def record_sign_in(user: User, *, way: str, by: Any, at: datetime.datetime) -> None:
    """`way`: password, code (password and second step) or passkey."""
    record_audit("account.signed_in", user, by=by, at=at, details={"way": way})


def end_sessions(user: User, *, keep: str = "") -> int:
    """Sign somebody out everywhere but in the session with the key `keep`; at once, on every worker."""
    return WebSession.objects.filter(user=user).exclude(session_key=keep).delete()[0]


@transaction.atomic
def end_session(user: User, *, mark: str, by: Any, at: datetime.datetime) -> bool:
    """End one of somebody's sessions; False when it has ended already."""
    session = next((session for session in sessions_of(user, at=at) if session.mark == mark), None)
    if session is None:
        return False
    session.delete()
    record_audit("account.session_ended", user, by=by, at=at)
    return True


@transaction.atomic
def end_other_sessions(user: User, *, keep: str, by: Any, at: datetime.datetime) -> int:
    count = end_sessions(user, keep=keep)
    record_audit("account.sessions_ended", user, by=by, at=at, details={"count": count})
    return count


def sessions_of(user: User, *, at: datetime.datetime) -> list[WebSession]:
    """Where somebody is signed in, the latest first."""
    return list(WebSession.objects.filter(user=user, expire_date__gt=at).order_by("-expire_date", "session_key"))


@transaction.atomic
def choose_language(user: User, *, language: str, by: Any, at: datetime.datetime) -> None:
    """The language of messages. Refused: unknown_language."""
    if language not in MESSAGE_LANGUAGES:
        raise Refused("unknown_language", _("Please choose one of the languages."), field="language")
    user.language = language
    user.save(update_fields=["language"])
    record_audit("account.language_chosen", user, by=by, at=at, details={"language": language})


@transaction.atomic
def reset_second_factor(user: User, *, by: Any, at: datetime.datetime) -> None:
    """For a lost phone: app, passkeys, recovery codes and keys for programs go, all sessions end. The password stays.

    Whoever calls it has made sure who asks; `by` is None for the operator at the command line.
    """
    for factor in (AuthenticatorApp, Passkey, RecoveryCode, CodeTries):
        factor.objects.filter(user=user).delete()
    end_sessions(user)
    revoke_all(user, by=by, at=at)
    log_and_tell("factors_reset", user, by=by, at=at)
