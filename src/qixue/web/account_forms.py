"""Forms of signing in and of one's own account."""

import json
from typing import Any

from django import forms
from django.contrib.auth.forms import AuthenticationForm
from django.core import signing
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from qixue.core.fields import plain_text_validator
from qixue.people.models import User
from qixue.people.models.accounts import MESSAGE_LANGUAGES
from qixue.people.one_time_codes import new_key
from qixue.web.forms import Form, Worded

LONGEST_PASSWORD = 200
KEY_SALT, KEY_HOURS = "qixue.authenticator_app", 1


def password_field(label: Any, kind: str, **options: Any) -> forms.CharField:
    """`kind` tells the browser's own keeper of passwords: current-password or new-password."""
    widget = forms.PasswordInput(attrs={"autocomplete": kind})
    return forms.CharField(label=label, strip=False, max_length=LONGEST_PASSWORD, widget=widget, **options)


class SignInForm(Worded, AuthenticationForm):
    error_messages = {
        "invalid_login": _("Please check user name and password; at least one of them is not right."),
        "inactive": _("Please ask your coordinator: this account is closed."),
    }
    username = forms.CharField(
        label=_("User name"),
        max_length=60,
        widget=forms.TextInput(attrs={"autocomplete": "username", "spellcheck": "false"}),
    )
    password = password_field(_("Password"), "current-password")


class CodeForm(Form):
    code = forms.CharField(
        label=pgettext_lazy("second step", "Code"),
        max_length=40,
        help_text=_("Six digits from the app, or one of your recovery codes."),
        widget=forms.TextInput(attrs={"autocomplete": "one-time-code", "inputmode": "numeric", "spellcheck": "false"}),
    )


class AppForm(Form):
    """The key travels with the form, signed for this person: whoever mistypes a code keeps the key they scanned."""

    key = forms.CharField(widget=forms.HiddenInput)
    code = forms.CharField(
        label=_("Six digits that the app shows"),
        max_length=40,
        widget=forms.TextInput(attrs={"autocomplete": "one-time-code", "inputmode": "numeric", "spellcheck": "false"}),
    )

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.user = user
        self.secret = self.kept_key() or new_key()
        signed = signing.dumps({"user": user.pk, "key": self.secret}, salt=KEY_SALT)
        self.initial["key"] = signed
        if self.is_bound:
            self.data = {**self.data.dict(), "key": signed}  # type: ignore[attr-defined]  # a QueryDict

    def kept_key(self) -> str:
        """The key that was shown before; empty when it is too old or was made for somebody else."""
        try:
            kept = signing.loads(self.data.get("key", ""), salt=KEY_SALT, max_age=KEY_HOURS * 3600)
        except signing.BadSignature:
            return ""
        return kept["key"] if kept["user"] == self.user.pk else ""


class PasswordForm(Form):
    password = password_field(_("Password"), "current-password")


class PasswordAndCodeForm(CodeForm, PasswordForm):
    """Both steps, in the order in which they are asked at sign-in."""


class NewPasswordForm(Form):
    current = password_field(_("Present password"), "current-password")
    password = password_field(
        _("New password"),
        "new-password",
        help_text=_("At least 12 characters, for example four words that do not belong together."),
    )
    again = password_field(_("New password once more"), "new-password")

    def clean(self) -> dict[str, Any]:
        answers = super().clean() or {}
        if answers.get("again") and answers.get("password") and answers["again"] != answers["password"]:
            self.add_error("again", _("Please type the new password twice in the same way."))
        return answers


class AnswerForm(Form):
    """What the browser answers for a passkey, written into the form by the script."""

    answer = forms.CharField(widget=forms.HiddenInput, required=False, max_length=20_000)

    def clean_answer(self) -> Any:
        """None where there is none or it cannot be read; the operation says so in words."""
        try:
            answer = json.loads(self.cleaned_data["answer"])
        except ValueError:
            return None
        return answer if isinstance(answer, dict) else None


class PasskeyForm(AnswerForm):
    name = forms.CharField(
        label=_("Name of the passkey"),
        max_length=60,
        validators=[plain_text_validator],
        help_text=_("So that you recognise it later, for example: my phone."),
    )


class LanguageForm(Form):
    language = forms.ChoiceField(
        label=_("Messages to me, and pages in this browser"),
        choices=list(MESSAGE_LANGUAGES.items()),
        widget=forms.RadioSelect,
    )
