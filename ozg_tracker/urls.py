"""Which address leads to which door."""

from django.contrib import admin
from django.urls import URLPattern, URLResolver, include, path
from django.views.decorators.http import require_POST
from django.views.i18n import set_language

from ozg_tracker import errors, legal
from ozg_tracker.docs import pages as docs
from ozg_tracker.overview import own_tasks, pages
from reports import public_urls as reports

urlpatterns: list[URLPattern | URLResolver] = [
    path("", pages.overview, name="overview"),
    path("aufgaben/", own_tasks.own_tasks, name="own_tasks"),
    path("api/", include("ozg_tracker.api_urls")),  # early, as programs ask most often
    path("sprache/", require_POST(set_language), name="language"),
    path("hilfe/", legal.help_page, name="help"),
    path("hilfe/woerter/", docs.words, name="words"),
    path("hilfe/betrieb/", docs.manual, name="manual"),
    path("hilfe/webhooks/", docs.webhooks, name="webhook_help"),
    *(path(f"{name}/", legal.legal_page, {"name": name}, name=name) for name in legal.NAMES),
    path("", include("ozg_tracker.accounts.urls")),
    path("konto/daten/", include("ozg_tracker.personal.urls")),
    path("", include("ozg_tracker.tracking.urls")),
    path("", include("ozg_tracker.training.urls")),
    path("uebergabe/", include("ozg_tracker.handover.urls")),
    path("webhooks/", include("ozg_tracker.webhooks.urls")),
    path("personen/liste/", include("ozg_tracker.people_list.urls")),
    path("", include("ozg_tracker.reorganising.urls")),
    path("katalog/", include("catalog.urls")),
    path("berichte/", include("reports.urls")),
    path("pruefen/", include(reports.checking)),
    path("oeffentlich/", include(reports.published)),
    path("schema/", include(reports.schemas)),
    path("robots.txt", include(reports.robots)),
    path("betrieb/", admin.site.urls),
    path("<path:rest>/", errors.nothing_here),
]
handler400 = errors.bad_request
handler403 = errors.forbidden
handler404 = errors.not_found
handler500 = errors.server_error
