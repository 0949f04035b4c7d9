"""Editions for the exporters: made from figures, never stored."""

from datetime import UTC, date, datetime

from reports import canonical
from reports.models import Edition
from tests.reports.figures.recount import recount
from tests.reports.sample import moved, sample


def edition(figures=None, number=1, **fields):
    text = canonical.dumps(figures or sample())
    return Edition(
        month=date.fromisoformat(f"{(figures or sample())['month']}-01"),
        number=number,
        figures=text,
        sha256=canonical.digest(text),
        known_at=datetime(2022, 12, 2, 8, 15, 30, tzinfo=UTC),
        **fields,
    )


def approved(figures=None, **fields):
    return edition(
        figures, state=Edition.State.APPROVED, approved_at=datetime(2022, 12, 9, 23, 30, tzinfo=UTC), **fields
    )


def consistent():
    """The sample with its tables counted from its own services."""
    figures = sample()
    told = recount(figures)
    figures |= {name: told[name] for name in ("totals", "rates", "by_topic", "by_department", "proven")}
    figures["promises"]["moved"], figures["promises"]["open"] = 1, 1
    figures["gained"] = 3
    planned = {(each["key"], each["name"]): each["planned_on"] for each in figures["promises"]["next"]}
    for each in figures["services"]:
        each["planned_on"] = planned.get((each["key"], each["name"]), each["planned_on"])
    return figures


def crowded():
    """A big municipality in the model of eight levels: long names, many lines, forecasts far away."""
    figures, counts = sample(), [60, 80, 90, 100, 70, 60, 50, 40]
    levels = {str(step): count for step, count in enumerate(counts)}
    name = "Amt für Stadtentwicklung, Bauordnung, Denkmalschutz und Liegenschaften"
    reason = "Die Schnittstelle zum Fachverfahren wurde neu gebaut und mit dem Landesportal abgestimmt. " * 3
    part = {"relevant": 50, "ready": 20, "levels": {str(step): 5 for step in range(8)}}
    moves = [moved(n, 2, 3, reason) | {"name": "Verwaltungsgebührenbefreiungsbescheinigung" * 3} for n in range(60)]
    figures["maturity_model"] = "2.0"
    figures["totals"] |= {"relevant": 608, "rated": 550, "not_rated": 58, "ready": 320, "levels": levels}
    figures["by_department"] = [part | {"department": f"{name} {n}"} for n in range(30)]
    figures["by_topic"] = [part | {"topic": f"Forschung & Förderung der Gesellschaft {n}"} for n in range(14)]
    figures["movement"] = dict.fromkeys(figures["movement"], moves)
    figures["deadlines"] = [
        {"name": f"Ratsbeschluss zum Einwohnermeldewesen {n}", "date": f"{2020 + n}-06-30", "days_left": 365 * n - 900}
        | {"in_scope": 100, "open": 50 + n}
        for n in range(14)
    ]
    figures["questions"] = {code: [moves[0]] * 700 for code in figures["questions"] if code != "deadline"}
    figures["forecast"] |= {"p50": "2061-03", "p85": "2099-09"}
    figures["training"]["groups"] = [
        {"group": f"{name} {n}", "departments": [f"{name} {n}"], "assigned": 20, "completed": 10}
        | {"completed_at_least": 10, "completed_at_most": 10}
        for n in range(30)
    ]
    return figures


def empty():
    """A municipality on its first day: nothing is relevant, nothing has moved, nothing can be foretold."""
    figures = sample()
    none = {"numerator": 0, "denominator": 0}
    levels = {str(step): 0 for step in range(5)}
    figures["totals"] = {"relevant": 0, "rated": 0, "not_rated": 0, "ready": 0, "levels": levels, "states": {}}
    figures["rates"] = dict.fromkeys(figures["rates"], none) | {"cases_ready": none | {"known_rows": 0}}
    figures["movement"] = {code: [] for code in figures["movement"]}
    figures["questions"] = {code: [] for code in figures["questions"] if code != "deadline"} | {"deadline": None}
    figures |= {"by_topic": [], "by_department": [], "deadlines": [], "trend": [], "quality": []}
    figures["forecast"] = {"status": "not_enough_data", "p50": None, "p85": None, "needed_per_month": []}
    figures["training"]["groups"] = []
    figures |= {"gained": 0, "services": [], "unclear": {"count": 0, "ready": 0}, "proven": none}
    figures["late"] = {"planned_passed": [], "blocked": []}
    figures["promises"] = dict.fromkeys(("due", "kept", "moved", "open"), 0) | {"rows": [], "next": []}
    return figures
