"""Which organisations the minutes of a meeting mean by the names they write."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from qixue.people.models import Organisation
from qixue.places.models import Region
from qixue.programme.minutes import Place, Plural, bare, names_in, names_meant, plural_in, plural_mentioned


@dataclass(frozen=True)
class Found:
    """The organisations that one name means. `unclear`: several that it could mean, so that a person must choose."""

    organisations: tuple[Organisation, ...] = ()
    unclear: tuple[Organisation, ...] = ()


class Owners:
    """Organisations by all the ways in which minutes write their names; built once for a whole text."""

    def __init__(self, organisations: Iterable[Organisation], city: Region) -> None:
        self.organisations = list(organisations)
        self.by_name: dict[str, list[Organisation]] = {}
        own_city = Place(city.name, city.short_name)
        for organisation in self.organisations:
            spellings = {bare(organisation.code), *names_meant(organisation.name, place_of(organisation), own_city)}
            spellings |= {bare(alias.name) for alias in organisation.aliases.all()}
            for spelling in spellings:
                self.by_name.setdefault(spelling, []).append(organisation)

    def named(self, name: str) -> Found:
        """The body of this name, all bodies of a plural, or nothing."""
        exact = [organisation for organisation in self.organisations if organisation.name == name.strip()]
        found = exact if len(exact) == 1 else self.by_name.get(bare(name), [])
        if len(found) == 1:
            return Found((found[0],))
        if found:
            return Found(unclear=tuple(found))
        plural = plural_in(name)
        return Found(tuple(self.of_plural(plural))) if plural else Found()

    def of_plural(self, plural: Plural) -> Sequence[Organisation]:
        """One body for each county or town: the highest whose name ends in the plural's rest."""
        first: dict[str, Organisation] = {}
        for organisation in sorted(self.organisations, key=lambda each: (each.path.count("/"), each.path)):
            region = organisation.region
            if region and region.level == plural.level and bare(organisation.name).endswith(plural.rest):
                first.setdefault(region.code, organisation)
        return [first[code] for code in sorted(first)]

    def mentioned(self, text: str) -> Sequence[Organisation]:
        """Whom a sentence without 责任单位 means: all of a plural, else the first body that it names."""
        if (plural := plural_mentioned(text)) is not None:
            return self.of_plural(plural) or self.of_plural(replace(plural, rest=""))
        known = {name: found for name, found in self.by_name.items() if len(found) == 1}
        return [known[name][0] for name in names_in(text, known)[:1]]


def place_of(organisation: Organisation) -> Place | None:
    region = organisation.region
    if region is None or region.level not in {Region.Level.COUNTY, Region.Level.TOWNSHIP}:
        return None
    return Place(region.name, region.short_name)
