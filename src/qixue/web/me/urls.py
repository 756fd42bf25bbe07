from django.urls import path

from qixue.web.me.views import household, registrations

app_name = "me"

urlpatterns = [
    path("", registrations.home, name="home"),
    path("profile/", household.profile, name="profile"),
    path("household/", household.household, name="household"),
    path("household/new/", household.new, name="new_dependent"),
    path("household/<int:pk>/", household.edit, name="edit_dependent"),
    path("household/<int:pk>/consent/", household.consent, name="withdraw_consent"),
    path("sessions/<int:pk>/register/", registrations.register, name="register"),
    path("registrations/<uuid:party>/", registrations.registration, name="registration"),
    path("registrations/<uuid:party>/cancel/", registrations.cancel, name="cancel"),
    path("registrations/<uuid:party>/accept/", registrations.accept, name="accept"),
]
