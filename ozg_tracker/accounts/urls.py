"""Addresses of signing in, the password, the own account and the people; the names are those allauth asks for."""

from allauth.account import views as allauth
from django.urls import URLPattern, path, re_path

from ozg_tracker.accounts.pages import (
    account,
    calendar,
    confirming,
    coordinators,
    journal,
    movements,
    people,
    second_factor,
    sessions,
)
from ozg_tracker.accounts.signing_in.typed import AskSecondFactor, SignIn

urlpatterns: list[URLPattern] = [
    path("anmelden/", SignIn.as_view(), name="account_login"),
    path("abmelden/", allauth.logout, name="account_logout"),
    path("anmelden/stillgelegt/", allauth.account_inactive, name="account_inactive"),
    path("anmelden/zweiter-faktor/", AskSecondFactor.as_view(), name="mfa_authenticate"),
    path("anmelden/passkey/", second_factor.SignInByPasskey.as_view(), name="mfa_login_webauthn"),
    path("konto/bestaetigen/", second_factor.ConfirmByPassword.as_view(), name="account_reauthenticate"),
    path("konto/bestaetigen/code/", second_factor.ConfirmByCode.as_view(), name="mfa_reauthenticate"),
    path("konto/bestaetigen/passkey/", second_factor.ConfirmByPasskey.as_view(), name="mfa_reauthenticate_webauthn"),
    path("konto/zweiter-faktor/", second_factor.SecondFactor.as_view(), name="mfa_index"),
    path("konto/zweiter-faktor/app/", second_factor.SetUpApp.as_view(), name="mfa_activate_totp"),
    path("konto/zweiter-faktor/app/beenden/", second_factor.EndApp.as_view(), name="mfa_deactivate_totp"),
    path("konto/zweiter-faktor/passkey/", second_factor.AddPasskey.as_view(), name="mfa_add_webauthn"),
    path("konto/zweiter-faktor/passkey/<int:pk>/", second_factor.RenamePasskey.as_view(), name="mfa_edit_webauthn"),
    path(
        "konto/zweiter-faktor/passkey/<int:pk>/entfernen/",
        second_factor.RemovePasskey.as_view(),
        name="mfa_remove_webauthn",
    ),
    path("konto/zweiter-faktor/codes/", second_factor.RecoveryCodes.as_view(), name="mfa_view_recovery_codes"),
    path(
        "konto/zweiter-faktor/codes/neu/", second_factor.NewRecoveryCodes.as_view(), name="mfa_generate_recovery_codes"
    ),
    path(
        "konto/zweiter-faktor/codes/datei/",
        second_factor.RecoveryCodesFile.as_view(),
        name="mfa_download_recovery_codes",
    ),
    path("passwort/", allauth.password_reset, name="account_reset_password"),
    path("passwort/gesendet/", allauth.password_reset_done, name="account_reset_password_done"),
    re_path(
        r"^passwort/neu/(?P<uidb36>[0-9A-Za-z]+)-(?P<key>.+)/$",
        allauth.password_reset_from_key,
        name="account_reset_password_from_key",
    ),
    path("passwort/gesetzt/", allauth.password_reset_from_key_done, name="account_reset_password_from_key_done"),
    path("konto/passwort/", allauth.password_change, name="account_change_password"),
    path("konto/", account.account, name="account"),
    path("konto/kommune/", account.work_for, name="choose_municipality"),
    path("konto/angaben/", account.own_details, name="own_details"),
    path("konto/erinnerungen/", account.reminders, name="choose_reminders"),
    path("konto/adresse/", account.send_link, name="send_confirmation"),
    path("konto/adresse/<str:key>/", confirming.confirm, name="confirm_address"),
    path("konto/kalender/", calendar.new_address, name="new_calendar_address"),
    path("konto/kalender/beenden/", calendar.end, name="end_calendar_address"),
    path("kalender/<str:secret>.ics", calendar.calendar, name="calendar"),
    path("konto/anmeldungen/<int:pk>/beenden/", sessions.end, name="end_session"),
    path("konto/anmeldungen/andere-beenden/", sessions.end_all_others, name="end_other_sessions"),
    path("konto/schluessel/", account.new_token, name="new_token"),
    path("journal/", journal.journal, name="journal"),
    path("journal/datei.<slug:form>", journal.journal_file, name="journal_file"),
    path("personen/", people.people, name="people"),
    path("personen/neu/", people.new_person, name="new_person"),
    path("personen/bewegungen/", movements.moves, name="movements"),
    path("personen/bewegungen/<int:pk>/absagen/", movements.call_off, name="call_off_move"),
    path("personen/koordination/", coordinators.second_coordinator, name="second_coordinator"),
    path("personen/koordination/<int:pk>/", coordinators.decide_coordinator, name="decide_coordinator"),
    path("personen/<int:pk>/", people.person, name="person"),
    path("personen/<int:pk>/stilllegen/", people.end_person, name="end_person"),
    path("personen/<int:pk>/aufnehmen/", people.resume_person, name="resume_person"),
    path("personen/<int:pk>/zweiter-faktor/", people.take_factor, name="take_second_factor"),
    path("personen/<int:pk>/passwort/", people.password_way, name="password_way"),
    path("konto/schluessel/<int:pk>/widerrufen/", account.end_token, name="end_token"),
]
