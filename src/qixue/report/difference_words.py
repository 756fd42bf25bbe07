"""What changed behind figures, told as people know it: by activity, session and day, with what happened to how many."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from qixue.core.clock import local_day
from qixue.core.figures import Scope, registry
from qixue.core.language import in_language, is_chinese
from qixue.figures.queries import name_of
from qixue.participation.models import LedgerEntry
from qixue.participation.queries.ledger_heads import lines_named
from qixue.programme.models import Activity, Programme, Session
from qixue.report.differences import FigureDifference
from qixue.report.seal_format import SealedFigure
from qixue.report.sealed_evidence import RecordChanges
from qixue.report.verdicts import NamedChange

MOST_NAMED = 20  # sessions, or other things that records are about
ADDED, GONE, CHANGED, VOIDED, CORRECTED = "added", "gone", "changed", "voided", "corrected"


@dataclass(frozen=True)
class NamedDifference:
    """A difference as a page shows it."""

    code: str
    name: str
    old: str
    new: str
    sentence: str  # where the numbers alone do not tell what changed
    records: list[NamedChange]


@dataclass(frozen=True)
class Subject:
    """What records are about, in the reader's language; `words` are empty where they are about no activity."""

    words: str = ""
    session_id: int | None = None


def named_differences(programme: Programme, differences: Iterable[FigureDifference]) -> list[NamedDifference]:
    """For the staff."""
    found = list(differences)
    names = RecordNames(programme, found, for_public=False)
    return [
        NamedDifference(
            code=each.figure.code,
            name=each.figure.name,
            old=each.old.text if each.old else _("not printed"),
            new=each.new.text if each.new else _("not printed"),
            sentence=same_number_sentence(each),
            records=names.changes(each),
        )
        for each in found
    ]


def same_number_sentence(difference: FigureDifference) -> str:
    """Why a figure does not stand although its number is the same; empty where it is another number."""
    if difference.has_another_rule:
        return _("stands as sealed, but is counted by another rule since")
    if difference.is_same_number:
        return _("the number is the same, but records behind it have changed")
    return ""


def name_for_reader(figure: SealedFigure) -> str:
    """The name that was sealed, which is Chinese; in another language today's for what is counted and narrowed so."""
    definition = registry.definitions.get(figure.definition)
    if is_chinese() or definition is None:
        return figure.name
    return name_of(definition, Scope("", **figure.dimensions))


class RecordNames:
    """Tells what the records of some differences are about; they are looked up once for all of them.

    Nobody is named, and no reason. For the public an activity that is not published has no title.
    """

    def __init__(self, programme: Programme, differences: Iterable[FigureDifference], *, for_public: bool) -> None:
        self.for_public = for_public
        changes = [each.records for each in differences if each.records is not None]
        keys = {key for each in changes for key in (*each.added, *each.gone, *each.changed)}
        self.lines = lines_named(keys)
        places = {key: place_of(key) for key in keys if key not in self.lines}
        activities = Activity.objects.filter(programme=programme, code__in={code for code, _number in places.values()})
        sessions = Session.objects.filter(activity__in=activities).select_related("activity")
        self.subjects = {(activity.code, ""): self.of_activity(activity) for activity in activities}
        self.subjects |= {(each.activity.code, str(each.number)): self.of_session(each) for each in sessions}

    def of_activity(self, activity: Activity) -> Subject:
        return Subject(self.title(activity))

    def of_session(self, session: Session) -> Subject:
        """Its number and its day, as far as it has one."""
        if not self.may_name(session.activity):
            return self.of_activity(session.activity)
        words: dict[str, object] = {"activity": self.title(session.activity), "number": session.number}
        text = _("%(activity)s, session %(number)d")
        if session.starts_at:
            day = local_day(session.starts_at)
            words["day"] = in_language(date_format(day, "n月j日"), date_format(day, "F j"))
            text = _("%(activity)s, session %(number)d (%(day)s)")
        return Subject(text % words, session.pk)

    def may_name(self, activity: Activity) -> bool:
        return not self.for_public or activity.state == Activity.State.PUBLISHED

    def title(self, activity: Activity) -> str:
        if not self.may_name(activity):
            return _("An activity that is not public")
        return _("“%(title)s”") % {"title": in_language(activity.title, activity.title_en)}

    def subject(self, key: str) -> Subject:
        if line := self.lines.get(key):
            return self.of_session(line.session) if line.session else self.of_activity(line.activity)
        return self.subjects.get(place_of(key), Subject())

    def changes(self, *differences: FigureDifference) -> list[NamedChange]:
        """A sentence for each thing that the records are about, with the figures that it touches.

        At most twenty, and how many others there are.
        """
        happened: dict[Subject, dict[tuple[str, str], None]] = defaultdict(dict)
        figures: dict[Subject, dict[str, None]] = defaultdict(dict)
        for difference in differences:
            for key, act in self.acts(difference.records or RecordChanges()):
                subject = self.subject(key)
                happened[subject][key, act] = None
                figures[subject][name_for_reader(difference.figure)] = None
        told = [
            NamedChange(self.sentence(subject, acts), tuple(figures[subject]), subject.session_id)
            for subject, acts in list(happened.items())[:MOST_NAMED]
        ]
        others = len(happened) - MOST_NAMED
        rest = ngettext("and %(count)d more", "and %(count)d more", others) % {"count": others}
        return [*told, NamedChange(rest)] if others > 0 else told

    def acts(self, records: RecordChanges) -> Iterator[tuple[str, str]]:
        """What became of each record; a correction and what it replaced are one."""
        successors = {key: self.lines[key].successor for key in records.gone if key in self.lines}
        corrections = set(successors.values()) & set(records.added)
        for key in records.gone:
            is_void = key in self.lines and self.lines[key].is_voided
            is_corrected = successors.get(key) in corrections
            yield key, VOIDED if is_void else CORRECTED if is_corrected else GONE
        yield from ((key, ADDED) for key in records.added if key not in corrections)
        yield from ((key, CHANGED) for key in records.changed)

    def sentence(self, subject: Subject, acts: Iterable[tuple[str, str]]) -> str:
        counts = Counter((self.kind(key), act) for key, act in acts)
        said = [sayings()[act] % {"records": records(kind, count)} for (kind, act), count in counts.items()]
        happened = pgettext("between names", ", ").join(said)
        return f"{subject.words}{pgettext('between label and error', ': ')}{happened}" if subject.words else happened

    def kind(self, key: str) -> str:
        """What sort of record it is: of entries of the ledger their kind, else how its id begins."""
        line = self.lines.get(key)
        return key.partition(":")[0] if line is None else line.kind


def place_of(key: str) -> tuple[str, str]:
    """Code of the activity and number of the session, as an id of such a row names them; the number may be empty."""
    kind, _colon, rest = key.partition(":")
    activity, _slash, number = (rest, "", "") if kind == "certificates" else rest.rpartition("/")
    return activity, number


def sayings() -> dict[str, str]:
    return {
        VOIDED: _("%(records)s voided"),
        CORRECTED: _("%(records)s corrected"),
        GONE: _("%(records)s no longer counted"),
        ADDED: _("%(records)s added"),
        CHANGED: _("%(records)s changed"),
    }


def records(kind: str, count: int) -> str:
    """“2 check-ins”, or of other records of a session what they are: there is one of each."""
    if kind == LedgerEntry.Kind.ATTENDANCE:
        return ngettext("%(count)d check-in", "%(count)d check-ins", count) % {"count": count}
    if kind in LedgerEntry.Kind:
        return ngettext("%(count)d head count", "%(count)d head counts", count) % {"count": count}
    single = {
        "session": pgettext("behind a figure", "the session"),
        "tally": pgettext("behind a figure", "attendance records"),
        "names": pgettext("behind a figure", "people who came by name"),
        "registrations": pgettext("behind a figure", "registrations"),
        "feedback": pgettext("behind a figure", "feedback"),
        "certificates": pgettext("behind a figure", "certificates"),
    }
    if kind in single:
        return single[kind]
    return ngettext("%(count)d other record", "%(count)d other records", count) % {"count": count}
