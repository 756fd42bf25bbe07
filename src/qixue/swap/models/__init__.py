from qixue.swap.models.blocks import Block
from qixue.swap.models.listings import Listing, ListingPhoto, ListingQuerySet
from qixue.swap.models.reports import ListingReport
from qixue.swap.models.rounds import Handover, RoundEntry, RoundPlan, SwapRound
from qixue.swap.models.wishes import KindWish, OneOf, OneOfThing, Wish

__all__ = [
    "Block",
    "Handover",
    "KindWish",
    "Listing",
    "ListingPhoto",
    "ListingQuerySet",
    "ListingReport",
    "OneOf",
    "OneOfThing",
    "RoundEntry",
    "RoundPlan",
    "SwapRound",
    "Wish",
]
