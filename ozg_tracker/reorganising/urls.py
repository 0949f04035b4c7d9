"""Addresses of the departments."""

from django.urls import URLPattern, path

from ozg_tracker.reorganising.pages import lists, reorganise, tree

urlpatterns: list[URLPattern] = [
    path("fachbereiche/", tree.departments, name="departments"),
    path("fachbereiche/<int:pk>/", tree.department, name="department"),
    path("fachbereiche/umbau/", reorganise.preview, name="reorganise"),
    path("fachbereiche/umbauten/", tree.reorganisations, name="reorganisations"),
    path("fachbereiche/umbauten/<int:pk>/zuruecknehmen/", reorganise.undo_reorganisation, name="undo_reorganisation"),
    path("fachbereiche/vorgesehen/<int:pk>/absagen/", reorganise.call_off_planned, name="call_off_reorganisation"),
    path("fachbereiche/entwuerfe/<int:pk>/", reorganise.draft, name="reorganisation_draft"),
    path("fachbereiche/entwuerfe/<int:pk>/verwerfen/", reorganise.drop, name="drop_reorganisation_draft"),
    path("fachbereiche/liste/", lists.enter_list, name="department_list"),
    path("fachbereiche/liste/vorschau/", lists.preview_list, name="preview_department_list"),
    path("fachbereiche/liste/uebernehmen/", lists.apply_list, name="apply_department_list"),
]
