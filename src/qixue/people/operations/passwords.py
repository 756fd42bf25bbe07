"""What a password must be, in our own words: the validators are those of the settings."""

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from qixue.core.refusal import Refused
from qixue.people.models import User

REASONS = {
    "password_too_short": _("Please choose a password of at least 12 characters."),
    "password_too_common": _("Many people use this password; please choose another."),
    "password_too_similar": _("This is too close to your name or user name; please choose another password."),
}


def refuse_weak_password(password: str, user: User) -> None:
    """Refused: weak_password, with the first reason."""
    try:
        validate_password(password, user)
    except ValidationError as error:
        code = error.error_list[0].code or ""
        reason = REASONS.get(code, _("Please choose another password."))
        raise Refused("weak_password", reason, field="password") from error
