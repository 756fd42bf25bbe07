"""The order in which the synthetic city is built."""

import datetime

from django.db import transaction

from qixue.core.statistics import take_statistics
from qixue.demo.city.accounts import create_accounts
from qixue.demo.city.activities import Ground, create_activities
from qixue.demo.city.afterwards import create_afterwards
from qixue.demo.city.attendance import Hall, create_attendance
from qixue.demo.city.documents import create_frame, create_involvements
from qixue.demo.city.door import create_doors
from qixue.demo.city.follow_ups import create_follow_ups
from qixue.demo.city.issued_summary import issue_summary_of
from qixue.demo.city.last_year import create_last_year
from qixue.demo.city.leadership import create_leadership, create_steps
from qixue.demo.city.lotteries import create_lotteries
from qixue.demo.city.notices import create_notices
from qixue.demo.city.organisations import create_organisations, create_venues
from qixue.demo.city.outline import create_sections
from qixue.demo.city.people import create_changes
from qixue.demo.city.personas import create_personas, create_staff
from qixue.demo.city.plans import create_plans
from qixue.demo.city.prelude import create_prelude
from qixue.demo.city.province import create_province
from qixue.demo.city.recognitions import create_recognitions
from qixue.demo.city.registration_desk import create_registration_desk, write_message
from qixue.demo.city.registrations import Crowd, create_registrations
from qixue.demo.city.residents import create_residents
from qixue.demo.city.returns import create_returns
from qixue.demo.city.swap import create_swap
from qixue.demo.city.swap_round import create_open_round, create_swap_round
from qixue.demo.city.week import Week
from qixue.demo.city.written_sections import write_sections
from qixue.figures.operations import name_standard_figures
from qixue.places.models import Region
from qixue.programme.models import Programme

CITY_CODE = "441800"
DAY = datetime.timedelta(days=1)


@transaction.atomic
def build_city(*, seed: int, today: datetime.date) -> Programme:
    """Create the programme `demo` with everything in it. The regions of the city must be loaded."""
    week = Week(today)
    city = Region.objects.get(code=CITY_CODE)
    organisations = create_organisations()
    venues = create_venues()
    personas = create_personas(seed, week, organisations)
    staff = create_staff(seed, week, organisations, personas)
    create_changes(seed, week, organisations, personas, staff)
    frame = create_frame(week, city, organisations, seed=seed)
    ground = Ground(seed, week, frame.programme, organisations, venues, frame.brands, frame.series)
    planned = create_activities(ground)
    create_plans(ground, planned, staff)
    create_leadership(frame.programme, organisations, seed=seed)
    set_up_at, published_at = week.prepared_at - 60 * DAY, week.prepared_at - 30 * DAY
    create_steps(frame.programme, personas["city"], steps={"set_up": set_up_at, "published": published_at})
    last_year = create_last_year(ground, staff)
    create_notices(frame.programme)
    create_follow_ups(ground, staff)
    create_recognitions(ground, staff)
    create_involvements(frame, organisations)
    crowd = Crowd(create_residents(seed, week, city, personas))
    registered = create_registrations(seed, week, planned, crowd)
    create_prelude(ground, staff)
    create_attendance(seed, Hall(week, frame.programme, crowd, registered, staff), planned)
    take_statistics()  # what follows reads what stands so far
    create_doors(seed, week, frame.programme, staff)
    create_registration_desk(seed, week, planned, personas)
    create_afterwards(seed, week, frame.programme, staff)
    create_accounts(frame.programme, staff)
    write_message(seed, week, planned, personas)
    create_lotteries(seed, week, planned)
    create_swap(seed, week, frame.programme, crowd)
    create_swap_round(seed, week, frame.programme, crowd, personas["library"])
    create_open_round(seed, week, frame.programme, crowd)
    name_standard_figures(frame.programme)
    create_returns(ground, staff)
    create_sections(frame)
    issue_summary_of(last_year, ground, asker=personas["city2"], issuer=personas["city"])
    create_province(ground, last_year, personas["province"])
    write_sections(frame.programme, personas["city"], personas["city2"], week=week)
    return frame.programme
