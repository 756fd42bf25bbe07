import enum
import functools
import hashlib
import json
from typing import Any

import pytest

from qixue.core.digests import EMPTY, canonical_json, chained_digest, merkle_root


def test_canonical_json_sorts_keys_and_keeps_chinese() -> None:
    assert canonical_json({"b": 1, "a": ["浛洸", None]}) == '{"a":["浛洸",null],"b":1}'.encode()


CHARACTERS = "".join(map(chr, [*range(0xD800), *range(0xE000, 0x10000), 0x1F600, 0x20BB7]))


@pytest.mark.parametrize("value", [CHARACTERS, {CHARACTERS: CHARACTERS}, [True, None, -5, 2**70, (1, "")], {}, []])
def test_canonical_json_is_that_of_the_standard_library(value: Any) -> None:
    """What was sealed and chained by earlier versions was written by it."""
    written = json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))

    assert canonical_json(value) == written.encode()


def test_canonical_json_has_the_values_of_enumerations() -> None:
    kind, size = enum.StrEnum("Kind", {"DOOR": "door"}), enum.IntEnum("Size", {"TWO": 2})

    assert canonical_json({"b": kind.DOOR, "a": [size.TWO]}) == b'{"a":[2],"b":"door"}'


@pytest.mark.parametrize("value", [0.5, b"", {1, 2}])
def test_canonical_json_refuses_what_has_no_portable_text(value: Any) -> None:
    with pytest.raises(TypeError):
        canonical_json({"a": [1, value]})


@pytest.mark.parametrize("key", [None, 1, True, 0.5, ("a",)])
def test_canonical_json_refuses_keys_that_are_no_texts(key: Any) -> None:
    with pytest.raises(TypeError):
        canonical_json([{key: 1}])


@pytest.mark.parametrize(
    "value", ["\ud800", {"\udfff": 1}, functools.reduce(lambda inner, _depth: [inner], range(255), [])]
)
def test_canonical_json_refuses_what_cannot_be_written(value: Any) -> None:
    with pytest.raises(ValueError, match="Error"):
        canonical_json(value)


def test_chained_digest_is_recomputable_by_hand() -> None:
    expected = hashlib.sha256(b'abc\n{"a":1}').hexdigest()

    assert chained_digest("abc", {"a": 1}) == expected


def test_merkle_root_of_three_lifts_the_odd_leaf() -> None:
    pair = hashlib.sha256(b"aabb").hexdigest()

    assert merkle_root(["aa", "bb", "cc"]) == hashlib.sha256(f"{pair}cc".encode()).hexdigest()


def test_merkle_root_of_nothing() -> None:
    assert merkle_root([]) == EMPTY
