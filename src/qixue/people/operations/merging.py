"""Two records of one person become one (docs/decisions/0038-merges.md).

Every app says through `people.personal_data` what it holds and how that moves. The row of the record that goes is
deleted last: nothing can be written for it any more, whoever still had it in hand.
"""

import datetime
from collections import Counter

from django.conf import settings
from django.db import models, transaction
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from qixue.core.language import speaking
from qixue.core.models import record_audit
from qixue.core.outbox import Letter, put_into_outbox
from qixue.core.refusal import Refused
from qixue.people.models import ConfirmedMobile, Merge, Resident, User
from qixue.people.operations.erasure import is_or_was_staff
from qixue.people.operations.locks import changed_meanwhile, locked_people
from qixue.people.personal_data import Pair, holdings


@transaction.atomic
def merge_people(one: Resident, other: Resident, *, ground: Merge.Ground, by: User, at: datetime.datetime) -> Resident:
    """Make one record of two that are of the same person. Returns the one that is kept.

    Whoever calls it has made sure that `by` may do it for both. Name, year of birth and home are those of the record
    that is kept, filled from the other where they are unknown. The people are locked first, by key, as where they are
    forgotten; what the holdings refuse is refused as a whole.
    Refused: changed_meanwhile, own_guardian, both_sign_in, staff_account, and as the holdings refuse.
    """
    if one.pk == other.pk or Resident.NOBODY in (one.name, other.name):
        raise ValueError("Two records of somebody are needed to make one of them.")
    locked = locked_people([one.pk, other.pk])
    if len(locked) < 2:
        raise changed_meanwhile()
    pair = Pair.of(*locked.values(), by=by)
    check(pair, ground)
    for holding in holdings.holdings:
        holding.move(pair, by=by, at=at)
    fill(pair)
    leave(pair)
    merge = Merge.objects.create(kept_key=pair.kept.key, gone_key=pair.gone.key, ground=ground, actor_id=by.pk, at=at)
    record_audit("resident.merged", pair.kept, by=by, at=at, details={"merge": merge.pk, "ground": str(ground)})
    return pair.kept


@transaction.atomic
def merge_accounts(person: Resident, other: User | None, *, by: User, at: datetime.datetime) -> Resident:
    """Make one of somebody's two accounts: the one with which they are signed in, of those whose phones they hold both.

    The number of the other one is told: its notices move, and nobody signs in with it any more.
    Refused: no_second_account, and as `merge_people` refuses.
    """
    pair = accounts_to_merge(person, other, by=by)
    if other:
        put_into_outbox(farewell(other), at=at)
    return merge_people(pair.kept, pair.gone, ground=Merge.Ground.PROVED, by=by, at=at)


def accounts_to_merge(person: Resident, other: User | None, *, by: User) -> Pair:
    """Which of the two is kept. Refused: no_second_account, own_guardian, staff_account."""
    second = Resident.objects.filter(user=other).exclude(pk=person.pk).first() if other else None
    if second is None:
        sentence = _("There is no other account with this number in which somebody has given a name.")
        raise Refused("no_second_account", sentence)
    pair = Pair.of(person, second, by=by)
    check(pair, Merge.Ground.PROVED)
    return pair


def farewell(account: User) -> list[Letter]:
    """To the number of an account that ends, in its language; none where it has no number."""
    words = {"site": settings.QIXUE["SITE_NAME"]}
    with speaking(account.language):
        body = gettext(
            "%(site)s: the account with this number is now one with another account of the same person. If that was"
            " not you, please call us at once."
        )
    key = f"account_merged:{account.pk}"
    mobiles = ConfirmedMobile.objects.filter(user=account).values_list("mobile", flat=True)
    return [Letter("sms", mobile, body % words, key) for mobile in mobiles]


def check(pair: Pair, ground: str) -> None:
    """Refused: own_guardian, both_sign_in, staff_account."""
    kept, gone = pair.kept, pair.gone
    if kept.guardian_id == gone.pk or (gone.guardian_id == kept.pk and kept.user_id is None):
        sentence = _("One of the two takes care of the other, so they are two people.")
        raise Refused("own_guardian", sentence)
    if gone.user is None:
        return
    if ground != Merge.Ground.PROVED:
        raise both_sign_in()
    if is_or_was_staff(gone.user):
        sentence = _(
            "The other account is that of somebody on the staff. Please sign in with that one, and begin there."
        )
        raise Refused("staff_account", sentence)


def both_sign_in() -> Refused:
    sentence = _("Both sign in. Only the person can bring the two together: under “Mine”, “My data”.")
    return Refused("both_sign_in", sentence)


def fill(pair: Pair) -> None:
    """What is known of the one that is kept stands."""
    kept, gone = pair.kept, pair.gone
    kept.birth_year = kept.birth_year or gone.birth_year
    kept.home_region = kept.home_region or gone.home_region
    if kept.user_id is None:
        kept.guardian = kept.guardian or gone.guardian
    kept.save(update_fields=["birth_year", "home_region", "guardian"])


def leave(pair: Pair) -> None:
    """The record that goes, and its account. What was written for it meanwhile is not lost: then nothing is done.

    Refused: changed_meanwhile.
    """
    gone = Resident.objects.select_for_update().get(pk=pair.gone.pk)
    if still_pointing(gone):
        raise changed_meanwhile()
    gone.delete()
    if pair.gone.user:
        pair.gone.user.delete()


def still_pointing(gone: Resident) -> Counter[str]:
    """How many rows of each kind still are of the record that goes."""
    found = Counter[str]()
    for relation in Resident._meta.related_objects:
        model: type[models.Model] = relation.related_model
        found[model._meta.label_lower] += model._base_manager.filter(**{relation.field.name: gone}).count()
    return +found
