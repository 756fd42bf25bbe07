"""`qixue account reset-factors USERNAME`: for a lost phone, where nobody above can do it on a page."""

import argparse

from django.utils.translation import gettext as _

from qixue.core.clock import now
from qixue.core.refusal import Refused
from qixue.people.models import User
from qixue.people.operations.accounts import reset_second_factor


def add_parser(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    account = subparsers.add_parser("account", help=_("Reset the second step of somebody's sign-in."))
    commands = account.add_subparsers(dest="account_command", required=True)
    reset = commands.add_parser("reset-factors", help=_("Remove app, passkeys and recovery codes; end all sessions."))
    reset.add_argument("username", metavar="USERNAME")
    reset.set_defaults(func=run)


def run(args: argparse.Namespace) -> int:
    """Refused: unknown_user."""
    user = User.objects.filter(username=args.username).first()
    if user is None:
        raise Refused("unknown_user", _("There is no user %(name)s."), name=args.username)
    reset_second_factor(user, by=None, at=now())
    print(_("%(name)s signs in with the password alone now; all sessions have ended.") % {"name": user.username})
    return 0
