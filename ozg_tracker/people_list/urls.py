"""Addresses of the list of people."""

from django.urls import URLPattern, path

from ozg_tracker.people_list import pages

urlpatterns: list[URLPattern] = [
    path("", pages.enter_list, name="people_list"),
    path("vorschau/", pages.preview_list, name="preview_people_list"),
    path("uebernehmen/", pages.apply_list, name="apply_people_list"),
]
