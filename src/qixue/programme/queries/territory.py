"""For which places a viewer can say that nothing is planned: those of which they see all that organisations plan."""

from dataclasses import dataclass

from django.db.models import F

from qixue.people.models import Organisation
from qixue.people.queries import path_filter
from qixue.places.models import Region
from qixue.programme.models import Programme
from qixue.programme.rules import ANSWERING


@dataclass(frozen=True)
class Territory:
    """The regions, by their paths, of which the viewer reaches all organisations of the programme."""

    paths: tuple[str, ...]

    def covers(self, region: Region) -> bool:
        return any(region.path.startswith(path) for path in self.paths)

    def touches(self, region: Region) -> bool:
        """Whether a part of the region is covered, or all of it."""
        return self.covers(region) or any(path.startswith(region.path) for path in self.paths)


def territory_of(programme: Programme, paths: list[str]) -> Territory:
    """`paths` are the tree paths that the viewer reaches."""
    # The part of the tree below an answering office is everything of its place, where the organisation above is not of
    # the same place.
    top, city = programme.organisation.path, programme.region.path
    if any(top.startswith(path) for path in paths):
        return Territory((city,))
    answering = Organisation.objects.filter(
        path_filter(paths), path__startswith=top, kind__in=ANSWERING, region__path__startswith=city
    ).exclude(region=programme.region)
    own = answering.exclude(parent__region=F("region")).order_by("region__path")
    return Territory(tuple(dict.fromkeys(own.values_list("region__path", flat=True))))


def widest_view(programme: Programme, territory: Territory) -> Region:
    """The region whose parts a viewer is shown first: the programme's, or the one county that is theirs."""
    if territory.covers(programme.region):
        return programme.region
    counties = [region for region in programme.region.children.order_by("code") if territory.touches(region)]
    return counties[0] if len(counties) == 1 else programme.region
