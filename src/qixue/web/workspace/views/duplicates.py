"""Records that may be of one person: what speaks for it, bringing them together, telling them apart."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from qixue.core.clock import now
from qixue.participation.operations.duplicates import merge_known_people, tell_apart
from qixue.participation.queries.duplicates import likely_duplicates, obstacle_to_merging, told_apart_at
from qixue.participation.queries.merged_people import in_common, places_to_take_over
from qixue.people.personal_data import Pair
from qixue.people.rules import Action
from qixue.web import parts
from qixue.web.forms import Form
from qixue.web.workspace.access import needs, staff
from qixue.web.workspace.act import Act, act_page, sent
from qixue.web.workspace.forms.duplicates import MergeForm
from qixue.web.workspace.reach.personal_data import pair_or_404

SHOWN = 50
DONE = "merged_people"  # in the session: the last two


@needs(Action.MANAGE_REGISTRATIONS)
def duplicates(request: HttpRequest) -> HttpResponse:
    found = likely_duplicates(staff(request), most=SHOWN)
    return render(request, "workspace/duplicates/list.html", {"found": found, "most": SHOWN})


@needs(Action.MANAGE_REGISTRATIONS)
def merge(request: HttpRequest, keys: str) -> HttpResponse:
    """Both beside each other, and what follows; or whom to ask, where not all of it is in reach.

    A second press on the button is answered like the first.
    """
    if request.method == "POST" and request.session.get(DONE) == keys:
        return redirect("workspace:duplicates")
    pair = pair_or_404(staff(request), keys)
    by, at, form = staff(request), now(), sent(request, MergeForm)
    if obstacle := obstacle_to_merging(pair, by):
        return parts.refusal_page(request, obstacle, back=reverse("workspace:duplicates"))

    def do() -> None:
        merge_known_people(pair.kept, pair.gone, ground=form.cleaned_data["ground"], by=by, at=at)
        request.session[DONE] = keys

    return act_page(request, form, merging(pair), do)


def merging(pair: Pair) -> Act:
    common = in_common(pair)
    return Act(
        title=_("One person, two records?"),
        about=pair.kept.name,
        lead=_("If both are the same person, one record stays and takes over what is kept with the other."),
        button=_("Make one record of them"),
        note=_("This cannot be undone. If you are not sure, ask the person first."),
        back=reverse("workspace:duplicates"),
        crumbs=((_("People written down twice"), reverse("workspace:duplicates")),),
        above=("workspace/duplicates/pair.html",),
        done=_("Both are one record now. The person counts once."),
        context={
            "pair": pair,
            "common": common,
            "places": places_to_take_over(pair, common)[:SHOWN],
            "said_at": told_apart_at(pair),
        },
    )


@needs(Action.MANAGE_REGISTRATIONS)
def different(request: HttpRequest, keys: str) -> HttpResponse:
    pair = pair_or_404(staff(request), keys)
    act = Act(
        title=_("These are two people"),
        about=pair.kept.name,
        lead=_("Both records stay as they are, and nobody is asked about them again."),
        button=_("They are two people"),
        back=reverse("workspace:duplicates"),
        crumbs=((_("People written down twice"), reverse("workspace:duplicates")),),
        done=_("Noted: these are two people."),
    )
    by, at = staff(request), now()
    return act_page(request, sent(request, Form), act, lambda: tell_apart(pair.kept, pair.gone, by=by, at=at))
