"""What people are told about their own account. A stranger who changes something cannot keep it a secret."""

from django.utils.translation import gettext_lazy as _

from qixue.people.models import NotificationPreference
from qixue.people.notices import NoticeKind, register

ACCOUNT = NotificationPreference.Topic.ACCOUNT
NOT_YOU = _("If this was not you, please change your password at once and end the other sessions under My account.")

register(
    NoticeKind("account_password_changed", ACCOUNT, _("Your password was changed"), NOT_YOU),
    NoticeKind("account_app_added", ACCOUNT, _("An authenticator app was set up"), NOT_YOU),
    NoticeKind("account_app_removed", ACCOUNT, _("The authenticator app was removed"), NOT_YOU),
    NoticeKind("account_passkey_added", ACCOUNT, _("The passkey “%(name)s” was added"), NOT_YOU),
    NoticeKind("account_passkey_removed", ACCOUNT, _("The passkey “%(name)s” was removed"), NOT_YOU),
    NoticeKind("account_recovery_codes_made", ACCOUNT, _("New recovery codes were made"), NOT_YOU),
    NoticeKind(
        "account_recovery_code_used",
        ACCOUNT,
        _("A recovery code was used to sign in"),
        _("%(left)s codes are left. If this was not you, please change your password at once."),
    ),
    NoticeKind("account_token_made", ACCOUNT, _("A key for programs, “%(name)s”, was made for your account"), NOT_YOU),
    NoticeKind(
        "account_codes_refused",
        ACCOUNT,
        _("Several wrong codes were entered for your account"),
        _("Whoever did this gave the right password before. If it was not you, please change your password."),
    ),
    NoticeKind(
        "account_factors_reset",
        ACCOUNT,
        _("Your second step at sign-in was reset"),
        _("App, passkeys, recovery codes and keys no longer work; all sessions have ended. Please set them up anew."),
    ),
)
