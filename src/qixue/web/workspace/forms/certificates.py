from collections.abc import Sequence
from typing import Any, cast

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from qixue.participation.models import Certificate, CertificateRule
from qixue.participation.operations.certificates import RuleDetails
from qixue.participation.queries.certificates import Candidate
from qixue.people.models import Resident
from qixue.people.namesakes import told_apart
from qixue.web.forms import Form
from qixue.web.workspace.forms.fields import PlainCharField, WholeNumberField


class RuleForm(Form):
    """What the certificate of an activity is called, and who gets it."""

    kind = forms.ChoiceField(
        label=gettext_lazy("Kind of certificate"), choices=CertificateRule.Kind.choices, widget=forms.RadioSelect
    )
    title = PlainCharField(
        label=gettext_lazy("What was learnt"),
        max_length=60,
        help_text=gettext_lazy("Stands on the certificate, for example: growing tea in the hills."),
    )
    least_session_count = WholeNumberField(
        label=gettext_lazy("At least how many sessions attended"),
        required=False,
        help_text=gettext_lazy("Leave it empty to choose by hand among those who were there."),
        widget=forms.TextInput(attrs={"inputmode": "numeric"}),
    )
    criteria = PlainCharField(
        label=gettext_lazy("What else had to be done"),
        max_length=100,
        required=False,
        help_text=gettext_lazy("A sentence for everybody who checks the certificate, for example: a test was passed."),
    )

    def details(self) -> RuleDetails:
        return RuleDetails(**self.cleaned_data)


def initial_of(rule: CertificateRule | None, *, title: str) -> dict[str, Any]:
    if rule is None:
        return {"title": title}
    return {name: getattr(rule, name) or "" for name in ("kind", "title", "least_session_count", "criteria")}


class IssueForm(Form):
    """Whom to give one: first chosen, then looked at once more."""

    people = forms.MultipleChoiceField(
        label=gettext_lazy("Who gets a certificate"), widget=forms.CheckboxSelectMultiple
    )

    def __init__(self, *args: Any, candidates: Sequence[Candidate], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.candidates = {str(row.resident.pk): row for row in candidates}
        field = cast(forms.MultipleChoiceField, self.fields["people"])
        apart = told_apart(row.resident for row in candidates)
        self.rows = {key: (row, apart.get(row.resident.pk, "")) for key, row in self.candidates.items()}
        field.choices = [(key, label_of(row, particulars)) for key, (row, particulars) in self.rows.items()]

    def chosen(self) -> list[Candidate]:
        return [self.candidates[key] for key in self.cleaned_data["people"]]

    def chosen_rows(self) -> list[tuple[Candidate, str]]:
        """With what tells namesakes apart."""
        return [self.rows[key] for key in self.cleaned_data["people"]]

    def residents(self) -> list[Resident]:
        return [row.resident for row in self.chosen()]


def label_of(row: Candidate, particulars: str) -> str:
    """`particulars` tell namesakes apart."""
    sessions = ngettext("%(count)s session", "%(count)s sessions", row.session_count) % {"count": row.session_count}
    known = f"{particulars} · {sessions}" if particulars else sessions
    return _("%(name)s (%(sessions)s)") % {"name": row.resident.name, "sessions": known}


class RevokeForm(Form):
    kind = forms.ChoiceField(
        label=gettext_lazy("What the public page says"),
        choices=Certificate.RevokeKind.choices,
        widget=forms.RadioSelect,
    )
    reason = PlainCharField(
        label=gettext_lazy("Why"),
        max_length=200,
        help_text=gettext_lazy("For your own records; it is not shown to others."),
    )
