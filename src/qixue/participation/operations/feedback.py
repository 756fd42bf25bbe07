"""Asking how it was, and keeping what people say: three taps, once per person and session, changed for 14 days."""

import datetime
import itertools
import uuid
from collections.abc import Iterable
from dataclasses import dataclass

from django.db import transaction
from django.db.models import Exists, OuterRef
from django.utils.translation import gettext_lazy as _

from qixue.core.clock import SHANGHAI
from qixue.core.models import record_audit
from qixue.core.refusal import Refused
from qixue.participation.models import Feedback, FeedbackInvitation, LedgerEntry, Participant
from qixue.participation.notices import about_feedback
from qixue.participation.operations.eligibility import must_act_for
from qixue.participation.queries.attendance import named_entries
from qixue.participation.queries.feedback import OPEN_FOR, is_open
from qixue.people.models import Resident, User
from qixue.people.operations.notifications import notify_each
from qixue.people.queries import account_for
from qixue.programme.models import Session

LONGEST_SENTENCE = 200
PAUSE = datetime.timedelta(hours=2)  # between the end of a session and the question
ASKED_WITHIN = datetime.timedelta(days=3)  # a check-in that arrives later asks nobody any more
FIRST_HOUR, LAST_HOUR = 8, 21  # of the day in Shanghai, between which people are asked
AT_ONCE = 500


@dataclass(frozen=True)
class Answer:
    face: str
    reason: str = ""
    sentence: str = ""


@transaction.atomic
def give_feedback(session: Session, *, person: Resident, answer: Answer, by: User, at: datetime.datetime) -> Feedback:
    """Keep what somebody says about a session; said again within the time it replaces what was said before.

    The audit says that an answer came, not from whom. Refused: not_yours, was_not_there, feedback_over,
    face_missing, sentence_too_long.
    """
    must_act_for(by, [person], is_staff=False)
    token = token_of(session, person)
    if not is_open(session, at=at):
        sentence = _("You can give feedback for %(days)s days after a session has ended.")
        raise Refused("feedback_over", sentence, days=OPEN_FOR.days)
    check(answer)
    values = {**vars(answer), "changed_at": at}
    row, is_new = Feedback.objects.update_or_create(
        session=session, person_token=token, defaults=values, create_defaults={**values, "given_at": at}
    )
    record_audit("feedback.given" if is_new else "feedback.changed", session, by=None, at=at)
    return row


def token_of(session: Session, person: Resident) -> uuid.UUID:
    """Refused: was_not_there."""
    tokens = Participant.objects.filter(resident=person, programme=session.activity.programme_id)
    entry = named_entries().filter(session=session, person_token__in=tokens.values("token")).first()
    if entry is None or entry.person_token is None:
        sentence = _("%(name)s was not counted by name at this session. Please ask the organiser if that is wrong.")
        raise Refused("was_not_there", sentence, name=person.name)
    return entry.person_token


def check(answer: Answer) -> None:
    if answer.face not in Feedback.Face.values:
        raise Refused("face_missing", _("Please choose one of the three faces."), field="face")
    if answer.reason and answer.reason not in Feedback.Reason.values:
        raise ValueError(f"There is no reason {answer.reason}.")
    if len(answer.sentence) > LONGEST_SENTENCE:
        sentence = _("Please write up to %(limit)s characters.")
        raise Refused("sentence_too_long", sentence, field="sentence", limit=LONGEST_SENTENCE)


def invite_to_feedback(*, at: datetime.datetime) -> int:
    """The worker's duty: some hours after a session, ask whoever was there by name; one notice for each account.

    Nobody is asked twice about the same session, about one that did not take place, or at night. Returns how many
    people were asked.
    """
    if not FIRST_HOUR <= at.astimezone(SHANGHAI).hour < LAST_HOUR:
        return 0
    asked = FeedbackInvitation.objects.filter(session=OuterRef("session"), person_token=OuterRef("person_token"))
    due = named_entries().exclude(session__state__in=Session.OFF_STATES)
    due = due.filter(~Exists(asked), session__ends_at__lte=at - PAUSE, session__ends_at__gt=at - ASKED_WITHIN)
    entries = list(due.order_by("session_id", "pk")[:AT_ONCE])
    groups = itertools.groupby(entries, key=lambda entry: entry.session)
    return sum(invite(session, list(members), at=at) for session, members in groups if session)


@transaction.atomic
def invite(session: Session, entries: Iterable[LedgerEntry], *, at: datetime.datetime) -> int:
    """Ask the people of these entries; those whom another worker has asked meanwhile are left to it."""
    tokens = {entry.person_token for entry in entries if entry.person_token}
    Session.objects.select_for_update(of=("self",), no_key=True).get(pk=session.pk)
    known = FeedbackInvitation.objects.filter(session=session, person_token__in=tokens)
    tokens -= set(known.values_list("person_token", flat=True))
    FeedbackInvitation.objects.bulk_create(
        [FeedbackInvitation(session=session, person_token=token, invited_at=at) for token in sorted(tokens)]
    )
    people: dict[User, list[Resident]] = {}
    rows = Participant.objects.filter(token__in=tokens).order_by("resident_id")
    for row in rows.select_related("resident__user", "resident__guardian__user"):
        person = row.resident
        if user := account_for(person):
            people.setdefault(user, []).append(person)
    notify_each([([user], about_feedback(session, own)) for user, own in people.items()], at=at)
    return len(tokens)
