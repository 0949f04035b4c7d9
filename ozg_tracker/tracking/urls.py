"""Addresses of this room's pages."""

from django.urls import URLPattern, path

from ozg_tracker.tracking import (
    catalogue_views,
    clearing_views,
    evidence_views,
    exchange_views,
    loading_views,
    own_views,
    profile_views,
    service_views,
    views,
)

urlpatterns: list[URLPattern] = [
    path("leistungen/", views.services, name="services"),
    path("leistungen/klaeren/", clearing_views.clearing, name="clearing"),
    path("leistungen/eigene/", own_views.own_services, name="own_services"),
    path("leistungen/eigene/neu/", own_views.add, name="add_own_service"),
    path("leistungen/eigene/<int:pk>/", own_views.own_service, name="own_service"),
    path("leistungen/datei/", exchange_views.exchange, name="exchange"),
    path("leistungen/datei/herunterladen/", exchange_views.download, name="download_status"),
    path("leistungen/datei/vorschau/", exchange_views.preview, name="preview_status"),
    path("leistungen/datei/uebernehmen/", exchange_views.apply, name="apply_status"),
    path("leistungen/datei/verwerfen/", exchange_views.discard, name="discard_status"),
    path("leistungen/<int:pk>/", service_views.service, name="service"),
    path("leistungen/<int:pk>/zeile/", views.save_row, name="save_row"),
    path("nachweise/", evidence_views.evidence, name="evidence"),
    path("nachweise/einlesen/", evidence_views.take_in_evidence, name="import_evidence"),
    path("katalog/", catalogue_views.catalogue, name="catalogue"),
    path("katalog/importe/<int:pk>/", catalogue_views.catalogue_import, name="catalogue_import"),
    path("katalog/importe/<int:pk>/zuruecknehmen/", catalogue_views.undo_import, name="undo_import"),
    path("katalog/importe/<int:pk>/nachfolgen/", catalogue_views.decide_successions, name="decide_successions"),
    path("katalog/vergleich/", catalogue_views.compare, name="compare_imports"),
    path("katalog/profile/", profile_views.profiles, name="profiles"),
    path("katalog/profile/<str:kind>/", profile_views.profile, name="profile"),
    path("katalog/profile/<str:kind>/aendern/", profile_views.edit_profile, name="edit_profile"),
    path("katalog/hochladen/", loading_views.upload_catalogue, name="upload_catalogue"),
    path("katalog/vorschau/", loading_views.preview_catalogue, name="preview_catalogue"),
    path("katalog/vorschau/probleme.xlsx", loading_views.preview_problems, name="preview_problems"),
    path("katalog/uebernehmen/", loading_views.apply_catalogue, name="apply_catalogue"),
    path("katalog/verwerfen/", loading_views.discard_catalogue, name="discard_catalogue"),
]
