"""Addresses that need no sign-in."""

from django.urls import URLPattern, path

from reports.pages.checking import check, keys

urlpatterns: list[URLPattern] = [
    path("", check, name="check_report"),
    path("schluessel/<slug:ars>/", keys, name="signing_keys"),
]
