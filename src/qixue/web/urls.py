"""Every page: for visitors, for staff, and the few that belong to both."""

from django.urls import include, path

from qixue.web import preferences
from qixue.web.me.views import calendar
from qixue.web.views import accounts, gallery

urlpatterns = [
    path("sign-in/", accounts.sign_in, name="sign_in"),
    path("sign-in/second-step/", accounts.second_step, name="second_step"),
    path("sign-in/passkey/", accounts.passkey_sign_in, name="passkey_sign_in"),
    path("sign-in/passkey/question/", accounts.passkey_question, name="passkey_question"),
    path("sign-out/", accounts.sign_out, name="sign_out"),
    path("account/", include("qixue.web.account_urls")),
    path("language/", preferences.choose_language, name="choose_language"),
    path("text-size/", preferences.choose_size, name="choose_size"),
    path("workspace/components/", gallery.components, name="components"),
    path("workspace/", include("qixue.web.workspace.urls")),
    path("calendar/<str:secret>.ics", calendar.feed, name="personal_calendar"),
    path("me/", include("qixue.web.me.urls")),
    path("door/", include("qixue.web.door.urls")),
    path("", include("qixue.web.public.urls")),
]
