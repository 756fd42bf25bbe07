"""A name comes out of every form, file and answer as it was written: character by character."""

import csv
import io
import json
from collections import Counter

import docx
import openpyxl
import pdfplumber
import pytest
from django.test import Client
from tests.factories import NOON as AT
from tests.factories import MemberFactory, OpenSessionFactory, key
from tests.web.browsing import signed_in

from qixue.participation.models import Registration
from qixue.participation.operations.registrations import register
from qixue.people.models import ApiToken, Resident
from qixue.programme.models import Session
from qixue.report.docx_writer import write_docx
from qixue.report.fonts import missing_glyphs
from qixue.report.installed import installed_fonts
from qixue.report.official_document import OfficialDocument, Paragraph, Text
from qixue.report.registration_sheet import registration_table
from qixue.report.tables import write_csv, write_xlsx
from qixue.report.ticket_pdf import PrintedTicket, write_ticket_pdf

pytestmark = pytest.mark.django_db
NAMES = {
    "two_characters": "王芳",
    "compound_surname": "欧阳静秋",
    "one_character": "冼",
    "beyond_the_basic_plane": "𠮷田",
    "extension_a": "㛃",
    "small_extension": "䶮",
    "extension_g": "张\U000323b0",
    "middle_dot": "阿卜杜拉·买买提",
    "bullet": "阿卜杜拉•买买提",
    "hyphenation_point": "阿卜杜拉‧买买提",
    "katakana_dot": "阿卜杜拉・买买提",
    "dot_operator": "阿卜杜拉⋅买买提",
    "forty_characters": "阿卜杜热合曼·" * 5 + "买买提江托合提",
    "fifty_characters": "阿" * 50,
    "fifty_beyond_the_basic_plane": "𠮷" * 50,
    "compatibility_form": "\ufa19田",  # NFC would make another character of it
    "variation_selector": "葛\U000e0100城",
    "ideographic_space": "李　明",
    "latin": "Zoë O'Neill-García",
    "combining": "Zoe\u0308",  # two characters that NFC would make one
    "joiner": "می\u200cخواهم",
    "quotes": '王"小"明',
    "ampersand": "王<b>&芳",
    "formula": "=王芳",
}


def test_there_are_twenty_four() -> None:
    assert len(NAMES) == 24


@pytest.fixture(params=NAMES.values(), ids=NAMES)
def name(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def guest(name: str) -> Resident:
    """Somebody of this name, signed up for a session."""
    person: Resident = MemberFactory(name=name)
    register(OpenSessionFactory(), people=[person], party=key(), by=person.user, at=AT)
    return person


def names_in(rows: list[list[object]]) -> list[object]:
    column = next(row.index("姓名") for row in rows if "姓名" in row)
    head = next(at for at, row in enumerate(rows) if "姓名" in row)
    return [row[column] for row in rows[head + 1 :] if row[column]]


def test_form_takes_and_shows_the_name(name: str) -> None:
    member = MemberFactory(name="李嘉明")
    client = signed_in(member)

    answer = client.post("/me/profile/", {"name": name, "birth_year": "1950"})

    member.refresh_from_db()
    assert (answer.status_code, member.name) == (302, name)


def test_api_answers_with_the_name(guest: Resident) -> None:
    assert guest.user is not None
    secret = f"{ApiToken.PREFIX}{'0' * 40}"
    ApiToken.objects.create(
        user=guest.user, name="t", digest=ApiToken.digest_of(secret), expires_at=AT.replace(year=2999)
    )

    answer = Client().get("/api/v1/me/registrations", headers={"authorization": f"Bearer {secret}"})

    assert guest.name in json.dumps(answer.json(), ensure_ascii=False).replace('\\"', '"')


@pytest.mark.parametrize("ending", ["xlsx", "csv"])
def test_table_holds_the_name(guest: Resident, ending: str) -> None:
    table = registration_table(Session.objects.get(), Registration.objects.all(), at=AT)
    file = io.BytesIO()

    if ending == "xlsx":
        write_xlsx(table, file)
        rows = [list(row) for row in openpyxl.load_workbook(file).active.values]
        assert names_in(rows) == [guest.name]
    else:
        write_csv(table, file)
        rows = list(csv.reader(io.StringIO(file.getvalue().decode("utf-8-sig"))))
        assert [str(cell).removeprefix("'") for cell in names_in(rows)] == [guest.name]


def test_document_holds_the_name(name: str) -> None:
    manuscript = OfficialDocument(title_lines=("名单",), blocks=(Paragraph((Text(name),)),), programme_code="week")

    paragraphs = docx.Document(io.BytesIO(write_docx(manuscript))).paragraphs

    assert name in [paragraph.text for paragraph in paragraphs]


def test_ticket_holds_the_name(name: str) -> None:
    fonts = installed_fonts()
    if not fonts.files:
        pytest.skip("No Chinese font on this machine; bin/fonts fetches them.")
    svg = b'<svg xmlns="http://www.w3.org/2000/svg" width="1" height="1"/>'
    ticket = PrintedTicket("票", "茶艺", name, (), "验票码", "123 456", "", svg)

    pages = pdfplumber.open(io.BytesIO(write_ticket_pdf([ticket], fonts))).pages

    letters = Counter("".join(page.extract_text() for page in pages))  # from right to left some stand in another order
    printable = Counter("".join(name.split())) - Counter(missing_glyphs(name, fonts) & set(name))
    assert {letter: count for letter, count in printable.items() if letters[letter] < count} == {}
