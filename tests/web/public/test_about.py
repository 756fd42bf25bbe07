import pytest
from tests.factories import BrandFactory, ProgrammeFactory
from tests.web.public.conftest import words

pytestmark = pytest.mark.django_db
TITLES = [
    ("/about/privacy/", "隐私", "Privacy"),
    ("/about/accessibility/", "无障碍", "Accessibility"),
    ("/about/site-map/", "网站地图", "Site map"),
]


@pytest.mark.parametrize(("path", "chinese", "english"), TITLES)
def test_pages_about_the_site_are_in_both_languages(open_page, path, chinese, english):
    titles = [words(open_page(path, language=language).find(".//h1")) for language in ("zh-hans", "en")]

    assert titles == [chinese, english]


def test_site_map_names_published_programmes_with_their_brands(open_page, programme):
    BrandFactory(code="hall").programmes.add(programme)
    ProgrammeFactory(code="later", state="draft")

    page = open_page("/about/site-map/")

    assert page.xpath("//main//a/@href")[:6] == [
        "/programmes/week/",
        "/programmes/week/sessions/",
        "/programmes/week/figures/",
        "/programmes/week/dashboards/",
        "/programmes/week/recognitions/",
        "/brands/hall/",
    ]
    assert [link for link in page.xpath("//a/@href") if "later" in link] == []


def test_help_phone_of_the_site_stands_on_the_page_about_access(open_page, settings):
    settings.QIXUE = {**settings.QIXUE, "CONTACT_PHONE": "0763-7654321"}

    page = open_page("/about/accessibility/")

    assert page.xpath("//main//a/@href") == ["tel:0763-7654321"]


def test_privacy_page_names_the_phone_number_and_the_home_that_forms_ask_for(open_page):
    text = words(open_page("/about/privacy/"))

    assert ("用手机登录的人：手机号" in text, "居住的镇（街道）" in text, "社区" in text) == (True, True, False)
