from qixue.demo.city.catalogue import read
from qixue.people.models import Organisation
from qixue.places.models import Region, Room, Venue

MARK = "（演示）"
STREETS = ("文化路", "学府路", "人民路", "建设路", "滨江路")  # every town has such streets; no number is a real one


def create_organisations() -> dict[str, Organisation]:
    """The tree of organisations by code, parents first."""
    rows = read("organisations.yaml")
    regions = Region.objects.in_bulk({row["region"] for row in rows}, field_name="code")
    created: dict[str, Organisation] = {}
    for number, row in enumerate(rows, start=1):
        parent = created.get(row["parent"])
        created[row["code"]] = Organisation.objects.create(
            code=row["code"],
            name=row["name"],
            name_en=row["en"],
            kind=row["kind"],
            region=regions[row["region"]],
            parent=parent,
            path=f"{parent.path if parent else ''}{row['code']}/",
            phone=f"0763-0000{number:03}",  # a range that is not given out
        )
    return created


def create_venues() -> dict[str, Venue]:
    rows = read("venues.yaml")
    regions = Region.objects.in_bulk({row["region"] for row in rows}, field_name="code")
    venues = Venue.objects.bulk_create(
        Venue(
            code=f"demo-{row['code']}",
            name=row["name"],
            name_en=row["en"],
            kind=row["kind"],
            region=regions[row["region"]],
            address=f"{STREETS[number % len(STREETS)]}{3 + 7 * number % 90}号{MARK}",
            capacity=row["capacity"],
            has_step_free_access=row["step_free"],
            is_open_to_public=True,
        )
        for number, row in enumerate(rows)
    )
    Room.objects.bulk_create(
        Room(venue=venue, code=f"R{number}", name=room["name"], name_en=room["en"], capacity=room["capacity"])
        for row, venue in zip(rows, venues, strict=True)
        for number, room in enumerate(row.get("rooms", []), start=1)
    )
    return {row["code"]: venue for row, venue in zip(rows, venues, strict=True)}


def first_rooms() -> dict[int, Room]:
    """By venue, the room that is taken first."""
    return {room.venue_id: room for room in Room.objects.filter(code="R1")}
