"""Who of the inhabitants has an account: whoever signed up for something at home, themselves or for a child.

Made when the registrations stand, which are drawn without them; those who enter a draw are told. Nobody can sign in
with one.
"""

from collections.abc import Mapping

from django.db.models import F, OuterRef, Subquery
from django.db.models.functions import Coalesce

from qixue.demo.city.personas import NO_PASSWORD
from qixue.participation.models import Registration
from qixue.people.models import GuardianConsent, Resident, User
from qixue.programme.models import Programme

Source = Registration.Source


def create_accounts(programme: Programme, staff: Mapping[str, User]) -> None:
    """Villagers whom a cadre signed up have none and are told through the cadre; old people whose family called the
    organiser have none either, and somebody has to tell them.
    """
    registrations = Registration.objects.filter(session__activity__programme=programme, registered_by=None)
    registrations.filter(source=Source.FAMILY, resident__guardian=None).update(source=Source.STAFF)
    at_home = registrations.filter(source__in=(Source.SELF, Source.FAMILY)).order_by()
    holders = at_home.values_list(Coalesce("resident__guardian", "resident"))
    people = list(Resident.objects.filter(pk__in=holders, user=None).order_by("pk"))
    for number, person in enumerate(people, start=1):
        person.user = User(username=f"inhabitant-{number:04}", display_name=person.name, password=NO_PASSWORD)
    User.objects.bulk_create([person.user for person in people if person.user], batch_size=900)
    Resident.objects.bulk_update(people, ["user"], batch_size=450)
    account = Resident.objects.filter(pk=OuterRef("resident")).values(holder=Coalesce("guardian__user", "user"))
    at_home.update(registered_by=Subquery(account))
    for code, clerk in staff.items():
        of_organisation = registrations.filter(session__activity__organisation__code=code)
        of_organisation.filter(source__in=(Source.CADRE, Source.STAFF)).update(registered_by=clerk)
    consents = GuardianConsent.objects.filter(resident__guardian__user__isnull=False, given_by=None)
    consents.update(given_by=Subquery(Resident.objects.filter(pk=OuterRef("resident")).values(by=F("guardian__user"))))
