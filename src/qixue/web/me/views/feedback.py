"""How it was: asked after a session of whoever was there, answered in three taps, changed for some days."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from qixue.core.clock import now
from qixue.participation.models import Feedback
from qixue.participation.operations.feedback import give_feedback
from qixue.participation.queries.feedback import Question, questions_of
from qixue.web import parts, unfinished_forms
from qixue.web.me.access import for_residents, for_residents_who_type, household_of, known, names_at_home
from qixue.web.me.forms.feedback import AnswerForm, initial_of


@for_residents
def questions(request: HttpRequest) -> HttpResponse:
    """Sessions that one can say something about, those without an answer first."""
    _user, resident = known(request)
    found = questions_of(household_of(resident), at=now())
    context = {
        "open": [question for question in found if question.answer is None],
        "answered": [question for question in found if question.answer],
        "names": names_at_home(resident),
        "faces": Feedback.Face.choices,
    }
    return render(request, "me/feedback/list.html", context)


@for_residents_who_type
def answer(request: HttpRequest, pk: int, person: int) -> HttpResponse:
    """The question about one session for one person of the household."""
    user, resident = known(request)
    question = question_or_404(questions_of(household_of(resident), at=now()), pk, person)
    initial = initial_of(question.answer, face=request.GET.get("face", ""))
    form = AnswerForm(unfinished_forms.answers(request), initial=initial)
    if request.method == "POST" and form.is_valid():
        return parts.pressed(
            request,
            lambda: give_feedback(question.session, person=question.person, answer=form.answer(), by=user, at=now()),
            back=reverse("me:feedback"),
            done=_("Thank you. The organiser reads it without your name."),
        )
    session, names = question.session, names_at_home(resident)
    context = {"question": question, "names": names, "session": session, "programme": session.activity.programme}
    return unfinished_forms.form_page(request, "me/feedback/answer.html", form, **context)


def question_or_404(questions: list[Question], pk: int, person: int) -> Question:
    """One's own, as long as it can be answered; anything else looks like a missing page."""
    for question in questions:
        if (question.session.pk, question.person.pk) == (pk, person):
            return question
    raise Http404
