"""Which address of the API leads to which door."""

from django.urls import URLPattern, URLResolver, include, path, re_path
from rest_framework.routers import SimpleRouter

from catalog import api as catalog
from catalog.changes_api import ServiceChanges
from ozg_tracker.accounts import api as accounts
from ozg_tracker.api.docs import Docs, Schema
from ozg_tracker.api.views import Nothing
from ozg_tracker.tracking import api as tracking
from ozg_tracker.tracking import catalogue_api
from ozg_tracker.tracking import own_api as own
from ozg_tracker.training import api as training
from reports import api as reports

router = SimpleRouter()
for name, collection in {
    "topics": catalog.Topics,
    "situations": catalog.Situations,
    "bundles": own.TownBundles,
    "services": own.TownServices,
    "catalogue-imports": catalogue_api.CatalogueImports,
    "municipalities": accounts.Municipalities,
    "departments": accounts.Departments,
    "municipal-services": tracking.MunicipalServices,
    "status-changes": tracking.StatusChanges,
    "evidence": tracking.EvidenceCollection,
    "deadlines": tracking.Deadlines,
    "courses": training.Courses,
    "requirements": training.Requirements,
    "training-tasks": training.TrainingTasks,
    "course-dates": training.CourseDates,
    "editions": reports.Editions,
}.items():
    router.register(name, collection, basename=name)

urlpatterns: list[URLPattern | URLResolver] = [
    path("v1/services/changes/", ServiceChanges.as_view({"get": "list"}), name="service-changes"),
    path(
        "v1/catalogue-imports/<int:catalogue_import>/problems/",
        catalog.ImportProblems.as_view({"get": "list"}),
        name="catalogue-import-problems",
    ),
    path("v1/", include(router.urls)),
    path("v1/schema/", Schema.as_view(), name="schema"),
    path("v1/docs/", Docs.as_view(), name="docs"),
    re_path("", Nothing.as_view()),
]
