"""Signing in with WeChat. The first time the person confirms a phone number, so that nobody has two accounts."""

import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from qixue.core.models import record_audit
from qixue.core.refusal import Refused
from qixue.core.sealed import seal
from qixue.people.models import RoleAssignment, User, WeChatAccount
from qixue.people.wechat import WeChatIdentity

PURPOSE = "qixue.wechat"


def account_behind(identity: WeChatIdentity) -> User | None:
    """Whose WeChat it is; None when it was never linked. Refused: staff_account, account_closed."""
    linked = WeChatAccount.objects.select_related("user").filter(mark=identity.mark).first()
    if linked is None:
        return None
    if RoleAssignment.objects.current().filter(user=linked.user).exists():
        raise Refused("staff_account", _("This WeChat belongs to somebody on the staff."))
    if not linked.user.is_active:
        raise Refused("account_closed", _("This account was closed. Please ask us by phone."))
    return linked.user


@transaction.atomic
def link_wechat(user: User, identity: WeChatIdentity, *, by: User, at: datetime.datetime) -> None:
    """From now on this WeChat opens the account. Whoever calls it has had the phone of the account confirmed just now.

    Another WeChat that was linked before opens it no more: people change it, and the phone decides whose account it is.
    Refused: wechat_linked_elsewhere.
    """
    User.objects.select_for_update(no_key=True).get(pk=user.pk)
    if WeChatAccount.objects.filter(mark=identity.mark).exclude(user=user).exists():
        raise Refused("wechat_linked_elsewhere", _("This WeChat opens another account already."))
    values = {"mark": identity.mark, "sealed_identity": seal(identity.as_text(), PURPOSE), "linked_at": at}
    WeChatAccount.objects.update_or_create(user=user, defaults=values)
    record_audit("account.wechat_linked", user, by=by, at=at)


@transaction.atomic
def unlink_wechat(user: User, *, by: User, at: datetime.datetime) -> None:
    """The WeChat opens the account no more; the phone does. Again changes nothing."""
    if WeChatAccount.objects.filter(user=user).delete()[0]:
        record_audit("account.wechat_unlinked", user, by=by, at=at)
