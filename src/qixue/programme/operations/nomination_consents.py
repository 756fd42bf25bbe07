"""The nominee's agreement to publication, and taking it back. It is separate from the nomination itself."""

import datetime
from dataclasses import dataclass

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from qixue.core.clock import local_day
from qixue.core.refusal import Refused
from qixue.people.models import User
from qixue.people.operations.notifications import notify
from qixue.people.queries import people_in_charge
from qixue.people.rules import Action, may
from qixue.programme.models import Nomination, NominationStep, PublicationConsent
from qixue.programme.notices import recognitions as notices
from qixue.programme.operations.nominations import (
    hide_recipient,
    lock_nomination,
    people_who_nominate_for,
    record_step,
)

Scope = PublicationConsent.Scope
Kind = NominationStep.Kind
WITHHELD_RECIPIENT = "（本人不同意公开姓名）"
TEXT_VERSION = "2026-1"
# What is read out or signed. A change of the words is a new version; the former stays, consents refer to it.
TEXTS = {
    TEXT_VERSION: {
        Scope.STORY: _(
            "I agree that my name, my organisation or place and the account of what I have done are shown on the public"
            " pages of this site for the public notice and with the result. I can take this back at any time, without"
            " giving a reason; what is shown is then removed."
        ),
        Scope.PHOTO: _(
            "I agree that my photo is shown beside them. I can take this back at any time, also on its own, without"
            " giving a reason; the photo is then removed."
        ),
    }
}


@dataclass(frozen=True)
class ConsentDetails:
    """Who agreed to what, when and how. `is_guardian`: in place of a nominee under 14."""

    given_by: str
    given_on: datetime.date
    method: str
    is_guardian: bool = False
    includes_photo: bool = False


def refuse_strangers(nomination: Nomination, by: User) -> None:
    """Refused: not_in_charge."""
    if not may(by, Action.NOMINATE, nomination.organisation):
        raise Refused("not_in_charge", _("Only this organisation, or one above it, can record this."))


@transaction.atomic
def record_consent(
    nomination: Nomination, *, details: ConsentDetails, by: User, at: datetime.datetime
) -> list[PublicationConsent]:
    """Record that the nominee, or the guardian, agreed. What stands already is not written again.

    Refused: not_in_charge, nomination_over, guardian_needed, day_to_come, giver_missing.
    """
    nomination = lock_nomination(nomination)
    refuse_strangers(nomination, by)
    if nomination.erased_at or nomination.state not in (*Nomination.OPEN_STATES, Nomination.State.AWARDED):
        raise Refused("nomination_over", _("This nomination is over; nothing can be agreed to any more."))
    if nomination.is_under_14 and not details.is_guardian:
        sentence = _("The nominee is under 14: a parent or guardian has to agree.")
        raise Refused("guardian_needed", sentence, field="is_guardian")
    if details.given_on > local_day(at):
        raise Refused("day_to_come", _("Please give a day that is not still to come."), field="given_on")
    if not details.given_by.strip():
        raise Refused("giver_missing", _("Please say who agreed."), field="given_by")
    scopes = [Scope.STORY, *([Scope.PHOTO] if details.includes_photo else [])]
    standing = set(nomination.consents.filter(withdrawn_at=None).values_list("scope", flat=True))
    missing = [scope for scope in scopes if scope not in standing]
    if not missing:
        return list(nomination.consents.filter(withdrawn_at=None).order_by("pk"))
    consents = PublicationConsent.objects.bulk_create(
        PublicationConsent(
            nomination=nomination,
            scope=scope,
            given_by=details.given_by.strip(),
            is_guardian=details.is_guardian,
            given_on=details.given_on,
            method=details.method,
            text_version=TEXT_VERSION,
            recorded_by=by,
            recorded_at=at,
        )
        for scope in missing
    )
    stand_by(nomination, missing, at)
    record_step(nomination, Kind.CONSENTED, by=by, at=at, organisation=nomination.organisation)
    return consents


def stand_by(nomination: Nomination, scopes: list[Scope], at: datetime.datetime) -> None:
    """What the public pages ask: since when the nominee agrees. A result whose name was hidden is named again."""
    if Scope.STORY in scopes:
        nomination.consented_at = at
    if Scope.PHOTO in scopes:
        nomination.photo_consented_at = at
    if Scope.STORY in scopes and nomination.state == Nomination.State.AWARDED:
        nomination.is_public = True
        hide_recipient(nomination, nomination.name)
    nomination.edit_count += 1
    nomination.save(update_fields=["consented_at", "photo_consented_at", "is_public", "edit_count"])


@transaction.atomic
def withdraw_consent(
    nomination: Nomination, *, only_photo: bool = False, by: User, at: datetime.datetime
) -> Nomination:
    """Take back the agreement at the nominee's word. Name, story and photo are off the public pages at once and what is
    not decided ends; with `only_photo` the rest goes on. An award stays, without a name. Again: no change.

    Refused: not_in_charge.
    """
    nomination = lock_nomination(nomination)
    refuse_strangers(nomination, by)
    scopes = [Scope.PHOTO] if only_photo else list(Scope)
    taken_back = nomination.consents.filter(withdrawn_at=None, scope__in=scopes)
    if not taken_back.update(withdrawn_at=at, withdrawn_recorded_by=by):
        return nomination
    nomination.photo_consented_at = None
    if not only_photo:
        nomination.consented_at, nomination.is_public = None, False
        hide_recipient(nomination, WITHHELD_RECIPIENT)
    if not only_photo and nomination.state in Nomination.OPEN_STATES:
        nomination.state, nomination.waits_at = Nomination.State.WITHDRAWN, None
    nomination.edit_count += 1
    nomination.save(
        update_fields=["photo_consented_at", "consented_at", "is_public", "state", "waits_at", "edit_count"]
    )
    record_step(nomination, Kind.CONSENT_WITHDRAWN, by=by, at=at, organisation=nomination.organisation)
    people = people_in_charge(nomination.call.organisation, Action.JUDGE_NOMINATION)
    people += people_who_nominate_for(nomination)
    notify(people, notices.moved_on("nomination_consent_withdrawn", nomination), at=at)
    return nomination
