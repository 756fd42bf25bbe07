"""Whether a password will do: the validators of the settings decide and say what to do instead."""

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError

from qixue.core.refusal import Refused
from qixue.people.models import User


def refuse_weak_password(password: str, user: User) -> None:
    """Refused: weak_password, with every reason."""
    try:
        validate_password(password, user)
    except ValidationError as error:
        raise Refused("weak_password", " ".join(error.messages), field="password") from error
