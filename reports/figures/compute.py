"""The figures of a month, as an edition freezes them. Each is computed here once; all else reads what is frozen."""

from datetime import UTC, date, datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from catalog.models import MaturityModel
from catalog.reading.as_known import Catalogue, catalogue_known_at
from ozg_tracker.accounts.departments.as_of import tree_as_of
from ozg_tracker.accounts.maturity import model_on
from ozg_tracker.accounts.models import Municipality
from reports import months
from reports.figures import totals
from reports.figures.asked import asked_in
from reports.figures.deadlines import asked_of, deadlines_of, figures_of, questions
from reports.figures.definitions import definitions
from reports.figures.forecast import forecast
from reports.figures.goal import goal_of
from reports.figures.movement import movement
from reports.figures.offices import offices_of
from reports.figures.promises import late, promises
from reports.figures.proofs import proofs_of, proven
from reports.figures.quality import quality
from reports.figures.rows import month_rows, ours
from reports.figures.said import said_before
from reports.figures.scale import scale_of
from reports.figures.services import services
from reports.figures.take_up import cases_of_year, take_up
from reports.figures.trainings import trainings
from reports.figures.trend import course

SCHEMA = 2


def compute(
    municipality: Municipality, month: date, known_at: datetime, *, model: MaturityModel | None = None
) -> dict[str, Any]:
    """The figures of `month` (its first day) as known at `known_at`: whole numbers, texts, lists, nothing else.

    `model` is the maturity model to count with, for a month frozen under another than the municipality has now. A
    ValidationError (`no_catalogue`) where no catalogue had been imported by then. The number of queries is constant.
    """
    catalogue = known_catalogue(known_at)
    cutoff = months.last_day(month)
    scale = scale_of(model or model_on(municipality, cutoff, known_at))
    tree = tree_as_of(municipality.pk, cutoff, known_at)
    due = deadlines_of(municipality, cutoff, known_at, tree)
    asked = asked_of(due, cutoff)
    before = months.last_day(months.step(month, -1))
    read = month_rows(municipality.pk, before, cutoff, known_at, catalogue, asked and asked.date)
    rows = ours(read)
    deadlines = figures_of(due, rows, read, scale, cutoff, catalogue)
    offices = offices_of(tree)
    tops = {row.row_id: offices[row.department_id].top for row in rows}
    went = course(municipality.pk, month, known_at, catalogue, scale.ready, tops)
    cases = cases_of_year(municipality.pk, rows, scale, cutoff, known_at)
    listed = services(rows, read, scale, offices, proofs_of(municipality.pk, cutoff, known_at), cases)
    departments = totals.by_department(rows, tree, scale)
    counted = totals.totals(rows, scale)
    return {
        "schema": SCHEMA,
        "municipality": {"name": municipality.name, "ars": municipality.ars, "ags": municipality.ags},
        "month": months.name(month),
        "cutoff": cutoff.isoformat(),
        "known_at": instant(known_at),
        "catalogue_release": catalogue.label,
        "maturity_model": scale.model.version,
        "conform_level": scale.model.conform_level,
        "level_names": scale.names(),
        "totals": counted,
        "rates": totals.rates(rows, read, scale),
        "by_topic": totals.by_topic(rows, read, scale),
        "by_department": departments,
        "movement": movement(read, scale),
        "gained": went.gained(months.name(month)),
        "services": listed,
        "late": late(rows, read, scale, offices, cutoff, known_at, municipality.pk),
        "promises": promises(rows, read, scale, offices, cutoff),
        "unclear": totals.unclear(read, scale),
        "proven": proven(listed),
        "take_up": take_up(listed, cases),
        "deadlines": deadlines,
        "questions": questions(rows, read, scale, asked, cutoff),
        "trend": went.line,
        "forecast": forecast(went, departments, deadlines, said_before(municipality.pk, month, known_at)),
        "goal": goal_of(municipality.pk, month, known_at, counted["ready"]),
        "training": trainings(municipality, month, known_at),
        "asked": asked_in(municipality.pk, month, known_at),
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
