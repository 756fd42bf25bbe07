"""What happens to seats and registrations of people who are being forgotten."""

import datetime
import uuid
from collections.abc import Iterable, Sequence

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from qixue.core.models import OutboxMessage, record_audit
from qixue.core.outbox import forget_messages
from qixue.core.refusal import Refused
from qixue.participation.models import LedgerEntry, Participant, RegistrantMessage, Registration
from qixue.participation.notice_kinds import IN_PERSON, REMOVED, REMOVED_TO_PASS_ON
from qixue.participation.operations.registrations import release
from qixue.participation.operations.seats import locked_session, promote
from qixue.participation.queries.attendances import came_in
from qixue.participation.queries.registrations import coming_registrations, terms_of
from qixue.participation.session_notice_kinds import CHECK_IN_MOVED, CHECK_IN_OFF, OF_CHANGE
from qixue.participation.sources import FROM_HOME
from qixue.people.models import Notification, Resident, User
from qixue.people.notices import names_in, names_kept
from qixue.people.operations.erasure import merged_keys
from qixue.programme.models import Session


@transaction.atomic
def give_up_seats(people: Sequence[Resident], *, at: datetime.datetime) -> int:
    """Give up every seat and place in a queue of what has not begun, also after the time to cancel; others move up.

    Returns how many.
    """
    return leave_all(coming_registrations(people, at=at), at=at)


def leave_all(found: QuerySet[Registration], *, at: datetime.datetime) -> int:
    """The same of the registrations that are found, of people who are held. Returns how many."""
    return sum(leave(pk, found, at=at) for pk in sorted(set(found.values_list("session_id", flat=True))))


def leave(session_pk: int, found: QuerySet[Registration], *, at: datetime.datetime) -> int:
    session = locked_session(Session(pk=session_pk))
    rows = list(found.filter(session=session).order_by("pk"))
    if rows:
        let_go(session, rows, at=at)
        promote(session, terms_of(session), at=at)
    return len(rows)


def let_go(session: Session, rows: Sequence[Registration], *, at: datetime.datetime) -> None:
    """Of a session that is locked, what nobody gave up by themselves."""
    release(session, rows, reason=Registration.CancelReason.WITHDRAWN, at=at)
    record_audit("registration.left", session, by=None, at=at, details={"keys": [row.pk for row in rows]})


@transaction.atomic
def keep_who_came(people: Sequence[Resident]) -> None:
    """Note with each seat that whoever had it came, while their token still says so.

    Without it the seat would be a missed one, and a scan that arrives later would bring them in a second time.
    """
    rows = Registration.objects.filter(resident__in=people).select_related("session__activity").order_by("pk")
    there = came_in({row.session for row in rows})
    keys = [row.pk for row in rows if (row.session_id, row.resident_id) in there]
    Registration.objects.filter(pk__in=keys).update(was_there=True)


@transaction.atomic
def detach(people: Sequence[Resident], *, account: User | None, at: datetime.datetime) -> None:
    """Keep what is counted and nothing that says whose it was: each registration gets a nameless place of its own.

    Refused: changed_meanwhile, when a seat was taken after the others had been given up.
    """
    list(Resident.objects.select_for_update().filter(pk__in=[person.pk for person in people]).order_by("pk"))
    if coming_registrations(people, at=at).exists():
        sentence = _("Somebody of the household was signed up just now. Please try again.")
        raise Refused("changed_meanwhile", sentence)
    rows = list(Registration.objects.filter(resident__in=people).order_by("pk"))
    forget_names({row.party for row in rows}, people, account)
    forget_words(rows, people, account)
    places = Resident.objects.bulk_create([Resident(name=Resident.NOBODY) for _row in rows])
    for row, place in zip(rows, places, strict=True):
        row.resident, row.party, row.cancel_note = place, uuid.uuid4(), ""
        if row.source in FROM_HOME:  # an account that stays, of the staff or a guardian, would say whose it was
            row.registered_by = None
    Registration.objects.bulk_update(rows, ["resident", "party", "cancel_note", "registered_by"])


def forget_names(parties: set[uuid.UUID], people: Sequence[Resident], account: User | None) -> None:
    """Take the names out of what others were told about a registration: who signed them up, or is of their party."""
    for party in sorted(parties):
        others = Registration.objects.filter(party=party).exclude(resident__in=people).order_by("pk")
        staying = list(others.values_list("resident__name", flat=True))
        for notice in Notification.objects.filter(key__endswith=f":{party}").exclude(user=account):
            told_of = names_in(notice.params)  # of two households each its own people
            if names := names_kept(name for name in staying if name in told_of):
                notice.params = {**notice.params, "names": names}
                notice.save(update_fields=["params"])
            else:
                notice.delete()
        forget_messages(OutboxMessage.objects.filter(key__contains=f":{party}:"))


def forget_words(rows: Sequence[Registration], people: Sequence[Resident], account: User | None) -> None:
    """The same of what organisers told a guardian or a cadre: why somebody was taken out, what went to all."""
    at_sessions = {row.session_id for row in rows}
    messages = RegistrantMessage.objects.filter(session__in=at_sessions)
    keys = [f"{kind}:{row.pk}" for row in rows for kind in (REMOVED, REMOVED_TO_PASS_ON)]
    keys += [f"registration_message:{pk}" for pk in messages.order_by("pk").values_list("pk", flat=True)]
    told = {row.registered_by_id for row in rows} | {person.user_id for person in people}
    told |= {person.guardian.user_id for person in people if person.guardian}
    notices = list(Notification.objects.filter(key__in=keys, user__in=told - {None}).exclude(user=account))
    for session in sorted(at_sessions):  # one after the other: SQLite takes no sentence with hundreds of alternatives
        changed = Q(about_session(OF_CHANGE.values(), session), user__in=told - {None})
        found = Notification.objects.filter(changed | about_session(IN_PERSON.values(), session))
        notices += found.exclude(user=account)
    take_names_out(notices, people)


@transaction.atomic
def forget_check_ins(people: Sequence[Resident], account: User | None) -> None:
    """Before their tokens go: the same of what others were told of check-ins that do not count.

    Whoever took care of somebody then was told, and that may be another account today.
    """
    tokens = Participant.objects.filter(resident__in=people).values("token")
    voided = LedgerEntry.objects.filter(person_token__in=tokens, successor__kind=LedgerEntry.Kind.VOID)
    gone = {str(key) for person in people for key in (person.key, *merged_keys(person.key))}
    for session in sorted(set(voided.exclude(session=None).values_list("session_id", flat=True))):
        found = Notification.objects.filter(about_session((CHECK_IN_OFF, CHECK_IN_MOVED), session))
        for notice in found.exclude(user=account):
            if "people" in notice.params:
                take_people_out(notice, gone)
            else:  # it was sent before keys were kept with it
                take_names_out([notice], people)


def take_people_out(notice: Notification, gone: set[str]) -> None:
    """As `take_names_out`, of a notice that keeps the keys of its people beside their names."""
    people = list(zip(notice.params["people"].split(","), names_in(notice.params), strict=False))
    staying = [(key, name) for key, name in people if key not in gone]
    if len(staying) == len(people):
        return
    keep_named(notice, [name for _key, name in staying], people=",".join(key for key, _name in staying))


def about_session(kinds: Iterable[str], session_pk: int) -> Q:
    return Q(*(("key__startswith", f"{kind}:{session_pk}-") for kind in kinds), _connector=Q.OR)


def take_names_out(notices: Iterable[Notification], people: Sequence[Resident]) -> None:
    """A notice in which nobody else is named goes, and the letters about it in any case."""
    names = {person.name for person in people}
    for notice in notices:
        before = names_in(notice.params)
        left = [name for name in before if name not in names]
        if left != before:
            keep_named(notice, left)


def keep_named(notice: Notification, names: Sequence[str], **more: str) -> None:
    if names:
        notice.params = {**notice.params, "names": names_kept(names), **more}
        notice.save(update_fields=["params"])
    else:
        notice.delete()
    forget_messages(OutboxMessage.objects.filter(key__startswith=f"{notice.key}:{notice.user_id}:"))
