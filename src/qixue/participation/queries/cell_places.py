"""In which cell a tally belongs."""

from dataclasses import dataclass, fields

from django.db.models import Case, QuerySet, When
from django.db.models.functions import Coalesce

from qixue.participation.models import Tally
from qixue.programme.models import Activity


@dataclass(frozen=True)
class CellPlace:
    """What the tallies of a cell have in common, by keys of rows."""

    programme_id: int
    organisation_id: int
    brand_id: int | None
    series_id: int | None
    region_id: int | None
    kind: str
    activity_id: int | None  # of a training: its people are counted by class

    @property
    def key(self) -> str:
        return "/".join(str(getattr(self, item.name) or "-") for item in fields(self))


def placed(tallies: "QuerySet[Tally]") -> dict[int, CellPlace]:
    """By key of the tally where each of them belongs today; those of drafts belong nowhere."""
    rows = tallies.exclude(activity__state=Activity.State.DRAFT).values_list(
        "pk",
        "activity__programme",
        "activity__organisation",
        "activity__brand",
        "activity__series",
        Coalesce("session__venue__region", "activity__region"),
        "activity__kind",
        Case(When(activity__kind=Activity.Kind.TRAINING, then="activity_id")),
    )
    return {key: CellPlace(*columns) for key, *columns in rows.iterator(chunk_size=2000)}
