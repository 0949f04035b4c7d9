"""The catalogue in the operator's house: to look at, not to change, since it comes from files alone.

Only maturity models and service types are ours to edit: their sources are unofficial, and say so.
"""

from django.contrib import admin
from django.db.models import Model, QuerySet
from django.http import HttpRequest

from catalog.models import Bundle, CatalogueImport, CatalogueRelease, MaturityLevel, MaturityModel, Service, ServiceType


class ReadOnly(admin.ModelAdmin):  # type: ignore[type-arg]  # Django's own classes take no type at run time
    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False


@admin.register(Service)
class ServiceAdmin(ReadOnly):
    """Of the catalogue alone: a municipality's own services are the municipality's."""

    list_display = ("key", "name", "types", "countable", "retired_on")
    list_filter = ("countable",)
    search_fields = ("key", "name")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Service]:
        found: QuerySet[Service] = super().get_queryset(request)
        return found.filter(official=True)


@admin.register(Bundle)
class BundleAdmin(ReadOnly):
    list_display = ("ozg_id", "name", "situation", "retired_on")
    list_select_related = ("situation",)
    search_fields = ("ozg_id", "name")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Bundle]:
        found: QuerySet[Bundle] = super().get_queryset(request)
        return found.filter(ozg_id__isnull=False)


@admin.register(CatalogueRelease)
class ReleaseAdmin(ReadOnly):
    list_display = ("label", "published_on")


@admin.register(CatalogueImport)
class ImportAdmin(ReadOnly):
    list_display = ("release", "file_name", "applied_at", "by", "rows")
    list_select_related = ("release", "by")


class LevelInline(admin.TabularInline):  # type: ignore[type-arg]  # Django's own classes take no type at run time
    model = MaturityLevel
    extra = 0


@admin.register(MaturityModel)
class MaturityModelAdmin(admin.ModelAdmin):  # type: ignore[type-arg]  # Django's own classes take no type at run time
    list_display = ("version", "name", "valid_from", "conform_level", "online_level")
    inlines = (LevelInline,)


@admin.register(ServiceType)
class ServiceTypeAdmin(admin.ModelAdmin):  # type: ignore[type-arg]  # Django's own classes take no type at run time
    list_display = ("code", "regulation", "execution", "countable")
