import json

import pytest

from qixue import cli
from qixue.core.signing_keys import signing_key

pytestmark = pytest.mark.django_db


def test_rotate_signs_with_a_new_key_and_lists_both(capsys):
    first = signing_key("ticket")

    assert cli.main(["keys", "rotate", "ticket"]) == 0

    second = signing_key("ticket")
    assert second.kid in capsys.readouterr().out
    assert cli.main(["keys", "list", "--json"]) == 0
    listed = json.loads(capsys.readouterr().out)
    assert [(key["kid"], key["retired_at"] is None) for key in listed] == [(second.kid, True), (first.kid, False)]


def test_list_names_every_key_on_a_line(capsys):
    key = signing_key("credential")

    assert cli.main(["keys", "list"]) == 0

    assert capsys.readouterr().out.split()[:3] == ["credential", key.kid, key.public_key]


def test_unknown_purpose_is_wrong_use(capsys):
    assert cli.main(["keys", "rotate", "letters"]) == 2
