"""Addresses of handovers."""

from django.urls import URLPattern, path

from ozg_tracker.handover import deputy_pages, pages

urlpatterns: list[URLPattern] = [
    path("", pages.handovers, name="handovers"),
    path("vertretung/neu/", deputy_pages.name, name="name_deputy"),
    path("vertretung/<int:pk>/absagen/", deputy_pages.call_off, name="call_off_deputy"),
    path("von/<int:pk>/", pages.hand_over_from, name="hand_over"),
    path("<int:pk>/zuruecknehmen/", pages.undo, name="take_handover_back"),
]
