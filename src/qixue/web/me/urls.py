from django.urls import path

from qixue.web.me.views import calendar, household, registrations, sign_in, tickets

app_name = "me"

urlpatterns = [
    path("", registrations.home, name="home"),
    path("sign-in/", sign_in.number, name="sign_in"),
    path("sign-in/code/", sign_in.code, name="sign_in_code"),
    path("sign-in/again/", sign_in.again, name="sign_in_again"),
    path("calendar/", calendar.address, name="calendar"),
    path("calendar/renew/", calendar.renew, name="renew_calendar"),
    path("calendar/end/", calendar.end, name="end_calendar"),
    path("profile/", household.profile, name="profile"),
    path("household/", household.household, name="household"),
    path("household/new/", household.new, name="new_dependent"),
    path("household/<int:pk>/", household.edit, name="edit_dependent"),
    path("household/<int:pk>/consent/", household.consent, name="withdraw_consent"),
    path("sessions/<int:pk>/register/", registrations.register, name="register"),
    path("registrations/<uuid:party>/", registrations.registration, name="registration"),
    path("registrations/<uuid:party>/tickets/", tickets.tickets, name="tickets"),
    path("registrations/<uuid:party>/tickets.pdf", tickets.tickets_pdf, name="tickets_pdf"),
    path("registrations/<uuid:party>/calendar.ics", calendar.party_calendar, name="party_calendar"),
    path("registrations/<uuid:party>/cancel/", registrations.cancel, name="cancel"),
    path("registrations/<uuid:party>/transfer/", registrations.transfer, name="transfer"),
    path("registrations/<uuid:party>/accept/", registrations.accept, name="accept"),
]
