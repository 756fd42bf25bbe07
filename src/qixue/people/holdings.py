"""What this app keeps about residents and their accounts."""

import datetime
from collections.abc import Sequence
from typing import Any

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from qixue.core.clock import minute_text
from qixue.core.models import AuditEntry, KeptAnswer
from qixue.core.outbox import forget_addresses
from qixue.people.act_words import words_of
from qixue.people.models import (
    ApiToken,
    ConfirmedMobile,
    DifferentPeople,
    GuardianChange,
    GuardianConsent,
    Merge,
    Notification,
    PhoneCode,
    Resident,
    WebSession,
    WeChatAccount,
)
from qixue.people.notices import text_of, title_of
from qixue.people.operations.erasure import merged_keys
from qixue.people.operations.residents import MOST_DEPENDENTS, household_full
from qixue.people.personal_data import Holding, Pair, Section, Subject, goes_with_its_owner, holdings


def people_copy(subject: Subject) -> Section:
    rows = [
        (person.name, person.birth_year or "", person.home_region.name if person.home_region else "")
        for person in subject.people
    ]
    return Section(_("The household"), [_("Full name"), _("Year of birth"), _("Home town or subdistrict")], rows)


def move_people(pair: Pair, **_act: Any) -> None:
    """Whoever one of the two takes care of. A code that hands somebody on is good no more.

    They come into the household to which the person belongs: who hangs on a dependent would be seen in none.
    Refused: household_full.
    """
    head = head_of_household(pair)
    both = (pair.kept.pk, pair.gone.pk)
    dependents = Resident.objects.filter(guardian__in=both).exclude(guardian=head).exclude(pk__in=(*both, head.pk))
    household = Resident.objects.filter(guardian=head).exclude(pk=pair.gone.pk)
    if dependents.update(guardian=head) and household.count() > MOST_DEPENDENTS:
        raise household_full()
    GuardianChange.objects.filter(resident=pair.gone).delete()


def head_of_household(pair: Pair) -> Resident:
    """Who signs in, else the guardian of either, else the person."""
    if pair.kept.user_id:
        return pair.kept
    return pair.kept.guardian or pair.gone.guardian or pair.kept


def consents_copy(subject: Subject) -> Section:
    consents = GuardianConsent.objects.filter(resident__in=subject.people).select_related("resident").order_by("pk")
    rows = [
        (consent.resident.name, consent.text_version, minute_text(consent.given_at), minute_text(consent.withdrawn_at))
        for consent in consents
    ]
    return Section(
        _("Consents of a guardian"), [_("Child"), _("Version of the rules"), _("Given"), _("Taken back")], rows
    )


def move_consents(pair: Pair, *, at: datetime.datetime, **_act: Any) -> None:
    """One consent is in force for each child: that for the record that is kept, if there is one."""
    given = GuardianConsent.objects.filter(resident=pair.gone)
    if GuardianConsent.objects.filter(resident=pair.kept, withdrawn_at=None).exists():
        given.filter(withdrawn_at=None).update(withdrawn_at=at)
    given.update(resident=pair.kept)


def merges_copy(subject: Subject) -> Section:
    """Also of records that were brought together before one of them became part of this one."""
    keys = [person.key for person in subject.people]
    former = [gone for key in keys for gone in merged_keys(key)]
    found = Merge.objects.filter(kept_key__in=[*keys, *former]).order_by("pk")
    rows = [(minute_text(merge.at), merge.get_ground_display()) for merge in found]
    return Section(_("Records that were brought together"), [_("When"), _("Why we know that it is one person")], rows)


def different_copy(subject: Subject) -> Section:
    """From whom somebody was told apart is nothing that is told."""
    rows = [(minute_text(row.said_at),) for row in different_from(subject.people)]
    return Section(_("Told apart from somebody of the same name"), [_("When")], rows)


def move_different(pair: Pair, **_act: Any) -> None:
    """Those between the two are refuted; the others hold for the record that is kept."""
    for row in different_from((pair.gone,)):
        other = row.second_id if row.first_id == pair.gone.pk else row.first_id
        if other != pair.kept.pk:
            first, second = sorted((other, pair.kept.pk))
            values = {"said_by": row.said_by, "said_at": row.said_at}
            DifferentPeople.objects.get_or_create(first_id=first, second_id=second, defaults=values)
        row.delete()


def different_from(people: Sequence[Resident]) -> QuerySet[DifferentPeople]:
    found = DifferentPeople.objects.filter(Q(first__in=people) | Q(second__in=people))
    return found.select_related("said_by").order_by("pk")


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


def move_account(pair: Pair, **_act: Any) -> None:
    """Phone and WeChat of an account that goes open the one that is kept, if it has none of its own."""
    kept, gone = pair.kept.user, pair.gone.user
    if kept is None or gone is None:
        return
    for ways_in in (ConfirmedMobile.objects, WeChatAccount.objects):
        if not ways_in.filter(user=kept).exists():
            ways_in.filter(user=gone).update(user=kept)
    GuardianConsent.objects.filter(given_by=gone).update(given_by=kept)


def notices_copy(subject: Subject) -> Section:
    found = Notification.objects.filter(user=subject.user).order_by("pk") if subject.user else []
    rows = [
        (minute_text(notice.created_at), title_of(notice.kind, notice.params), text_of(notice.kind, notice.params))
        for notice in found
    ]
    return Section(_("Notices"), [_("When"), _("Title"), _("Text")], rows)


def move_notices(pair: Pair, **_act: Any) -> None:
    """But those that the other account has as well."""
    kept, gone = pair.kept.user, pair.gone.user
    if kept and gone:
        there = Notification.objects.filter(user=kept).values("key")
        Notification.objects.filter(user=gone).exclude(key__in=there).update(user=kept)


def acts_copy(subject: Subject) -> Section:
    found = AuditEntry.objects.filter(actor_id=subject.user.pk).order_by("pk") if subject.user else []
    rows = [(minute_text(entry.at), words_of(entry.action), entry.action) for entry in found]
    return Section(_("What was done with the account"), [_("When"), _("Act"), _("Code of the act")], rows)


def erase_messages(subject: Subject, **_when: Any) -> None:
    addresses = subject.addresses()
    forget_addresses(addresses)
    PhoneCode.objects.filter(mobile__in=addresses).delete()


def erase_acts(subject: Subject, **_when: Any) -> None:
    """The log says that something was done, by an account that is no longer there.

    What somebody called their keys and passkeys goes, too: many call them by their own name.
    """
    if subject.user:
        own = AuditEntry.objects.filter(actor_id=subject.user.pk)
        own.update(actor_name="")
        own.filter(Q(action__startswith="token.") | Q(action__startswith="account.passkey_")).update(details={})
        KeptAnswer.objects.filter(actor_id=subject.user.pk).delete()


def move_acts(pair: Pair, **_act: Any) -> None:
    """They are of the same person, whose name goes out of all of them when they leave."""
    kept, gone = pair.kept.user, pair.gone.user
    if kept and gone:
        AuditEntry.objects.filter(actor_id=gone.pk).update(actor_id=kept.pk, actor_name=kept.display_name)
        KeptAnswer.objects.filter(actor_id=gone.pk).delete()


holdings.register(
    Holding("people", ("people.resident", "people.guardianchange"), people_copy, goes_with_its_owner, move=move_people),
    Holding("consents", ("people.guardianconsent",), consents_copy, goes_with_its_owner, move=move_consents),
    Holding("merges", ("people.merge",), merges_copy, goes_with_its_owner),
    Holding("different_people", ("people.differentpeople",), different_copy, goes_with_its_owner, move=move_different),
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
        move=move_account,
    ),
    Holding("notices", ("people.notification",), notices_copy, goes_with_its_owner, move=move_notices),
    Holding("acts", (), acts_copy, erase_acts, move=move_acts),
)
