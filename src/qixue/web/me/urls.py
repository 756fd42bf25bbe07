from django.urls import path

from qixue.web.me.views import calendar, door, feedback, household, record, registrations, sign_in, tickets

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
    path("feedback/", feedback.questions, name="feedback"),
    path("feedback/<int:pk>/<int:person>/", feedback.answer, name="give_feedback"),
    path("record/", record.record, name="record"),
    path("record/<int:pk>/", record.person_record, name="person_record"),
    path("record/<int:pk>/account/", record.account, name="open_learning_account"),
    path("record/<int:pk>/record.json", record.record_json, name="record_json"),
    path("record/<int:pk>/record.pdf", record.record_file, name="record_pdf"),
    path("record/<int:pk>/entries/new/", record.new_entry, name="new_learning_entry"),
    path("record/entries/<int:pk>/edit/", record.edit_entry, name="edit_learning_entry"),
    path("record/entries/<int:pk>/delete/", record.delete_entry, name="delete_learning_entry"),
    path("record/certificates/<int:pk>/certificate.pdf", record.certificate_file, name="certificate_pdf"),
    path("record/certificates/<int:pk>/credential.jwt", record.credential_file, name="credential"),
    path("sessions/<int:pk>/register/", registrations.register, name="register"),
    path("door/<int:pk>/", door.here, name="here"),
    path("door/<int:pk>/<str:code>/", door.wall_code, name="wall_code"),
    path("registrations/<uuid:party>/", registrations.registration, name="registration"),
    path("registrations/<uuid:party>/tickets/", tickets.tickets, name="tickets"),
    path("registrations/<uuid:party>/tickets.pdf", tickets.tickets_pdf, name="tickets_pdf"),
    path("registrations/<uuid:party>/calendar.ics", calendar.party_calendar, name="party_calendar"),
    path("registrations/<uuid:party>/cancel/", registrations.cancel, name="cancel"),
    path("registrations/<uuid:party>/transfer/", registrations.transfer, name="transfer"),
    path("registrations/<uuid:party>/accept/", registrations.accept, name="accept"),
]
