"""How a place is written out where no page stands around it."""

from qixue.places.models import Venue


def full_address(venue: Venue) -> str:
    """County, town and address in one line, as on a letter. The venue comes with its region and the region's parent."""
    region = venue.region
    county = region.parent.name if region and region.parent else ""
    return f"{county}{region.name if region else ''}{venue.address}"
