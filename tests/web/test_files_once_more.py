"""A form that is shown again asks for the file that was sent: a browser cannot be given it back."""

import pytest
from django import forms
from django.core.files.uploadedfile import SimpleUploadedFile
from lxml import html
from tests.factories import MemberFactory, ProgrammeFactory
from tests.factories_swap import TownFactory
from tests.swap.operations.test_listings import picture
from tests.web.browsing import signed_in
from tests.web.public.conftest import words

from qixue.core.refusal import Doubt, Refused
from qixue.swap.models import Listing
from qixue.web.forms import ConfirmableForm


class Letter(ConfirmableForm):
    title = forms.CharField()
    file = forms.FileField(required=False)
    photo = forms.FileField(required=False, widget=forms.FileInput(attrs={"accept": "image/jpeg,image/png"}))


def sent(**answers: str) -> Letter:
    return Letter(answers, {"photo": SimpleUploadedFile("水壶.jpg", b"a picture")})


def test_photo_is_asked_for_again_where_something_else_is_missing() -> None:
    form = sent()

    assert form.errors["photo"] == ["请再选择一次照片：水壶.jpg"]
    assert "file" not in form.errors  # none was sent


def test_file_that_is_no_photo_is_called_a_file() -> None:
    form = Letter({}, {"file": SimpleUploadedFile("总结.pdf", b"%PDF")})

    assert form.errors["file"] == ["请再选择一次文件：总结.pdf"]


def test_right_answers_keep_their_file() -> None:
    form = sent(title="水壶")

    assert (form.errors, form.cleaned_data["photo"].name) == ({}, "水壶.jpg")


def test_wrong_file_has_its_own_sentence_only() -> None:
    form = sent(title="水壶")
    form.refuse(Refused("photo_unreadable", "This is no picture.", field="photo"))

    assert form.errors["photo"] == ["This is no picture."]


@pytest.mark.parametrize("refusal", [Refused("full", "It is full."), Doubt("odd", "Is that right?", field="title")])
def test_refusal_and_doubt_ask_for_the_photo_again(refusal: Refused) -> None:
    form = sent(title="水壶")
    form.refuse(refusal)

    assert form.errors["photo"] == ["请再选择一次照片：水壶.jpg"]


@pytest.mark.django_db
def test_page_says_so_beside_the_photo_and_at_the_top() -> None:
    member = MemberFactory(home_region=TownFactory())
    ProgrammeFactory()
    photo = SimpleUploadedFile("水壶<1>.jpg", picture(), "image/jpeg")

    answer = signed_in(member).post("/me/swap/new/", {"photo": photo, "title": "电水壶"})

    page = html.fromstring(answer.content.decode())
    (field,) = page.xpath("//*[@data-wrong][.//input[@type='file']]")
    assert (answer.status_code, Listing.objects.count()) == (422, 0)
    assert words(field.xpath("*[@class='error']")[0]) == "请再选择一次照片：水壶<1>.jpg"
    assert field.xpath(".//input/@aria-describedby")[0].split()[-1] == "id_photo_error"
    assert page.xpath("//*[@class='error-summary']//a[@href='#id_photo']")
