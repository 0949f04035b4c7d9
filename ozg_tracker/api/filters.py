"""How our lists are narrowed: one FilterSet a list, for page and API; what it does not know is refused, not ignored."""

from collections import OrderedDict
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, ClassVar, cast

from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.functional import lazy
from django.utils.translation import gettext_lazy as _
from django_filters import CharFilter, Filter, ModelChoiceFilter, TypedChoiceFilter
from django_filters import FilterSet as PlainFilterSet
from django_filters.filterset import FilterSetOptions
from django_filters.rest_framework import DjangoFilterBackend
from django_filters.utils import label_for_filter
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema_field
from rest_framework.views import APIView

from ozg_tracker.api.query import LONGEST_SEARCH, read_query

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

NONE = "none"

_label_from_model = lazy(label_for_filter, str)


class FilterSet(PlainFilterSet):
    """A filter without a label is called as its field is, in the language of whoever asks: the library's own label is
    made once, in the language of that moment, and is none at all once the schema has been drawn.
    """

    _meta: ClassVar[FilterSetOptions]

    @classmethod
    def get_filters(cls) -> "OrderedDict[str, Filter]":
        filters = super().get_filters()
        for each in filters.values():
            if each.label is None and cls._meta.model:
                each.label = _label_from_model(cls._meta.model, each.field_name or "", each.lookup_expr, each.exclude)
        return filters


class SearchFilter(CharFilter):
    """Text to look for, of at most 500 characters."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, max_length=LONGEST_SEARCH, **kwargs)


@extend_schema_field(OpenApiTypes.BOOL)
class YesNoFilter(TypedChoiceFilter):
    """`true` or `false`; anything else is wrong, where django-filter's own BooleanFilter takes it for "no answer"."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs["choices"] = (("", _("alle")), ("true", _("ja")), ("false", _("nein")))
        super().__init__(*args, coerce=lambda value: value == "true", **kwargs)


@extend_schema_field(OpenApiTypes.INT)
class IdFilter(ModelChoiceFilter):
    """One thing, by its id."""


@extend_schema_field(OpenApiTypes.STR)
class CodeFilter(ModelChoiceFilter):
    """One thing, by the code that people know it by: `to_field_name`."""


class VisibleChoiceFilter(IdFilter):
    """One of what the person may see: `visible` makes the choices from the request; anything else does not exist."""

    def __init__(self, *args: Any, visible: Callable[[HttpRequest], QuerySet[Any]], **kwargs: Any) -> None:
        super().__init__(*args, queryset=cast("QuerySet[Any]", visible), **kwargs)


@extend_schema_field({"oneOf": [{"type": "integer"}, {"type": "string", "enum": ["none"]}]})
class VisibleOrNoneFilter(VisibleChoiceFilter):
    """The same, or `none` for rows without one, which people read as `none_label`."""

    def __init__(self, *args: Any, none_label: "StrOrPromise", **kwargs: Any) -> None:
        super().__init__(*args, null_value=NONE, null_label=none_label, **kwargs)


@extend_schema_field(OpenApiTypes.STR)
class VisibleNameOrNoneFilter(VisibleOrNoneFilter):
    """The same by name: `to_field_name`."""


class FilterBackend(DjangoFilterBackend):
    """Narrows a list by the view's FilterSet. A wrong value is 400 and says which; unknown keys the view refuses."""

    def filter_queryset(self, request: Any, queryset: QuerySet[Any], view: APIView) -> QuerySet[Any]:
        filterset_class = self.get_filterset_class(view, queryset)
        asked = request.query_params.keys() & filterset_class.base_filters.keys() if filterset_class else ()
        # making a FilterSet with its form costs as much as reading the page, so only for those who ask for it
        return super().filter_queryset(request, queryset, view) if asked else queryset

    def get_filterset_kwargs(self, request: Any, queryset: QuerySet[Any], view: Any) -> dict[str, Any]:
        asked = read_query(request.query_params, view.query_keys())
        return super().get_filterset_kwargs(request, queryset, view) | {"data": asked}
