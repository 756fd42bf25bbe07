"""Being forgotten. Counts stay, and nobody can say any more whose they were.

Every app says through `people.personal_data` what it holds; the rows of the people and of their account go last. The
database refuses to delete somebody while a record that nobody registered still points at them.
"""

import datetime
import uuid
from collections.abc import Sequence

from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext_lazy as _

from qixue.core.models import record_audit
from qixue.core.refusal import Refused
from qixue.core.sqlite.traces import wipe_log
from qixue.people import erasure_list
from qixue.people.models import ConfirmedMobile, Erasure, Merge, Resident, RoleAssignment, User, WeChatAccount
from qixue.people.operations.locks import hold_or_refuse
from qixue.people.personal_data import Subject, holdings


def account_subject(user: User) -> Subject:
    """A resident, whoever is in their household, and the account: unless it holds or held a role.

    What somebody did for the city must stay theirs, so an account of the staff stays; they are forgotten as a resident.
    """
    people = Resident.objects.filter(user=user) | Resident.objects.filter(guardian__user=user)
    ordered = tuple(people.select_related("home_region").order_by(F("guardian_id").asc(nulls_first=True), "pk"))
    return Subject(ordered, None if is_or_was_staff(user) else user)


def is_or_was_staff(user: User) -> bool:
    return RoleAssignment.objects.filter(user=user).exists()


def erase_account(user: User, *, at: datetime.datetime) -> Subject:
    """Forget a resident with everybody of whom they take care. Returns who that was. Again changes nothing.

    Seats to come are given up first. Refused: changed_meanwhile.
    """
    with transaction.atomic():
        subject = account_subject(user)
        erase(subject, at=at)
        if subject.user is None:  # somebody of the staff, who signs in by password
            ConfirmedMobile.objects.filter(user=user).delete()
            WeChatAccount.objects.filter(user=user).delete()
    return subject


def erase_dependent(dependent: Resident, *, guardian: Resident, at: datetime.datetime) -> None:
    """Forget one person of a household. Refused: not_yours, changed_meanwhile."""
    if dependent.guardian_id != guardian.pk:
        raise Refused("not_yours", _("You can do this for people of your own household only."))
    erase(Subject((dependent,)), at=at)


@transaction.atomic
def erase(subject: Subject, *, at: datetime.datetime, by: User | None = None) -> None:
    """Whoever calls it has made sure who asks; `by` is who did it for somebody without an account.

    The people are locked first, by key, as where they are counted: they are forgotten before or afterwards.
    Refused: changed_meanwhile.
    """
    hold_or_refuse([each.pk for each in subject.people])
    for holding in reversed(holdings.holdings):
        holding.erase(subject, at=at)
    for person in subject.people:
        note_erasure(person.key, has_account=subject.user is not None, by=by, at=at)
    delete_people(subject.people)
    if subject.user:
        subject.user.delete()
    transaction.on_commit(after_erasure, robust=True)


def note_erasure(key: uuid.UUID, *, has_account: bool, by: User | None, at: datetime.datetime) -> None:
    """Records that had become part of this one are on the list as well: an older backup has them as they were."""
    entry = Erasure.objects.create(resident_key=key, has_account=has_account, at=at)
    record_audit("resident.erased", entry, by=by, at=at)
    former = [Erasure(resident_key=each, has_account=has_account, at=at) for each in merged_keys(key)]
    Erasure.objects.bulk_create(former, ignore_conflicts=True)


def merged_keys(key: uuid.UUID) -> list[uuid.UUID]:
    """The keys of all records that were merged into this one, also through others."""
    found: list[uuid.UUID] = []
    latest = [key]
    while latest:
        latest = list(Merge.objects.filter(kept_key__in=latest).order_by("pk").values_list("gone_key", flat=True))
        found += latest
    return found


def delete_people(people: Sequence[Resident]) -> None:
    keys = [person.pk for person in people]
    dependents = Resident.objects.filter(guardian__in=keys, pk__in=keys)
    dependents.delete()
    Resident.objects.filter(guardian__in=keys).update(guardian=None)  # only after a restore: they were handed on since
    Resident.objects.filter(pk__in=keys).delete()


def after_erasure() -> None:
    """Outside of the transaction: the list beside the backups, and the bytes that a deletion leaves on the disk."""
    erasure_list.write(erasure_list.usual_path())
    wipe_log()


def replay_erasures(entries: Sequence[erasure_list.Entry], *, at: datetime.datetime) -> int:
    """Forget again whom a restored backup brought back. Returns how many people that were. Again changes nothing."""
    count = 0
    for entry in entries:
        with transaction.atomic():
            person = Resident.objects.select_related("user").filter(key=entry.resident_key).first()
            if person:
                Erasure.objects.filter(resident_key=entry.resident_key).delete()
                has_account = entry.has_account and person.user and not is_or_was_staff(person.user)
                erase(Subject((person,), person.user if has_account else None), at=at)
                count += 1
            Erasure.objects.get_or_create(
                resident_key=entry.resident_key, defaults={"has_account": entry.has_account, "at": entry.at}
            )
    return count
