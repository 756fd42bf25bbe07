"""An earlier programme as a new draft, and the next instalments of a brand: shown first, then written in one step."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from qixue.core.clock import now
from qixue.core.refusal import Refused
from qixue.people.rules import Action
from qixue.programme.models import Programme, Series
from qixue.programme.operations.copying import copy_programme
from qixue.programme.operations.rolling import roll_forward
from qixue.programme.queries.copying import PARTS, copy_preview
from qixue.programme.queries.rolling import Roll, outside, rolls_of
from qixue.web import parts
from qixue.web.workspace.access import needs, staff
from qixue.web.workspace.forms.copying import CopyForm, RhythmForm, initial_copy
from qixue.web.workspace.reach.programme_setup import programme_to_set_up_or_404
from qixue.web.workspace.views.programme_lists import state_of

SHOW = "show"  # in the address once the answers are given and the preview is wanted


@needs(Action.SET_UP_PROGRAMME)
def copy(request: HttpRequest, code: str) -> HttpResponse:
    """Choices by GET, so that the preview has an address; POST with the same answers writes what it shows."""
    source = programme_to_set_up_or_404(request.user, code)
    answers = request.POST or (request.GET if SHOW in request.GET else None)
    form = CopyForm(answers, initial=initial_copy(source))
    preview = None
    if form.is_valid():
        if request.method == "POST":
            made = copied(request, source, form)
            if made is not None:
                return redirect("workspace:programme_setup", made.code)
        else:
            preview = copy_preview(source, **form.values())
    context = {"source": source, "programme": source, "preview": preview, "names": PARTS}
    return parts.form_page(request, "workspace/setup/copy.html", form, **context)


def copied(request: HttpRequest, source: Programme, form: CopyForm) -> Programme | None:
    """The new programme; None when it was refused, with the reason in the form."""
    code = form.cleaned_data["code"]
    try:
        made = copy_programme(source, code=code, **form.values(), by=staff(request), at=now())
    except Refused as refusal:
        form.refuse(refusal)
        return None
    messages.success(request, _("The programme is copied as a draft. Please go through its parts."))
    return made


@needs(Action.SET_UP_PROGRAMME)
def roll(request: HttpRequest, code: str) -> HttpResponse:
    """The next instalments of the brand `?brand=`, or of one of its series."""
    programme = programme_to_set_up_or_404(request.user, code)
    brands = programme.brands.filter(series__isnull=False).distinct().order_by("name", "pk")
    brand = get_object_or_404(brands, code=request.GET["brand"]) if request.GET.get("brand") else brands.first()
    series = Series.objects.filter(brand=brand).order_by("position", "pk")
    answers = request.POST or (request.GET if SHOW in request.GET else None)
    form = RhythmForm(answers, initial={"count": 6, "every_weeks": 1}, series=series)
    rolls: list[Roll] = []
    if brand and form.is_valid():
        rolls = rolls_of(brand, form.rhythm(), form.cleaned_data["series"])
        if request.method == "POST" and rolled(request, programme, list(series), form):
            return redirect(f"{reverse('workspace:activities')}")
    following = [(roll, outside(roll, programme)) for roll in rolls if roll.following]
    context = {"programme": programme, "brand": brand, "brands": brands, "rolls": following, **state_of(programme)}
    silent = [roll.series for roll in rolls if not roll.following]
    return parts.form_page(request, "workspace/setup/roll.html", form, silent=silent, **context)


def rolled(request: HttpRequest, programme: Programme, series: list[Series], form: RhythmForm) -> bool:
    """Whether the instalments that the page showed were written; if not, the form says why."""
    after: list[tuple[Series, int]] = []
    for each in series:
        read: Any = request.POST.get(f"after_{each.pk}", "")
        if read.isdecimal() and len(read) < 10:
            after.append((each, int(read)))
    try:
        made = roll_forward(programme, rhythm=form.rhythm(), after=after, by=staff(request), at=now())
    except Refused as refusal:
        form.refuse(refusal)
        return False
    count = sum(activity.sessions.count() for activity in made)
    text = ngettext("%(count)s instalment is drafted.", "%(count)s instalments are drafted.", count)
    messages.success(request, text % {"count": count})
    return True
