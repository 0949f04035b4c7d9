"""The months that an edition counts otherwise than their own did: what was known then, and what is known now."""

from collections.abc import Mapping
from typing import Any

from django.db.models import JSONField
from django.db.models.fields.json import KT
from django.db.models.functions import Cast
from django.utils.translation import gettext as _

from reports import months
from reports.models import EditionQuerySet
from reports.telling import wording

SHOWN = 12  # months: those whose growth the report draws, and the one it begins with


def disagreeing(editions: EditionQuerySet, figures: Mapping[str, Any]) -> list[str]:
    """A sentence for each month of the trend of `figures`, before its last, that its own last edition among `editions`
    counted otherwise; one query.
    """
    counted = {point["month"]: point["ready"] for point in figures["trend"][-SHOWN - 1 : -1]}
    then = _told(editions, [*counted])
    return [
        _("%(month)s: damals %(then)s, nach heutigem Wissen %(now)s.")
        % {"month": wording.month(name), "then": wording.number(then[name]), "now": wording.number(now)}
        for name, now in counted.items()
        if name in then and then[name] != now
    ]


def _told(editions: EditionQuerySet, names: list[str]) -> dict[str, int]:
    """How many ready services the last edition of each month told."""
    wanted = editions.filter(month__in=[months.parse(name) for name in names]).order_by("month", "number")
    told: list[tuple[Any, Any]] = list(
        wanted.annotate(told=Cast("figures", JSONField()), ready=KT("told__totals__ready")).values_list(
            "month", "ready"
        )
    )
    return {months.name(month): int(ready) for month, ready in told if ready is not None}
