"""Addresses of signing in, the password, the own account and the people; the names are those allauth asks for."""

from allauth.account import views as allauth
from django.urls import URLPattern, path, re_path

from ozg_tracker.accounts import people_views, views

urlpatterns: list[URLPattern] = [
    path("anmelden/", allauth.login, name="account_login"),
    path("abmelden/", allauth.logout, name="account_logout"),
    path("anmelden/stillgelegt/", allauth.account_inactive, name="account_inactive"),
    path("passwort/", allauth.password_reset, name="account_reset_password"),
    path("passwort/gesendet/", allauth.password_reset_done, name="account_reset_password_done"),
    re_path(
        r"^passwort/neu/(?P<uidb36>[0-9A-Za-z]+)-(?P<key>.+)/$",
        allauth.password_reset_from_key,
        name="account_reset_password_from_key",
    ),
    path("passwort/gesetzt/", allauth.password_reset_from_key_done, name="account_reset_password_from_key_done"),
    path("konto/passwort/", allauth.password_change, name="account_change_password"),
    path("konto/", views.account, name="account"),
    path("konto/kommune/", views.choose_town, name="choose_town"),
    path("konto/schluessel/", views.new_token, name="new_token"),
    path("personen/", people_views.people, name="people"),
    path("personen/neu/", people_views.new_person, name="new_person"),
    path("personen/<int:pk>/", people_views.person, name="person"),
    path("personen/<int:pk>/stilllegen/", people_views.end_person, name="end_person"),
    path("personen/<int:pk>/aufnehmen/", people_views.resume_person, name="resume_person"),
    path("personen/<int:pk>/passwort/", people_views.password_way, name="password_way"),
    path("konto/schluessel/<int:pk>/widerrufen/", views.end_token, name="end_token"),
]
