"""Which address leads to which door."""

from django.contrib import admin
from django.urls import URLPattern, URLResolver, include, path

urlpatterns: list[URLPattern | URLResolver] = [
    path("", include("ozg_tracker.accounts.urls")),
    path("", include("ozg_tracker.tracking.urls")),
    path("", include("ozg_tracker.training.urls")),
    path("katalog/", include("catalog.urls")),
    path("berichte/", include("reports.urls")),
    path("betrieb/", admin.site.urls),
]
