"""Registrations with what was answered, lists of people, and the tokens under which the ledger counted them."""

import datetime
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from qixue.core.clock import minute_text
from qixue.participation.models import Answer, CalendarFeed, LedgerEntry, ListedPerson, Participant, Registration
from qixue.participation.operations.leaving import detach, forget_check_ins, give_up_seats, keep_who_came
from qixue.participation.operations.merged_people import move_registrations, move_tokens
from qixue.participation.queries.registrations import coming_registrations, state_at
from qixue.people.personal_data import Holding, Left, Pair, Section, Subject, goes_with_its_owner
from qixue.programme.models import Session


def registrations_of(subject: Subject) -> QuerySet[Registration]:
    rows = Registration.objects.filter(resident__in=subject.people)
    return rows.select_related("resident", "session__activity").order_by("registered_at", "pk")


def registrations_copy(subject: Subject) -> Section:
    rows = [
        (
            row.resident.name,
            row.session.activity.title,
            minute_text(row.session.starts_at),
            str(Registration.State(state_at(row.session, row)).label),
        )
        for row in registrations_of(subject)
    ]
    return Section(_("What the household was signed up for"), [_("Who"), _("Activity"), _("Begins"), _("State")], rows)


def registrations_left(subject: Subject, *, at: datetime.datetime) -> list[Left]:
    coming = coming_registrations(subject.people, at=at).values("pk")
    seats = registrations_of(subject).filter(state=Registration.State.CONFIRMED)
    past = seats.exclude(pk__in=coming).exclude(session__state=Session.State.CANCELLED)
    return [Left(past.count(), _("Seats you had, counted without a name"))]


def attendances_of(subject: Subject) -> list[tuple[str, LedgerEntry]]:
    """Each with the name of the person behind its token."""
    tokens = Participant.objects.filter(resident__in=subject.people).select_related("resident")
    names = {participant.token: participant.resident.name for participant in tokens}
    entries = LedgerEntry.objects.effective().people().filter(person_token__in=names)
    related = entries.select_related("activity", "session").order_by("recorded_at", "pk")
    return [(names[entry.person_token], entry) for entry in related if entry.person_token]


def attendances_copy(subject: Subject) -> Section:
    rows = [
        (name, entry.activity.title, minute_text(entry.occurred_at), entry.get_source_display(), entry.person_token)
        for name, entry in attendances_of(subject)
    ]
    return Section(
        _("Where the household was counted"),
        [_("Who"), _("Activity"), _("When"), _("Source"), _("Token in the ledger")],
        rows,
    )


def attendances_left(subject: Subject, **_when: Any) -> list[Left]:
    return [Left(len(attendances_of(subject)), _("Attendances, counted without a name"))]


def erase_registrations(subject: Subject, *, at: datetime.datetime) -> None:
    give_up_seats(subject.people, at=at)
    detach(subject.people, account=subject.user, at=at)


def erase_tokens(subject: Subject, **_when: Any) -> None:
    """From here on nobody can say whose an entry of the ledger was."""
    keep_who_came(subject.people)
    forget_check_ins(subject.people, subject.user)
    Participant.objects.filter(resident__in=subject.people).delete()


def answers_of(subject: Subject) -> QuerySet[Answer]:
    rows = Answer.objects.filter(registration__resident__in=subject.people)
    return rows.select_related("registration__resident", "question").order_by("pk")


def answers_copy(subject: Subject) -> Section:
    rows = [(row.registration.resident.name, row.question.text, row.text) for row in answers_of(subject)]
    return Section(_("Answers at sign-up"), [_("Who"), _("Question"), _("Answer")], rows)


def erase_answers(subject: Subject, **_when: Any) -> None:
    answers_of(subject).order_by().delete()


def lists_copy(subject: Subject) -> Section:
    """Where somebody stands beside their registrations: in the list of an office, and behind a calendar address."""
    listed = ListedPerson.objects.filter(resident__in=subject.people).select_related("resident", "organisation")
    feeds = CalendarFeed.objects.filter(resident__in=subject.people).select_related("resident")
    rows = [(row.resident.name, row.organisation.name, minute_text(row.added_at)) for row in listed.order_by("pk")]
    rows += [
        (row.resident.name, _("Calendar address of the household"), minute_text(row.made_at))
        for row in feeds.order_by("pk")
    ]
    return Section(_("Lists and calendars"), [_("Who"), _("Where"), _("Since")], rows)


def move_lists(pair: Pair, **_act: Any) -> None:
    """Whoever stands on a list twice stands there once; the calendar address of the one that is kept goes on."""
    there = ListedPerson.objects.filter(resident=pair.kept).values("organisation")
    ListedPerson.objects.filter(resident=pair.gone, organisation__in=there).delete()
    ListedPerson.objects.filter(resident=pair.gone).update(resident=pair.kept)
    if not CalendarFeed.objects.filter(resident=pair.kept).exists():
        CalendarFeed.objects.filter(resident=pair.gone).update(resident=pair.kept)
    CalendarFeed.objects.filter(resident=pair.gone).delete()


HOLDINGS = [
    Holding(
        "registrations",
        ("participation.registration",),
        registrations_copy,
        erase_registrations,
        registrations_left,
        move_registrations,
    ),
    Holding("answers", ("participation.answer",), answers_copy, erase_answers),
    Holding(
        "lists",
        ("participation.listedperson", "participation.calendarfeed"),
        lists_copy,
        goes_with_its_owner,
        move=move_lists,
    ),
    Holding(
        "attendances", ("participation.participant",), attendances_copy, erase_tokens, attendances_left, move_tokens
    ),
]
