"""What people did themselves, in the words of their copy; the log keeps stable codes."""

from typing import Any

from django.utils.translation import pgettext_lazy

WORDS: dict[str, Any] = {
    "account.closed": pgettext_lazy("act", "Account closed"),
    "account.code_wrong": pgettext_lazy("act", "A wrong code was entered"),
    "account.language_chosen": pgettext_lazy("act", "Language of messages chosen"),
    "account.opened": pgettext_lazy("act", "Account opened"),
    "account.password_set": pgettext_lazy("act", "Password set"),
    "account.session_ended": pgettext_lazy("act", "Signed out a device"),
    "account.sessions_ended": pgettext_lazy("act", "Signed out all other devices"),
    "account.signed_in": pgettext_lazy("act", "Signed in"),
    "account.wechat_linked": pgettext_lazy("act", "WeChat linked"),
    "account.wechat_unlinked": pgettext_lazy("act", "WeChat no longer linked"),
    "attendance.by_wall": pgettext_lazy("act", "Came in with the code on the wall"),
    "calendar_feed.ended": pgettext_lazy("act", "Own calendar address ended"),
    "calendar_feed.renewed": pgettext_lazy("act", "Own calendar address made"),
    "feedback.changed": pgettext_lazy("act", "Feedback changed"),
    "feedback.given": pgettext_lazy("act", "Feedback given"),
    "learning.declared": pgettext_lazy("act", "Own learning written down"),
    "learning.deleted": pgettext_lazy("act", "Own learning deleted"),
    "learning.edited": pgettext_lazy("act", "Own learning changed"),
    "listing.changed": pgettext_lazy("act", "A thing to swap changed"),
    "listing.made": pgettext_lazy("act", "A thing to swap listed"),
    "listing.photo_added": pgettext_lazy("act", "Photo of a thing added"),
    "listing.photo_first": pgettext_lazy("act", "Photo of a thing put first"),
    "listing.photo_removed": pgettext_lazy("act", "Photo of a thing removed"),
    "listing.reported": pgettext_lazy("act", "A thing to swap reported"),
    "listing.withdrawn": pgettext_lazy("act", "A thing to swap withdrawn"),
    "notifications.chosen": pgettext_lazy("act", "Ways of being told chosen"),
    "registration.cancelled": pgettext_lazy("act", "A seat or place in line given up"),
    "registration.handed_over": pgettext_lazy("act", "A seat passed on within the household"),
    "registration.made": pgettext_lazy("act", "Signed up"),
    "registration.offer_accepted": pgettext_lazy("act", "An offered seat accepted"),
    "resident.consent_withdrawn": pgettext_lazy("act", "Consent for a child taken back"),
    "resident.copy_taken": pgettext_lazy("act", "Copy of the data taken"),
    "resident.dependent_added": pgettext_lazy("act", "Somebody added to the household"),
    "resident.dependent_edited": pgettext_lazy("act", "Details of somebody in the household changed"),
    "resident.dependent_offered": pgettext_lazy("act", "Code made that hands somebody on"),
    "resident.guardian_changed": pgettext_lazy("act", "Somebody taken over into the household"),
    "resident.merged": pgettext_lazy("act", "Two records brought together"),
    "resident.profile_saved": pgettext_lazy("act", "Own details saved"),
    "swap.agreed": pgettext_lazy("act", "Agreed to an exchange"),
    "swap.answered": pgettext_lazy("act", "Answered about an exchange"),
    "swap.entered": pgettext_lazy("act", "Things entered for a swap round"),
    "swap.left": pgettext_lazy("act", "Things taken out of a swap round"),
    "token.made": pgettext_lazy("act", "Key for a program made"),
    "token.revoked": pgettext_lazy("act", "Key for a program revoked"),
    "wish.kinds_set": pgettext_lazy("act", "Kinds of things wished for chosen"),
    "wish.set": pgettext_lazy("act", "Wish for a thing set"),
}


def words_of(action: str) -> str:
    """The code itself for what belongs to an office."""
    return str(WORDS.get(action, action))
