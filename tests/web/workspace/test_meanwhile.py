"""Which fields of a stale form are said to differ from what is stored: none that nobody changed."""

import pytest
from django import forms
from tests.factories import VenueFactory

from qixue.places.models import Venue
from qixue.web.forms import Difference, Form
from qixue.web.workspace.forms.fields import PlainCharField, RecordField

pytestmark = pytest.mark.django_db


class Editing(Form):
    venue = RecordField(label="venue", queryset=Venue.objects.all(), required=False, empty_label="—")
    words = PlainCharField(label="words", widget=forms.Textarea)
    ways = forms.MultipleChoiceField(label="ways", choices=[("1", "一"), ("2", "二")])


def test_only_what_differs_is_named() -> None:
    venue = VenueFactory(name="文化馆")
    stored = {"venue": venue, "words": "一\n二", "ways": [1]}
    same = {"venue": str(venue.pk), "words": "一\r\n二", "ways": ["1"]}

    assert Editing(same).differences(stored) == []
    assert Editing({**same, "ways": ["1", "2"]}).differences(stored) == [Difference("ways", "一", "一、二")]
    assert [each.label for each in Editing({**same, "venue": ""}).differences(stored)] == ["venue"]
