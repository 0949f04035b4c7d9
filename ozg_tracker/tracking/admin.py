"""The operator's house: the municipalities it serves, and the deadlines of the law."""

from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib import admin
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from ozg_tracker.accounts.models import Municipality
from ozg_tracker.tracking.models import Deadline
from ozg_tracker.tracking.municipality import OZG_IN_FORCE, add_municipality, was_ever_rated
from ozg_tracker.tracking.reference import read_deadlines

if TYPE_CHECKING:  # Django's own classes take a type only from the checker
    _MunicipalityForm = forms.ModelForm[Municipality]
    _MunicipalityAdmin = admin.ModelAdmin[Municipality]
    _DeadlineAdmin = admin.ModelAdmin[Deadline]
else:
    _MunicipalityForm = forms.ModelForm
    _MunicipalityAdmin = _DeadlineAdmin = admin.ModelAdmin


class NewMunicipalityForm(_MunicipalityForm):
    """A town to take in. The deed is done while the form is checked, so that what it refuses stands in the form."""

    since = forms.DateField(label=_("Zuständigkeiten gelten ab"), initial=OZG_IN_FORCE)

    class Meta:
        model = Municipality
        fields = ("name", "ars", "kind")

    def clean(self) -> dict[str, Any]:
        entered = super().clean() or {}
        if self.errors:
            return entered
        try:
            self.instance = add_municipality(**entered).municipality
        except ValidationError as error:
            self.add_error(None, error)
        return entered


@admin.register(Municipality)
class MunicipalityAdmin(_MunicipalityAdmin):
    """Takes towns in and renames them. Another scale of levels is for a town that has none yet."""

    list_display = ("name", "ars", "kind", "maturity_model")
    list_select_related = ("maturity_model",)
    list_filter = ("kind",)
    search_fields = ("name", "ars")
    fields = ("name", "ars", "kind", "maturity_model")

    def get_fields(self, request: HttpRequest, obj: Municipality | None = None) -> Any:
        return self.fields if obj else ("name", "ars", "kind", "since")

    def get_form(
        self, request: HttpRequest, obj: Municipality | None = None, change: bool = False, **kwargs: Any
    ) -> Any:
        return super().get_form(request, obj, change, **(kwargs if obj else kwargs | {"form": NewMunicipalityForm}))

    def get_readonly_fields(self, request: HttpRequest, obj: Municipality | None = None) -> tuple[str, ...]:
        if obj is None:
            return ()
        return ("ars", "kind", "maturity_model") if was_ever_rated(obj) else ("ars", "kind")

    def save_model(self, request: HttpRequest, obj: Municipality, form: Any, change: bool) -> None:
        if change:
            obj.save(update_fields=form.changed_data)

    def has_delete_permission(self, request: HttpRequest, obj: Municipality | None = None) -> bool:
        return False  # its history stays


@admin.register(Deadline)
class DeadlineAdmin(_DeadlineAdmin):
    """Deadlines of the law, for all towns. Those we ship are found again by their names, so they keep them."""

    list_display = ("name", "date", "scope")
    fields = ("name", "date", "source", "scope", "bundles")
    autocomplete_fields = ("bundles",)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Deadline]:
        return super().get_queryset(request).filter(municipality=None)

    def get_readonly_fields(self, request: HttpRequest, obj: Deadline | None = None) -> tuple[str, ...]:
        return ("name",) if obj and _shipped(obj) else ()

    def has_delete_permission(self, request: HttpRequest, obj: Deadline | None = None) -> bool:
        return super().has_delete_permission(request, obj) and not (obj and _shipped(obj))


def _shipped(deadline: Deadline) -> bool:
    return deadline.name in {facts["name"] for facts in read_deadlines()}
