from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render

from qixue.core.audience import for_signed_in
from qixue.core.clock import now
from qixue.people.directory import told_of
from qixue.people.models import RoleAssignment, User
from qixue.people.queries import inbox_of
from qixue.people.rules import Action, may_anywhere
from qixue.programme.models import Programme
from qixue.swap.rules import may_manage_swaps
from qixue.web import parts
from qixue.web.workspace.access import programmes_to_set_up, programmes_with_reports, staff
from qixue.web.workspace.desk import KINDS, LATER, WAITING, Desk, first_of

PER_PAGE = 30


@for_signed_in
def home(request: HttpRequest) -> HttpResponse:
    """What needs doing now, in the viewer's part of the tree; a kind word for somebody without a role."""
    user, at = staff(request), now()
    context = {
        "waiting": [first_of(name, user, at) for name in WAITING],
        "later": [first_of(name, user, at) for name in LATER],
        "assignments": told_of(RoleAssignment.objects.current(at).filter(user=user)).order_by("pk"),
        "may_see_records": may_anywhere(user, Action.SEE_RECORDS),
        "may_edit": may_anywhere(user, Action.EDIT_ACTIVITY),
        "programmes": programmes_with_reports(user),
        "unread_count": inbox_of(user).filter(read_at=None).count(),
        "may_manage_people": may_anywhere(user, Action.MANAGE_PEOPLE),
        "may_see_deliveries": may_anywhere(user, Action.SEE_DELIVERIES),
        "may_register": may_anywhere(user, Action.MANAGE_REGISTRATIONS),
        "may_hand_over_swaps": may_anywhere(user, Action.HAND_OVER_SWAPS),
        "may_set_up": may_anywhere(user, Action.SET_UP_PROGRAMME),
        "set_up": programmes_to_set_up(user),
        "swaps_of": swaps_of(user),
    }
    return render(request, "workspace/home.html", context)


@for_signed_in
def desk(request: HttpRequest, name: str) -> HttpResponse:
    """All of one kind, where the desk shows the first of them."""
    if name not in KINDS:
        raise Http404
    kind, at = KINDS[name], now()
    page = parts.paginate(request, kind.rows(staff(request), at), PER_PAGE)
    rows = [kind.shown(row, at) for row in page]
    found = Desk(name, kind, rows, page.paginator.count, is_page=True)
    return render(request, "workspace/desk.html", {"desk": found, "page": page})


def swaps_of(user: User) -> Programme | None:
    """The current programme, where the user decides about its swaps."""
    programme = parts.current_programme()
    return programme if programme and may_manage_swaps(user, programme) else None
