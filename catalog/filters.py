"""How the lists of the catalogue are narrowed. What links say, the current ones say."""

from typing import TYPE_CHECKING, Any

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.translation import gettext_lazy as _
from django_filters import CharFilter

from catalog.models import Bundle, CatalogueImport, CatalogueRelease, Service, ServiceBundle, Situation, Topic
from catalog.reading.search import matching
from ozg_tracker.api.filters import CodeFilter, FilterSet, IdFilter, SearchFilter, YesNoFilter

if TYPE_CHECKING:
    Services = QuerySet[Service]


class NameFilter(FilterSet):
    q = SearchFilter(field_name="name", lookup_expr="icontains", label=_("Suche"))


class SituationFilter(NameFilter):
    topic = IdFilter(queryset=Topic.objects.all())

    class Meta:
        model = Situation
        fields: list[str] = []


class BundleFilter(FilterSet):
    q = SearchFilter(method="search", label=_("Suche"), help_text=_("Name oder OZG-ID"))
    ozg_id = CharFilter(label=_("OZG-ID"))
    situation = IdFilter(queryset=Situation.objects.all())
    topic = IdFilter(field_name="situation__topic", queryset=Topic.objects.all(), label=_("Themenfeld"))
    retired = YesNoFilter(method="is_retired", label=_("entfallen"))

    class Meta:
        model = Bundle
        fields: list[str] = []

    def search(self, rows: QuerySet[Bundle], name: str, text: str) -> QuerySet[Bundle]:
        return rows.filter(Q(name__icontains=text) | Q(ozg_id=text))

    def is_retired(self, rows: QuerySet[Any], name: str, wanted: bool) -> QuerySet[Any]:
        return rows.filter(retired_on__isnull=not wanted)


class ServiceFilter(FilterSet):
    q = SearchFilter(method="search", label=_("Suche"), help_text=_("Name, Schlüssel oder OZG-ID"))
    key = CharFilter(label=_("LeiKa-Schlüssel"))
    bundle = CodeFilter(
        queryset=Bundle.objects.all(), to_field_name="ozg_id", method="in_bundle", label=_("OZG-Leistung")
    )
    situation = IdFilter(queryset=Situation.objects.all(), method="in_situation", label=_("Lage"))
    topic = IdFilter(queryset=Topic.objects.all(), method="in_topic", label=_("Themenfeld"))
    type = SearchFilter(method="of_type", label=_("Typisierung"))
    countable = YesNoFilter(label=_("zählbar"))
    sdg = YesNoFilter(method="is_sdg", label=_("in der SDG-Verordnung"))
    retired = YesNoFilter(method="is_retired", label=_("entfallen"))

    class Meta:
        model = Service
        fields: list[str] = []

    def search(self, rows: "Services", name: str, text: str) -> "Services":
        return matching(rows, text)

    def in_bundle(self, rows: "Services", name: str, bundle: Bundle) -> "Services":
        return _linked(rows, bundle=bundle)

    def in_situation(self, rows: "Services", name: str, situation: Situation) -> "Services":
        return _linked(rows, bundle__situation=situation)

    def in_topic(self, rows: "Services", name: str, topic: Topic) -> "Services":
        return _linked(rows, bundle__situation__topic=topic)

    def of_type(self, rows: "Services", name: str, code: str) -> "Services":
        among = Q(types=code) | Q(types__startswith=f"{code};") | Q(types__endswith=f";{code}")
        return rows.filter(among | Q(types__contains=f";{code};"))

    def is_sdg(self, rows: "Services", name: str, wanted: bool) -> "Services":
        return rows.exclude(sdg="") if wanted else rows.filter(sdg="")

    def is_retired(self, rows: "Services", name: str, wanted: bool) -> "Services":
        return rows.filter(retired_on__isnull=not wanted)


class CatalogueImportFilter(FilterSet):
    release = CodeFilter(queryset=CatalogueRelease.objects.all(), to_field_name="label", label=_("Katalogstand"))

    class Meta:
        model = CatalogueImport
        fields: list[str] = []


def _linked(rows: "Services", **of: Any) -> "Services":
    return rows.filter(Exists(ServiceBundle.objects.filter(service=OuterRef("pk"), until=None, **of)))
