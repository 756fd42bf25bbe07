"""Two records of one person in what they signed up for and in the ledger.

The ledger is not rewritten. Where it knows both under a token each, the entries of the one are taken back, and the
person is entered under the token of the other, as they came: so every figure follows, and everybody can read why.
The chains are locked before the sessions, as where people are checked in.
"""

import datetime
import itertools
import uuid

from django.conf import settings
from django.utils.translation import gettext, override

from qixue.core import changes
from qixue.core.models import record_audit
from qixue.participation.models import (
    Attendance,
    Feedback,
    FeedbackInvitation,
    LedgerChain,
    LedgerEntry,
    Participant,
    Registration,
)
from qixue.participation.operations.ledger import EntryDraft, append_entries
from qixue.participation.operations.registrations import release
from qixue.participation.operations.seats import locked_sessions, promote
from qixue.participation.queries.merged_people import counted_with, places_taken_twice
from qixue.participation.queries.registrations import terms_of
from qixue.people.models import User
from qixue.people.personal_data import Pair
from qixue.programme.models import Session

Kind, State = LedgerEntry.Kind, Registration.State


def move_registrations(pair: Pair, *, by: User, at: datetime.datetime) -> None:
    """Where both are signed up, the better place is kept, and who waits moves up into the other one.

    What is written for the record that goes after its sessions are locked stays with it, and `leave` refuses the merge.
    """
    lock_chains(pair)
    of_the_one_that_goes = Registration.objects.active().filter(resident=pair.gone).values("session")
    locked = locked_sessions(*Session.objects.filter(pk__in=of_the_one_that_goes).order_by("pk"))
    # Only now: not everybody who signs up holds people.
    second_places = {each.session.pk: each.goes for each in places_taken_twice(pair)}
    for session in locked:
        if session.pk in second_places:
            give_up(session, second_places[session.pk], by=by, at=at)
    rows = Registration.objects.filter(resident=pair.gone)
    rows = rows.filter(session__in=locked) | rows.filter(state=State.CANCELLED)  # others are new: all is refused then
    if pair.kept.user:
        rows.active().filter(source=Registration.Source.FAMILY).update(registered_by=pair.kept.user)
    rows.update(resident=pair.kept)
    if pair.gone.user:
        Registration.objects.filter(registered_by=pair.gone.user).update(registered_by=pair.kept.user)


def lock_chains(pair: Pair) -> None:
    """Those of the organisations at which one of the two was signed up or counted, in the order of their keys."""
    people = (pair.kept, pair.gone)
    signed_up = Registration.objects.filter(resident__in=people).values("session__activity__organisation")
    counted = counted_with(people).order_by().values("organisation")
    chains = LedgerChain.objects.filter(organisation__in=signed_up) | LedgerChain.objects.filter(
        organisation__in=counted
    )
    list(LedgerChain.objects.select_for_update().filter(pk__in=chains.values("pk")).order_by("organisation_id"))


def give_up(session: Session, place: Registration, *, by: User, at: datetime.datetime) -> None:
    release(session, [place], reason=Registration.CancelReason.MERGED, at=at)
    record_audit("registration.merged", session, by=by, at=at, details={"keys": [place.pk]})
    promote(session, terms_of(session), at=at)


def move_tokens(pair: Pair, *, by: User, at: datetime.datetime) -> None:
    """In a programme that has counted only one of the two its token stays; else the person is entered anew."""
    kept = dict(Participant.objects.filter(resident=pair.kept).values_list("programme_id", "token"))
    actor = None if by.pk in (pair.kept.user_id, pair.gone.user_id) else by  # no name of who is counted in the ledger
    for participant in Participant.objects.filter(resident=pair.gone).order_by("programme_id"):
        if token := kept.get(participant.programme_id):
            enter_anew(participant.token, token, actor=actor, at=at)
            move_feedback(participant.token, token)
            participant.delete()
        else:
            participant.resident = pair.kept
            participant.save(update_fields=["resident"])


def enter_anew(old: uuid.UUID, new: uuid.UUID, *, actor: User | None, at: datetime.datetime) -> None:
    """Take back what counts under the old token and enter it under the new one, unless the person is in with that.

    As many are in as before where it is entered anew, so that no tally changes: the change of who came is noted here.
    """
    inside = set(Attendance.objects.filter(person_token=new).values_list("session_id", flat=True))
    related = ("organisation", "activity__organisation", "activity__programme", "session__activity", "evidence")
    entries = LedgerEntry.objects.effective().people().filter(person_token=old).select_related(*related)
    ordered = entries.order_by("organisation_id", "sequence")
    with override(settings.LANGUAGE_CODE):
        moved, twice = gettext("Two records were of one person."), gettext("One person was counted twice here.")
    for organisation, group in itertools.groupby(ordered, key=lambda entry: entry.organisation):
        drafts: list[EntryDraft] = []
        for entry in group:
            is_in = entry.session_id in inside
            drafts.append(draft(entry, Kind.VOID, twice if is_in else moved, actor=actor, at=at))
            if not is_in:
                drafts.append(draft(entry, Kind.ATTENDANCE, moved, actor=actor, at=at, token=new))
        append_entries(organisation, drafts)
    changes.note(changes.Subject.COUNTS)


def draft(
    entry: LedgerEntry,
    kind: LedgerEntry.Kind,
    reason: str,
    *,
    actor: User | None,
    at: datetime.datetime,
    token: uuid.UUID | None = None,
) -> EntryDraft:
    """The void of an entry, or the same attendance with another token."""
    return EntryDraft(
        kind=kind,
        activity=entry.activity,
        session=entry.session,
        source=LedgerEntry.Source(entry.source),
        actor=actor,
        recorded_at=at,
        occurred_at=entry.occurred_at,
        client_uuid=uuid.uuid5(entry.client_uuid, f"qixue-merge {kind}"),
        count=0 if kind == Kind.VOID else entry.count,
        person_token=token,
        reason=reason,
        evidence=None if kind == Kind.VOID else entry.evidence,
        target=entry if kind == Kind.VOID else None,
    )


def move_feedback(old: uuid.UUID, new: uuid.UUID) -> None:
    """Of two answers about one session the later one stands, as where somebody answers again."""
    answered = {row.session_id: row for row in Feedback.objects.filter(person_token=new)}
    for row in Feedback.objects.filter(person_token=old).order_by("pk"):
        other = answered.get(row.session_id)
        if other and other.changed_at >= row.changed_at:
            row.delete()
            continue
        if other:
            other.delete()
        row.person_token = new
        row.save(update_fields=["person_token"])
    asked = FeedbackInvitation.objects.filter(person_token=new).values("session")
    FeedbackInvitation.objects.filter(person_token=old, session__in=asked).delete()
    FeedbackInvitation.objects.filter(person_token=old).update(person_token=new)
