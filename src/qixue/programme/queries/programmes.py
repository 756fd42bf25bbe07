"""What a programme has and what it lacks; and finding organisations by what people type."""

import re
from dataclasses import dataclass

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.translation import gettext as _

from qixue.people.models import Organisation
from qixue.people.queries import organisations_named
from qixue.programme.models import (
    Activity,
    Brand,
    GroupMember,
    Involvement,
    LeadingGroup,
    LegalBasis,
    Programme,
    PublicityChannel,
    Session,
    TaskAssignment,
)

BETWEEN_NAMES = re.compile(r"[\n\r、，,；;]+")
MOST_CANDIDATES = 30
Role = Involvement.Role
EVENT_KINDS = (Activity.Kind.LAUNCH_CEREMONY, Activity.Kind.CLOSING)
# The roles that a coordinator gives, in the order in which documents name them.
GIVEN_ROLES = (Role.ADVISER, Role.HOST, Role.ORGANISER, Role.CO_ORGANISER, Role.PARTICIPANT, Role.CARRIER)


def legal_bases_of(programme: Programme) -> QuerySet[LegalBasis]:
    """In their order, each with its forwarding steps to be read in theirs."""
    return programme.legal_bases.prefetch_related("forwarding_steps").order_by("position", "pk")


def roles_in(programme: Programme) -> QuerySet[Involvement]:
    """Roles in the whole programme and in its launch and closing ceremonies."""
    events = Q(activity__programme=programme, activity__kind__in=EVENT_KINDS)
    found = Involvement.objects.filter(Q(programme=programme) | events)
    return found.select_related("organisation", "activity").order_by("position", "pk")


def leading_group_of(programme: Programme) -> LeadingGroup | None:
    return LeadingGroup.objects.filter(programme=programme).select_related("office").first()


def members_of(group: LeadingGroup) -> list[GroupMember]:
    """Head, deputies, members; each in the order that was given."""
    order = list(GroupMember.Seat.values)
    members = group.members.select_related("organisation").order_by("position", "pk")
    return sorted(members, key=lambda member: order.index(member.seat))


def tasks_of(programme: Programme) -> QuerySet[TaskAssignment]:
    tasks = programme.tasks.select_related("organisation").prefetch_related("supporters")
    return tasks.order_by("position", "pk")


def channels_of(programme: Programme) -> QuerySet[PublicityChannel]:
    return programme.publicity_channels.select_related("brand").order_by("position", "pk")


def not_called_off() -> Q:
    """Of activities: neither called off themselves nor, where they have sessions, with every one of them."""
    sessions = Session.objects.filter(activity=OuterRef("pk"))
    is_alive = Exists(sessions.exclude(state=Session.State.CANCELLED)) | ~Exists(sessions)
    return Q(is_alive) & ~Q(state=Activity.State.CANCELLED)


def events_of(programme: Programme) -> QuerySet[Activity]:
    """Launch and closing ceremonies, without those called off, by themselves or with every session."""
    events = programme.activities.filter(not_called_off(), kind__in=EVENT_KINDS)
    return events.select_related("organisation").prefetch_related("sessions__venue").order_by("-kind", "pk")


def brands_to_take_up(programme: Programme) -> QuerySet[Brand]:
    """Brands of the programme's place and of the places around it that it does not have yet."""
    around = [code for code in programme.region.path.split("/") if code]
    near = Q(region__path__startswith=programme.region.path) | Q(region__code__in=around)
    return Brand.objects.filter(near).exclude(programmes=programme).order_by("name", "pk")


@dataclass(frozen=True)
class Part:
    """One part of the set-up: how many records there are, and what has to be done about it, in sentences.

    `missing` stands in the way of publishing, `open` does not.
    """

    code: str
    count: int
    missing: tuple[str, ...] = ()
    open: tuple[str, ...] = ()


def parts_of(programme: Programme) -> list[Part]:
    """The parts of the set-up in the order in which they are made."""
    return [
        basics(programme),
        legal_bases(programme),
        roles(programme),
        leading_group(programme),
        tasks(programme),
        ceremonies(programme),
        brands(programme),
        Part("channels", programme.publicity_channels.count()),
    ]


def missing_for_programme(programme: Programme) -> list[str]:
    """What a draft still lacks before everybody may see it, in sentences."""
    return [sentence for part in parts_of(programme) for sentence in part.missing]


def basics(programme: Programme) -> Part:
    missing = []
    if not programme.theme:
        missing.append(_("Please give the theme of the year."))
    if programme.starts_on is None:
        missing.append(_("Please give the first and the last day."))
    return Part("basics", 1, tuple(missing))


def legal_bases(programme: Programme) -> Part:
    count = programme.legal_bases.count()
    unchecked = programme.legal_bases.filter(needs_check=True).order_by("position", "pk")
    missing = [_("Please add at least one legal basis.")] if not count else []
    missing += [
        _("Please check whether the legal basis “%(name)s” is still in force.") % {"name": basis.local_name}
        for basis in unchecked
    ]
    return Part("legal_bases", count, tuple(missing))


def roles(programme: Programme) -> Part:
    found = roles_in(programme)
    hosts, organisers = (found.filter(role=role).exists() for role in (Role.HOST, Role.ORGANISER))
    missing = () if hosts else (_("Please say who hosts the programme or its launch ceremony."),)
    return Part("roles", found.count(), missing, () if organisers else (_("Nobody is named as the organiser yet."),))


def leading_group(programme: Programme) -> Part:
    group = leading_group_of(programme)
    if group is None:
        return Part("leading_group", 0, (), (_("No leading group is set up yet."),))
    todo = []
    if not group.members.filter(seat=GroupMember.Seat.HEAD).exists():
        todo.append(_("The leading group has no head yet."))
    if group.members.filter(name="").exists() or group.liaisons.filter(name="").exists():
        todo.append(_("Some seats of the leading group or its liaison officers have no name yet."))
    if group.office is None:
        todo.append(_("The office of the leading group is not placed yet."))
    return Part("leading_group", group.members.count(), (), tuple(todo))


def tasks(programme: Programme) -> Part:
    count = programme.tasks.count()
    return Part("tasks", count, (), () if count else (_("It is not said yet who answers for what."),))


def ceremonies(programme: Programme) -> Part:
    events = events_of(programme)
    has_launch = any(event.kind == Activity.Kind.LAUNCH_CEREMONY for event in events)
    return Part("ceremonies", len(events), (), () if has_launch else (_("No launch ceremony is planned yet."),))


def brands(programme: Programme) -> Part:
    count = programme.brands.count()
    return Part("brands", count, (), () if count else (_("The programme has no brand yet."),))


@dataclass(frozen=True)
class Named:
    """What names that somebody typed stand for: certain ones, several that fit, and names that nobody has."""

    certain: tuple[Organisation, ...] = ()
    candidates: tuple[Organisation, ...] = ()
    unknown: tuple[str, ...] = ()
    too_many: tuple[str, ...] = ()


def named_in(text: str) -> Named:
    """The organisations behind names, one a line or between commas; a part of a name is enough."""
    certain: dict[int, Organisation] = {}
    candidates: dict[int, Organisation] = {}
    unknown, too_many = [], []
    listed = Organisation.objects.filter(is_group=False)
    for name in dict.fromkeys(part.strip() for part in BETWEEN_NAMES.split(text) if part.strip()):
        found = organisations_named(name, listed)[: MOST_CANDIDATES + 1]
        if not found:
            unknown.append(name)
        elif len(found) == 1:
            certain[found[0].pk] = found[0]
        elif len(found) > MOST_CANDIDATES:
            too_many.append(name)
        else:
            candidates |= {each.pk: each for each in found}
    rest = tuple(each for pk, each in candidates.items() if pk not in certain)
    return Named(tuple(certain.values()), rest, tuple(unknown), tuple(too_many))
