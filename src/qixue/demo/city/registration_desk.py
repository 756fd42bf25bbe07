"""What an organiser and a cadre did with registrations: terms, questions, people without phones (one of whom has one by
now, and so two records), and once there are accounts a message.
"""

import datetime
import random
from collections.abc import Sequence

from qixue.demo.city.activities import Planned
from qixue.demo.city.chance import drawn_uuid, stream
from qixue.demo.city.week import Week
from qixue.participation.models import Answer, Registration, RegistrationTerms
from qixue.participation.operations.listed_people import NewPerson, SignUp, sign_up_people
from qixue.participation.operations.messages import write_to_registrants
from qixue.participation.operations.organiser import excuse
from qixue.participation.operations.questions import Asked, set_questions
from qixue.participation.operations.registrations import register
from qixue.participation.operations.terms import TermsDetails, save_terms
from qixue.participation.queries.registered import missed_at
from qixue.people.models import Resident, User
from qixue.programme.models import Session

DAY = datetime.timedelta(days=1)
HOUR = datetime.timedelta(hours=1)
LIBRARY, TOWN = "city-library", "ln-sanpai"
MESSAGE = "请提前15分钟到，从北门进。下雨也照常，请带雨具。"
QUESTIONS = (
    Asked("您怎么来？", "choice", options=("步行或骑车", "公交", "开车", "还没想好")),
    Asked("需要轮椅位或助听设备吗？", "yes_no", is_for_each=True),
    Asked("想请老师讲什么？", "text"),
)
WISHES = ("老城的街巷", "怎样查族谱", "北江上的码头", "广播里讲过的那段故事")
VILLAGERS = (
    NewPerson("房三妹", 1949),
    NewPerson("唐大贵", 1953),
    NewPerson("盘桂英", 1956),
    NewPerson("李阿莲", 1961),
)
ANSWERED = 0.6  # of those who signed up: questions came later than some of them


def create_registration_desk(seed: int, week: Week, planned: Sequence[Planned], users: dict[str, User]) -> None:
    """At the end of the day before today. `users` are the personas by their user names."""
    chance, at = stream(seed, "registration_desk"), week.known_until - 4 * HOUR
    library = [row.session for row in planned if row.organisation.code == LIBRARY and row.session.seat_count]
    coming = [session for session in library if session.state == Session.State.PLANNED]
    past = [session for session in library if session.state == Session.State.HELD]
    for session in coming[:1]:
        ask(chance, session, users["library"], at=at)
    for session in (*past, *coming[1:3]):
        details = TermsDetails(no_show_limit=2, cancel_until=session.starts_at)
        RegistrationTerms.objects.create(session=session, **details.values())
    excuse_one(past, users["library"], at=at)
    for session in coming_in_town(planned)[:1]:  # that gives its seats by lot: see `lotteries`
        sign_villagers_up(chance, session, users["cadre"], users["elder"], at=at)


def write_message(seed: int, week: Week, planned: Sequence[Planned], users: dict[str, User]) -> None:
    """An hour later; to those who have accounts by then."""
    chance, at = stream(seed, "registration_message"), week.known_until - 3 * HOUR
    for session in coming_in_town(planned)[1:2]:
        key, states = drawn_uuid(chance), [Registration.State.CONFIRMED.value]
        write_to_registrants(session, text=MESSAGE, states=states, client_uuid=key, by=users["sanpai"], at=at)


def coming_in_town(planned: Sequence[Planned]) -> list[Session]:
    town = [row.session for row in planned if row.organisation.code == TOWN and row.session.seat_count]
    return [session for session in town if session.state == Session.State.PLANNED]


def ask(chance: random.Random, session: Session, organiser: User, *, at: datetime.datetime) -> None:
    """Terms and questions, and answers of those who signed up after them."""
    until = session.starts_at - 2 * HOUR if session.starts_at else None
    save_terms(session, details=TermsDetails(cancel_until=until, offer_hours=6), by=organiser, at=at)
    questions = set_questions(session, asked=QUESTIONS, by=organiser, at=at)
    rows = Registration.objects.active().filter(session=session).order_by("pk")
    said = []
    for row in [row for row in rows if chance.random() < ANSWERED]:
        texts = (chance.choice(QUESTIONS[0].options), chance.choice(("no", "no", "no", "yes")), chance.choice(WISHES))
        said += [
            Answer(registration=row, question=asked, text=text) for asked, text in zip(questions, texts, strict=True)
        ]
    Answer.objects.bulk_create(said)


def excuse_one(past: Sequence[Session], organiser: User, *, at: datetime.datetime) -> None:
    for session in past:
        missed = sorted(missed_at(session, at=at).keys)
        if missed:
            excuse(Registration.objects.get(pk=missed[0]), by=organiser, at=at)
            return


def sign_villagers_up(
    chance: random.Random, session: Session, cadre: User, elder: User, *, at: datetime.datetime
) -> None:
    """Four old people, a boy whose grandmother agreed on paper, and a woman who had signed up by phone: two records."""
    twice = elder.resident
    boy = NewPerson("房小龙", at.year - 9, guardian_name=VILLAGERS[0].name, agreed_on=(at - DAY).date())
    new = (*VILLAGERS, boy, NewPerson(twice.name, twice.birth_year))
    made = register(session, people=[twice], party=drawn_uuid(chance), by=elder, at=at - HOUR)
    made += sign_up_people(session, wanted=SignUp(drawn_uuid(chance), new=new), by=cadre, at=at)
    taken = set(Registration.objects.filter(session=session).values_list("door_code", flat=True))
    codes = (code for code in iter(lambda: f"{chance.randrange(1_000_000):06}", "") if code not in taken)
    for row, code in zip(made, codes, strict=False):
        row.door_code = code
        if row.resident != twice:
            row.resident.key = drawn_uuid(chance)
    Registration.objects.bulk_update(made, ["door_code"])
    Resident.objects.bulk_update([row.resident for row in made], ["key"])
