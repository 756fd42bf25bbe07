"""Records carry Chinese and English texts side by side; this picks the one for the viewer. And what is said in one."""

from collections.abc import Callable, Iterable
from contextlib import AbstractContextManager, nullcontext

from django.conf import settings
from django.utils.translation import get_language, get_supported_language_variant, override, pgettext
from django.utils.translation.trans_real import parse_accept_lang_header


def is_chinese() -> bool:
    return (get_language() or "zh").startswith("zh")


def accepted_language(accepted: str) -> str:
    """The first language of an Accept-Language that we speak; Chinese otherwise."""
    for name, _weight in parse_accept_lang_header(accepted.lower()):
        try:
            return get_supported_language_variant(name)
        except LookupError:
            continue
    return settings.LANGUAGE_CODE


def in_language(chinese: str, english: str) -> str:
    """The text in the language of the viewer; Chinese where there is no English one, and the other way round."""
    return (chinese or english) if is_chinese() else (english or chinese)


def chooser() -> Callable[[str, str], str]:
    """`in_language` for thousands of records: the viewer is asked once."""
    if is_chinese():
        return lambda chinese, english: chinese or english
    return lambda chinese, english: english or chinese


def enumeration(words: Iterable[str]) -> str:
    """One behind the other, as the viewer's language lists names: 甲、乙, or A, B."""
    return pgettext("between names", ", ").join(words)


def speaking(language: str) -> AbstractContextManager[None]:
    """As Django's `override`, for where most speak that language already: asking costs less than changing."""
    return nullcontext() if get_language() == language else override(language)
