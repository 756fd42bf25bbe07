"""Checks for values that several apps store."""

import re

from django.core.exceptions import ValidationError
from django.core.validators import RegexValidator
from django.utils.translation import gettext_lazy as _

code_validator = RegexValidator(
    r"\A[A-Za-z0-9][A-Za-z0-9_.-]*\Z",
    _("Use Latin letters, digits, dots and dashes for a code, for example B1-S2."),
)
partial_date_validator = RegexValidator(
    r"\A\d{4}(-(0[1-9]|1[0-2])(-(0[1-9]|[12]\d|3[01]))?)?\Z",
    _("Give a year, a month or a day, for example 2016, 2016-11 or 2016-11-05."),
)

mobile_validator = RegexValidator(
    r"\A1[3-9]\d{9}\Z", _("Please give a mobile number of 11 digits, for example 13900000000.")
)

# Unassigned, control, format (except joiners used in names) and surrogate characters have no place in stored text.
FORBIDDEN_CHARACTERS = re.compile(
    r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\u200b\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff\ud800-\udfff]"
)


def plain_text_validator(value: str) -> None:
    """Raises ValidationError for invisible control characters, which hide or reverse text."""
    if FORBIDDEN_CHARACTERS.search(value):
        raise ValidationError(_("Please remove the invisible control characters from this text."), code="invisible")
