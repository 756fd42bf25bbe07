import base64
import datetime

import pytest
from tests.factories import NOON

from qixue.core.signing_keys import rotate_key, signing_key, verification_keys

pytestmark = pytest.mark.django_db


def test_keys_are_open_to_other_sites_and_name_retired_ones(client):
    signing_key("ticket")
    rotate_key("ticket", by=None, at=NOON)

    response = client.get("/.well-known/qixue-keys.json")

    keys = response.json()["keys"]
    assert (response["Access-Control-Allow-Origin"], response["Cache-Control"]) == ("*", "public, max-age=300")
    assert sorted(key["use"] for key in keys) == ["credential", "report", "ticket", "ticket"]
    assert {key["alg"] for key in keys} == {"Ed25519"}
    tickets = {key["kid"]: base64.urlsafe_b64decode(key["public_key"] + "=") for key in keys if key["use"] == "ticket"}
    assert tickets == verification_keys("ticket")
    assert [key["retired_at"] for key in keys if key["retired_at"]] == [NOON.astimezone(datetime.UTC).isoformat()]


def test_private_keys_are_not_published(client):
    signing_key("ticket")

    keys = client.get("/.well-known/qixue-keys.json").json()["keys"]

    assert {tuple(sorted(key)) for key in keys} == {("alg", "kid", "made_at", "public_key", "retired_at", "use")}
