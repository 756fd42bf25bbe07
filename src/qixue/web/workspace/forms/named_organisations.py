"""Fields in which organisations are named in words, as a notice names them; works for 2,000 of them, without script."""

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from qixue.core.language import enumeration
from qixue.people.models import Organisation
from qixue.programme.queries.programmes import Named, named_in
from qixue.web.forms import Form
from qixue.web.workspace.forms.fields import PlainCharField

MOST_NAMED = 200


class OrganisationField(PlainCharField):
    """One organisation, by its name or a part of it."""

    takes_many = False

    def __init__(self, **kwargs: Any) -> None:
        hint = gettext_lazy("The name or a part of it. Where it fits several, you choose among them.")
        super().__init__(**{"max_length": 100, "help_text": hint, **kwargs})


class OrganisationsField(OrganisationField):
    """Several, one a line or with commas between them."""

    takes_many = True

    def __init__(self, **kwargs: Any) -> None:
        hint = gettext_lazy("One a line, or with commas between them; a part of a name is enough.")
        widget = forms.Textarea(attrs={"rows": 4})
        super().__init__(**{"max_length": 8000, "help_text": hint, "widget": widget, **kwargs})


class NamingForm(Form):
    """Where a name fits several organisations, they stand below the field to choose from."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.named: dict[str, Named] = {}
        if not self.is_bound:
            return
        for name in [name for name, field in self.fields.items() if isinstance(field, OrganisationField)]:
            self.named[name] = named_in(str(self.data.get(self.add_prefix(name), "")))
            if self.named[name].candidates:
                self.offer_candidates(name)

    def offer_candidates(self, name: str) -> None:
        candidates, takes_many = self.named[name].candidates, self.takes_many(name)
        kind = forms.MultipleChoiceField if takes_many else forms.ChoiceField
        widget = forms.CheckboxSelectMultiple if takes_many else forms.RadioSelect
        self.fields[among(name)] = kind(
            label=_("Which ones do you mean?") if takes_many else _("Which one do you mean?"),
            choices=[(str(each.pk), each.local_name) for each in candidates],
            required=False,
            widget=widget,
        )
        order = list(self.fields)
        order.insert(order.index(name) + 1, order.pop())
        self.order_fields(order)

    def takes_many(self, name: str) -> bool:
        field = self.fields[name]
        return isinstance(field, OrganisationField) and field.takes_many

    def clean(self) -> dict[str, Any]:
        answers = super().clean() or {}
        for name, named in self.named.items():
            if name in self.errors:
                continue
            chosen = self.chosen(name, named, answers)
            if problem := problem_of(named):
                self.add_error(name, problem)
            elif self.takes_many(name):
                answers[name] = chosen
            elif len(chosen) > 1:
                self.add_error(name, _("Please name one organisation only."))
            else:
                answers[name] = chosen[0] if chosen else None
        return answers

    def chosen(self, name: str, named: Named, answers: dict[str, Any]) -> list[Organisation]:
        """What was named without doubt, and what was chosen among those that fit."""
        picked = answers.get(among(name)) or []
        keys = {picked} if isinstance(picked, str) else set(picked)
        among_them = [each for each in named.candidates if str(each.pk) in keys]
        if named.candidates and not among_them:
            self.add_error(among(name), _("Several organisations fit; please choose."))
        return [*named.certain, *among_them]


def among(name: str) -> str:
    return f"{name}_among"


def problem_of(named: Named) -> str:
    if named.unknown:
        sentence = _("No organisation is called “%(names)s”; please check the name.")
        return sentence % {"names": enumeration(named.unknown)}
    if named.too_many:
        sentence = _("Too many organisations fit “%(names)s”; please write more of the name.")
        return sentence % {"names": enumeration(named.too_many)}
    if len(named.certain) > MOST_NAMED:
        return _("Please name at most %(most)s organisations at once.") % {"most": MOST_NAMED}
    return ""
