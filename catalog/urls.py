"""Addresses of this room's pages."""

from django.urls import URLPattern, path

from catalog import views

urlpatterns: list[URLPattern] = [
    path("importe/<int:pk>/probleme.xlsx", views.import_problems, name="import_problems"),
    path("themen/", views.topics, name="catalogue_topics"),
    path("lagen/<int:pk>/", views.situation, name="catalogue_situation"),
    path("buendel/<str:ozg_id>/", views.bundle, name="catalogue_bundle"),
    path("suche/", views.search, name="catalogue_search"),
    path("leistungen/<int:pk>/", views.service, name="catalogue_service"),
]
