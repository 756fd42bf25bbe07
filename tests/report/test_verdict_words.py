"""The heading tells what became of a file from what became of the records behind it."""

import pytest
from django.utils.translation import override
from tests.factories import NOON

from qixue.report.verdict_words import changed_sentence, heading, outcome_counts
from qixue.report.verdicts import ALTERED, CHANGED, NOT_COMPARED, STANDS, Finding, SealFacts, Verdict, Verification

SEAL = SealFacts("week", "总结", 1, NOON, "梁静宜", "陈志远", "kid", "digest")
FORGED, ISSUED = "Not everything in this file stands", "This is the issued file, unaltered"


def figures(*outcomes: str) -> tuple[Verdict, ...]:
    return tuple(Verdict(f"F{number}", "", outcome, "") for number, outcome in enumerate(outcomes))


@pytest.mark.parametrize(
    ("verification", "said"),
    [
        (Verification(SEAL, (), figures(CHANGED, STANDS), is_issued_file=True), ISSUED),
        (Verification(SEAL, (), figures(CHANGED)), "The numbers in this file are as they were issued"),
        (Verification(None, (), figures(CHANGED)), "The numbers in this draft are as they were written"),
        (Verification(SEAL, (), figures(CHANGED, ALTERED)), FORGED),
        (Verification(SEAL, (), figures(CHANGED, NOT_COMPARED)), FORGED),
        (Verification(SEAL, (Finding("signature_fails", "", False),), figures(CHANGED)), FORGED),
        (Verification(SEAL, (Finding("ledger_rewritten", "", False),), figures(STANDS), is_issued_file=True), ISSUED),
        (Verification(None, (), ()), FORGED),
    ],
)
def test_heading_tells_the_file_from_the_records(verification: Verification, said: str) -> None:
    with override("en"):
        assert (heading(verification), verification.stands) == (said, False)


def test_figures_are_counted_by_outcome_the_worst_first() -> None:
    verification = Verification(SEAL, (), figures(STANDS, CHANGED, ALTERED, STANDS, CHANGED))

    with override("en"):
        assert outcome_counts(verification) == ["text altered: 1", "changed since: 2", "stands: 2"]
        assert changed_sentence(verification) == "2 figures have changed in the records since."
