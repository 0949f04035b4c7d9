"""The operator's house: the municipalities it serves, and the deadlines of the law."""

from typing import TYPE_CHECKING, Any, cast

from django import forms
from django.contrib import admin
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from ozg_tracker.accounts.models import Municipality, User
from ozg_tracker.accounts.municipalities import change_municipality
from ozg_tracker.api.days import DayField
from ozg_tracker.tracking.deadlines.changing import Facts, facts_of, keep_deadline
from ozg_tracker.tracking.models import Deadline
from ozg_tracker.tracking.reference import OZG_IN_FORCE, read_deadlines
from ozg_tracker.tracking.responsibility.municipality import add_municipality, was_ever_rated

if TYPE_CHECKING:  # Django's own classes take a type only from the checker
    _MunicipalityForm = forms.ModelForm[Municipality]
    _MunicipalityAdmin = admin.ModelAdmin[Municipality]
    _DeadlineAdmin = admin.ModelAdmin[Deadline]
    _DeadlineForm = forms.ModelForm[Deadline]
else:
    _MunicipalityForm = _DeadlineForm = forms.ModelForm
    _MunicipalityAdmin = _DeadlineAdmin = admin.ModelAdmin


class NewMunicipalityForm(_MunicipalityForm):
    """A municipality to take in. The deed is done while the form is checked: what it refuses stands in the form."""

    by: User | None = None
    since = DayField(label=_("Zuständigkeiten gelten ab"), initial=OZG_IN_FORCE)

    class Meta:
        model = Municipality
        fields = ("name", "ars", "kind")

    def clean(self) -> dict[str, Any]:
        entered = super().clean() or {}
        if self.errors:
            return entered
        try:
            self.instance = add_municipality(**entered, by=self.by).municipality
        except ValidationError as error:
            self.add_error(None, error)
        return entered


@admin.register(Municipality)
class MunicipalityAdmin(_MunicipalityAdmin):
    """Takes municipalities in and renames them. Another scale of levels is for a municipality that has none yet."""

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
        if obj:
            return super().get_form(request, obj, change, **kwargs)
        form = type("Form", (NewMunicipalityForm,), {"by": request.user})
        return super().get_form(request, obj, change, **kwargs | {"form": form})

    def get_readonly_fields(self, request: HttpRequest, obj: Municipality | None = None) -> tuple[str, ...]:
        if obj is None:
            return ()
        return ("ars", "kind", "maturity_model") if obj.maturity_model_since or was_ever_rated(obj) else ("ars", "kind")

    def save_model(self, request: HttpRequest, obj: Municipality, form: Any, change: bool) -> None:
        if change:
            change_municipality(obj, form.changed_data, by=cast("User", request.user))

    def has_delete_permission(self, request: HttpRequest, obj: Municipality | None = None) -> bool:
        return False  # its history stays


class LawDeadlineForm(_DeadlineForm):
    class Meta:
        model = Deadline
        fields = ("name", "date", "source", "scope", "bundles")

    def clean(self) -> dict[str, Any]:
        entered = super().clean() or {}
        if entered.get("scope") == Deadline.Scope.BUNDLES and not entered.get("bundles"):
            self.add_error("bundles", _("Bitte nennen Sie die OZG-Leistungen, für die die Frist gilt."))
        if entered.get("scope") in (Deadline.Scope.DEPARTMENT, Deadline.Scope.LIST):
            self.add_error("scope", _("Eine Frist des Gesetzes gilt nicht für einen Fachbereich oder eine Liste."))
        return entered

    def facts(self) -> Facts:
        entered = self.cleaned_data
        bundles = tuple(entered["bundles"].order_by("pk")) if entered["scope"] == Deadline.Scope.BUNDLES else ()
        name = entered.get("name", self.instance.name)  # of a shipped one the name is not entered
        return Facts(name, entered["date"], entered["source"], entered["scope"], bundles=bundles)


@admin.register(Deadline)
class DeadlineAdmin(_DeadlineAdmin):
    """Deadlines of the law, for all municipalities. Those we ship are found again by their names, so they keep them."""

    list_display = ("name", "date", "scope")
    form = LawDeadlineForm
    fields = ("name", "date", "source", "scope", "bundles")
    formfield_overrides = {models.DateField: {"form_class": DayField}}
    autocomplete_fields = ("bundles",)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Deadline]:
        return super().get_queryset(request).filter(municipality=None, ended=False)

    def save_model(self, request: HttpRequest, obj: Deadline, form: Any, change: bool) -> None:
        stored = Deadline.objects.get(pk=obj.pk) if change else None
        facts = form.facts()
        if stored is None or facts_of(stored) != facts:
            kept = keep_deadline(facts, municipality=None, deadline=stored, by=cast("User", request.user))
            obj.pk = kept.pk

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        """The deed has kept the bundles with the rest."""

    def get_readonly_fields(self, request: HttpRequest, obj: Deadline | None = None) -> tuple[str, ...]:
        return ("name",) if obj and _shipped(obj) else ()

    def has_delete_permission(self, request: HttpRequest, obj: Deadline | None = None) -> bool:
        return super().has_delete_permission(request, obj) and not (obj and _shipped(obj))


def _shipped(deadline: Deadline) -> bool:
    return deadline.name in {facts["name"] for facts in read_deadlines()}
