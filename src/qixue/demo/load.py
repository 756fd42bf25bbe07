"""Both demo programmes in one database, and demo.json, which tells scripts where to begin.

An edition of the demo is a seed and the day that counts as today. It is written once, in one transaction: the ledger
cannot be emptied, so another edition needs another database. What demo.json says is read from the records and derived
from the seed; two loads of the same edition into fresh databases give the same file, byte for byte.
"""

import datetime
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.db import transaction

from qixue.demo.city.building import CITY_CODE, build_city
from qixue.demo.city.documents import PROGRAMME_CODE, seed_of
from qixue.demo.city.door import door_token
from qixue.demo.city.last_year import LAST_YEAR_CODE
from qixue.demo.city.personas import PASSWORD, PERSONAS, api_token
from qixue.demo.city.province import PROVINCE_CODE
from qixue.demo.city.week import DAYS_BEHIND, Week
from qixue.demo.records import RECORDS_CODE, load_records
from qixue.participation.models import LedgerEntry, Registration
from qixue.people.models import Role, RoleAssignment, User
from qixue.places.models import Region
from qixue.places.operations import load_population, load_regions
from qixue.programme.models import Activity, Programme, Session
from qixue.programme.models.activities import SessionQuerySet
from qixue.programme.operations.listings import keep_listings_of

DEFAULT_SEED = 2016
CODES = (RECORDS_CODE, PROGRAMME_CODE)
# These personas also look after the historical programme, so that they can read its figures and its summary.
KEEPERS = {"city": Role.COORDINATOR, "city2": Role.COORDINATOR, "auditor": Role.AUDITOR}
BRAND = "demo-hall"
ORGANISATION = "city-library"
VENUE = "demo-city-library-hall"
ORGANISERS = {"library": "city-library", "yinling": "yd-yinling", "sanpai": "ln-sanpai"}


@dataclass(frozen=True)
class Edition:
    seed: int
    today: datetime.date


def loaded_edition() -> Edition | None:
    """The edition that the database holds, if any."""
    programme = Programme.objects.filter(code=PROGRAMME_CODE).first()
    if programme is None or programme.starts_on is None:
        return None
    return Edition(seed_of(programme), programme.starts_on + datetime.timedelta(days=DAYS_BEHIND))


def holds_other_programmes() -> bool:
    """Whether somebody works in this database beyond the demo."""
    return Programme.objects.exclude(code__in=(*CODES, LAST_YEAR_CODE, PROVINCE_CODE)).exists()


@transaction.atomic
def load(edition: Edition, *, at: datetime.datetime) -> None:
    """Write regions, the records of 2016 and the synthetic city. The clock of `at` stays out of the synthetic city."""
    load_regions(at=at)
    load_population(at=at)
    load_records(at=at)
    build_city(seed=edition.seed, today=edition.today)
    records = Programme.objects.select_related("organisation").get(code=RECORDS_CODE)
    RoleAssignment.objects.bulk_create(
        RoleAssignment(
            user=User.objects.get(username=username),
            organisation=records.organisation,
            role=role,
            granted_at=Week(edition.today).prepared_at,
        )
        for username, role in KEEPERS.items()
    )
    for programme in Programme.objects.order_by("pk"):
        keep_listings_of(programme)


def description(edition: Edition, *, base_url: str) -> dict[str, Any]:
    """The content of demo.json."""
    return {
        "base_url": base_url,
        "today": edition.today.isoformat(),
        "seed": edition.seed,
        "synthetic": True,
        "programmes": list(CODES),
        "personas": [
            {
                "role": persona.role,
                "username": persona.username,
                "password": PASSWORD,
                "name": persona.name,
                "organisation": persona.organisation or None,
                "api_token": api_token(edition.seed, persona),
            }
            for persona in PERSONAS
        ],
        "door_token": door_token(edition.seed),  # of a phone for a session of today: /door/#<token>
        "ids": ids(Week(edition.today)),
    }


def write_description(path: Path, edition: Edition, *, base_url: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    content = json.dumps(description(edition, base_url=base_url), ensure_ascii=False, indent=2)
    path.write_text(f"{content}\n", encoding="utf-8")


def ids(week: Week) -> dict[str, Any]:
    """Keys of records that scripts and tests start from; None where this seed has no such record."""
    sessions = Session.objects.public().filter(activity__programme__code=PROGRAMME_CODE).order_by("starts_at", "pk")
    later = sessions.filter(state=Session.State.PLANNED, starts_at__gte=week.moment(DAYS_BEHIND + 2, 0), lottery=None)
    behind = sessions.filter(starts_at__lt=week.known_until)
    waiting = Registration.objects.filter(state=Registration.State.WAITING)
    entries = LedgerEntry.objects.filter(activity__programme__code=PROGRAMME_CODE).order_by("pk")
    return {
        "session_upcoming": first_key(later.filter(seat_count__gt=0).exclude(registrations__in=waiting)),
        "session_full": first_key(later.filter(registrations__in=waiting)),
        "session_drawn": first_key(sessions.filter(lottery__drawn_at__isnull=False)),
        "session_by_lot": first_key(sessions.filter(lottery__closed_at=None, registration_terms__allotment="lottery")),
        "session_awaiting_number": first_key(sessions.filter(lottery__closed_at__isnull=False, lottery__drawn_at=None)),
        "session_held": first_key(behind.filter(state=Session.State.HELD, seat_count__gt=0)),
        "session_cancelled": first_key(sessions.filter(state=Session.State.CANCELLED)),
        "session_awaiting_count": {
            username: first_key(behind.filter(state=Session.State.PLANNED, activity__organisation__code=code))
            for username, code in ORGANISERS.items()
        },
        "organisation": ORGANISATION,
        "brand": BRAND,
        "venue": VENUE,
        "city": CITY_CODE,
        "county": Region.objects.get(name__startswith="连南", level=Region.Level.COUNTY).code,
        "activity": {username: first_activity(code, Activity.State.PUBLISHED) for username, code in ORGANISERS.items()},
        "draft_activity": {
            username: first_activity(code, Activity.State.DRAFT) for username, code in ORGANISERS.items()
        },
        "ledger_correction": entries.filter(kind=LedgerEntry.Kind.CORRECTION).values_list("pk", flat=True).first(),
    }


def first_key(sessions: SessionQuerySet) -> int | None:
    return sessions.values_list("pk", flat=True).first()


def first_activity(organisation_code: str, state: str) -> int | None:
    activities = Activity.objects.filter(
        programme__code=PROGRAMME_CODE, organisation__code=organisation_code, state=state
    )
    return activities.order_by("pk").values_list("pk", flat=True).first()
