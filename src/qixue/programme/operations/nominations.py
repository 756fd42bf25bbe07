"""Nominations on the side of those who make them: write, put forward, withdraw, erase."""

import dataclasses
import datetime
import hashlib
import uuid
from collections.abc import Sequence
from dataclasses import dataclass

from django.core.files.base import ContentFile
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from qixue.core.clock import local_day
from qixue.core.fields import check_person_name
from qixue.core.models import record_audit
from qixue.core.pictures import redrawn
from qixue.core.refusal import Doubt, Refused
from qixue.core.typed import holds_private_number
from qixue.people.models import Organisation, User
from qixue.people.operations.notifications import notify
from qixue.people.queries import people_in_charge
from qixue.people.rules import Action, may
from qixue.programme.models import Brand, Nomination, NominationStep, PublicationConsent, RecognitionCall
from qixue.programme.models.recognitions import LONGEST_STORY
from qixue.programme.notices import recognitions as notices
from qixue.programme.operations.activities import ALREADY_CHANGED
from qixue.programme.queries.recognitions import honoured_before, ladder
from qixue.programme.recognition_rules import may_put_forward, office_for

State = Nomination.State
Kind = NominationStep.Kind
Scope = PublicationConsent.Scope
AGREED_TO = {"name", "affiliation", "story", "is_under_14"}  # what an agreement is about, and who has to give it
TEXT_CHANGED = "（推荐内容已修改，此前的同意不再有效）"  # in the step that says why an agreement ended
PHOTO_CHANGED = "（照片已更换，此前对照片的同意不再有效）"
ERASED_RECIPIENT = "（姓名已删除）"  # on the award, which stays: it is what the record prints
RELATED = ("call__programme__organisation", "call__organisation__region", "organisation__region", "waits_at", "award")


@dataclass(frozen=True)
class NominationDetails:
    """What is said of a nominee. `photo` is a picture as it was sent; None keeps the one that is there."""

    name: str
    story: str
    affiliation: str = ""
    contact: str = ""
    is_under_14: bool = False
    brand: Brand | None = None
    photo: bytes | None = None

    def values(self) -> dict[str, object]:
        return {each.name: getattr(self, each.name) for each in dataclasses.fields(self) if each.name != "photo"}


def lock_nomination(nomination: Nomination) -> Nomination:
    return Nomination.objects.select_for_update(of=("self",)).select_related(*RELATED).get(pk=nomination.pk)


def lock_nominations(nominations: Sequence[Nomination]) -> list[Nomination]:
    """All at once, in the order of their keys, so that no two wait for one another."""
    rows = Nomination.objects.select_for_update(of=("self",)).select_related(*RELATED)
    return list(rows.filter(pk__in=[nomination.pk for nomination in nominations]).order_by("pk"))


def record_step(
    nomination: Nomination,
    kind: Kind,
    *,
    by: User | None,
    at: datetime.datetime,
    organisation: Organisation | None = None,
    comment: str = "",
    rank: int | None = None,
) -> NominationStep:
    """Write the step and its audit entry, which holds nothing about the nominee."""
    record_audit(f"nomination.{kind}", nomination, by=by, at=at)
    return NominationStep.objects.create(
        nomination=nomination, kind=kind, at=at, by=by, organisation=organisation, comment=comment, rank=rank
    )


def step_on(nomination: Nomination, state: str, *, waits_at: Organisation | None = None) -> None:
    """Write the new state. Only candidates and results stay public; a page that was read before is old now."""
    nomination.state, nomination.waits_at = state, waits_at
    nomination.is_public = nomination.is_public and state in Nomination.PUBLIC_STATES
    nomination.edit_count += 1
    nomination.save(update_fields=["state", "waits_at", "is_public", "edit_count"])


def people_who_nominate_for(nomination: Nomination) -> list[User]:
    return people_in_charge(nomination.organisation, Action.NOMINATE)


def refuse_outsiders(nomination: Nomination, by: User) -> None:
    """Refused: not_nominator."""
    if not may_put_forward(by, nomination):
        raise Refused("not_nominator", _("Only an organisation below the one that decides puts somebody forward."))


def refuse_old_page(nomination: Nomination, edit_count: int) -> None:
    """Refused: changed_meanwhile."""
    if nomination.edit_count != edit_count:
        raise Refused("changed_meanwhile", ALREADY_CHANGED)


def check_details(details: NominationDetails) -> None:
    """Refused: name_missing, name_mistaken, story_missing, story_too_long, private_number."""
    if not details.name.strip():
        raise Refused("name_missing", _("Please give the name of the nominee."), field="name")
    check_person_name(details.name)
    if not details.story.strip():
        raise Refused("story_missing", _("Please write what the nominee has done."), field="story")
    if len(details.story) > LONGEST_STORY:
        sentence = _("The story is longer than %(most)s characters; please shorten it.")
        raise Refused("story_too_long", sentence, field="story", most=LONGEST_STORY)
    if holds_private_number(details.story):
        sentence = _("Everybody will read the story. Please take the phone number or identity number out of it.")
        raise Refused("private_number", sentence, field="story")


def refuse_closed(call: RecognitionCall) -> None:
    """Refused: call_closed."""
    if call.closed_at is not None:
        raise Refused("call_closed", _("This call is closed; nothing of it can be changed any more."))


@transaction.atomic
def draft_nomination(
    call: RecognitionCall,
    organisation: Organisation,
    *,
    details: NominationDetails,
    key: uuid.UUID,
    by: User,
    at: datetime.datetime,
) -> Nomination:
    """Begin a nomination; the same `key`, which the form made, returns the first one.

    Refused: not_nominator, call_closed, nominations_over, and those of `check_details` and `redrawn`.
    """
    call = RecognitionCall.objects.select_for_update(of=("self",)).select_related("organisation").get(pk=call.pk)
    if existing := Nomination.objects.filter(key=key, call=call, organisation=organisation).first():
        return existing
    nomination = Nomination(call=call, organisation=organisation, key=key, **details.values())
    refuse_outsiders(nomination, by)
    refuse_closed(call)
    refuse_late(nomination, at)
    check_details(details)
    if details.photo:
        keep_photo(nomination, details.photo)
    nomination.save()
    record_audit("nomination.drafted", nomination, by=by, at=at)
    return nomination


def refuse_late(nomination: Nomination, at: datetime.datetime) -> None:
    """Refused: nominations_over. What came back may be put forward again after that day."""
    if nomination.state != State.SENT_BACK and local_day(at) > nomination.call.nominate_until:
        raise Refused("nominations_over", _("The last day for nominations is over."))


def keep_photo(nomination: Nomination, original: bytes) -> None:
    """Drawn anew, without place and camera; the picture before it is deleted with the transaction."""
    drop_photo(nomination)
    name = f"{hashlib.sha256(original).hexdigest()[:32]}.jpg"
    nomination.photo.save(name, ContentFile(redrawn(original)), save=False)


def drop_photo(nomination: Nomination) -> None:
    if nomination.photo:
        storage, name = nomination.photo.storage, str(nomination.photo.name)
        transaction.on_commit(lambda: storage.delete(name))
        nomination.photo = ""


@transaction.atomic
def edit_nomination(
    nomination: Nomination, *, details: NominationDetails, edit_count: int, by: User, at: datetime.datetime
) -> Nomination:
    """Change a draft, or one that was sent back. `edit_count` is that of the page that the editor read.

    An agreement to publication ends with what was agreed to.

    Refused: not_nominator, not_a_draft, changed_meanwhile, call_closed, and those of `check_details` and `redrawn`.
    """
    nomination = lock_draft(nomination, edit_count, by)
    check_details(details)
    changed = [name for name, value in details.values().items() if getattr(nomination, name) != value]
    for name in changed:
        setattr(nomination, name, getattr(details, name))
    if details.photo:
        keep_photo(nomination, details.photo)
        changed.append("photo")
    if changed:
        end_consents(nomination, changed, by=by, at=at)
        nomination.edit_count += 1
        nomination.save(update_fields=[*changed, "consented_at", "photo_consented_at", "edit_count"])
        record_audit("nomination.edited", nomination, by=by, at=at, details={"fields": changed})
    return nomination


def end_consents(nomination: Nomination, changed: list[str], *, by: User, at: datetime.datetime) -> None:
    """Nobody agreed to the new words or the new photo, nor a guardian to anything; it has to be asked again."""
    scopes = list(Scope) if AGREED_TO & set(changed) else [Scope.PHOTO] if "photo" in changed else []
    standing = nomination.consents.filter(withdrawn_at=None, scope__in=scopes)
    count = standing.update(withdrawn_at=at, withdrawn_recorded_by=by)
    if Scope.PHOTO in scopes:
        nomination.photo_consented_at = None
    if Scope.STORY in scopes:
        nomination.consented_at = None
    if count:
        why = TEXT_CHANGED if Scope.STORY in scopes else PHOTO_CHANGED
        organisation = nomination.organisation
        record_step(nomination, Kind.CONSENT_WITHDRAWN, by=by, at=at, organisation=organisation, comment=why)


def lock_draft(nomination: Nomination, edit_count: int, by: User) -> Nomination:
    nomination = lock_nomination(nomination)
    refuse_outsiders(nomination, by)
    refuse_closed(nomination.call)
    if nomination.state not in Nomination.EDITABLE_STATES:
        raise Refused("not_a_draft", _("This nomination was put forward and can no longer be changed."))
    refuse_old_page(nomination, edit_count)
    return nomination


@transaction.atomic
def submit_nomination(
    nomination: Nomination, *, edit_count: int, confirmed: bool = False, by: User, at: datetime.datetime
) -> Nomination:
    """Put it forward to the first level above the office through which that is done. Again: no change.

    Refused: nominations_over, and those of `edit_nomination`. Doubt: honoured_before.
    """
    if lock_nomination(nomination).state == State.NOMINATED:
        return lock_nomination(nomination)
    nomination = lock_draft(nomination, edit_count, by)
    refuse_late(nomination, at)
    former = honoured_before(nomination)
    if former and not confirmed:
        raise Doubt(
            "honoured_before",
            _("A nominee of this name was honoured at this level in %(programme)s. Nobody is honoured twice."),
            programme=former.call.programme.local_name,
        )
    path = office_for(by, nomination.organisation, nomination.call) or nomination.organisation.path
    office = Organisation.objects.get(path=path)
    desk = ladder(nomination.call, office.path)[0]
    step_on(nomination, State.NOMINATED, waits_at=desk)
    record_step(nomination, Kind.NOMINATED, by=by, at=at, organisation=office)
    notify(people_in_charge(desk, Action.JUDGE_NOMINATION), notices.moved_on("nomination_waits", nomination), at=at)
    return nomination


@transaction.atomic
def withdraw_nomination(nomination: Nomination, *, comment: str, by: User, at: datetime.datetime) -> Nomination:
    """Take it back, from the public pages as well. Again: no change. Refused: not_nominator, already_decided."""
    nomination = lock_nomination(nomination)
    refuse_outsiders(nomination, by)
    if nomination.state == State.WITHDRAWN:
        return nomination
    if nomination.state not in Nomination.OPEN_STATES:
        raise Refused("already_decided", _("This nomination is decided; it can no longer be withdrawn."))
    step_on(nomination, State.WITHDRAWN)
    organisation = nomination.organisation
    record_step(nomination, Kind.WITHDRAWN, by=by, at=at, organisation=organisation, comment=comment.strip())
    return nomination


@transaction.atomic
def erase_nominee(nomination: Nomination, *, by: User, at: datetime.datetime) -> Nomination:
    """Erase what is known of the nominee: name, story, photo, contact, and the words in which others wrote of them.

    The steps stay with their days, people and organisations, and so does the count of awards. What was still under way
    ends. Again: no change. Refused: not_in_charge.
    """
    nomination = lock_nomination(nomination)
    if not may(by, Action.JUDGE_NOMINATION, nomination.organisation):
        raise Refused("not_in_charge", _("Only a coordinator of this organisation, or of one above it, can do this."))
    if nomination.erased_at is not None:
        return nomination
    drop_photo(nomination)
    nomination.name = nomination.affiliation = nomination.story = nomination.contact = ""
    nomination.erased_at, nomination.is_public = at, False
    nomination.consented_at = nomination.photo_consented_at = None
    if nomination.state in Nomination.OPEN_STATES:
        nomination.state, nomination.waits_at = State.WITHDRAWN, None
    nomination.edit_count += 1
    nomination.save()
    nomination.consents.update(given_by="")
    nomination.steps.update(comment="")
    nomination.objections.update(text="", name="", phone="", finding="")
    hide_recipient(nomination, ERASED_RECIPIENT)
    record_step(nomination, Kind.ERASED, by=by, at=at)
    return nomination


def hide_recipient(nomination: Nomination, words: str) -> None:
    """The award stays and is counted; its recipient is no longer named."""
    if nomination.award is not None:
        nomination.award.recipient = words
        nomination.award.save(update_fields=["recipient"])
