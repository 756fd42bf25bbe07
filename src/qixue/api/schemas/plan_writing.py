"""What is sent to change a plan, and the lines that it stands for."""

import datetime
import operator
import re
import uuid
from collections.abc import Iterable
from typing import Annotated, Any, Literal

from django.utils.translation import gettext_lazy as _
from ninja import Header
from pydantic import AfterValidator, BeforeValidator, Field, StrictBool, StrictInt, StringConstraints
from pydantic_core import PydanticCustomError

from qixue.api.schemas.keys import Body, Keyed
from qixue.api.schemas.parts import FIRST_DAY, LAST_DAY, Code, Day, PlainText, RegionCode, choice
from qixue.core.refusal import Refused
from qixue.participation.models.organiser import LONGEST_REASON
from qixue.places.models import Region, Room, Venue
from qixue.programme.models import Activity, PlanLine, PlanVersion, Programme, Session
from qixue.programme.operations.plan_lines import MOST_LINES, PlanLineDetails
from qixue.programme.operations.seat_counts import MOST_SEATS

MOST_PEOPLE, MOST_FEN = 1_000_000, 10**14
ETAG = re.compile(r'"(?P<version>[0-9]{1,5})-(?P<edit_count>[0-9]{1,9})"')


def iso_moment(value: Any) -> Any:
    """Only text: pydantic alone would also take a number of seconds for a moment."""
    if not (isinstance(value, str) and value.isascii() and "T" in value):
        raise PydanticCustomError("moment", "not a moment")
    return value


def with_offset(value: datetime.datetime) -> datetime.datetime:
    if value.tzinfo is None or not FIRST_DAY.year < value.year < LAST_DAY.year:
        raise PydanticCustomError("moment", "not a moment with an offset")
    return value


Title = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=100), PlainText]
Short = Annotated[str, StringConstraints(strip_whitespace=True, max_length=100), PlainText]
Description = Annotated[str, StringConstraints(strip_whitespace=True, max_length=2000), PlainText]
Note = Annotated[str, StringConstraints(strip_whitespace=True, max_length=1000), PlainText]
Comment = Annotated[str, StringConstraints(strip_whitespace=True, max_length=500), PlainText]
Remark = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=500), PlainText]
Reason = Annotated[str, StringConstraints(strip_whitespace=True, max_length=LONGEST_REASON), PlainText]
Moment = Annotated[datetime.datetime, AfterValidator(with_offset), BeforeValidator(iso_moment)]
People = Annotated[StrictInt, Field(ge=0, le=MOST_PEOPLE)]
Number = Annotated[StrictInt, Field(ge=1, le=32767)]
EditCount = Annotated[StrictInt, Field(ge=0, le=2**31 - 1)]
IfMatch = Annotated[str | None, Header(alias="If-Match", pattern=r'^"[0-9]{1,5}-[0-9]{1,9}"$')]


class LineFields(Body):
    title: Title
    kind: Annotated[Activity.Kind, choice(Activity.Kind)]
    starts_at: Moment
    ends_at: Moment
    audience: Annotated[Activity.Audience, choice(Activity.Audience)] = Activity.Audience.EVERYBODY
    brand: Code | None = None
    description: Description = ""
    topic: Short = ""
    speaker: Short = ""
    venue: Code | None = None
    room: Code | None = None
    region: RegionCode | None = None
    is_online: StrictBool = False
    seat_count: Annotated[StrictInt, Field(ge=1, le=MOST_SEATS)] | None = None
    counting_rule: Annotated[Session.CountingRule, choice(Session.CountingRule)] = Session.CountingRule.LIST_AND_OTHERS
    expected_attendance: People | None = None
    budget_fen: Annotated[StrictInt, Field(ge=0, le=MOST_FEN)] | None = None
    is_flagship: StrictBool = False


class Read(Body):
    """The version that the sender has read: here, or as ETag in the header If-Match."""

    version: Number | None = None
    edit_count: EditCount | None = None

    def stated(self, if_match: str | None) -> tuple[int, int]:
        """Refused: version_missing."""
        if match := ETAG.fullmatch(if_match or ""):
            return int(match["version"]), int(match["edit_count"])
        if self.version is None or self.edit_count is None:
            raise Refused(
                "version_missing", _("Please send version and edit_count, or the ETag in the header If-Match.")
            )
        return self.version, self.edit_count


class LineIn(LineFields, Keyed):
    """A further line. The key of the request becomes the key of the line."""


class LineChangeIn(LineFields, Read):
    """The whole line as it shall be."""


class KeptLineIn(LineFields):
    """With the `key` that it has, a line stays the same line; without one it is found by title and start, or new."""

    key: uuid.UUID | None = None


class LinesIn(Read):
    lines: Annotated[list[KeptLineIn], Field(max_length=MOST_LINES)]


class SubmissionIn(Keyed, Read):
    note: Note = ""


class OfVersion(Keyed):
    """`version` is the number that was read: what was filed meanwhile is not decided unseen."""

    version: Number


class PublicationIn(OfVersion):
    """`reason` is why sessions are called off, where the version has them no longer: everybody reads it."""

    # Left out of the digest where they are empty: answers that were kept before there were any are found again.
    reason: Reason = Field("", exclude_if=operator.not_)
    confirmed: bool = Field(False, exclude_if=operator.not_)


class AskIn(OfVersion):
    organisations: Annotated[list[Code], Field(min_length=1, max_length=100)]
    due_on: Day | None = None


class LineCommentIn(Body):
    line: uuid.UUID
    text: Remark


class AnswerIn(Keyed):
    answer: Literal["agree", "object"]
    comment: Comment = ""
    line_comments: Annotated[list[LineCommentIn], Field(max_length=500)] = []


class DecisionIn(OfVersion):
    decision: Literal["approve", "return"]
    comment: Comment = ""
    line_comments: Annotated[list[LineCommentIn], Field(max_length=500)] = []
    confirmed: bool = False


def details_of(lines: Iterable[LineFields], programme: Programme) -> list[PlanLineDetails]:
    """The lines with the records that their codes stand for.

    Refused: unknown_brand, unknown_venue, unknown_room, unknown_region, each naming the codes.
    """
    sent = list(lines)
    brands = known("unknown_brand", programme.brands.all(), {line.brand for line in sent})
    venues = known("unknown_venue", Venue.objects.filter(is_group=False), {line.venue for line in sent})
    places = Region.objects.filter(path__startswith=programme.region.path)
    regions = known("unknown_region", places, {line.region for line in sent})
    rooms = {(room.venue_id, room.code): room for room in Room.objects.filter(venue__in=list(venues.values()))}
    return [line_details(line, brands=brands, venues=venues, regions=regions, rooms=rooms) for line in sent]


def known(refusal: str, rows: Any, codes: set[str | None]) -> dict[str, Any]:
    wanted = {code for code in codes if code}
    found = {row.code: row for row in rows.filter(code__in=wanted)} if wanted else {}
    if missing := sorted(wanted - set(found)):
        raise Refused(refusal, _("There is nothing with these codes:"), lines=missing)
    return found


def line_details(line: LineFields, *, brands: Any, venues: Any, regions: Any, rooms: Any) -> PlanLineDetails:
    venue = venues.get(line.venue)
    room = rooms.get((venue.pk if venue else None, line.room))
    if line.room and room is None:
        raise Refused("unknown_room", _("There is nothing with these codes:"), lines=[line.room])
    records = {"brand": brands.get(line.brand), "venue": venue, "room": room, "region": regions.get(line.region)}
    values = line.model_dump(exclude={"client_uuid", "version", "edit_count", *records})
    return PlanLineDetails(**values, **records)


def commented(version: PlanVersion, comments: Iterable[LineCommentIn]) -> dict[PlanLine, str]:
    """The lines of the version with what is said on them. Refused: unknown_line."""
    texts = {comment.line: comment.text for comment in comments}
    lines = {line.key: line for line in version.lines.filter(key__in=texts)}
    if missing := sorted(str(key) for key in texts if key not in lines):
        raise Refused("unknown_line", _("This version has no such lines:"), lines=missing)
    return {lines[key]: said for key, said in texts.items()}
