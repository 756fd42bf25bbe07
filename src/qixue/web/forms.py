"""What every form of the site does: words of its own labels, refusals beside their field, doubts asked once."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.core.validators import MaxLengthValidator, MaxValueValidator, MinValueValidator
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from qixue.core.fields import plain_text_validator
from qixue.core.language import enumeration
from qixue.core.refusal import Doubt, Refused

LARGEST_NUMBER = 2**63 - 1
LONGEST_TEXT = 20_000  # characters, where a field says nothing else
WAYS_TO_ANSWER = (
    (forms.BooleanField, gettext_lazy("Please tick: %(label)s.")),
    (forms.FileField, gettext_lazy("Please add: %(label)s.")),
    (forms.ChoiceField, gettext_lazy("Please choose: %(label)s.")),
    (forms.Field, gettext_lazy("Please fill in: %(label)s.")),
)
WAYS_TO_ANSWER_A_QUESTION = (
    (forms.ChoiceField, gettext_lazy("Please choose one.")),
    (forms.CharField, gettext_lazy("Please write an answer.")),
)
QUESTION_MARKS = ("?", "？")


@dataclass(frozen=True)
class Difference:
    """A field that two editors of one record answered in different ways."""

    label: str
    stored: str
    typed: str


class RawTextField(forms.CharField):
    """Text that is taken apart before anything of it is kept: whoever does so looks at each part by itself."""


def within_length(value: Any) -> None:
    """What a field has made of the text already, a UUID for example, has no length."""
    if isinstance(value, str):
        MaxLengthValidator(LONGEST_TEXT)(value)


def seen_in_full(value: Any) -> None:
    if isinstance(value, str):
        plain_text_validator(value)


def guard(field: forms.Field) -> None:
    """Hold every number to what a database holds, and every text to a length and to characters that can be seen.

    A password may be of any characters: it is never shown.
    """
    wanted: list[Callable[[Any], None]] = []
    if isinstance(field, forms.IntegerField):
        wanted = [MaxValueValidator(LARGEST_NUMBER), MinValueValidator(-LARGEST_NUMBER)]
    elif isinstance(field, forms.CharField) and not isinstance(field.widget, forms.PasswordInput):
        wanted = [within_length] if isinstance(field, RawTextField) else [within_length, seen_in_full]
    field.validators += [validator for validator in wanted if validator not in field.validators]


def word(field: forms.Field) -> None:
    """Let a field ask in the words of its label, where it has no sentence of its own."""
    if field.error_messages["required"] == forms.Field.default_error_messages["required"]:
        is_sentence = str(field.label).endswith((*QUESTION_MARKS, ".", "。"))  # does not fit into another
        field.error_messages["required"] = asks_for_an_answer(field) if is_sentence else asks_by_label(field)
    if isinstance(field, forms.EmailField):
        field.error_messages["invalid"] = _("Please write a mail address, for example name@example.cn.")


def asks_by_label(field: forms.Field) -> str:
    sentence = next(sentence for kind, sentence in WAYS_TO_ANSWER if isinstance(field, kind))
    return str(sentence) % {"label": str(field.label).rstrip(".。")}


def asks_for_an_answer(field: forms.Field) -> str:
    """Without the label, where there is a way to."""
    ways = (answer for kind, answer in WAYS_TO_ANSWER_A_QUESTION if isinstance(field, kind))
    return str(next(ways, None) or asks_by_label(field))


def choose_once_more(widget: forms.Widget) -> str:
    if str(widget.attrs.get("accept", "")).startswith("image/"):
        return _("Please choose the photo once more: %(name)s")
    return _("Please choose the file once more: %(name)s")


class Worded(forms.BaseForm):
    """A form that asks for a missing answer in the words of the field's label."""

    one_of_two: tuple[str, ...] = ()  # names of two fields of which one has to be filled in
    remarks: Mapping[str, object] = {}  # by names of fields: when they have to be filled in, behind their labels
    question = ""  # a doubt about an act without any field: there is nothing to change, only to say yes
    is_in_doubt = False  # the operation asks once more; the box with which to say yes is shown

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            word(field)

    def full_clean(self) -> None:
        for field in self.fields.values():
            guard(field)
        super().full_clean()
        if self.errors:
            self.ask_for_files_again()

    def ask_for_files_again(self) -> None:
        """Beside each file that was sent: a browser cannot be given it back. One that is wrong has its own sentence."""
        sent = ((field.name, field.data) for field in self.visible_fields())
        self.ask_again_for({name: file.name or "" for name, file in sent if isinstance(file, UploadedFile)})

    def ask_again_for(self, files: Mapping[str, str]) -> None:
        """`files` are names of files by those of their fields."""
        for name, file in files.items():
            if name in self.fields and not self[name].errors:
                self.add_error(name, choose_once_more(self.fields[name].widget) % {"name": file})

    def refuse(self, refusal: Refused) -> None:
        """Show why the operation refused, beside the field that it names; a doubt offers to go on all the same, and is
        the question of the page where nothing was typed. Of several doubts each stands beside its own field.
        """
        if isinstance(refusal, Doubt) and not self.visible_fields():
            self.question = str(refusal)
            return
        for each in refusal.apart():
            self.add_error(each.field if each.field in self.fields else None, str(each))
        if isinstance(refusal, Doubt):
            self.is_in_doubt = True
            self.fields["confirmed"].widget = forms.CheckboxInput()
        self.ask_for_files_again()

    def differences(self, stored: dict[str, Any]) -> list[Difference]:
        """Where what was typed is not what is stored now; `stored` has the shape of the form's initial values."""
        fields = [field for field in self.visible_fields() if field.name != "confirmed"]
        pairs = [(field, shown(field, stored.get(field.name)), shown(field, field.value())) for field in fields]
        return [Difference(str(field.label), theirs, mine) for field, theirs, mine in pairs if theirs != mine]


class Form(Worded, forms.Form):
    """The form from which those of this site are made."""


class ConfirmableForm(Form):
    """A form whose operation may ask once more; the box is shown when it did."""

    confirmed = forms.BooleanField(
        label=gettext_lazy("I have checked this: save it as it is"), required=False, widget=forms.HiddenInput
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["confirmed"] = self.fields.pop("confirmed")  # just above the button


def shown(field: forms.BoundField, value: Any) -> str:
    """A value as its field shows it to people, whether it is stored or was sent by a browser."""
    if isinstance(field.field, forms.BooleanField):
        return _("Yes") if value in (True, "on") else _("No")
    value = field.field.prepare_value(value)
    choices = getattr(field.field, "choices", None)
    if choices is not None:
        chosen = {str(key) for key in (value if isinstance(value, list | tuple) else [value])}
        return enumeration(str(label) for key, label in choices if key not in (None, "") and str(key) in chosen)
    return "" if value is None else "\n".join(str(value).split("\r\n")).strip()
