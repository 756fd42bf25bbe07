from django.urls import path

from qixue.web.public.views import (
    about,
    brands,
    calendar,
    draws,
    figures,
    home,
    invitations,
    keys,
    organisations,
    programmes,
    recognitions,
    sessions,
)

app_name = "public"

urlpatterns = [
    path("", home.home, name="home"),
    path(".well-known/qixue-keys.json", keys.keys, name="keys"),
    path("calendar.ics", calendar.calendar, name="calendar"),
    path("programmes/", programmes.programmes, name="programmes"),
    path("programmes/<str:code>/", programmes.programme, name="programme"),
    path("programmes/<str:code>/sessions/", sessions.sessions, name="sessions"),
    path("programmes/<str:code>/figures/", figures.figures, name="figures"),
    path("programmes/<str:code>/figures/<str:figure_code>/", figures.figure, name="figure"),
    path("programmes/<str:code>/figures/<str:figure_code>/sessions/<int:pk>/", figures.session, name="figure_session"),
    path("programmes/<str:code>/recognitions/", recognitions.recognitions, name="recognitions"),
    path("programmes/<str:code>/recognitions/<int:pk>/", recognitions.candidate, name="candidate"),
    path("programmes/<str:code>/recognitions/<int:pk>/photo/", recognitions.photo, name="candidate_photo"),
    path("programmes/<str:code>/recognitions/<int:pk>/object/", recognitions.object_to, name="object"),
    path("objections/<uuid:key>/", recognitions.objection, name="objection"),
    path("sessions/<int:pk>/", sessions.session, name="session"),
    path("sessions/<int:pk>/calendar.ics", calendar.session_calendar, name="session_calendar"),
    path("sessions/<int:pk>/draw/", draws.draw, name="draw"),
    path("sessions/<int:pk>/draw.json", draws.draw_file, name="draw_file"),
    path("organisations/<str:code>/", organisations.organisation, name="organisation"),
    path("invitations/<str:secret>/", invitations.invitation, name="invitation"),
    path("brands/<str:code>/", brands.brand, name="brand"),
    path("about/privacy/", about.privacy, name="privacy"),
    path("about/accessibility/", about.accessibility, name="accessibility"),
    path("about/site-map/", about.site_map, name="site_map"),
]
