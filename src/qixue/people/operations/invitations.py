"""Invitations: a link with a secret that works once. The secret leaves through the outbox; here only its digest stays.

Nobody is looked up when somebody is invited, so an invitation tells nothing about who has an account.
"""

import datetime
import secrets
import uuid
from dataclasses import dataclass

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, override

from qixue.core.clock_words import day
from qixue.core.fields import check_person_name
from qixue.core.models import record_audit
from qixue.core.outbox import Letter, put_into_outbox
from qixue.core.refusal import Refused
from qixue.people import account_notices as notices
from qixue.people.models import Invitation, Organisation, User
from qixue.people.models.accounts import MESSAGE_LANGUAGES
from qixue.people.operations.notifications import notify
from qixue.people.operations.passwords import refuse_weak_password
from qixue.people.operations.roles import grant, refuse_giver
from qixue.people.rules import is_vouched_for

LASTS = datetime.timedelta(days=14)
MOST_SENT = 10  # letters of one invitation
LANGUAGE_OF_LETTERS = "zh-hans"


@dataclass(frozen=True)
class Invited:
    """Who is asked to take which role; an e-mail address, a mobile number or both."""

    name: str
    role: str
    email: str = ""
    mobile: str = ""


@dataclass(frozen=True)
class Credentials:
    """With what somebody of the staff signs in."""

    username: str
    password: str


@dataclass(frozen=True)
class NewAccount:
    """What the invited person chose."""

    username: str
    password: str
    name: str
    language: str = LANGUAGE_OF_LETTERS


@transaction.atomic
def invite_person(
    organisation: Organisation, *, invited: Invited, by: User, at: datetime.datetime, client_uuid: uuid.UUID
) -> Invitation:
    """Ask somebody to take a role. The same form again returns the first invitation and sends nothing.

    Refused: may_not_give_role, name_mistaken, no_address.
    """
    if existing := Invitation.objects.filter(client_uuid=client_uuid, invited_by=by).first():
        return existing
    refuse_giver(by, invited.role, organisation)
    check_person_name(invited.name)
    if not invited.email and not invited.mobile:
        raise Refused(
            "no_address", gettext_lazy("Please give a mobile number or a mail address, or both."), field="mobile"
        )
    secret = new_secret()
    invitation = Invitation.objects.create(
        organisation=organisation,
        role=invited.role,
        name=invited.name,
        email=invited.email,
        mobile=invited.mobile,
        digest=Invitation.digest_of(secret),
        client_uuid=client_uuid,
        invited_by=by,
        invited_at=at,
        expires_at=at + LASTS,
    )
    record_audit("invitation.sent", invitation, by=by, at=at, details=details_of(invitation))
    put_into_outbox(letters(invitation, secret), at=at)
    return invitation


def new_secret() -> str:
    return secrets.token_urlsafe(32)


def details_of(invitation: Invitation) -> dict[str, str]:
    return {"name": invitation.name, "role": invitation.role, "organisation": invitation.organisation.code}


def letters(invitation: Invitation, secret: str) -> list[Letter]:
    """The mail and the SMS with the link; in Chinese, because nobody knows the reader's language yet."""
    link = f"{settings.QIXUE['BASE_URL']}/invitations/{secret}/"
    with override(LANGUAGE_OF_LETTERS):
        words = {
            "name": invitation.name,
            "by": invitation.invited_by.display_name,
            "organisation": invitation.organisation.name,
            "role": invitation.get_role_display(),
            "until_on": day(invitation.expires_at),
            "site": settings.QIXUE["SITE_NAME"],
            "link": link,
        }
        subject = _("%(by)s invites you to %(organisation)s on %(site)s") % words
        mail = _(
            "Dear %(name)s,\n\n%(by)s invites you to take the role “%(role)s” in %(organisation)s. Please open this "
            "link to accept; it works once, until %(until_on)s:\n\n%(link)s\n\nWho did not expect this letter can "
            "ignore it. Please pass the link on to nobody."
        )
        sms = _("%(by)s invites you to take the role “%(role)s” in %(organisation)s, until %(until_on)s: %(link)s")
        texts = [("mail", invitation.email, subject, mail % words), ("sms", invitation.mobile, "", sms % words)]
    return [
        Letter(
            channel=channel,
            recipient=recipient,
            recipient_name=invitation.name,
            subject=title[:200],
            body=body,
            key=f"invitation:{invitation.pk}:{invitation.sent_count}:{channel}",
            scope=invitation.organisation.path,
            expires_at=invitation.expires_at,
            is_secret=True,
        )
        for channel, recipient, title, body in texts
        if recipient
    ]


def locked(invitation: Invitation) -> Invitation:
    rows = Invitation.objects.select_for_update(of=("self",)).select_related("organisation", "invited_by")
    return rows.get(pk=invitation.pk)


@transaction.atomic
def send_again(invitation: Invitation, *, sent_count: int, by: User, at: datetime.datetime) -> Invitation:
    """A new link for another fourteen days; the former one opens nothing any more. Who sends it vouches for it.

    `sent_count` is the one that was read: pressed twice, it sends once.
    Refused: may_not_give_role, invitation_over, sent_too_often.
    """
    invitation = locked(invitation)
    refuse_giver(by, invitation.role, invitation.organisation)
    if invitation.accepted_at or invitation.withdrawn_at:
        raise Refused("invitation_over", gettext_lazy("This invitation was accepted or withdrawn; please invite anew."))
    if invitation.sent_count != sent_count:
        return invitation
    if invitation.sent_count >= MOST_SENT:
        raise Refused(
            "sent_too_often", gettext_lazy("This was sent ten times. Please check the address and invite anew.")
        )
    secret = new_secret()
    invitation.digest, invitation.sent_count = Invitation.digest_of(secret), invitation.sent_count + 1
    invitation.invited_by, invitation.expires_at = by, at + LASTS
    invitation.save(update_fields=["digest", "sent_count", "invited_by", "expires_at"])
    record_audit("invitation.sent_again", invitation, by=by, at=at, details=details_of(invitation))
    put_into_outbox(letters(invitation, secret), at=at)
    return invitation


@transaction.atomic
def withdraw_invitation(invitation: Invitation, *, by: User, at: datetime.datetime) -> Invitation:
    """Its link opens nothing from now on; again changes nothing. Refused: may_not_give_role, invitation_accepted."""
    invitation = locked(invitation)
    refuse_giver(by, invitation.role, invitation.organisation)
    if invitation.withdrawn_at:
        return invitation
    if invitation.accepted_at:
        raise Refused(
            "invitation_accepted", gettext_lazy("This invitation was accepted. The role can be ended instead.")
        )
    invitation.withdrawn_at, invitation.withdrawn_by = at, by
    invitation.save(update_fields=["withdrawn_at", "withdrawn_by"])
    record_audit("invitation.withdrawn", invitation, by=by, at=at, details=details_of(invitation))
    return invitation


def refuse_closed(invitation: Invitation, at: datetime.datetime) -> None:
    """Refused: invitation_over."""
    if not invitation.is_open_at(at) or not is_vouched_for(invitation):
        raise Refused("invitation_over", gettext_lazy("This invitation is no longer open."))


@transaction.atomic
def accept_invitation(
    invitation: Invitation, *, by: User, at: datetime.datetime, credentials: Credentials | None = None
) -> Invitation:
    """Take the role with the account that one has; by the same person again changes nothing.

    An account opened by phone needs a user name and a password now: with a role the phone alone opens it no more.
    Refused: invitation_over, account_closed, password_needed, user_name_taken, weak_password.
    """
    invitation = locked(invitation)
    if invitation.accepted_by_id == by.pk:
        return invitation
    refuse_closed(invitation, at)
    if credentials and not by.has_usable_password():
        give_credentials(by, credentials, at=at)
    inviter = invitation.invited_by
    grant(by, role=invitation.role, organisation=invitation.organisation, by=inviter, at=at)
    invitation.accepted_at, invitation.accepted_by = at, by
    invitation.save(update_fields=["accepted_at", "accepted_by"])
    record_audit("invitation.accepted", invitation, by=by, at=at, details=details_of(invitation))
    notify([inviter], notices.invitation_accepted(invitation), at=at)
    return invitation


def give_credentials(user: User, credentials: Credentials, *, at: datetime.datetime) -> None:
    """Refused: user_name_taken, weak_password."""
    refuse_taken_name(credentials.username)
    user.username = credentials.username
    refuse_weak_password(credentials.password, user)
    user.set_password(credentials.password)
    user.save(update_fields=["username", "password"])
    record_audit("account.password_set", user, by=user, at=at)


def refuse_taken_name(username: str) -> None:
    if User.objects.filter(username__iexact=username).exists():
        sentence = gettext_lazy("Somebody else has this user name; please choose another.")
        raise Refused("user_name_taken", sentence, field="username")


@transaction.atomic
def join(invitation: Invitation, *, account: NewAccount, at: datetime.datetime) -> User:
    """Make an account for the invited person and take the role with it.

    Refused: invitation_over, user_name_taken, weak_password.
    """
    invitation = locked(invitation)
    refuse_closed(invitation, at)
    refuse_taken_name(account.username)
    language = account.language if account.language in MESSAGE_LANGUAGES else LANGUAGE_OF_LETTERS
    user = User(
        username=account.username,
        display_name=account.name,
        email=invitation.email,
        mobile=invitation.mobile,
        language=language,
    )
    refuse_weak_password(account.password, user)
    user.set_password(account.password)
    user.save()
    record_audit("account.opened", user, by=user, at=at, details={"person": user.display_name})
    accept_invitation(invitation, by=user, at=at)
    return user
