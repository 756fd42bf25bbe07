from django.urls import path

from qixue.web.workspace.views import activities, counts, home, imports, programmes, sessions

app_name = "workspace"

urlpatterns = [
    path("", home.home, name="home"),
    path("activities/", activities.activities, name="activities"),
    path("activities/new/", activities.new, name="new_activity"),
    path("activities/<int:pk>/", activities.activity, name="activity"),
    path("activities/<int:pk>/edit/", activities.edit, name="edit_activity"),
    path("activities/<int:pk>/publish/", activities.publish, name="publish_activity"),
    path("activities/<int:pk>/sessions/new/", sessions.new, name="new_session"),
    path("sessions/<int:pk>/", sessions.session, name="session"),
    path("sessions/<int:pk>/edit/", sessions.edit, name="edit_session"),
    path("sessions/<int:pk>/cancel/", sessions.cancel, name="cancel_session"),
    path("sessions/<int:pk>/held/", sessions.hold, name="hold_session"),
    path("sessions/<int:pk>/head-count/", counts.head_count, name="head_count"),
    path("entries/<int:pk>/correct/", counts.correct, name="correct_entry"),
    path("entries/<int:pk>/void/", counts.void, name="void_entry"),
    path("evidence/<int:pk>/file/", counts.evidence_file, name="evidence_file"),
    path("programmes/", programmes.programmes, name="programmes"),
    path("programmes/<str:code>/figures/", programmes.figures, name="figures"),
    path("programmes/<str:code>/figures/<str:figure_code>/", programmes.figure, name="figure"),
    path(
        "programmes/<str:code>/figures/<str:figure_code>/sessions/<int:session_pk>/",
        programmes.figure_session,
        name="figure_session",
    ),
    path("programmes/<str:code>/coverage/", programmes.coverage, name="coverage"),
    path("programmes/<str:code>/summary/", programmes.summary, name="summary"),
    path("programmes/<str:code>/summary/<str:kind>/", programmes.summary_file, name="summary_file"),
    path("import/", imports.choose, name="import_plan"),
    path("import/template/", imports.template, name="import_template"),
]
