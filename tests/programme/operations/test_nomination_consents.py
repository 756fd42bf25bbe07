"""An agreement to publication does not outlive what was agreed to."""

import dataclasses
import io

import pytest
from PIL import Image
from tests.factories import NOON
from tests.factories_recognitions import NominationFactory
from tests.programme.operations.test_nominations import code_of, kinds
from tests.programme.operations.test_public_notices import AGREED, coordinator

from qixue.programme.models import Nomination, NominationStep
from qixue.programme.operations.nomination_consents import record_consent
from qixue.programme.operations.nominations import (
    PHOTO_CHANGED,
    TEXT_CHANGED,
    NominationDetails,
    edit_nomination,
)

pytestmark = pytest.mark.django_db
Kind = NominationStep.Kind


def agreed_draft(changes: dict[str, object]) -> Nomination:
    """A draft whose nominee agreed to everything, edited afterwards."""
    draft = NominationFactory()
    clerk = coordinator(draft, of_nominator=True)
    record_consent(draft, details=AGREED, by=clerk, at=NOON)
    details = dataclasses.replace(NominationDetails(draft.name, draft.story), **changes)  # type: ignore[arg-type]
    return edit_nomination(draft, details=details, edit_count=2, by=clerk, at=NOON)


def standing(nomination: Nomination) -> list[str]:
    return list(nomination.consents.filter(withdrawn_at=None).order_by("pk").values_list("scope", flat=True))


def picture() -> bytes:
    output = io.BytesIO()
    Image.new("RGB", (40, 30), "red").save(output, "PNG")
    return output.getvalue()


@pytest.mark.parametrize(
    "changes", [{"name": "黄惠珍"}, {"story": "另一段事迹"}, {"affiliation": "三排镇"}, {"is_under_14": True}]
)
def test_other_words_end_the_agreement_and_say_why(changes: dict[str, object]) -> None:
    nomination = agreed_draft(changes)

    nomination.refresh_from_db()
    assert (nomination.consented_at, nomination.photo_consented_at, standing(nomination)) == (None, None, [])
    assert kinds(nomination) == [Kind.CONSENTED, Kind.CONSENT_WITHDRAWN]
    assert nomination.steps.get(kind=Kind.CONSENT_WITHDRAWN).comment == TEXT_CHANGED


def test_another_photo_ends_only_the_agreement_to_the_photo() -> None:
    nomination = agreed_draft({"photo": picture()})

    nomination.refresh_from_db()
    assert (nomination.consented_at, nomination.photo_consented_at) == (NOON, None)
    assert standing(nomination) == ["story"]
    assert nomination.steps.get(kind=Kind.CONSENT_WITHDRAWN).comment == PHOTO_CHANGED


def test_another_contact_ends_no_agreement() -> None:
    nomination = agreed_draft({"contact": "0763-0000999"})

    assert (nomination.consented_at, standing(nomination)) == (NOON, ["story", "photo"])
    assert kinds(nomination) == [Kind.CONSENTED]


def test_nominee_who_turns_out_to_be_under_14_needs_a_guardian() -> None:
    nomination = agreed_draft({"is_under_14": True})
    clerk = coordinator(nomination, of_nominator=True)

    assert code_of(record_consent, nomination, details=AGREED, by=clerk, at=NOON) == "guardian_needed"
