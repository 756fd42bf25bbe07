import datetime
import uuid
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from qixue.core.language import enumeration
from qixue.core.names import by_name
from qixue.people.directory import named
from qixue.people.models import User
from qixue.people.operations.invitations import Invited
from qixue.web.forms import Form
from qixue.web.workspace.forms.fields import DayField, MobileField, PersonNameField, PlainCharField, SuggestingInput
from qixue.web.workspace.role_words import role_choices

MOST_SUGGESTED = 200
LASTING = [("30", _("30 days")), ("90", _("90 days")), ("365", _("One year"))]


class RoleField(forms.ChoiceField):
    """One of the roles that the viewer may give, each with what it is for; nothing is chosen beforehand."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(widget=forms.RadioSelect, **kwargs)

    def offer(self, roles: list[str]) -> None:
        self.choices = role_choices(roles)


class InviteForm(Form):
    """Who is asked to take which role."""

    name = PersonNameField(label=_("Full name"), max_length=100, widget=forms.TextInput(attrs={"spellcheck": "false"}))
    mobile = MobileField(
        label=_("Mobile number"),
        required=False,
        help_text=_("The link goes to the number, to the address, or to both."),
    )
    email = forms.EmailField(label=_("Mail address"), required=False, max_length=160)
    role = RoleField(label=_("Role"))
    client_uuid = forms.UUIDField(initial=uuid.uuid4, widget=forms.HiddenInput)

    def __init__(self, *args: Any, roles: list[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["role"].offer(roles)  # type: ignore[attr-defined]  # a field of our own

    def invited(self) -> Invited:
        names = ("name", "role", "email", "mobile")
        return Invited(**{name: self.cleaned_data[name] for name in names})


class PersonField(forms.CharField):
    """Somebody among those that the form offers, by user name or full name; where two share it, the user name."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(max_length=100, widget=SuggestingInput(attrs={"spellcheck": "false"}), **kwargs)
        self.people: QuerySet[User] = User.objects.none()

    def offer(self, people: QuerySet[User]) -> None:
        self.people = people
        if isinstance(self.widget, SuggestingInput):
            suggested = by_name(people.values_list("username", "display_name"), lambda row: row[1])
            self.widget.suggestions = suggested[:MOST_SUGGESTED]

    def clean(self, value: Any) -> User:
        text = super().clean(value).strip()
        found = named(self.people, text)
        if len(found) == 1:
            return found[0]
        if found:
            names = enumeration(person.username for person in found)
            raise forms.ValidationError(
                _("Several people have this name; please give the user name: %(names)s."), params={"names": names}
            )
        raise forms.ValidationError(_("Nobody of this name is here; please check it, or invite the person."))


class PersonForm(Form):
    """A form that names one person among some."""

    person = PersonField(label=_("Person"), help_text=_("User name or full name."))

    def __init__(self, *args: Any, people: QuerySet[User], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["person"].offer(people)  # type: ignore[attr-defined]  # a field of our own


class GiveRoleForm(PersonForm):
    role = RoleField(label=_("Role"))

    def __init__(self, *args: Any, roles: list[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["role"].offer(roles)  # type: ignore[attr-defined]  # a field of our own


class StandInForm(PersonForm):
    first = DayField(label=_("First day"), max_length=20)
    last = DayField(
        label=_("To and including"), max_length=20, help_text=_("It ends by itself at midnight of that day.")
    )


class HandOverForm(PersonForm):
    note = PlainCharField(
        label=_("Note for the successor"),
        max_length=1000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 5}),
        help_text=_("What is under way, where things are, whom to ask. You both find it under My roles."),
    )


class FindPeopleForm(Form):
    q = forms.CharField(label=_("Name or user name"), required=False, max_length=60)


class TokenForm(Form):
    """A new key for a program."""

    name = PlainCharField(label=_("What it is for"), max_length=60, help_text=_("For example: figures on our website."))
    days = forms.ChoiceField(label=_("Works for"), choices=LASTING, widget=forms.RadioSelect)
    client_uuid = forms.UUIDField(initial=uuid.uuid4, widget=forms.HiddenInput)

    def lasts(self) -> datetime.timedelta:
        return datetime.timedelta(days=int(self.cleaned_data["days"]))
