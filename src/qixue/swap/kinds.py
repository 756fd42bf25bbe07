"""The kinds of things that are swapped, and what one of each typically weighs.

Nobody weighs a thing at the table, and there is no official list: the weights are estimates of this project, rounded
from what common models of each kind say of themselves. They are what "kilograms kept in use" stands on, which
therefore is called an estimate wherever it is shown.
"""

from decimal import Decimal

from django.db import models
from django.utils.translation import gettext_lazy as _


class Kind(models.TextChoices):
    SMALL_APPLIANCE = "small_appliance", _("Small appliance")
    LARGE_APPLIANCE = "large_appliance", _("Large appliance")
    ELECTRONICS = "electronics", _("Phone, computer or radio")
    FURNITURE = "furniture", _("Furniture")
    KITCHENWARE = "kitchenware", _("Pots and dishes")
    BOOKS = "books", _("Books")
    TOYS = "toys", _("Toys and games")
    CHILDREN = "children", _("Things for small children")
    CLOTHES = "clothes", _("Clothes and bags")
    BEDDING = "bedding", _("Bedding and curtains")
    BICYCLE = "bicycle", _("Bicycle or scooter")
    SPORTS = "sports", _("Sports and music")
    TOOLS = "tools", _("Tools and garden")
    PLANTS = "plants", _("Plants")
    OTHER = "other", _("Something else")


TYPICAL_WEIGHTS = {  # kg of one listing, estimated; why each
    Kind.SMALL_APPLIANCE: Decimal("2.5"),  # a kettle 1, a rice cooker 3, a fan 4
    Kind.LARGE_APPLIANCE: Decimal("35"),  # a microwave oven 13, a washing machine 35, a refrigerator 60
    Kind.ELECTRONICS: Decimal("1.0"),  # a telephone 0.2, a tablet 0.5, a laptop 2
    Kind.FURNITURE: Decimal("12"),  # a chair 5, a small table 12, a bookcase 25
    Kind.KITCHENWARE: Decimal("1.5"),  # a wok 1.5, a set of bowls 2
    Kind.BOOKS: Decimal("0.4"),  # one paperback of 300 pages
    Kind.TOYS: Decimal("0.8"),  # a doll 0.3, a box of building blocks 1.5
    Kind.CHILDREN: Decimal("7"),  # a car seat 5, a push-chair 8, a cot 15
    Kind.CLOTHES: Decimal("0.6"),  # a shirt 0.2, a coat 1.2, a bag 0.7
    Kind.BEDDING: Decimal("2.0"),  # a cover 1, a quilt 3
    Kind.BICYCLE: Decimal("13"),  # a child's bicycle 9, a city bicycle 16
    Kind.SPORTS: Decimal("1.5"),  # a racket 0.1, a ball 0.6, a zither 5
    Kind.TOOLS: Decimal("2.0"),  # a spade 1.8, a drill 2
    Kind.PLANTS: Decimal("2.0"),  # a pot with earth
    Kind.OTHER: Decimal("1.0"),
}
