"""Whoever has something else at that time sees it before they sign up, and may go on."""

from django.http import HttpRequest, HttpResponse

from qixue.participation.models import Registration
from qixue.participation.queries.registrations import at_the_same_time
from qixue.people.namesakes import named_apart
from qixue.programme.models import Session
from qixue.web import parts, unfinished_forms
from qixue.web.me.forms.registrations import RegisterForm, TransferForm


def same_time_of(form: RegisterForm | TransferForm, session: Session) -> list[Registration]:
    """What those who would come have at other sessions then; nothing as long as the form is not right."""
    return at_the_same_time(form.chosen_people(), session) if form.is_valid() else []


def is_decided(request: HttpRequest, form: RegisterForm | TransferForm, same_time: list[Registration]) -> bool:
    """Sent and right, and where there is something else at that time it was shown."""
    return request.method == "POST" and form.is_valid() and (not same_time or "confirmed" in request.POST)


def same_time_page(
    request: HttpRequest, form: RegisterForm | TransferForm, same_time: list[Registration], session: Session
) -> HttpResponse | None:
    """The page that shows it and asks once more; None where there is nothing to ask."""
    if not same_time or not unfinished_forms.is_to_check(request, form):
        return None
    shown = {"session": session, "same_time": same_time, "names": named_apart(form.household.values())}
    return parts.form_page(request, "me/registrations/same_time.html", form, **shown)
