import pytest
from tests.factories import NOON, MemberFactory

from qixue import cli
from qixue.people import erasure_list
from qixue.people.models import Erasure, Resident
from qixue.people.operations.erasure import erase_account

pytestmark = pytest.mark.django_db


def test_write_and_replay_forget_whom_a_restore_brought_back(tmp_path, capsys):
    person = MemberFactory()
    erase_account(person.user, at=NOON)
    path = tmp_path / "beside-the-backup.jsonl"
    assert cli.main(["erasures", "write", str(path)]) == 0
    Erasure.objects.all().delete()
    Resident.objects.create(name="李明", key=person.key)

    assert cli.main(["erasures", "replay", str(path)]) == 0

    assert Resident.objects.count() == 0
    assert [entry.resident_key for entry in erasure_list.read(erasure_list.usual_path())] == [person.key]
    assert [int(line.split()[-1].rstrip(".。")) for line in capsys.readouterr().out.splitlines()] == [1, 1]


@pytest.mark.parametrize("content", ["no json", '{"resident": "x"}'])
def test_file_that_is_no_list_is_wrong_use(content, tmp_path):
    path = tmp_path / "list.jsonl"
    path.write_text(content)

    assert cli.main(["erasures", "replay", str(path)]) == 2


def test_missing_file_is_wrong_use(tmp_path):
    assert cli.main(["erasures", "replay", str(tmp_path / "none.jsonl")]) == 2
