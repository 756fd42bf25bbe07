from django.urls import path

from qixue.web.views import account, account_factors, account_passkeys

app_name = "account"

urlpatterns = [
    path("", account.account, name="home"),
    path("confirm/", account.confirm_person, name="confirm"),
    path("password/", account.password, name="password"),
    path("language/", account.language, name="language"),
    path("sessions/end/", account.end_one, name="end_session"),
    path("sessions/end-others/", account.end_others, name="end_other_sessions"),
    path("second-factor/", account_factors.second_factor, name="second_factor"),
    path("app/", account_factors.app, name="app"),
    path("app/remove/", account_factors.app_removal, name="remove_app"),
    path("recovery-codes/", account_factors.recovery_codes, name="recovery_codes"),
    path("passkeys/new/", account_passkeys.new, name="new_passkey"),
    path("passkeys/question/", account_passkeys.question, name="new_passkey_question"),
    path("passkeys/<int:pk>/remove/", account_passkeys.removal, name="remove_passkey"),
]
