"""Checks for values that several apps store."""

import re
from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import RegexValidator
from django.utils.translation import gettext_lazy as _

from qixue.core.refusal import Refused

LONGEST_NAME = 100  # characters of the name of a person

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

# Pictures and what colours them. Shapes stay: people write □ for a character that they cannot type.
PICTURES = re.compile(
    r"[\u20e3\u2190-\u21ff\u2300-\u23ff\u2600-\u27bf\u2b00-\u2bff\ufe0f"
    r"\U0001f000-\U0001faff\U000e0020-\U000e007f]"
)


def plain_text_validator(value: str) -> None:
    """Raises ValidationError for invisible control characters, which hide or reverse text."""
    if FORBIDDEN_CHARACTERS.search(value):
        raise ValidationError(_("Please remove the invisible control characters from this text."), code="invisible")


def person_name_validator(value: str) -> None:
    """Raises ValidationError for what is in nobody's name: control characters and pictures.

    Any script is fine, with 阿依古丽·买买提, O'Brien and characters that few fonts have.
    """
    plain_text_validator(value)
    if PICTURES.search(value):
        sentence = _("Please write the name in words only, without emoji and other pictures.")
        raise ValidationError(sentence, code="picture")


def check_person_name(name: str, *, field: str = "name") -> None:
    """The same for an operation, with the length. Refused: name_mistaken."""
    try:
        person_name_validator(name)
    except ValidationError as mistake:
        raise Refused("name_mistaken", mistake.message, field=field) from mistake
    if len(name) > LONGEST_NAME:
        sentence = _("Please write the name in at most %(most)s characters.")
        raise Refused("name_mistaken", sentence, field=field, most=LONGEST_NAME)


def checked_reason(reason: str, sentence: Any, *, field: str = "reason") -> str:
    """Without the spaces around it. Refused: reason_missing, with the sentence."""
    if not (reason := reason.strip()):
        raise Refused("reason_missing", sentence, field=field)
    return reason


def cleaned_person_name(name: str) -> str:
    """What of it is a name, for what must not be refused; empty where nothing is."""
    words = PICTURES.sub("", FORBIDDEN_CHARACTERS.sub("", name)).split()
    return " ".join(words)[:LONGEST_NAME].strip()
