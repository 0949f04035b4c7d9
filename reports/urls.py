"""Addresses of this room's pages."""

from django.urls import URLPattern, path

from reports.pages import editions
from reports.pages.services import edition_services

urlpatterns: list[URLPattern] = [
    path("", editions.archive, name="archive"),
    path("festschreiben/", editions.freeze, name="freeze_month"),
    path("<int:year>/<int:month>/", editions.edition, name="month"),
    path("<int:year>/<int:month>/vorschau/", editions.preview, name="preview_month"),
    path("<int:year>/<int:month>/berichtigen/", editions.correct, name="correct_edition"),
    path("<int:year>/<int:month>/<int:number>/", editions.edition, name="edition"),
    path("<int:year>/<int:month>/<int:number>/leistungen/", edition_services, name="edition_services"),
    path("<int:year>/<int:month>/<int:number>/genehmigen/", editions.approve, name="approve_edition"),
    path("<int:year>/<int:month>/<int:number>/<slug:format>", editions.download, name="edition_file"),
]
