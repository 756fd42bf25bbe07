"""One act of an account after the other: a form that is sent twice at the same moment finds what the first wrote."""

from qixue.people.models import User


def take_turn(user: User) -> None:
    """Let other acts of the account that take a turn wait until this transaction ends."""
    User.objects.select_for_update(no_key=True).only("pk").get(pk=user.pk)
