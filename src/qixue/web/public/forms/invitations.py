from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from qixue.people.operations.invitations import Credentials, NewAccount
from qixue.web.forms import Form
from qixue.web.workspace.forms.fields import CodeField, PersonNameField


class CredentialsForm(Form):
    """User name and password, for an account that was opened by phone."""

    username = CodeField(
        label=_("User name"),
        max_length=60,
        help_text=_("With it you sign in: Latin letters and digits, for example wangfang."),
        widget=forms.TextInput(attrs={"autocomplete": "username", "spellcheck": "false", "autocapitalize": "none"}),
    )
    password = forms.CharField(
        label=_("Password"),
        strip=False,
        max_length=200,
        help_text=_("At least 12 characters; a sentence is easiest to keep in mind."),
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )
    repeated = forms.CharField(
        label=_("Password once more"),
        strip=False,
        max_length=200,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )

    def clean(self) -> dict[str, Any]:
        answers = super().clean() or {}
        if answers.get("password") and answers.get("repeated") and answers["password"] != answers["repeated"]:
            self.add_error("repeated", _("Please type the same password twice."))
        return answers

    def credentials(self) -> Credentials:
        return Credentials(self.cleaned_data["username"], self.cleaned_data["password"])


class JoinForm(CredentialsForm):
    """The account that an invited person makes."""

    name = PersonNameField(label=_("Your name"), max_length=100, widget=forms.TextInput(attrs={"autocomplete": "name"}))

    field_order = ("name", "username", "password", "repeated")

    def account(self, language: str) -> NewAccount:
        names = ("username", "password", "name")
        return NewAccount(**{name: self.cleaned_data[name] for name in names}, language=language)
