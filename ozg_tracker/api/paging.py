"""Pages of a list by keyset: they neither skip nor repeat while rows come and go, and they never count."""

import base64
import json
from dataclasses import dataclass, replace
from typing import Any

from django.core.signing import BadSignature, Signer
from django.db.models import F, Model, OrderBy, Q, QuerySet
from django.utils.translation import gettext as _
from rest_framework.exceptions import ErrorDetail, ValidationError
from rest_framework.pagination import BasePagination
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.utils.urls import replace_query_param

from ozg_tracker.api.expanding import KEY, TOLD

SIZE = 100
MAX_SIZE = 500
Row = dict[str, Any]


@dataclass(frozen=True)
class Term:
    """One step of an order. Nothing (NULL) comes last, also when the order is turned round, unless `nulls_first`."""

    name: str
    lookup: str
    descending: bool
    nullable: bool
    nulls_first: bool = False

    def turned(self) -> "Term":
        return replace(self, descending=not self.descending, nulls_first=not self.nulls_first)

    def order(self) -> OrderBy:
        nulls = ({"nulls_first": True} if self.nulls_first else {"nulls_last": True}) if self.nullable else {}
        return OrderBy(F(self.lookup), descending=self.descending, **nulls)

    def at(self, value: Any) -> Q:
        return Q(**{f"{self.lookup}__isnull": True}) if value is None else Q(**{self.lookup: value})

    def beyond(self, value: Any) -> Q | None:
        """Whatever comes after `value`; None where nothing can."""
        if value is None:
            return Q(**{f"{self.lookup}__isnull": False}) if self.nulls_first else None
        after = Q(**{f"{self.lookup}__{'lt' if self.descending else 'gt'}": value})
        return after | Q(**{f"{self.lookup}__isnull": True}) if self.nullable and not self.nulls_first else after


@dataclass(frozen=True)
class Cursor:
    """A place in an order: the ordered values of the row it stands behind, and which way to read on.

    Outside it is signed for its list, so that what comes back are values as that list has them, and nothing odd.
    """

    ordering: str
    back: bool
    values: tuple[Any, ...]

    def signed(self, model: type[Model]) -> str:
        text = json.dumps([self.ordering, self.back, *self.values], default=str, separators=(",", ":"))
        return _signer(model).sign(base64.urlsafe_b64encode(text.encode()).decode().rstrip("="))

    @classmethod
    def read(cls, text: str, model: type[Model]) -> "Cursor":
        """BadSignature for what is none of ours, or of another list."""
        plain = _signer(model).unsign(text)
        ordering, back, *values = json.loads(base64.urlsafe_b64decode(plain + "=" * (-len(plain) % 4)))
        return cls(ordering, back, tuple(values))


def _signer(model: type[Model]) -> Signer:
    return Signer(salt=f"cursor of {model._meta.label}", sep=".")


class KeysetPagination(BasePagination):
    """Reads `ordering`, `page_size`, `cursor` and `fields`. The view tells its `columns()`, by which of them it can
    order, and by its serializer which fields its rows have.
    """

    keys = ("ordering", "page_size", "cursor", "fields")

    def paginate_queryset(self, queryset: Any, request: Request, view: Any = None) -> list[Any]:
        """The rows of the page as dicts in the words of the view's columns."""
        ordering = request.query_params.get("ordering") or view.ordering
        columns: dict[str, str] = view.columns()
        terms = read_ordering(ordering, queryset.model, columns, view.orderings)
        size, cursor = _size(request), _cursor(request, queryset.model, ordering)
        self.names = _names(request, view)
        back = cursor is not None and cursor.back
        found = _rows(queryset, [term.turned() for term in terms] if back else terms, cursor, size + 1, columns)
        page = found[:size][::-1] if back else found[:size]
        more = len(found) > size
        link = request.build_absolute_uri()

        def behind(row: Row, back: bool) -> str:
            values = tuple(row[term.name] for term in terms)
            return str(replace_query_param(link, "cursor", Cursor(ordering, back, values).signed(queryset.model)))

        self.next = behind(page[-1], False) if page and (back or more) else None
        self.previous = behind(page[0], True) if page and (more if back else cursor is not None) else None
        return page

    def get_paginated_response(self, data: Any) -> Response:
        if self.names:
            data = [{name: row[name] for name in (*self.names, TOLD) if name in row} for row in data]
        return Response({"next": self.next, "previous": self.previous, "results": data})

    def get_paginated_response_schema(self, schema: dict[str, Any]) -> dict[str, Any]:
        link = {"type": ["string", "null"], "format": "uri"}
        return {
            "type": "object",
            "required": ["next", "previous", "results"],
            "properties": {"next": link, "previous": link, "results": schema},
        }

    def get_schema_operation_parameters(self, view: Any) -> list[dict[str, Any]]:
        order = _("Reihenfolge, mit „-“ fallend")
        about = {
            "ordering": ({"type": "string", "default": view.ordering}, f"{order}: {', '.join(view.orderings)}"),
            "page_size": (
                {"type": "integer", "minimum": 1, "maximum": MAX_SIZE, "default": SIZE},
                _("Zeilen je Seite"),
            ),
            "cursor": ({"type": "string"}, _("Seitenmarke aus „next“ oder „previous“")),
            "fields": ({"type": "string"}, _("Namen der Felder mit Komma: nur diese stehen in jeder Zeile")),
        }
        if view.expandable:
            told = _("was eine Zeile nennt, steht ganz unter „expanded“; mit Komma: %s") % ", ".join(view.expandable)
            about[KEY] = ({"type": "string"}, told)
        return [
            {"name": name, "in": "query", "required": False, "schema": schema, "description": text}
            for name, (schema, text) in about.items()
        ]


def _names(request: Request, view: Any) -> list[str]:
    """What `fields` asks of each row, in its order; none asks for all. ValidationError for one that there is not."""
    sent = request.query_params.get("fields", "")
    if not sent:
        return []
    known = view.get_serializer_class()().fields
    names = list(dict.fromkeys(sent.split(",")))
    if unknown := [name for name in names if name not in known]:
        words = {"unknown": ", ".join(each[:50] for each in unknown[:5]), "known": ", ".join(known)}
        raise _wrong("fields", _("Dieses Feld gibt es hier nicht: %(unknown)s. Möglich sind: %(known)s.") % words)
    return names


def read_ordering(text: str, model: type[Model], columns: dict[str, str], allowed: tuple[str, ...]) -> list[Term]:
    """`text` such as "-planned_on,id" as terms that end in the primary key, so that no two rows share a place."""
    terms: list[Term] = []
    for part in text.split(","):
        name = part.strip().removeprefix("-")
        if name not in allowed:
            raise _wrong(
                "ordering", _("Danach lässt sich nicht ordnen: %s. Möglich sind: %s.") % (name, ", ".join(allowed))
            )
        terms.append(Term(name, columns[name], part.strip().startswith("-"), _nullable(model, columns[name])))
    if not any(term.name == "id" for term in terms):
        terms.append(Term("id", "pk", descending=False, nullable=False))
    return terms


def _nullable(model: type[Model], lookup: str) -> bool:
    nullable = False
    for part in lookup.split("__"):
        field = model._meta.get_field(part)
        nullable = nullable or bool(getattr(field, "null", False))
        model = field.related_model or model
    return nullable


def _rows(
    queryset: QuerySet[Any], terms: list[Term], cursor: Cursor | None, size: int, columns: dict[str, str]
) -> list[Row]:
    if cursor is not None:
        queryset = queryset.filter(_beyond(terms, cursor.values))
    ordered = queryset.order_by(*(term.order() for term in terms))
    return as_dicts(ordered if terms[0].lookup == "pk" else _page_first(ordered, size), columns, size)


def _page_first(ordered: QuerySet[Any], size: int) -> QuerySet[Any]:
    """The same first `size` rows, found before any table is joined for its columns alone.

    Where all rows must be sorted, PostgreSQL would else hash all people of all municipalities to name the owners of
    the page. In the order of an index it reads no more than the page anyway.
    """
    if ordered.query.annotations:
        return ordered
    whole: QuerySet[Any] = ordered.model._base_manager.filter(pk__in=ordered.values("pk")[:size])
    return whole.order_by(*ordered.query.order_by)


def as_dicts(queryset: QuerySet[Any], columns: dict[str, str], size: int | None) -> list[Row]:
    """Up to `size` rows as dicts, None for all, straight from the database: no model object, no serializer."""
    names = list(columns)
    return [dict(zip(names, row, strict=True)) for row in queryset.values_list(*columns.values())[:size]]


def _beyond(terms: list[Term], values: tuple[Any, ...]) -> Q:
    found, tied = Q(pk__in=()), Q()
    for term, value in zip(terms, values, strict=True):
        after = term.beyond(value)
        if after is not None:
            found |= tied & after
        tied &= term.at(value)
    return found


def _size(request: Request) -> int:
    text = request.query_params.get("page_size") or str(SIZE)
    if not text.isascii() or not text.isdecimal() or not 1 <= int(text[:6]) <= MAX_SIZE:
        raise _wrong("page_size", _("Eine Seite hat 1 bis %s Zeilen.") % MAX_SIZE)
    return int(text)


def _cursor(request: Request, model: type[Model], ordering: str) -> Cursor | None:
    text = request.query_params.get("cursor")
    if not text:
        return None
    sentence = _("Diese Seitenmarke gehört nicht zu dieser Liste. Bitte beginnen Sie ohne „cursor“.")
    try:
        cursor = Cursor.read(text, model)
    except BadSignature as error:
        raise _wrong("cursor", sentence) from error
    if cursor.ordering != ordering:
        raise _wrong("cursor", sentence)
    return cursor


def _wrong(key: str, message: str) -> ValidationError:
    return ValidationError({key: [ErrorDetail(message, "invalid")]})
