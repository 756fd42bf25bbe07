"""What a viewer may see and change: the public part for everybody, and the subtrees that their roles reach."""

from django.db.models import F, Q
from django.http import Http404

from qixue.api.errors import NotAllowed
from qixue.participation.models import LedgerEntry
from qixue.participation.queries import ledger_entries
from qixue.participation.queries.lotteries import with_draws
from qixue.people import rules
from qixue.people.models import Organisation, User
from qixue.people.queries import path_filter
from qixue.people.rules import Action
from qixue.programme.models import Activity, Programme, Session
from qixue.programme.models.activities import SessionQuerySet
from qixue.programme.models.programmes import ProgrammeQuerySet
from qixue.programme.rules import may_in_part_of


def visible_programmes(viewer: User | None) -> ProgrammeQuerySet:
    """Published programmes, and those whose records the viewer may see."""
    in_reach = path_filter(rules.reach(viewer, Action.SEE_RECORDS), "organisation__path")
    published = Q(state__in=Programme.PUBLIC_STATES)
    rows = Programme.objects.filter(published | in_reach).select_related("region", "organisation")
    return rows.order_by("-year", "code", "pk")


def visible_sessions(viewer: User | None) -> SessionQuerySet:
    """Public sessions, and those of every activity whose records the viewer may see."""
    in_reach = path_filter(rules.reach(viewer, Action.SEE_RECORDS), "activity__organisation__path")
    public = Q(activity__state=Activity.State.PUBLISHED, activity__programme__state__in=Programme.PUBLIC_STATES)
    return with_draws(with_context(Session.objects.filter(public | in_reach)))


def with_context(sessions: SessionQuerySet) -> SessionQuerySet:
    """Sessions by their start, those without one last, with everything that an answer names."""
    related = ("activity__programme", "activity__organisation", "activity__brand", "activity__series")
    return sessions.select_related(*related, "venue__region").order_by(F("starts_at").asc(nulls_last=True), "pk")


def may_see_records(viewer: User | None, programme: Programme) -> bool:
    return rules.may(viewer, Action.SEE_RECORDS, programme.organisation)


def session_for(user: User, session_id: int, action: Action) -> Session:
    """The session, if the user may do this to it; raises like `require`."""
    session = with_context(Session.objects.all()).filter(pk=session_id).first()
    if session is None:
        raise Http404
    require(user, action, session.activity.organisation)
    return session


def entry_for(user: User, entry_id: int, action: Action) -> LedgerEntry:
    """The ledger entry of a session, if the user may do this to it; raises like `require`.

    What documents state of whole activities is not mended by hand.
    """
    entry = ledger_entries().filter(pk=entry_id, session__isnull=False).first()
    if entry is None:
        raise Http404
    require(user, action, entry.organisation)
    return entry


def require(user: User, action: Action, organisation: Organisation) -> None:
    """Raises Http404 where the organisation is out of reach, NotAllowed where only the role is missing."""
    if rules.may(user, action, organisation):
        return
    if rules.may(user, Action.SEE_RECORDS, organisation):
        raise NotAllowed
    raise Http404


def programme_in_reach(user: User, code: str, action: Action) -> Programme:
    """A programme of which some record can be in reach of the action. Raises Http404 for any other."""
    programme = Programme.objects.select_related("organisation").filter(code=code).first()
    if programme is None or not may_in_part_of(user, action, programme):
        raise Http404
    return programme


def whole_programme(user: User, code: str, action: Action) -> Programme:
    """A programme whose work summary the user may read: only who reaches all of it. Raises like `require`."""
    programme = Programme.objects.select_related("organisation", "region").filter(code=code).first()
    if programme is None or not rules.may(user, Action.SEE_REPORT, programme.organisation):
        raise Http404
    if not rules.may(user, action, programme.organisation):
        raise NotAllowed
    return programme
