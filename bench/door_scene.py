"""A session that is about to begin, everybody who is expected at it, and the phones at its door."""

import datetime
import json
import sys
import uuid

import django


def main(people: int, phones: int) -> None:
    """Prints JSON: the session, the door codes, and a token for each phone."""
    django.setup()
    from qixue.core.clock import now  # noqa: PLC0415 - after django.setup
    from qixue.participation.models import Registration  # noqa: PLC0415 - after django.setup, or only where needed
    from qixue.participation.operations.door_devices import set_up_device  # noqa: PLC0415 - after django.setup, or only where needed
    from qixue.people.models import Resident, Role, RoleAssignment, User  # noqa: PLC0415 - after django.setup, or only where needed
    from qixue.programme.models import Activity, Session  # noqa: PLC0415 - after django.setup, or only where needed

    at = now()
    activity = Activity.objects.order_by("pk").first()
    starts = at + datetime.timedelta(hours=1)
    last = Session.objects.order_by("-pk").values_list("pk", flat=True)[0]
    session = Session.objects.create(
        pk=last + 1,  # the city gives keys of its own, of which PostgreSQL's sequence does not know
        activity=activity,
        number=Session.objects.filter(activity=activity).count() + 1,
        starts_at=starts,
        ends_at=starts + datetime.timedelta(hours=2),
        seat_count=people,
        taken_count=people,
    )
    codes = [f"{number:06}" for number in range(people)]
    Registration.objects.bulk_create(
        [
            Registration(
                session=session, resident_id=pk, state="confirmed", door_code=code, registered_at=at, party=uuid.uuid4()
            )
            for pk, code in zip(
                Resident.objects.order_by("pk").values_list("pk", flat=True)[:people], codes, strict=True
            )
        ],
        batch_size=1_000,
    )
    user = User.objects.order_by("pk").first()
    held = {"user": user, "organisation": activity.organisation, "role": Role.ORGANISER, "ended_at": None}
    RoleAssignment.objects.get_or_create(**held, defaults={"granted_at": at})
    tokens = [
        set_up_device([session], name=f"门口{number}", by=user, at=at, client_uuid=uuid.uuid4())[1]
        for number in range(1, phones + 1)
    ]
    print(json.dumps({"session": session.pk, "codes": codes, "tokens": tokens}))


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]))
