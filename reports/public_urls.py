"""Addresses that need no sign-in."""

from django.urls import URLPattern, path

from reports.pages.checking import check

urlpatterns: list[URLPattern] = [path("", check, name="check_report")]
