"""The province above the city: three neighbours have sent the figures of their week of the year before.

The city has not, so that somebody can try it: its summary of that week is issued, and `city` may report it.
"""

import datetime
import hashlib
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from qixue.core.figures import registry
from qixue.core.quantity import Qualifier, Quantity
from qixue.demo.city.activities import Ground
from qixue.demo.city.catalogue import read
from qixue.demo.city.chance import stream
from qixue.demo.city.neighbour import Issue, Neighbour
from qixue.people.models import User
from qixue.places.models import Region
from qixue.programme.models import Programme
from qixue.report.province_returns import accept_key, take_in_return
from qixue.report.seal_format import SealedFigure, base64url

PROVINCE_CODE = "demo-province"
SOURCE = "演示数据：区划真实，数据虚构"
SEALED_AFTER = datetime.timedelta(days=25)  # the end of the week
SENT_AFTER = datetime.timedelta(days=3)  # the seal


def create_province(ground: Ground, last_year: Programme, coordinator: User) -> Programme:
    """Three returns of neighbours are taken in by keys that were accepted; nothing has come from the city itself."""
    data = read("province.yaml")
    programme = create_programme(ground, last_year, data["programme"])
    since = (last_year.ends_on or ground.week.first) - ground.week.first  # the days back to the end of that week
    sealed_at = ground.week.moment(1, 10) + since + SEALED_AFTER
    for row in data["neighbours"]:
        city = create_city(programme.region, row)
        neighbour = Neighbour(city.code, city.name, key_of(ground.seed, city.code))
        issue = issue_of(city, programme, data["programme"]["title"], sealed_at)
        sent = neighbour.sends(issue, [figure_of(*each) for each in data["figures"][city.code].items()])
        at = sealed_at + SENT_AFTER
        accept_key(city, base64url(neighbour.public_key), by=coordinator, at=at)
        take_in_return(programme, sent.text(), by=coordinator, at=at)
    return programme


def create_programme(ground: Ground, last_year: Programme, data: dict[str, Any]) -> Programme:
    """It has no sessions of its own and is shown to nobody without a role."""
    return Programme.objects.create(
        code=PROVINCE_CODE,
        name=data["name"].format(year=last_year.year),
        name_en=data["en"].format(year=last_year.year),
        short_name=data["short"],
        state=Programme.State.DRAFT,
        year=last_year.year,
        starts_on=last_year.starts_on,
        ends_on=last_year.ends_on,
        region=Region.objects.get(level=Region.Level.PROVINCE),
        organisation=ground.organisations[PROVINCE_CODE],
        is_synthetic=True,
    )


def create_city(province: Region, row: dict[str, str]) -> Region:
    return Region.objects.create(
        code=row["code"],
        name=row["name"],
        short_name=row["short"],
        name_en=row["en"],
        level=Region.Level.CITY,
        unit_type=Region.UnitType.CITY,
        parent=province,
        path=f"{province.path}{row['code']}/",
        source=SOURCE,
    )


def key_of(seed: int, city: str) -> Ed25519PrivateKey:
    return Ed25519PrivateKey.from_private_bytes(stream(seed, f"key of {city}").randbytes(32))


def issue_of(city: Region, province: Programme, title: str, sealed_at: datetime.datetime) -> Issue:
    """Each city has its own programme, under the name that it gave it."""
    programme = {
        "code": f"week-{province.year}",
        "name": province.name.replace(province.region.name, city.name),
        "year": province.year,
        "starts_on": str(province.starts_on or ""),
        "ends_on": str(province.ends_on or ""),
        "is_synthetic": True,
    }
    return Issue(programme, title.format(city=city.name, year=province.year), 1, sealed_at)


def figure_of(code: str, written: str | int) -> SealedFigure:
    """A figure of a whole city by our rule, as written in the file: 118, or “about 21000”."""
    definition = registry.definitions[code]
    *hedge, number = str(written).split()
    quantity = Quantity(int(number), definition.unit, Qualifier(*hedge) if hedge else Qualifier.EXACT)
    return SealedFigure(
        code=code,
        name=str(definition.name),
        definition=code,
        rule_version=definition.rule_version,
        dimensions={},
        value=number,
        qualifier=quantity.qualifier.value,
        unit=definition.unit.code,
        text=quantity.text("zh"),
        number=quantity.number_text("zh"),
        record_count=0,
        evidence_root=hashlib.sha256(b"").hexdigest(),  # of no records: there are none behind what is invented
    )
