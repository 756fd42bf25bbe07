"""Which seal a file belongs to: the one that travels in it, or one on record with the same bytes, words or title."""

from dataclasses import dataclass

from django.db.models import QuerySet

from qixue.core.models import SigningKey
from qixue.core.signing_keys import verification_keys
from qixue.programme.models import Programme
from qixue.report.models import Seal, SealedFile
from qixue.report.reading import SummaryFile, read_summary
from qixue.report.seal_format import Envelope, holds, read_envelope, text_digest, without_spaces

MOST_COMPARED = 5  # seals of one title, the latest first


@dataclass(frozen=True)
class FoundSeal:
    """`carried` is the list in the file and `recorded` the seal that we keep, where there is one.

    `envelope` is what is relied on: the list in the file while its signature holds, else the one on record, else none.
    """

    carried: Envelope | None
    is_signed: bool
    recorded: Seal | None

    @property
    def envelope(self) -> Envelope | None:
        if self.is_signed or self.recorded is None:
            return self.carried if self.is_signed else None
        return envelope_of(self.recorded)


def envelope_of(seal: Seal) -> Envelope:
    """The signed list of a seal on record, as its files carry it."""
    return read_envelope(envelope_text(seal))


def envelope_text(seal: Seal) -> str:
    return f'{{"alg":"Ed25519","kid":"{seal.kid}","payload":{seal.payload},"signature":"{seal.signature}"}}'


def find_seal(file: SummaryFile, *, for_public: bool) -> FoundSeal | None:
    """None for a draft and for what is no summary at all."""
    seals = Seal.objects.select_related("programme")
    if for_public:
        seals = seals.filter(programme__in=Programme.objects.published())
    if file.envelope is not None:
        is_signed = holds(file.envelope, verification_keys(SigningKey.Purpose.REPORT))
        return FoundSeal(file.envelope, is_signed, named_in(seals, file.envelope, is_signed=is_signed))
    recorded = None if file.draft_list is not None else like(seals, file)
    return FoundSeal(None, False, recorded) if recorded else None


def named_in(seals: QuerySet[Seal], envelope: Envelope, *, is_signed: bool) -> Seal | None:
    """The seal on record that the list in a file is, or says that it is."""
    if is_signed:
        return seals.filter(digest=envelope.digest).first()
    return seals.filter(programme__code=envelope.programme, number=envelope.number).first()


def like(seals: QuerySet[Seal], file: SummaryFile) -> Seal | None:
    """The seal whose file this is to the byte or to the word, or whose text it shares most lines with."""
    same = seals.filter(files__digest=file.digest).first()
    if same or not file.lines:
        return same
    same = seals.filter(text_digest=text_digest(file.words)).first()
    return same or most_alike(seals, file)


def most_alike(seals: QuerySet[Seal], file: SummaryFile) -> Seal | None:
    """Of the seals whose title stands at the beginning of the file; the latest of those that share as many lines."""
    titled = [seal for seal in seals.order_by("-sealed_at", "-pk") if file.words.startswith(title_of(seal))]
    lines = set(file.lines)
    return max(titled[:MOST_COMPARED], key=lambda seal: len(lines & set(issued_docx(seal).lines)), default=None)


def title_of(seal: Seal) -> str:
    return without_spaces(seal.content["title"])


def issued_docx(seal: Seal) -> SummaryFile:
    """The .docx as it was issued."""
    return issued_file(seal, SealedFile.Kind.DOCX)


def issued_file(seal: Seal, kind: str) -> SummaryFile:
    return read_summary(bytes(SealedFile.objects.get(seal=seal, kind=kind).content))
