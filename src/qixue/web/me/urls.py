from django.urls import path

from qixue.web.me.views import door, household, registrations, sign_in

app_name = "me"

urlpatterns = [
    path("", registrations.home, name="home"),
    path("sign-in/", sign_in.number, name="sign_in"),
    path("sign-in/code/", sign_in.code, name="sign_in_code"),
    path("sign-in/again/", sign_in.again, name="sign_in_again"),
    path("profile/", household.profile, name="profile"),
    path("household/", household.household, name="household"),
    path("household/new/", household.new, name="new_dependent"),
    path("household/<int:pk>/", household.edit, name="edit_dependent"),
    path("household/<int:pk>/consent/", household.consent, name="withdraw_consent"),
    path("sessions/<int:pk>/register/", registrations.register, name="register"),
    path("door/<int:pk>/", door.here, name="here"),
    path("door/<int:pk>/<str:shown>/", door.wall_code, name="wall_code"),
    path("registrations/<uuid:party>/", registrations.registration, name="registration"),
    path("registrations/<uuid:party>/cancel/", registrations.cancel, name="cancel"),
    path("registrations/<uuid:party>/accept/", registrations.accept, name="accept"),
]
