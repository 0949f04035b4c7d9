"""Municipalities and their departments in the API."""

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

from ozg_tracker.accounts.filters import DepartmentFilter, MunicipalityFilter, visible_departments
from ozg_tracker.accounts.models import Department, Municipality
from ozg_tracker.api.views import Collection, Rows


class MunicipalitySerializer(serializers.ModelSerializer[Municipality]):
    ags = serializers.CharField(source="*", help_text=_("Amtlicher Gemeindeschlüssel"))
    maturity_model = serializers.CharField(source="maturity_model.version")
    conform_level = serializers.IntegerField(source="maturity_model.conform_level", help_text=_("fertig ab Reifegrad"))

    class Meta:
        model = Municipality
        fields = ("id", "name", "ars", "ags", "kind", "maturity_model", "conform_level")


class Municipalities(Collection):
    """Kommunen, in denen Sie eine Rolle haben."""

    serializer_class = MunicipalitySerializer
    filterset_class = MunicipalityFilter
    orderings = ("id", "name", "ars")

    def get_queryset(self) -> QuerySet[Municipality]:
        return Municipality.objects.visible_to(self.request.user)

    def fill(self, rows: Rows) -> None:
        for row in rows:
            row["ags"] = Municipality(ars=row["ars"]).ags


class DepartmentSerializer(serializers.ModelSerializer[Department]):
    class Meta:
        model = Department
        fields = ("id", "municipality", "parent", "name")


class Departments(Collection):
    """Fachbereiche; „parent“ nennt den Fachbereich darüber."""

    serializer_class = DepartmentSerializer
    filterset_class = DepartmentFilter
    orderings = ("id", "name")
    closed_to = ("council",)

    def get_queryset(self) -> QuerySet[Department]:
        return visible_departments(self.request)
