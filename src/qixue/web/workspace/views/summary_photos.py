"""The photos of the work summary: adding them, correcting their words, taking them out."""

from typing import Any

from django.contrib import messages
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext as _

from qixue.core.clock import now
from qixue.core.refusal import Refused
from qixue.people.rules import Action
from qixue.report.models import SummaryPhoto
from qixue.report.photographs import add_photo, describe_photo, remove_photo
from qixue.web import parts
from qixue.web.forms import Form
from qixue.web.workspace.access import needs, staff, whole_programme_or_404
from qixue.web.workspace.act import Act, act_page, sent
from qixue.web.workspace.forms.summary import PhotoForm, PhotoWordsForm


@needs(Action.WRITE_REPORT)
def photos(request: HttpRequest, code: str) -> HttpResponse:
    """The photos of the summary with their marks, and a form for another one."""
    programme = whole_programme_or_404(request.user, code, Action.WRITE_REPORT)
    form = PhotoForm(request.POST, request.FILES) if request.method == "POST" else PhotoForm()
    if form.is_valid():
        words = {name: form.cleaned_data[name] for name in ("caption", "alt")}
        try:
            add_photo(programme, form.cleaned_data["photo"].read(), **words, by=staff(request), at=now())
        except Refused as refusal:
            form.refuse(refusal)
        else:
            messages.success(request, _("The photo can be placed now: by its mark, on a line of its own."))
            return redirect("workspace:summary_photos", programme.code)
    context = {"programme": programme, "photos": programme.summary_photos.order_by("-number")}
    return parts.form_page(request, "workspace/summary/photos.html", form, **context)


@needs(Action.SEE_REPORT)
def photo(request: HttpRequest, code: str, number: int) -> HttpResponseBase:
    programme = whole_programme_or_404(request.user, code, Action.SEE_REPORT)
    found = get_object_or_404(programme.summary_photos, number=number)
    try:
        response = FileResponse(found.file.open("rb"), content_type="image/jpeg")
    except FileNotFoundError as lost:
        raise Http404 from lost
    response.headers["Cache-Control"] = "private, no-store"
    response.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return response


def photo_or_404(request: HttpRequest, code: str, number: int) -> SummaryPhoto:
    programme = whole_programme_or_404(request.user, code, Action.WRITE_REPORT)
    photos = programme.summary_photos.select_related("programme__organisation", "programme__region")
    return get_object_or_404(photos, number=number)


def act_on_photo(photo: SummaryPhoto, **words: Any) -> Act:
    """A page for one step that leads back to the photos."""
    programme = photo.programme
    back = reverse("workspace:summary_photos", args=[programme.code])
    summary = (_("Work summary"), reverse("workspace:summary", args=[programme.code]))
    crumbs = (summary, (_("Photos of the summary"), back))
    return Act(about=photo.caption, back=back, crumbs=crumbs, context={"programme": programme}, **words)


@needs(Action.WRITE_REPORT)
def describe(request: HttpRequest, code: str, number: int) -> HttpResponse:
    found = photo_or_404(request, code, number)
    initial = {"caption": found.caption, "alt": found.alt}
    form = PhotoWordsForm(request.POST) if request.method == "POST" else PhotoWordsForm(initial=initial)
    act = act_on_photo(
        found,
        title=_("Correct the words of the photo"),
        lead=_("They stand wherever the photo is placed. What was issued stays as it was."),
        button=_("Save"),
        done=_("The words are saved."),
    )

    def do() -> None:
        words = {name: form.cleaned_data[name] for name in ("caption", "alt")}
        describe_photo(found, **words, by=staff(request), at=now())

    return act_page(request, form, act, do)


@needs(Action.WRITE_REPORT)
def remove(request: HttpRequest, code: str, number: int) -> HttpResponse:
    found = photo_or_404(request, code, number)
    act = act_on_photo(
        found,
        title=_("Delete the photo"),
        lead=_("Photo and file are deleted. A photo that stands in a section or was issued is kept."),
        button=_("Delete the photo"),
        done=_("The photo is deleted."),
    )
    return act_page(request, sent(request, Form), act, lambda: remove_photo(found, by=staff(request), at=now()))
