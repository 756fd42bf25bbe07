"""What came after the sessions of the first two days: feedback, certificates, and an entry of somebody's own."""

import datetime
import random
import uuid
from collections.abc import Iterator
from dataclasses import dataclass

from qixue.demo.city.chance import drawn_uuid, stream
from qixue.demo.city.week import Week
from qixue.participation.models import Feedback, FeedbackInvitation
from qixue.participation.operations.certificates import RuleDetails, issue_certificates, revoke_certificate, save_rule
from qixue.participation.operations.learning_record import EntryDetails, declare_learning, open_account
from qixue.participation.queries.attendance import named_entries
from qixue.participation.queries.certificates import candidates_of, rule_of
from qixue.people.models import Resident, User
from qixue.programme.models import Activity, Programme, Session

ANSWER_SHARE = 0.38
SENTENCE_SHARE = 0.12
FACES = {Feedback.Face.GOOD: 78, Feedback.Face.FAIR: 17, Feedback.Face.BAD: 5}
SENTENCES = {
    Feedback.Face.GOOD: (
        "老师讲得很清楚，听得懂，用得上。",
        "第一次学会用手机挂号，谢谢志愿者一步一步地教。",
        "希望多办几场，邻居们都想来。",
        "离家近，走路就到，很方便。",
        "讲的都是身边的事，回家就能用。",
    ),
    Feedback.Face.FAIR: (
        "后排听不太清楚，最好有话筒。",
        "时间有点短，还没问完就结束了。",
        "内容不错，就是讲得快了一点。",
    ),
    Feedback.Face.BAD: ("开始晚了半个小时，老人家等得久。", "地方不好找，路口没有指示牌。"),
}
# Activity by the slug of its title -> what its certificate says, and how many sessions it asks for.
CERTIFICATES = {
    ("city-antifraud", "银龄智学：守好养老钱，识骗防骗情景课"): RuleDetails(
        "CertificateOfCompletion", "老年人防骗识骗课程", "情景演练合格。", 2
    ),
    ("yd-tea", "茶叶种植与加工培训"): RuleDetails(
        "CertificateOfCompletion", "英德红茶种植与加工", "现场操作考核合格。", None
    ),
    ("ln-agri", "稻田养鱼技术培训"): RuleDetails("Certificate", "稻田养鱼实用技术", "", 1),
}


def create_afterwards(seed: int, week: Week, programme: Programme, staff: dict[str, User]) -> None:
    chance = stream(seed, "afterwards")
    create_feedback(chance, week, programme)
    at = week.moment(2, 23, 50)
    for (code, title), details in CERTIFICATES.items():
        activities = Activity.objects.filter(programme=programme, organisation__code=code, title=title)
        if activity := activities.order_by("pk").first():
            create_certificates(activity, details, by=staff[code], at=at)
    create_entries(chance, week, at=at)


@dataclass(frozen=True)
class Asked:
    """Somebody who was at a session and is asked about it at `at`."""

    session: Session
    token: uuid.UUID
    at: datetime.datetime


def create_feedback(chance: random.Random, week: Week, programme: Programme) -> None:
    """Everybody was asked, some answered; the personas who sign in did not yet, so that their page asks them."""
    asked = list(asked_people(week, programme))
    invitations = (FeedbackInvitation(session=one.session, person_token=one.token, invited_at=one.at) for one in asked)
    FeedbackInvitation.objects.bulk_create(invitations, batch_size=900)
    members = Resident.objects.exclude(user=None) | Resident.objects.exclude(guardian__user=None)
    own = set(members.values_list("participants__token", flat=True))
    answers = [drawn_answer(chance, one) for one in asked if one.token not in own and chance.random() < ANSWER_SHARE]
    Feedback.objects.bulk_create(answers, batch_size=900)


def asked_people(week: Week, programme: Programme) -> Iterator[Asked]:
    """Two hours after the end of each session, as far as that is behind us."""
    entries = named_entries().filter(activity__programme=programme, session__ends_at__lt=week.moment(2, 20))
    for entry in entries.order_by("pk"):
        session, token = entry.session, entry.person_token
        if session is not None and session.ends_at is not None and token is not None:
            yield Asked(session, token, session.ends_at + datetime.timedelta(hours=2))


def drawn_answer(chance: random.Random, one: Asked) -> Feedback:
    face = chance.choices(list(FACES), list(FACES.values()))[0]
    at = one.at + datetime.timedelta(minutes=chance.randint(0, 90))
    return Feedback(
        session=one.session,
        person_token=one.token,
        face=face,
        reason=chance.choice([*Feedback.Reason.values, "", ""]),
        sentence=chance.choice(SENTENCES[face]) if chance.random() < SENTENCE_SHARE else "",
        given_at=at,
        changed_at=at,
    )


def create_certificates(activity: Activity, details: RuleDetails, *, by: User, at: datetime.datetime) -> None:
    """For everybody who is entitled; the last one turned out to be a mistake."""
    rule = save_rule(activity, details=details, by=by, at=at)
    entitled = [row.resident for row in candidates_of(activity, rule_of(activity), at=at) if row.is_entitled]
    if not entitled:
        return
    made = issue_certificates(activity, people=entitled, by=by, at=at)
    if len(made) > 1 and rule.least_session_count is None:
        later = at + datetime.timedelta(minutes=5)
        revoke_certificate(made[-1], kind="mistake", reason="没有参加操作考核，误选。", by=by, at=later)


def create_entries(chance: random.Random, week: Week, *, at: datetime.datetime) -> None:
    """What the elder among the personas has added: learnt long before there was a platform."""
    elder = Resident.objects.select_related("user").filter(user__username="elder").first()
    if elder is None or elder.user is None:
        return
    day = datetime.date(week.today.year - 3, 6, 12)
    details = EntryDetails("award", "社区书法比赛二等奖", day, issuer="东城街道老年大学", evidence="纸质奖状")
    open_account(elder, at=at)
    declare_learning(elder, details=details, client_uuid=drawn_uuid(chance), by=elder.user, at=at)
