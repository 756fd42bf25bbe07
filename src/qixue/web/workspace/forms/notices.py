from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from qixue.people.models import NotificationPreference
from qixue.people.models.accounts import MESSAGE_LANGUAGES
from qixue.people.operations.notifications import Reachability
from qixue.web.forms import Form
from qixue.web.workspace.forms.fields import MobileField, TimeField

TOPICS = NotificationPreference.Topic.choices
BY_MAIL_IF_WANTED = [(topic, label) for topic, label in TOPICS if topic != NotificationPreference.Topic.ACCOUNT]


class NoticePreferencesForm(Form):
    """Where, in which language and about what somebody wants to hear beyond the inbox."""

    email = forms.EmailField(label=_("Mail address"), required=False, max_length=160)
    mobile = MobileField(label=_("Mobile number"), required=False)
    language = forms.ChoiceField(
        label=_("Language of messages"), choices=list(MESSAGE_LANGUAGES.items()), widget=forms.RadioSelect
    )
    mail_topics = forms.MultipleChoiceField(
        label=_("By mail about"),
        choices=BY_MAIL_IF_WANTED,
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("What concerns the safety of your account always goes out by mail."),
    )
    sms_topics = forms.MultipleChoiceField(
        label=_("By SMS about"), choices=TOPICS, required=False, widget=forms.CheckboxSelectMultiple
    )
    quiet_from = TimeField(
        label=_("Quiet from"), required=False, help_text=_("No mail and no SMS goes out then, for example from 22:00.")
    )
    quiet_until = TimeField(label=_("Quiet until"), required=False, help_text=_("For example 7:00."))

    def clean(self) -> dict[str, Any]:
        answers = super().clean() or {}
        for given, missing in (("quiet_from", "quiet_until"), ("quiet_until", "quiet_from")):
            if answers.get(given) and missing in answers and not answers[missing]:
                self.add_error(missing, _("Please give both times, or none."))
        return answers

    def reachability(self) -> Reachability:
        answers = self.cleaned_data
        quiet = (answers["quiet_from"], answers["quiet_until"]) if answers["quiet_from"] else None
        return Reachability(
            email=answers["email"],
            mobile=answers["mobile"],
            language=answers["language"],
            mail_topics=frozenset(answers["mail_topics"]),
            sms_topics=frozenset(answers["sms_topics"]),
            quiet=quiet,
        )


class UpToForm(Form):
    """The newest notice on the page that was read."""

    upto = forms.IntegerField(min_value=0, max_value=2**63 - 1)


def initial_of(reachability: Reachability) -> dict[str, Any]:
    begins, ends = reachability.quiet or (None, None)
    return {
        "email": reachability.email,
        "mobile": reachability.mobile,
        "language": reachability.language,
        "mail_topics": sorted(reachability.mail_topics),
        "sms_topics": sorted(reachability.sms_topics),
        "quiet_from": f"{begins:%H:%M}" if begins else "",
        "quiet_until": f"{ends:%H:%M}" if ends else "",
    }
