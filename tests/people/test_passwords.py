import pytest
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.utils import translation

from qixue.people.models import User

SOMEBODY = User(username="chenyawen", display_name="陈雅文", email="yawen.chen@example.cn", mobile="13900001234")
KNOWN = "Please choose another password: this one is made of what stands in lists of stolen passwords."
SHORT = "Please choose at least 12 characters, for example four words that do not belong together."
OWN = "Please choose a password that is not like your name, user name, mail address or mobile number."


@pytest.mark.parametrize(
    ("password", "sentences"),
    [
        ("短短的", [SHORT, KNOWN]),
        ("k7#mQ2x", [SHORT]),
        ("password1234", [KNOWN]),
        ("Woaini-1314520", [KNOWN]),
        ("Qixue-Demo-2026", [KNOWN]),
        ("111111111111", [KNOWN]),
        ("abcdefghijklm", [KNOWN]),
        ("chenyawen-8#kq", [OWN]),
        ("13900001234xx", [OWN]),
        ("correct horse battery staple", []),
        ("渔沙坑村的老茶树下有三只鸡", []),
        ("茶园 2026 春天 明前", []),
        ("vK9-ruzt-Ohm7-lip", []),
    ],
)
def test_password_is_refused_with_what_to_do(in_english: None, password: str, sentences: list[str]):
    assert complaints(password) == sentences


def complaints(password: str) -> list[str]:
    try:
        validate_password(password, SOMEBODY)
    except ValidationError as error:
        return list(error.messages)
    return []


def test_complaint_is_in_chinese_for_chinese_readers():
    with translation.override("zh-hans"):
        assert complaints("k7#mQ2x") == ["请设置至少12个字符的密码，例如四个互不相干的词。"]
