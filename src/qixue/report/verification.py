"""Does a work summary still stand? A draft is compared with the records, an issued one with its seal, too."""

from qixue.core.refusal import Refused
from qixue.report.draft_verification import draft_verdicts
from qixue.report.printed_numbers import tagged_or_in_order
from qixue.report.reading import NOT_A_SUMMARY, read_summary
from qixue.report.seal_on_record import find_seal
from qixue.report.seal_verification import verify_sealed
from qixue.report.verdicts import Verification


def verify_file(data: bytes, *, for_public: bool = False) -> Verification:
    """A verdict for each number of a .docx, .pdf or .xlsx. Nothing is stored.

    For the public only published programmes are compared with the records, and drafts not at all: their numbers are not
    public. Of an annex and of a former issue it is told where other words stand, and not which ones were issued.
    Refused: not_a_summary for a file without a list of figures, unknown_programme.
    """
    file = read_summary(data)
    found = find_seal(file, for_public=for_public)
    if found is not None:
        return verify_sealed(file, found, for_public=for_public)
    if file.draft_list is None or for_public:
        raise Refused("not_a_summary", NOT_A_SUMMARY)
    printed = tagged_or_in_order(file, file.draft_list.get("printed", "").split())
    return Verification(None, (), tuple(draft_verdicts(file.draft_list, printed)))
