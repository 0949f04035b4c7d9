"""Addresses that need no sign-in."""

from django.urls import URLPattern, path

from reports.pages.checking import check, keys
from reports.pages.publishing import card, data, editions

checking: list[URLPattern] = [
    path("", check, name="check_report"),
    path("schluessel/<slug:ars>/", keys, name="signing_keys"),
]
MONTH = "<slug:ars>/berichte/<int:year>/<int:month>/"
published: list[URLPattern] = [
    path("<slug:ars>/catalog.<slug:format>", data.catalog, name="public_catalogue"),
    path("<slug:ars>/", editions.municipality, name="public_municipality"),
    path("<slug:ars>/karte/", card.card, name="public_card"),
    path("<slug:ars>/karte.svg", card.drawing, name="public_card_drawing"),
    path(MONTH, editions.edition, name="public_month"),
    path(f"{MONTH}ausgabe-<int:number>/", editions.edition, name="public_edition"),
    path(f"{MONTH}ausgabe-<int:number>.<slug:format>", editions.file, name="public_file"),
]
schemas: list[URLPattern] = [path("figures-2.json", data.schema, name="figures_schema")]
