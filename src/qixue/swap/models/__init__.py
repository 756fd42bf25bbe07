from qixue.swap.models.blocks import Block
from qixue.swap.models.listings import Listing, ListingPhoto, ListingQuerySet
from qixue.swap.models.reports import ListingReport
from qixue.swap.models.wishes import KindWish, OneOf, OneOfThing, Wish

__all__ = [
    "Block",
    "KindWish",
    "Listing",
    "ListingPhoto",
    "ListingQuerySet",
    "ListingReport",
    "OneOf",
    "OneOfThing",
    "Wish",
]
