"""Which passwords are refused, each with what to do instead (AUTH_PASSWORD_VALIDATORS)."""

import re
from typing import Any

from django.contrib.auth.password_validation import (
    CommonPasswordValidator,
    MinimumLengthValidator,
    UserAttributeSimilarityValidator,
)
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

LEAST_DISTINCT = 6
RUNS = ("01234567890123456789", "98765432109876543210", "abcdefghijklmnopqrstuvwxyz", "qwertyuiopasdfghjklzxcvbnm")
OWN_WORDS = {"qixue", "demo"}
YEAR = re.compile(r"(19|20)\d\d")


class LongEnough(MinimumLengthValidator):
    def get_error_message(self) -> str:
        sentence = _("Please choose at least %(least)d characters, for example four words that do not belong together.")
        return sentence % {"least": self.min_length}


class NotOwnData(UserAttributeSimilarityValidator):
    def get_error_message(self) -> str:
        return _("Please choose a password that is not like your name, user name, mail address or mobile number.")


class NotKnown(CommonPasswordValidator):
    """Refuses what stands in the list of stolen passwords, and what is put together of such words and numbers.

    woaini1314520 and Password-2026 fall in the first hour of any attack, though no list has them literally.
    """

    def get_error_message(self) -> str:
        return _("Please choose another password: this one is made of what stands in lists of stolen passwords.")

    def validate(self, password: str, user: Any = None) -> None:
        super().validate(password, user)
        if self.is_predictable(password.lower()):
            raise ValidationError(self.get_error_message(), code="password_too_common")

    def is_predictable(self, password: str) -> bool:
        if len(set(password)) < LEAST_DISTINCT:
            return True
        pieces = re.findall(r"[a-z]+|\d+|[^a-z\d\W_]+", password)
        words = [piece for piece in pieces if piece.isascii() and piece.isalpha()]
        return len(words) <= 2 and all(self.is_known(piece) for piece in pieces)

    def is_known(self, piece: str) -> bool:
        is_run = any(piece in run for run in RUNS)
        is_short = len(piece) <= 2 and piece.isascii()  # two Chinese characters are a word, two letters are nothing
        return is_short or is_run or piece in OWN_WORDS or piece in self.passwords or bool(YEAR.fullmatch(piece))
