"""Signing up people without phones, several at once, and the list on which they stay for the next session."""

import uuid
from collections.abc import Sequence

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from qixue.core.clock import now
from qixue.core.language import enumeration
from qixue.core.names import by_name
from qixue.core.refusal import Refused
from qixue.participation.models import ListedPerson, Registration
from qixue.participation.operations.listed_people import sign_up_people, take_off_list
from qixue.participation.queries.listed_people import home_organisation, lists_of, people_on_list, people_to_choose
from qixue.participation.queries.lotteries import entered_before_draw
from qixue.participation.queries.registrations import at_the_same_time, obstacle_to_registering, terms_of
from qixue.participation.queries.walk_ins import names_at
from qixue.people.namesakes import name_to_compare, named_apart
from qixue.people.rules import Action
from qixue.programme.models import Session
from qixue.web import parts, table_files, unfinished_forms
from qixue.web.table_files import PageTable
from qixue.web.workspace.access import needs, session_or_404, staff
from qixue.web.workspace.act import Act, act_page, sent
from qixue.web.workspace.forms.listed_people import PeopleForm, TakeOffForm
from qixue.web.workspace.reach.registrations import listed_person_or_404
from qixue.web.workspace.tables.people import listed_people_table

PER_PAGE = 100


@needs(Action.MANAGE_REGISTRATIONS)
def sign_up(request: HttpRequest, pk: int) -> HttpResponse:
    """Tick people of the list, write down new ones or paste a sheet; check; sign all of them up."""
    found = session_or_404(request.user, pk, Action.MANAGE_REGISTRATIONS)
    organisation = home_organisation(staff(request), found) or found.activity.organisation
    is_sent = "confirmed" in request.POST  # perhaps for the second time: everybody is found
    listed = people_on_list(organisation) if is_sent else people_to_choose(organisation, found)
    answers = unfinished_forms.answers(request)
    form = PeopleForm(answers, initial={"key": uuid.uuid4()}, organisation=organisation, listed=listed)
    terms = terms_of(found)
    entered = entered_before_draw(found, terms)
    context = {
        "session": found,
        "entered_count": entered,
        "is_by_lot": entered is not None,
        "programme": found.activity.programme,
        "organisation": organisation,
        "obstacle": obstacle_to_registering(found, terms, at=now(), is_staff=True),
    }
    if is_sent and form.is_valid():
        try:
            made = sign_up_people(found, wanted=form.wanted(), by=staff(request), at=now())
        except Refused as refusal:
            form.refuse(refusal)
        else:
            messages.success(request, outcome(made))
            return redirect("workspace:registrations", pk)
    if unfinished_forms.is_to_check(request, form):
        known = form.known_people()
        doubts = {
            "same_time": at_the_same_time(known, found),
            "names": named_apart(known),
            "namesakes": names_there(found, [person.name for person in form.chosen_people()]),
        }
        return parts.form_page(request, "workspace/registrations/sign_up_check.html", form, **doubts, **context)
    return unfinished_forms.form_page(request, "workspace/registrations/sign_up.html", form, **context)


def names_there(session: Session, names: Sequence[str]) -> str:
    """Those that somebody who is signed up there has, too: it can be the same person, by an account of their own."""
    there = names_at([session])
    return enumeration(name for name in names if (session.pk, name_to_compare(name)) in there)


def outcome(made: list[Registration]) -> str:
    waiting = sum(row.state == Registration.State.WAITING for row in made)
    seated = len(made) - waiting
    if made[0].state == Registration.State.ENTERED:
        entered = ngettext("%(count)s person entered the draw.", "%(count)s people entered the draw.", len(made))
        return entered % {"count": len(made)}
    with_seat = ngettext("%(count)s person has a seat.", "%(count)s people have a seat.", seated)
    queue = ngettext("%(count)s person waits in line.", "%(count)s people wait in line.", waiting)
    told = ((with_seat, seated), (queue, waiting))
    return " ".join(sentence % {"count": count} for sentence, count in told if count)


@needs(Action.MANAGE_REGISTRATIONS)
def people(request: HttpRequest) -> HttpResponseBase:
    """Everybody whom the viewer's own organisations sign up."""
    named = by_name(lists_of(staff(request)), lambda row: row.resident.name)
    rows = sorted(named, key=lambda row: row.organisation.path)
    context = {"page": parts.paginate(request, rows, PER_PAGE)}
    table = PageTable("people", lambda: listed_people_table(rows), staff(request))
    return table_files.page(request, "workspace/registrations/people.html", context, table)


@needs(Action.MANAGE_REGISTRATIONS)
def take_off(request: HttpRequest, pk: int) -> HttpResponse:
    """Ask once more, then take somebody off the list."""
    found: ListedPerson = listed_person_or_404(staff(request), pk)
    act = Act(
        title=_("Take off the list"),
        about=found.resident.name,
        lead=_("Registrations stay as they are. To sign the person up again somebody writes them down anew."),
        button=_("Take off the list"),
        back=reverse("workspace:listed_people"),
        crumbs=((_("People without phones"), reverse("workspace:listed_people")),),
        done=_("Taken off the list."),
    )
    return act_page(
        request, sent(request, TakeOffForm), act, lambda: take_off_list([found], by=staff(request), at=now())
    )
