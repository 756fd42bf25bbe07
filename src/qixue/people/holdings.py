"""What this app keeps about residents and their accounts."""

from typing import Any

from django.utils.translation import gettext as _

from qixue.core.clock import minute_text
from qixue.core.models import AuditEntry, KeptAnswer
from qixue.core.outbox import forget_addresses
from qixue.people.models import ApiToken, GuardianConsent, Notification, PhoneCode, WebSession
from qixue.people.notices import text_of, title_of
from qixue.people.personal_data import Holding, Section, Subject, goes_with_its_owner, holdings


def people_copy(subject: Subject) -> Section:
    rows = [
        (person.name, person.birth_year or "", person.home_region.name if person.home_region else "")
        for person in subject.people
    ]
    return Section(_("The household"), [_("Full name"), _("Year of birth"), _("Home town or subdistrict")], rows)


def consents_copy(subject: Subject) -> Section:
    consents = GuardianConsent.objects.filter(resident__in=subject.people).select_related("resident").order_by("pk")
    rows = [
        (consent.resident.name, consent.text_version, minute_text(consent.given_at), minute_text(consent.withdrawn_at))
        for consent in consents
    ]
    return Section(
        _("Consents of a guardian"), [_("Child"), _("Version of the rules"), _("Given"), _("Taken back")], rows
    )


def account_copy(subject: Subject) -> Section:
    """Keys and digests say nothing to a reader, so that only their being there is named."""
    user = subject.user
    if user is None:
        return Section(_("Account"), [], [])
    rows = [(_("Name of the account"), user.display_name), (_("Language"), user.get_language_display())]
    rows += [(_("Number or address"), address) for address in sorted(subject.addresses())]
    if hasattr(user, "wechat"):
        rows.append((_("WeChat linked on"), minute_text(user.wechat.linked_at)))
    rows += [(_("Passkey"), passkey.name) for passkey in user.passkeys.order_by("pk")]
    rows += [(_("Key for a program"), token.name) for token in ApiToken.objects.filter(user=user).order_by("pk")]
    sessions = WebSession.objects.filter(user=user).order_by("expire_date")
    rows += [(_("Signed in since"), f"{minute_text(row.signed_in_at)} {row.user_agent}") for row in sessions]
    return Section(_("Account"), [_("What"), _("Value")], rows)


def notices_copy(subject: Subject) -> Section:
    found = Notification.objects.filter(user=subject.user).order_by("pk") if subject.user else []
    rows = [
        (minute_text(notice.created_at), title_of(notice.kind, notice.params), text_of(notice.kind, notice.params))
        for notice in found
    ]
    return Section(_("Notices"), [_("When"), _("Title"), _("Text")], rows)


def acts_copy(subject: Subject) -> Section:
    found = AuditEntry.objects.filter(actor_id=subject.user.pk).order_by("pk") if subject.user else []
    return Section(
        _("What was done with the account"), [_("When"), _("Act")], [(minute_text(e.at), e.action) for e in found]
    )


def erase_messages(subject: Subject, **_when: Any) -> None:
    addresses = subject.addresses()
    forget_addresses(addresses)
    PhoneCode.objects.filter(mobile__in=addresses).delete()


def erase_acts(subject: Subject, **_when: Any) -> None:
    """The log says that something was done, by an account that is no longer there."""
    if subject.user:
        AuditEntry.objects.filter(actor_id=subject.user.pk).update(actor_name="")
        KeptAnswer.objects.filter(actor_id=subject.user.pk).delete()


holdings.register(
    Holding("people", ("people.resident", "people.guardianchange"), people_copy, goes_with_its_owner),
    Holding("consents", ("people.guardianconsent",), consents_copy, goes_with_its_owner),
    Holding(
        "account",
        (
            "people.user",
            "people.confirmedmobile",
            "people.wechataccount",
            "people.apitoken",
            "people.passkey",
            "people.authenticatorapp",
            "people.recoverycode",
            "people.codetries",
            "people.websession",
            "people.notificationpreference",
            "people.quiethours",
        ),
        account_copy,
        erase_messages,
    ),
    Holding("notices", ("people.notification",), notices_copy, goes_with_its_owner),
    Holding("acts", (), acts_copy, erase_acts),
)
