"""The people whom an organisation signs up because they have no phone, and who keeps that list."""

from django.db.models import QuerySet

from qixue.core.names import by_name
from qixue.participation.models import ListedPerson, Registration
from qixue.participation.rules import is_cadre_at
from qixue.people.models import Organisation, RoleAssignment, User
from qixue.people.rules import TABLE, Action
from qixue.programme.models import Session


def own_organisations(user: User) -> QuerySet[Organisation]:
    """Where the user signs people up by a role held there itself: a list is not read from above."""
    held = RoleAssignment.objects.current().filter(user=user, role__in=TABLE[Action.MANAGE_REGISTRATIONS])
    return Organisation.objects.filter(pk__in=held.values("organisation")).order_by("path")


def home_organisation(user: User, session: Session) -> Organisation | None:
    """The organisation for which the user signs people up for the session: the nearest that runs it or stands above."""
    path = session.activity.organisation.path
    above = [organisation for organisation in own_organisations(user) if path.startswith(organisation.path)]
    return max(above, key=lambda organisation: len(organisation.path), default=None)


def source_of(user: User, session: Session) -> str:
    """By the village cadre, or by the organiser."""
    return Registration.Source.CADRE if is_cadre_at(user, session) else Registration.Source.STAFF


def listed_in(organisation: Organisation) -> QuerySet[ListedPerson]:
    return ListedPerson.objects.filter(organisation=organisation)


def people_on_list(organisation: Organisation) -> list[ListedPerson]:
    """Everybody on the list, by name."""
    rows = listed_in(organisation).select_related("resident__home_region").order_by("pk")
    return by_name(rows, lambda row: row.resident.name)


def people_to_choose(organisation: Organisation, session: Session) -> list[ListedPerson]:
    """Those on the list who are not signed up for the session yet, by name."""
    there = set(Registration.objects.active().filter(session=session).values_list("resident", flat=True))
    return [row for row in people_on_list(organisation) if row.resident_id not in there]


def lists_of(user: User) -> QuerySet[ListedPerson]:
    """Everybody on the lists of the user's own organisations."""
    rows = ListedPerson.objects.filter(organisation__in=own_organisations(user))
    related = ("organisation", "resident__home_region", "resident__guardian", "added_by")
    return rows.select_related(*related).order_by("organisation__path", "pk")
