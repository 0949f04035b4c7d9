"""The months that an edition counts otherwise than their own did: what was known then, and what is known now."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any, NamedTuple

from django.db.models import JSONField
from django.db.models.fields.json import KT
from django.db.models.functions import Cast
from django.utils.translation import gettext as _

from reports import months
from reports.models import EditionQuerySet
from reports.telling import wording

SHOWN = 12  # months: those whose growth the report draws, and the one it begins with


class Deviating(NamedTuple):
    """A month's last edition, as (ready, relevant): what it told, and what is known now."""

    month: date
    number: int
    known_at: datetime
    then: tuple[int, int]
    now: tuple[int, int]


def deviating(editions: EditionQuerySet, figures: Mapping[str, Any]) -> list[Deviating]:
    """Each month of the trend of `figures`, before its last, that its own last edition among `editions` counted
    otherwise, oldest first; one query.
    """
    counted = {each["month"]: (each["ready"], each["relevant"]) for each in figures.get("trend", [])[-SHOWN - 1 : -1]}
    wanted = editions.filter(month__in=[months.parse(name) for name in counted]).order_by("month", "number")
    read = wanted.annotate(
        told=Cast("figures", JSONField()), ready=KT("told__totals__ready"), relevant=KT("told__totals__relevant")
    )
    lines: list[tuple[Any, ...]] = list(read.values_list("month", "number", "known_at", "ready", "relevant"))
    last = {month: rest for month, *rest in lines if None not in rest}
    found = (
        Deviating(month, number, known_at, (int(ready), int(relevant)), counted[months.name(month)])
        for month, (number, known_at, ready, relevant) in last.items()
    )
    return [each for each in found if each.then != each.now]


def disagreeing(editions: EditionQuerySet, figures: Mapping[str, Any]) -> list[str]:
    """A sentence for each month of the trend of `figures`, before its last, whose own last edition among `editions`
    counted other services as ready; one query.
    """
    return [
        _("%(month)s: damals %(then)s, nach heutigem Wissen %(now)s.")
        % {
            "month": wording.month(months.name(each.month)),
            "then": wording.number(each.then[0]),
            "now": wording.number(each.now[0]),
        }
        for each in deviating(editions, figures)
        if each.then[0] != each.now[0]
    ]
