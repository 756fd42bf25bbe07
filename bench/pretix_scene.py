"""What the loads on pretix need in its database: a shop that is open, and tickets. Run by pretix's own Python."""

import datetime
import json
import sys
import uuid
from typing import Any

import django

SEATS = 1_000_000


def main(people: int) -> None:
    """Prints JSON: a token for the API, the product that is ordered, the list and the tickets of the door."""
    django.setup()
    from django.db import transaction  # noqa: PLC0415 - after django.setup
    from django_scopes import scopes_disabled  # noqa: PLC0415 - after django.setup

    with scopes_disabled(), transaction.atomic():
        print(json.dumps(made(people)))


def made(people: int) -> dict[str, Any]:
    from pretix.base.models import Organizer, Team  # noqa: PLC0415 - after django.setup

    organizer = Organizer.objects.create(name="文化馆", slug="bench")
    team = Team.objects.create(
        organizer=organizer, name="bench", all_events=True, all_event_permissions=True, all_organizer_permissions=True
    )
    token = team.tokens.create(name="bench").token
    _shop, item = open_shop(organizer, "surge")
    door, ticket = open_shop(organizer, "door")
    checkin_list = door.checkin_lists.create(name="door", all_products=True)
    secrets = tickets_of(door, ticket, people)
    return {"token": token, "item": item.pk, "checkin_list": checkin_list.pk, "secrets": secrets}


def open_shop(organizer: Any, slug: str) -> tuple[Any, Any]:
    """An event on sale to everybody, with one free product of a million seats."""
    from pretix.base.models import Event  # noqa: PLC0415 - after django.setup

    starts = datetime.datetime(2099, 11, 5, 1, tzinfo=datetime.UTC)
    event = Event.objects.create(
        organizer=organizer, name="茶园讲座", slug=slug, currency="CNY", date_from=starts, live=True, is_public=True
    )
    event.set_defaults()
    item = event.items.create(name="座位", default_price=0, admission=True, personalized=True)
    event.quotas.create(name="座位", size=SEATS).items.add(item)
    return event, item


def tickets_of(event: Any, item: Any, people: int) -> list[str]:
    """The secrets in the codes on tickets that are paid for, one for each order."""
    from pretix.base.models import Order, OrderPosition  # noqa: PLC0415 - after django.setup

    at = datetime.datetime.now(datetime.UTC)
    common = {"event": event, "organizer": event.organizer, "status": Order.STATUS_PAID, "locale": "en", "total": 0}
    common |= {"sales_channel": event.organizer.sales_channels.get(identifier="web"), "datetime": at, "expires": at}
    orders = Order.objects.bulk_create(
        Order(**common, code=f"T{number:05}", email=f"p{number}@example.cn") for number in range(people)
    )
    free = {"organizer": event.organizer, "item": item, "price": 0, "tax_rate": 0, "tax_value": 0}
    positions = OrderPosition.objects.bulk_create(
        OrderPosition(
            **free,
            order=order,
            secret=uuid.uuid4().hex,
            pseudonymization_id=order.code,
            attendee_name_parts={"_scheme": "full", "full_name": f"居民{order.code}"},
        )
        for order in orders
    )
    return [position.secret for position in positions]


if __name__ == "__main__":
    main(int(sys.argv[1]))
