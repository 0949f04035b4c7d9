"""The figures of a month, as an edition freezes them. Each is computed here once; all else reads what is frozen."""

from datetime import UTC, date, datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from catalog.history import Catalogue, catalogue_known_at
from catalog.models import MaturityModel
from ozg_tracker.accounts.models import Municipality
from ozg_tracker.training.figures import training_groups
from ozg_tracker.training.suppression import SUPPRESSED_BELOW
from reports import counting, months
from reports.deadlines import asked_of, deadlines_of, figures_of, questions
from reports.definitions import definitions
from reports.forecast import forecast
from reports.movement import movement
from reports.quality import quality
from reports.rows import month_rows, ours
from reports.scale import scale_of
from reports.trend import trend


def compute(
    municipality: Municipality, month: date, known_at: datetime, *, model: MaturityModel | None = None
) -> dict[str, Any]:
    """The figures of `month` (its first day) as known at `known_at`: whole numbers, texts, lists, nothing else.

    `model` is the maturity model to count with, for a month frozen under another than the town has now. A
    ValidationError (`no_catalogue`) where no catalogue had been imported by then. The number of queries is constant.
    """
    catalogue = known_catalogue(known_at)
    cutoff = months.last_day(month)
    scale = scale_of(model or municipality.maturity_model)
    due = deadlines_of(municipality)
    asked = asked_of(due, cutoff)
    before = months.last_day(months.step(month, -1))
    read = month_rows(municipality.pk, before, cutoff, known_at, catalogue, asked and asked.date)
    rows = ours(read)
    deadlines = figures_of(due, rows, read, scale, cutoff)
    line = trend(municipality.pk, month, known_at, catalogue, scale.ready)
    return {
        "schema": 1,
        "municipality": {"name": municipality.name, "ars": municipality.ars, "ags": municipality.ags},
        "month": months.name(month),
        "cutoff": cutoff.isoformat(),
        "known_at": instant(known_at),
        "catalogue_release": catalogue.label,
        "maturity_model": scale.model.version,
        "conform_level": scale.model.conform_level,
        "level_names": scale.names(),
        "totals": counting.totals(rows, scale),
        "rates": counting.rates(rows, read, scale),
        "by_topic": counting.by_topic(rows, read, scale),
        "by_department": counting.by_department(rows, municipality.pk, scale),
        "movement": movement(read, scale),
        "deadlines": deadlines,
        "questions": questions(rows, read, scale, asked, cutoff),
        "trend": line,
        "forecast": forecast(line, deadlines),
        "training": {"groups": training_groups(municipality, cutoff), "suppressed_below": SUPPRESSED_BELOW},
        "quality": quality(rows, read, scale),
        "definitions": definitions(
            conform_level=scale.model.conform_level, online_level=scale.model.online_level, model=scale.model.version
        ),
    }


def known_catalogue(known_at: datetime) -> Catalogue:
    """The catalogue as applied last at `known_at`; a ValidationError (`no_catalogue`) where there was none."""
    found = catalogue_known_at(known_at)
    if found is None:
        raise ValidationError(
            _("Es ist noch kein Katalog eingespielt. Bitte spielen Sie zuerst einen Katalogstand ein."),
            code="no_catalogue",
        )
    return found


def instant(moment: datetime) -> str:
    """`moment` in UTC as the figures write it: 2022-12-02T08:15:30.123456Z."""
    return f"{moment.astimezone(UTC):%Y-%m-%dT%H:%M:%S.%f}Z"
