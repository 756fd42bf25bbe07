"""Brands of a programme: taken up or begun, with their series."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from qixue.core.clock import now
from qixue.core.refusal import Refused
from qixue.figures.operations import name_standard_figures
from qixue.people.rules import Action
from qixue.programme.models import Brand, Programme
from qixue.programme.operations.brands import add_series, create_brand, edit_brand, leave_brand, take_up_brand
from qixue.programme.queries.programmes import brands_to_take_up
from qixue.programme.rules import brands_changed_by
from qixue.web import parts
from qixue.web.workspace.access import needs, staff
from qixue.web.workspace.forms.programme_setup import BrandForm, SeriesForm
from qixue.web.workspace.reach.programme_setup import programme_to_set_up_or_404, row_or_404
from qixue.web.workspace.views.programme_lists import address_without, state_of, version_in


@needs(Action.SET_UP_PROGRAMME)
def brands(request: HttpRequest, code: str) -> HttpResponse:
    """The brands, a list of those that could be taken up, a form for a new one; `?edit=` and `?remove=` for one."""
    programme = programme_to_set_up_or_404(request.user, code)
    if key := request.GET.get("remove", ""):
        return leave(request, programme, row_or_404(Brand.objects.all(), key))
    if request.method == "POST" and (key := request.POST.get("take_up", "")):
        return take_up(request, programme, row_or_404(brands_to_take_up(programme), key))
    key = request.GET.get("edit", "")
    brand = row_or_404(programme.brands.select_related("organisation"), key) if key else None
    initial = BrandForm.initial_of(brand) if brand else {}
    form = BrandForm(request.POST or None, initial=initial)
    differences = None
    if form.is_valid():
        try:
            save_brand(request, programme, brand, form)
        except Refused as refusal:
            form.refuse(refusal)
            differences = form.differences(initial) if refusal.code == "changed_meanwhile" else None
        else:
            messages.success(request, _("Saved."))
            return redirect(address_without(request, "edit"))
    context = {"programme": programme, "row": brand, "differences": differences, **state_of(programme)}
    template = "workspace/setup/brand_form.html" if brand else "workspace/setup/brands.html"
    return parts.form_page(request, template, form, **context, **brand_lists(request.user, programme))


def brand_lists(user: Any, programme: Programme) -> dict[str, Any]:
    found = programme.brands.select_related("organisation").prefetch_related("series").order_by("name", "pk")
    own = set(programme.brands.filter(brands_changed_by(user)).values_list("pk", flat=True))
    rows = [(brand, brand.pk in own) for brand in found]
    return {"rows": rows, "to_take_up": brands_to_take_up(programme)}


def save_brand(request: HttpRequest, programme: Programme, brand: Brand | None, form: BrandForm) -> None:
    by, at, answers = staff(request), now(), form.cleaned_data
    if brand is None:
        create_brand(programme, details=form.details(), client_uuid=answers["client_uuid"], by=by, at=at)
        name_figures_of_public(programme)
    else:
        read = answers["version"] or 0
        edit_brand(programme, brand=brand, details=form.details(), version=read, by=by, at=at)


def name_figures_of_public(programme: Programme) -> None:
    """What came to a programme that everybody sees gets its figures at once; a draft gets them when it is published."""
    if programme.state == Programme.State.PUBLISHED:
        name_standard_figures(programme)


def take_up(request: HttpRequest, programme: Programme, brand: Brand) -> HttpResponse:
    try:
        take_up_brand(programme, brand=brand, by=staff(request), at=now())
        name_figures_of_public(programme)
    except Refused as refusal:
        return parts.refusal_page(request, refusal, back=request.get_full_path())
    messages.success(request, _("The brand is taken up."))
    return redirect(request.get_full_path())


def leave(request: HttpRequest, programme: Programme, brand: Brand) -> HttpResponse:
    """Ask once more, then take the brand out of the programme."""
    back = address_without(request, "remove")
    if request.method == "POST":
        return parts.pressed(
            request,
            lambda: leave_brand(programme, brand=brand, version=version_in(request), by=staff(request), at=now()),
            back=back,
            done=_("It is taken out of the list."),
        )
    if not programme.brands.filter(pk=brand.pk).exists():
        return redirect(back)
    context = {"programme": programme, "row": brand, "row_template": "workspace/setup/rows/brand.html", "back": back}
    return render(request, "workspace/setup/remove.html", {**context, **state_of(programme)})


@needs(Action.SET_UP_PROGRAMME)
def series(request: HttpRequest, code: str) -> HttpResponse:
    """A new series of the brand `?brand=`; without one, back to the brands."""
    programme = programme_to_set_up_or_404(request.user, code)
    back = reverse("workspace:setup_brands", args=[code])
    brands = programme.brands.select_related("organisation").prefetch_related("series").order_by("name", "pk")
    brand = get_object_or_404(brands, code=request.GET["brand"]) if request.GET.get("brand") else brands.first()
    form = SeriesForm(request.POST or None)
    if brand and form.is_valid():
        try:
            add_series(programme, brand=brand, **form.cleaned_data, by=staff(request), at=now())
            name_figures_of_public(programme)
        except Refused as refusal:
            form.refuse(refusal)
        else:
            messages.success(request, _("Saved."))
            return redirect(back)
    context = {"programme": programme, "brand": brand, "back": back, **state_of(programme)}
    return parts.form_page(request, "workspace/setup/series.html", form, **context)
