"""Addresses of this room's pages."""

from django.urls import URLPattern, path

from reports import views

urlpatterns: list[URLPattern] = [
    path("", views.archive, name="archive"),
    path("festschreiben/", views.freeze, name="freeze_month"),
    path("<int:year>/<int:month>/", views.edition, name="month"),
    path("<int:year>/<int:month>/vorschau/", views.preview, name="preview_month"),
    path("<int:year>/<int:month>/berichtigen/", views.correct, name="correct_edition"),
    path("<int:year>/<int:month>/<int:number>/", views.edition, name="edition"),
    path("<int:year>/<int:month>/<int:number>/genehmigen/", views.approve, name="approve_edition"),
    path("<int:year>/<int:month>/<int:number>/<slug:format>", views.download, name="edition_file"),
]
