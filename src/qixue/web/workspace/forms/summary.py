"""Forms for writing the work summary: a section, its outline, comments, photos."""

import re
from typing import Any

from django import forms
from django.core.signing import BadSignature
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from qixue.core.pictures import LARGEST_PHOTO
from qixue.report.manuscript_merge import Choice, Clash
from qixue.report.models.sections import LONGEST_TEXT
from qixue.report.seen_drafts import seen_draft
from qixue.web.forms import Form
from qixue.web.workspace.forms.fields import PlainCharField

WIDTHLESS = re.compile(r"[\u200b\u2060\ufeff]")  # zero width space, word joiner, byte order mark
LEVELS = [(1, _("一、 first level")), (2, _("（一） second level")), (3, _("1. third level"))]
CHOICES = [
    (Choice.MINE.value, _("My text")),
    (Choice.THEIRS.value, _("What is saved already")),
    (Choice.BOTH.value, _("Both, one after the other")),
]


class DraftSeenField(forms.Field):
    """The draft that the page was made with. None where it is missing, or not as the site has signed it."""

    widget = forms.HiddenInput

    def to_python(self, value: Any) -> str | None:
        try:
            return seen_draft(value) if value else None
        except BadSignature:
            return None


class SectionTextField(forms.CharField):
    """Text as people paste it, without the marks of no width that messengers put between its characters."""

    def to_python(self, value: Any) -> str:
        return WIDTHLESS.sub("", super().to_python(value) or "")


class SectionForm(Form):
    """The text of a section, and which version and draft its author began with."""

    text = SectionTextField(
        label=_("Text of the section"),
        required=False,
        strip=False,
        max_length=LONGEST_TEXT,
        help_text=_("Each line is a paragraph. What stands between {{ and }} is filled in from the records."),
        widget=forms.Textarea(attrs={"rows": 16, "lang": "zh-hans", "spellcheck": "false"}),
    )
    based_on = forms.IntegerField(min_value=0, max_value=1_000_000, widget=forms.HiddenInput)
    draft_seen = DraftSeenField(required=False)

    @property
    def typed(self) -> str:
        """The text that was sent, also when it cannot be saved."""
        return self.cleaned_data.get("text", self["text"].value() or "")


class NumbersForm(SectionForm):
    """A text with the version that it was written upon and the one that was saved meanwhile."""

    text = SectionTextField(required=False, strip=False, max_length=LONGEST_TEXT, widget=forms.HiddenInput)
    theirs = forms.IntegerField(min_value=1, max_value=1_000_000, widget=forms.HiddenInput)


class ClashForm(NumbersForm):
    """One choice for each paragraph that two people have changed. Nothing is chosen beforehand."""

    def __init__(self, *args: Any, clashes: list[Clash], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for at in range(1, len(clashes) + 1):
            label = _("Paragraph %(number)d that both have changed") % {"number": at}
            self.fields[f"choice_{at}"] = forms.ChoiceField(label=label, choices=CHOICES, widget=forms.RadioSelect)
        self.clash_count = len(clashes)

    @property
    def choices(self) -> list[Choice]:
        return [Choice(self.cleaned_data[f"choice_{at}"]) for at in range(1, self.clash_count + 1)]


class NewSectionForm(Form):
    """A section with a heading of its own."""

    heading = PlainCharField(label=pgettext_lazy("of a section", "Heading"), max_length=60)
    level = forms.TypedChoiceField(label=_("Level"), choices=LEVELS, coerce=int, widget=forms.RadioSelect)
    after = forms.TypedChoiceField(label=_("After which section"), coerce=int)

    def __init__(self, *args: Any, places: list[tuple[int, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["after"].choices = [("", "—"), *places]  # type: ignore[attr-defined]  # a ChoiceField


class HeadingForm(Form):
    heading = PlainCharField(label=pgettext_lazy("of a section", "Heading"), max_length=60)


class CommentForm(Form):
    """A comment, with the words that it is about."""

    quote = PlainCharField(label=_("The words it is about"), max_length=300, required=False)
    text = PlainCharField(
        label=pgettext_lazy("on a section", "Comment"), max_length=1000, widget=forms.Textarea(attrs={"rows": 3})
    )


class AnswerForm(Form):
    """An answer; a comment that is dealt with is closed."""

    text = PlainCharField(
        label=pgettext_lazy("to a comment", "Answer"),
        max_length=1000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    is_closing = forms.BooleanField(label=_("The comment is dealt with"), required=False)


class PhotoWordsForm(Form):
    """The caption of a photo, and words for people who cannot see it."""

    caption = PlainCharField(label=_("Caption below the photo"), max_length=100)
    alt = PlainCharField(
        label=_("What can be seen, for people who cannot see it"),
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 2}),
    )


class PhotoForm(PhotoWordsForm):
    """A photo with its words."""

    field_order = ("photo", "caption", "alt")
    photo = forms.FileField(
        label=_("Photo"),
        help_text=_("JPEG, PNG or WebP up to 10 MB. Where and with what it was taken is not kept."),
        widget=forms.ClearableFileInput(attrs={"accept": "image/jpeg,image/png,image/webp"}),
    )

    def clean_photo(self) -> Any:
        photo = self.cleaned_data["photo"]
        if photo and photo.size > LARGEST_PHOTO:
            raise forms.ValidationError(_("The photo is larger than 10 MB; please take a smaller one."))
        return photo
