"""Addresses that need no sign-in."""

from django.urls import URLPattern, path

from reports.pages.checking import check, keys
from reports.pages.publishing import card, data, editions, feed, oparl

checking: list[URLPattern] = [
    path("", check, name="check_report"),
    path("schluessel/<slug:ars>/", keys, name="signing_keys"),
]
MONTH = "<slug:ars>/berichte/<int:year>/<int:month>/"
OPARL = "<slug:ars>/oparl/1.1/"
published: list[URLPattern] = [
    path("<slug:ars>/catalog.<slug:format>", data.catalog, name="public_catalogue"),
    path("<slug:ars>/", editions.municipality, name="public_municipality"),
    path("<slug:ars>/feed.atom", feed.feed, name="public_feed"),
    path("<slug:ars>/karte/", card.card, name="public_card"),
    path("<slug:ars>/karte.svg", card.drawing, name="public_card_drawing"),
    path(MONTH, editions.edition, name="public_month"),
    path(f"{MONTH}ausgabe-<int:number>/", editions.edition, name="public_edition"),
    path(f"{MONTH}ausgabe-<int:number>.<slug:format>", editions.file, name="public_file"),
    path(f"{MONTH}ausgabe-<int:number>/<slug:format>", editions.file, {"view": True}, name="public_view"),
    path(OPARL, oparl.system, name="oparl_system"),
    path(f"{OPARL}organizations/<slug:key>/meetings/", oparl.meetings, name="oparl_meetings"),
    path(f"{OPARL}<slug:name>/", oparl.objects, name="oparl_list"),
    path(f"{OPARL}<slug:name>/<slug:key>/", oparl.one, name="oparl_object"),
]
robots: list[URLPattern] = [path("", feed.robots, name="robots")]
schemas: list[URLPattern] = [path("figures-2.json", data.schema, name="figures_schema")]
