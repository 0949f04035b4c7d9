"""What earlier editions foretold for this month: the forecast's track record, as it was frozen and nothing else."""

from datetime import date, datetime
from typing import Any

from reports import canonical, months
from reports.figures.forecast import at_least, pace
from reports.models import Edition

BACK = (12, 6)  # months


def said_before(municipality_id: int, month: date, known_at: datetime) -> list[dict[str, Any]]:
    """Of the editions that stood at `known_at` for the months 12 and 6 before `month`, what they said; one query.

    `p50`, `p85`: until when all would be ready; `expected`, `at_least`: how many more would be ready by now, as likely
    as not and with 85 %. Both are None where the edition has no forecast by this rule (schema 2).
    """
    wanted = [months.step(month, -back) for back in BACK]
    stood = Edition.objects.filter(municipality=municipality_id, month__in=wanted, known_at__lt=known_at)
    last = {frozen.month: frozen for frozen in stood.order_by("number").only("month", "number", "figures")}
    return [_said(last[day], month) for day in wanted if day in last]


def _said(edition: Edition, month: date) -> dict[str, Any]:
    figures = canonical.frozen(edition.figures)
    told = figures["forecast"]
    found = pace([each["count"] for each in told.get("throughput", [])])
    ahead = months.between(edition.month, month)
    return {
        "month": figures["month"],
        "edition": edition.number,
        "status": told["status"],
        "p50": told["p50"],
        "p85": told["p85"],
        "horizon": told.get("horizon"),
        "expected": at_least(50, ahead, found) if found else None,
        "at_least": at_least(85, ahead, found) if found else None,
    }
