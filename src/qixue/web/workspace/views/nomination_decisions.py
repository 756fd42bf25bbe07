"""What is decided about a nomination: the review at each level, objections, the recommendation upward."""

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from qixue.core.clock import now
from qixue.people.rules import Action
from qixue.programme.models import Nomination
from qixue.programme.operations.nomination_reviews import (
    decline_nomination,
    pass_on_nomination,
    send_back_nomination,
)
from qixue.programme.operations.objections import settle_objection
from qixue.programme.operations.public_notices import recommend_upward
from qixue.web.forms import Form
from qixue.web.workspace.access import needs, staff
from qixue.web.workspace.act import act_page, sent
from qixue.web.workspace.forms.recognitions import JudgeForm, SettleForm
from qixue.web.workspace.reach.recognitions import (
    nomination_to_decide_or_404,
    nomination_to_judge_or_404,
    objection_or_404,
)
from qixue.web.workspace.views.nominations import page_of

State = Nomination.State


@needs(Action.JUDGE_NOMINATION)
def judge(request: HttpRequest, pk: int) -> HttpResponse:
    """Pass on with a place, send back, or do not select."""
    found = nomination_to_judge_or_404(request.user, pk)
    is_last = found.waits_at_id in (None, found.call.organisation_id)
    form = JudgeForm(request.POST or None, initial={"version": found.edit_count}, is_last=is_last)
    lead = _("Those you choose go on by opening the public notice; here you can send back or decline.")
    page = page_of(
        found,
        title=_("Review a nomination"),
        lead=lead if is_last else _("Read what the nominee has done, then decide below."),
        button=_("Record the decision"),
        done=_("The decision is recorded."),
        fits=found.state == State.NOMINATED and found.call.closed_at is None,
        above=("workspace/recognitions/nominee.html",),
    )

    def act() -> Nomination:
        answers, by, at = form.cleaned_data, staff(request), now()
        comment, read = answers["comment"], answers["version"]
        if answers["decision"] == "pass_on":
            return pass_on_nomination(found, comment=comment, rank=answers["rank"], edit_count=read, by=by, at=at)
        decide = send_back_nomination if answers["decision"] == "send_back" else decline_nomination
        return decide(found, comment=comment, edit_count=read, by=by, at=at)

    return act_page(request, form, page, act)


@needs(Action.JUDGE_NOMINATION)
def recommend(request: HttpRequest, pk: int) -> HttpResponse:
    found = nomination_to_decide_or_404(request.user, pk)
    form = sent(request, Form)
    page = page_of(
        found,
        title=_("Recommend to the level above"),
        lead=_("This notes that the award was recommended upward; the papers themselves go the usual way."),
        button=_("Note the recommendation"),
        done=_("The recommendation is noted."),
        fits=found.state == State.AWARDED and found.recommended_at is None,
    )
    return act_page(request, form, page, lambda: recommend_upward(found, by=staff(request), at=now()))


@needs(Action.JUDGE_NOMINATION)
def settle(request: HttpRequest, pk: int) -> HttpResponse:
    """An objection with who made it, for those who decide; nobody else reads it."""
    objection = objection_or_404(request.user, pk)
    form = SettleForm(request.POST or None)
    page = page_of(
        objection.nomination,
        title=_("Settle an objection"),
        lead=_("Who objected stays between you and them; the nominator does not see it."),
        button=_("Record the finding"),
        done=_("The finding is recorded."),
        fits=objection.settled_at is None,
        above=("workspace/recognitions/objection.html",),
        context={"objection": objection},
    )

    def act() -> object:
        is_upheld = form.cleaned_data["answer"] == "upheld"
        finding = form.cleaned_data["finding"]
        return settle_objection(objection, is_upheld=is_upheld, finding=finding, by=staff(request), at=now())

    return act_page(request, form, page, act)
