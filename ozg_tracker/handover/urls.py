"""Addresses of handovers."""

from django.urls import URLPattern, path

from ozg_tracker.handover import pages

urlpatterns: list[URLPattern] = [
    path("", pages.handovers, name="handovers"),
    path("von/<int:pk>/", pages.hand_over_from, name="hand_over"),
    path("<int:pk>/zuruecknehmen/", pages.undo, name="take_handover_back"),
]
