"""What every address of our API does alike: language, unknown query keys, lists and items as the database has them."""

from collections.abc import Hashable, Iterable, Mapping
from functools import cache
from typing import TYPE_CHECKING, Any, cast

from django.db.models import QuerySet
from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase
from django.utils import translation
from django.utils.cache import patch_vary_headers
from django.utils.translation import gettext as _
from rest_framework.exceptions import ErrorDetail, NotFound, ValidationError
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.serializers import Serializer
from rest_framework.views import APIView
from rest_framework.viewsets import GenericViewSet

from ozg_tracker.api import etags, expanding, once
from ozg_tracker.api.ids import id_or_404
from ozg_tracker.api.models import KeptAnswer
from ozg_tracker.api.paging import KeysetPagination, Row, as_dicts
from ozg_tracker.api.query import UnknownKeys, read_query
from ozg_tracker.language import asked

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

Keys = Iterable[str]
Rows = list[Row]  # a class that has a method `list` cannot say so itself


class ApiView(APIView):
    """Answers in the language of Accept-Language, German without it, and refuses query keys it does not know.

    What was read before and is still so is 304; what was done before under the same Idempotency-Key is not done again.
    """

    http_method_names = ["get", "head", "post", "patch", "options"]
    # Why no Idempotency-Key is taken: an answer that is kept nowhere, or a deed that no transaction may wait for.
    takes_no_key: "StrOrPromise" = ""
    taken: KeptAnswer | None = None

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        language = asked(request)

        def run() -> HttpResponseBase:
            response = super(ApiView, self).dispatch(request, *args, **kwargs)
            response.headers.setdefault("Content-Language", language)
            return response

        with translation.override(language):
            response = once.finish(run, lambda: self.taken) if once.named(request) else run()
            if request.method in ("GET", "HEAD"):
                response = etags.unless_known(request, response)
        patch_vary_headers(response, ("Accept-Language",))
        return response

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        super().initial(request, *args, **kwargs)
        self.refuse_unknown_keys(request)
        if once.named(request._request):
            self.taken = once.begin(request, self.takes_no_key)

    def handle_exception(self, exc: Exception) -> Response:
        if isinstance(exc, once.Repeated):
            return cast("Response", exc.answer)
        return super().handle_exception(exc)

    def options(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Response:
        """Which methods the address has; what they take and give, the schema says."""
        return Response(status=204, headers={"Allow": ", ".join(self.allowed_methods)})

    def refuse_unknown_keys(self, request: Request) -> None:
        """ValidationError that names the keys that `query_keys` does not have, and those it has."""
        try:
            read_query(request.query_params, self.query_keys())
        except UnknownKeys as error:
            allowed = ", ".join(error.known) or _("keine")
            message = _("Diesen Schlüssel gibt es hier nicht. Möglich sind: %s.") % allowed
            raise ValidationError({key: [ErrorDetail(message, "unknown_key")] for key in error.keys}) from error

    def query_keys(self) -> Keys:
        """The query keys that this address knows."""
        return ()


class Nothing(ApiView):
    """Every address under the API's root that there is not."""

    authentication_classes = ()
    permission_classes = ()
    schema = None

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        raise NotFound(_("Diese Adresse gibt es nicht. Die Adressen der Schnittstelle enden mit „/“."))


class Collection(ApiView, GenericViewSet[Any]):
    """Lists and items of a model. The serializer says which columns there are and their names; rows come by them.

    Subclasses start `get_queryset` from what the person may see. A serializer field with source "*" is not a column:
    `fill` fills it, for all rows of a page at once.
    """

    pagination_class = KeysetPagination
    ordering = "id"
    orderings: tuple[str, ...] = ("id",)
    closed_to: tuple[str, ...] = ()  # roles that have no business here; the permission class knows roles
    expandable: Mapping[str, str] = {}  # a field that names something, and the collection that tells it
    lookup_value_regex = "[0-9]{1,19}"

    def list(self, request: Request) -> Response:
        more = expanding.asked(request, self.expandable)
        rows: Rows = self.paginate_queryset(self.filter_queryset(self.get_queryset())) or []
        self.fill(rows)
        self.told(rows)
        expanding.expand(request, rows, more, self.expandable)
        return self.get_paginated_response(rows)

    def retrieve(self, request: Request, pk: str) -> Response:
        row = self.item(id_or_404(pk))
        self.told([row])
        return Response(row)

    def item(self, pk: int) -> Row:
        """The row as the list shows it; Http404 when the person may not see it."""
        rows = as_dicts(self.get_queryset().filter(pk=pk), self.columns(), 1)
        if not rows:
            raise Http404
        self.fill(rows)
        return rows[0]

    def rows_of(self, things: QuerySet[Any]) -> Rows:
        """All of `things` as the list shows them."""
        rows = as_dicts(things, self.columns(), None)
        self.fill(rows)
        return rows

    def fill(self, rows: Rows) -> None:
        """Fill what is no column of the row itself, with a constant number of queries."""

    def told(self, rows: Rows) -> None:
        """The rows are given to whoever asked: a place to write that down, where they say something of people."""

    def columns(self) -> dict[str, str]:
        """Name in our API → where the database has it."""
        return _columns(cast("Hashable", self.get_serializer_class()))

    def query_keys(self) -> Keys:
        if self.action != "list":
            return ()
        filters = getattr(self, "filterset_class", None)
        more = (expanding.KEY,) if self.expandable else ()
        return (*(filters.base_filters if filters else ()), *KeysetPagination.keys, *more)

    def get_queryset(self) -> QuerySet[Any]:
        raise NotImplementedError


@cache
def _columns(serializer_class: Hashable) -> dict[str, str]:
    fields = cast("type[Serializer[Any]]", serializer_class)().fields
    sources = {name: str(field.source) for name, field in fields.items()}
    return {name: source.replace(".", "__") for name, source in sources.items() if source != "*"}
