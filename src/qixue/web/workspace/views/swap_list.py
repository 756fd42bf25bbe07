"""The list of all hand-overs of a round, on paper and as a file: who gives what to whom, at which table."""

from django.http import HttpRequest
from django.http.response import HttpResponseBase

from qixue.people.rules import Action
from qixue.swap.queries.desk import listed_handovers
from qixue.web import table_files
from qixue.web.table_files import PageTable
from qixue.web.workspace.access import needs
from qixue.web.workspace.reach.swap_rounds import round_or_404
from qixue.web.workspace.tables.swap_rounds import handovers_table


@needs(Action.HAND_OVER_SWAPS)
def handover_list(request: HttpRequest, pk: int) -> HttpResponseBase:
    """In the order of the tables, with room to sign."""
    found = round_or_404(request.user, pk, Action.HAND_OVER_SWAPS)
    rows = listed_handovers(found)
    context = {"round": found, "programme": found.programme, "rows": rows}
    table = PageTable("handovers", lambda: handovers_table(found, rows), names_people_of=found)
    return table_files.page(request, "workspace/swap_rounds/handover_list.html", context, table)
