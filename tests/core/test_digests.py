import hashlib

import pytest

from qixue.core.digests import EMPTY, canonical_json, chained_digest, merkle_root


def test_canonical_json_sorts_keys_and_keeps_chinese() -> None:
    assert canonical_json({"b": 1, "a": ["浛洸", None]}) == '{"a":["浛洸",null],"b":1}'.encode()


def test_canonical_json_refuses_floats_inside_lists() -> None:
    with pytest.raises(TypeError):
        canonical_json({"a": [1, 0.5]})


def test_chained_digest_is_recomputable_by_hand() -> None:
    expected = hashlib.sha256(b'abc\n{"a":1}').hexdigest()

    assert chained_digest("abc", {"a": 1}) == expected


def test_merkle_root_of_three_lifts_the_odd_leaf() -> None:
    pair = hashlib.sha256(b"aabb").hexdigest()

    assert merkle_root(["aa", "bb", "cc"]) == hashlib.sha256(f"{pair}cc".encode()).hexdigest()


def test_merkle_root_of_nothing() -> None:
    assert merkle_root([]) == EMPTY
