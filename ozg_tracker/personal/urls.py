"""Addresses of what is stored of people."""

from django.urls import URLPattern, path

from ozg_tracker.personal.pages import own_data

urlpatterns: list[URLPattern] = [
    path("", own_data.own_data, name="own_data"),
    path("auskunft.<slug:form>", own_data.own_data_file, name="own_data_file"),
    path("felder/", own_data.kept_fields, name="kept_fields"),
]
