from django.contrib import messages
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from qixue.core.clock import now
from qixue.core.language import enumeration
from qixue.core.refusal import Doubt, Refused
from qixue.participation.models import LedgerEntry, Tally
from qixue.participation.operations.calling_off import call_off
from qixue.participation.operations.check_ins import obstacle_at_door
from qixue.participation.operations.session_changes import Changed, change_session
from qixue.participation.queries import effective_head_count, entries_of_session
from qixue.participation.queries.attendances import came_in, people_in
from qixue.participation.queries.door import scans_at
from qixue.participation.queries.door_state import devices_of, expected_people, seats_twice
from qixue.participation.queries.left_in import left_in_after_start
from qixue.participation.queries.registered import Reach, active_rows, reach_of, similar_sessions
from qixue.participation.queries.registrations import registered_at, why_off
from qixue.participation.queries.unregistered import Unregistered, unregistered_at, untold_among
from qixue.participation.queries.walk_ins import walk_ins_at
from qixue.participation.rules import may_correct_attendance, may_manage_registrations
from qixue.people.namesakes import told_apart
from qixue.people.rules import Action, may
from qixue.programme.models import Session
from qixue.programme.operations.sessions import add_session, hold_session, next_number
from qixue.web import parts, table_files
from qixue.web.table_files import PageTable
from qixue.web.workspace.access import activity_or_404, needs, session_or_404, staff
from qixue.web.workspace.forms.sessions import CallOffForm, SessionForm, initial_of
from qixue.web.workspace.namesakes import expected_or_in
from qixue.web.workspace.registration_words import in_one, moments_of_terms, moved_up
from qixue.web.workspace.tables.sessions import counts_table

SHOWN_CHECK_INS = 20
SHOWN_PEOPLE = 10  # the rest stand on the page of the registrations


@needs(Action.EDIT_ACTIVITY)
def new(request: HttpRequest, pk: int) -> HttpResponse:
    activity = activity_or_404(request.user, pk, Action.EDIT_ACTIVITY)
    form = SessionForm(request.POST or None, initial={"number": next_number(activity)}, activity=activity)
    if form.is_valid():
        number = form.cleaned_data["number"] or next_number(activity)
        try:
            add_session(
                activity,
                details=form.details(),
                number=number,
                confirmed=form.cleaned_data["confirmed"],
                by=staff(request),
                at=now(),
            )
        except Refused as refusal:
            form.refuse(refusal)
        else:
            messages.success(request, _("The session is added."))
            return redirect("workspace:activity", pk)
    context = {"activity": activity, "programme": activity.programme}
    return parts.form_page(request, "workspace/sessions/form.html", form, **context)


@needs(Action.SEE_WORKSPACE)
def session(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Who came, and every entry that ever said so."""
    found = session_or_404(request.user, pk, Action.SEE_WORKSPACE)
    organisation = found.activity.organisation
    entries = entries_of_session(found)
    registered = registered_at(found) if may_manage_registrations(staff(request), found) else []
    counts = entries.exclude(kind=LedgerEntry.Kind.ATTENDANCE)
    is_off = found.state == Session.State.CANCELLED
    may_correct = may_correct_attendance(staff(request), found)
    may_count = not is_off and may(request.user, Action.RECORD_ATTENDANCE, organisation)
    people = expected_people(found) if may_count else []
    walk_ins = walk_ins_at(found, people) if may_count else []
    context = {
        "session": found,
        "programme": found.activity.programme,
        "tally": Tally.objects.filter(session=found).first(),
        "head_count": effective_head_count(found),
        "counts": counts,
        "check_ins": entries.effective().one_by_one()[:SHOWN_CHECK_INS],
        "came_in": {resident: entry for (_session, resident), entry in came_in([found]).items()},
        "walk_ins": walk_ins,
        "inside": {person.registration.pk for person in people if person.is_in},
        "undecided": scans_at(found).undecided().count(),
        "seats_twice": seats_twice(found),
        "devices": devices_of(found, at=now()),
        "may_register": may(request.user, Action.MANAGE_REGISTRATIONS, organisation),
        "registered": registered[:SHOWN_PEOPLE],
        "apart": told_apart(expected_or_in(registered, walk_ins)),
        "obstacle": obstacle_at_door(found, at=now()),
        "has_begun": bool(found.starts_at and found.starts_at <= now()),
        "may_count": may_count,
        "may_correct": may_correct,
        "asks_whether_held": is_off and may_correct and left_in_after_start(Q(pk=pk)).exists(),
        "may_edit": may(request.user, Action.EDIT_ACTIVITY, organisation),
        "may_see_records": may(request.user, Action.SEE_RECORDS, organisation),
        "may_see_evidence": may(request.user, Action.SEE_EVIDENCE, organisation),
    }
    table = PageTable("counts", lambda: counts_table(found, counts), found)
    return table_files.page(request, "workspace/sessions/detail.html", context, table)


@needs(Action.EDIT_ACTIVITY)
def edit(request: HttpRequest, pk: int) -> HttpResponse:
    """Change a session; when somebody else saved meanwhile both texts are shown and nothing is lost."""
    found = session_or_404(request.user, pk, Action.EDIT_ACTIVITY)
    form = SessionForm(request.POST or None, initial=initial_of(found), activity=found.activity)
    reached, differences = reach_of(active_rows(found) if is_to_come(found) else []), None
    if form.is_valid():
        answers = form.cleaned_data
        try:
            changed = change_session(
                found,
                details=form.details(),
                version=answers["version"] or 0,
                confirmed=answers["confirmed"],
                by=staff(request),
                at=now(),
            )
        except Refused as refusal:
            form.refuse(refusal)
            differences = form.differences(initial_of(found)) if refusal.code == "changed_meanwhile" else None
        else:
            has_moved = is_to_come(found) and form.details().starts_at != found.starts_at
            moments = moments_of_terms(found) if has_moved else []
            messages.success(request, in_one([*saved_and_told(changed), *moments]))
            return redirect("workspace:session", pk)
    context = {"session": found, "activity": found.activity, "programme": found.activity.programme, "reach": reached}
    inside = list(people_in([found])) if found.state == Session.State.PLANNED else []
    context |= {"sent_away": len(inside), "untold": untold_among(inside)}
    return parts.form_page(request, "workspace/sessions/form.html", form, differences=differences, **context)


def is_to_come(session: Session) -> bool:
    return session.ends_at is None or session.ends_at > now()


def saved_and_told(changed: Changed) -> list[str]:
    """That it is saved, who is told, whose check-ins are gone, and who moved up."""
    moved = moved_up(changed.session, changed.moved_up)
    return [_("Saved."), *told_of(changed.told), *taken_back(changed.taken_back, changed.unregistered), *moved]


def told_of(reached: Reach, *, by_the_worker: bool = False) -> list[str]:
    """How many people a notice reaches, at once or as soon as the worker gets to it, and who must be told in person."""
    said, count = [], reached.reached_count
    if count and by_the_worker:
        people = ngettext("%(count)s person is being told of it.", "%(count)s people are being told of it.", count)
        said.append(people % {"count": count})
    elif count:
        said.append(people_told(count))
    if reached.unreached:
        sentence = _("Please tell in person, for they have no phone here: %(names)s.")
        said.append(sentence % {"names": enumeration(row.resident.name for row in reached.unreached)})
    return said


@needs(Action.EDIT_ACTIVITY)
def cancel(request: HttpRequest, pk: int) -> HttpResponse:
    """Say who will be told, ask for the reason that they read, then call the session off."""
    found: Session = session_or_404(request.user, pk, Action.EDIT_ACTIVITY)
    form = CallOffForm(request.POST or None)
    reached = reach_of(active_rows(found))
    if request.method == "POST" and form.is_valid():
        try:
            called = call_off(found, **form.cleaned_data, by=staff(request), at=now())
        except Doubt as doubt:
            form.refuse(doubt)
        except Refused as refusal:
            return parts.refusal_page(request, refusal, back=reverse("workspace:session", args=[pk]))
        else:
            said = called_off(called.session, form.cleaned_data["reason"], reached)
            messages.success(request, in_one([*said, *taken_back(called.taken_back, called.unregistered)]))
            return redirect("workspace:session", pk)
    if found.state == Session.State.CANCELLED:
        messages.info(request, in_one(called_off(found, "", reached)))
        return redirect("workspace:session", pk)  # called off meanwhile, perhaps in another window
    context = {"session": found, "programme": found.activity.programme, "reach": reached}
    inside = list(people_in([found]))
    context |= {"taken_back": len(inside), "unregistered": unregistered_at(found, inside)}
    context["similar"] = similar_sessions(found, at=now()) if reached.reached_count else []
    return parts.form_page(request, "workspace/sessions/cancel.html", form, **context)


def called_off(session: Session, reason: str, reached: Reach) -> list[str]:
    """That it is done and who hears of it; where it was done before for another reason, the one that stands."""
    stands = why_off(session)
    if reason and reason == stands:
        return [_("The session is cancelled."), *told_of(reached, by_the_worker=True)]
    if stands:
        return [_("This session was called off already. This reason stands: %(reason)s") % {"reason": stands}]
    return [_("This session was called off already.")]


def people_told(count: int) -> str:
    return ngettext("%(count)s person is told of it.", "%(count)s people are told of it.", count) % {"count": count}


def taken_back(count: int, unregistered: Unregistered) -> list[str]:
    """How many check-ins are gone, and of those who were not signed up how many are told and how many are not."""
    told, untold = unregistered.reached_count, unregistered.unreached_count
    said = ngettext("%(count)s check-in was taken back.", "%(count)s check-ins were taken back.", count)
    others = ngettext(
        "%(count)s of these people was not signed up and is told, too.",
        "%(count)s of these people were not signed up and are told, too.",
        told,
    )
    nobody = ngettext(
        "%(count)s of these people was not signed up and has no account here: please tell them at the door.",
        "%(count)s of these people were not signed up and have no account here: please tell them at the door.",
        untold,
    )
    sentences = ((said, count), (others, told), (nobody, untold))
    return [sentence % {"count": number} for sentence, number in sentences if number]


@needs(Action.RECORD_ATTENDANCE)
@require_POST
def hold(request: HttpRequest, pk: int) -> HttpResponse:
    """Say that a session took place where nobody enters a head count, because names on a list say who came."""
    found = session_or_404(request.user, pk, Action.RECORD_ATTENDANCE)
    return parts.pressed(
        request,
        lambda: hold_session(found, by=staff(request), at=now()),
        back=reverse("workspace:session", args=[pk]),
        done=_("The session is marked as held."),
    )
