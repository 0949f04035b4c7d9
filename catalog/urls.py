"""Addresses of this room's pages."""

from django.urls import URLPattern, path

from catalog.pages import browse

urlpatterns: list[URLPattern] = [
    path("importe/<int:pk>/probleme.xlsx", browse.import_problems, {"form": "xlsx"}, name="import_problems"),
    path("importe/<int:pk>/probleme.ods", browse.import_problems, {"form": "ods"}, name="import_problems_ods"),
    path("themen/", browse.topics, name="catalogue_topics"),
    path("lagen/<int:pk>/", browse.situation, name="catalogue_situation"),
    path("buendel/<str:ozg_id>/", browse.bundle, name="catalogue_bundle"),
    path("suche/", browse.search, name="catalogue_search"),
    path("leistungen/<int:pk>/", browse.service, name="catalogue_service"),
]
