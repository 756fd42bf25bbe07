from typing import Any

from django.shortcuts import get_object_or_404

from qixue.people.queries import path_filter
from qixue.people.rules import Action, reach
from qixue.programme.models import SheetImport


def sheet_or_404(user: Any, pk: int) -> SheetImport:
    within = path_filter(reach(user, Action.FILE_PLAN), "version__plan__organisation__path")
    related = ("version__plan__programme__organisation", "version__plan__organisation")
    return get_object_or_404(SheetImport.objects.filter(within).select_related(*related), pk=pk)
