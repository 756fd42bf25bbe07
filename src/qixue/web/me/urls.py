from django.urls import path

from qixue.web.me.views import data, guardians, household, registrations, sign_in, wechat

app_name = "me"

urlpatterns = [
    path("", registrations.home, name="home"),
    path("sign-in/", sign_in.number, name="sign_in"),
    path("sign-in/code/", sign_in.code, name="sign_in_code"),
    path("sign-in/again/", sign_in.again, name="sign_in_again"),
    path("sign-in/wechat/", wechat.begin, name="wechat"),
    path("sign-in/wechat/back/", wechat.back, name="wechat_back"),
    path("sign-in/wechat/forget/", wechat.forget, name="wechat_forget"),
    path("profile/", household.profile, name="profile"),
    path("household/", household.household, name="household"),
    path("household/new/", household.new, name="new_dependent"),
    path("household/<int:pk>/", household.edit, name="edit_dependent"),
    path("household/<int:pk>/consent/", household.consent, name="withdraw_consent"),
    path("household/<int:pk>/erase/", data.erase_one, name="erase_dependent"),
    path("household/<int:pk>/hand-on/", guardians.hand_on, name="hand_on"),
    path("household/take-over/", guardians.take_over, name="take_over"),
    path("data/", data.my_data, name="data"),
    path("data/unlink-wechat/", wechat.unlink, name="wechat_unlink"),
    path("data/copy/", data.copy, name="copy"),
    path("data/erase/", data.erase, name="erase"),
    path("data/erase/code/", data.erase_code, name="erase_code"),
    path("data/erased/", data.erased_page, name="erased"),
    path("sessions/<int:pk>/register/", registrations.register, name="register"),
    path("registrations/<uuid:party>/", registrations.registration, name="registration"),
    path("registrations/<uuid:party>/cancel/", registrations.cancel, name="cancel"),
    path("registrations/<uuid:party>/accept/", registrations.accept, name="accept"),
]
