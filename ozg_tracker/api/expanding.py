"""`expand=`: a list tells what its rows name too, each collection with one read more, however many rows."""

from collections.abc import Mapping
from typing import Any, cast

from django.urls import resolve
from django.utils.translation import gettext as _
from rest_framework.exceptions import ErrorDetail, PermissionDenied, ValidationError
from rest_framework.request import Request

KEY = "expand"
TOLD = "expanded"  # where a row has what it names
_ROOT = "/api/v1/"

Row = dict[str, Any]


def asked(request: Request, known: Mapping[str, str]) -> list[str]:
    """The fields that `expand` names, of those that `known` has, each with the collection that it names things of.

    ValidationError `invalid_choice` for any other.
    """
    sent = request.query_params.get(KEY, "")
    names = list(dict.fromkeys(sent.split(","))) if sent else []
    if unknown := [name for name in names if name not in known]:
        words = {"unknown": ", ".join(each[:50] for each in unknown[:5]), "known": ", ".join(known)}
        sentence = _("Das lässt sich nicht mitlesen: %(unknown)s. Möglich sind: %(known)s.") % words
        raise ValidationError({KEY: [ErrorDetail(sentence, "invalid_choice")]})
    return names


def expand(request: Request, rows: list[Row], names: list[str], known: Mapping[str, str]) -> None:
    """Put what `rows` name in the fields `names` under `expanded` of each row: as its own address tells it, None where
    nothing is named or the person may not see it. PermissionDenied where the whole collection is closed to the person.
    """
    for name in names:
        ids = {row[name] for row in rows if row[name] is not None}
        found = _things(request, known[name], ids)
        for row in rows:
            row.setdefault(TOLD, {})[name] = found.get(row[name])


def _things(request: Request, collection: str, ids: set[int]) -> dict[int, Row]:
    view: Any = cast("Any", resolve(f"{_ROOT}{collection}/").func).cls()
    view.request, view.args, view.kwargs, view.format_kwarg, view.action = request, (), {}, None, "list"
    if not all(each.has_permission(request, view) for each in view.get_permissions()):
        raise PermissionDenied(_("„%s“ dürfen Sie nicht lesen.") % collection)
    return {row["id"]: row for row in view.rows_of(view.get_queryset().filter(pk__in=ids))}
