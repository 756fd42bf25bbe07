"""What people are told about recognitions. No notice names a nominee: what was sent out cannot be taken back."""

from django.utils.translation import gettext_lazy as _

from qixue.people.models import NotificationPreference
from qixue.people.notices import Notice, NoticeKind, names_of, register
from qixue.programme.models import Nomination, Objection, RecognitionCall

RECOGNITIONS = NotificationPreference.Topic.RECOGNITIONS

register(
    NoticeKind(
        "recognition_called",
        RECOGNITIONS,
        _("Please put forward nominations: %(call)s"),
        _("%(decider)s has opened a call. Last day for nominations: %(due_on)s."),
    ),
    NoticeKind(
        "nomination_waits",
        RECOGNITIONS,
        _("A nomination of %(organisation)s waits for your review"),
        _("It was put forward for %(call)s."),
    ),
    NoticeKind(
        "nomination_passed_on",
        RECOGNITIONS,
        _("A nomination of %(organisation)s was passed on"),
        _("In %(call)s it has reached the next level."),
    ),
    NoticeKind(
        "nomination_sent_back",
        RECOGNITIONS,
        _("A nomination of %(organisation)s was sent back"),
        _("The reason stands on its page. You can change it and put it forward again for %(call)s."),
    ),
    NoticeKind(
        "nomination_not_selected",
        RECOGNITIONS,
        _("A nomination of %(organisation)s was not selected"),
        _("The decision in %(call)s and its reason stand on its page."),
    ),
    NoticeKind(
        "nomination_on_notice",
        RECOGNITIONS,
        _("A nomination of %(organisation)s is on public notice"),
        _("The public notice of %(call)s runs until %(until_on)s. Please tell the nominee."),
    ),
    NoticeKind(
        "nomination_consent_withdrawn",
        RECOGNITIONS,
        _("A nominee of %(organisation)s no longer agrees to publication"),
        _("What they no longer agree to is off the public pages of %(call)s."),
    ),
    NoticeKind(
        "nomination_objection",
        RECOGNITIONS,
        _("An objection was received: %(call)s"),
        _("It concerns a nomination of %(organisation)s on public notice. Please settle it before the result."),
    ),
    NoticeKind(
        "recognition_notice_over",
        RECOGNITIONS,
        _("The public notice is over: %(call)s"),
        _("Please settle what is open and confirm the result."),
    ),
    NoticeKind(
        "nomination_awarded",
        RECOGNITIONS,
        _("A nomination of %(organisation)s is awarded"),
        _("The result of %(call)s is public. Please tell the nominee."),
    ),
)


def called(call: RecognitionCall) -> Notice:
    params = {
        "call": call.name,
        **names_of(decider=call.organisation),
        "due_on": call.nominate_until.isoformat(),
    }
    return Notice("recognition_called", f"recognition_called:{call.pk}", link_to_call(call), params)


def moved_on(kind: str, nomination: Nomination) -> Notice:
    """A nomination took a step; the number of edits keeps two steps of one kind apart."""
    until = nomination.notice_until
    params = {
        "call": nomination.call.name,
        **names_of(organisation=nomination.organisation),
        "until_on": until.isoformat() if until else "",
    }
    return Notice(kind, f"{kind}:{nomination.pk}:{nomination.edit_count}", link_to(nomination), params)


def objection_received(objection: Objection) -> Notice:
    nomination = objection.nomination
    params = {"call": nomination.call.name, **names_of(organisation=nomination.organisation)}
    return Notice("nomination_objection", f"nomination_objection:{objection.pk}", link_to(nomination), params)


def notice_over(nomination: Nomination) -> Notice:
    """Told once for all candidates of a call whose notice ended on the same day."""
    call, until = nomination.call, nomination.notice_until
    key = f"recognition_notice_over:{call.pk}:{until}"
    return Notice("recognition_notice_over", key, link_to_call(call), {"call": call.name})


def link_to_call(call: RecognitionCall) -> str:
    return f"/workspace/recognitions/{call.pk}/"


def link_to(nomination: Nomination) -> str:
    return f"/workspace/nominations/{nomination.pk}/"
