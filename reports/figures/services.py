"""A row for each relevant service, so that whoever has the figures can count all of them again."""

from typing import Any

from reports.figures.offices import Offices
from reports.figures.proofs import Proofs
from reports.figures.rows import Month, Row
from reports.figures.scale import Scale
from reports.figures.sql import query
from reports.figures.take_up import CasesOfYear


def services(
    rows: list[Row], month: Month, scale: Scale, offices: Offices, proofs: Proofs, cases: CasesOfYear
) -> list[dict[str, Any]]:
    """The relevant services in the order of the lists; two queries.

    `topics` and `bundles`: where it stands, by name and OZG id (a bundle without one by its name); `department` is the
    Fachbereich at the top, `office` its own. `level` with `model` where it was rated with another model than the
    municipality's; `ready` by the model it was rated with. `channels` only where all of them are known.
    """
    topics = dict(query("SELECT id, name FROM catalog_topic"))
    bundles = dict(query("SELECT id, COALESCE(ozg_id, name) FROM catalog_bundle"))
    models = {pk: None if level.model_id == scale.model.pk else level.model for pk, level in scale.levels.items()}
    return [
        {
            **month.service(row),
            "topics": sorted(topics[topic] for topic in month.topics(row)),
            "bundles": sorted({bundles[bundle] for bundle in month.bundles(row)}),
            "department": offices[row.department_id].top,
            "office": offices[row.department_id].name,
            "state": row.state,
            "level": None if row.level_id is None else scale.levels[row.level_id].number,
            "model": None if row.level_id is None else models[row.level_id],
            "ready": row.level_id in scale.ready,
            "planned_on": row.planned_on,
            "cases": row.cases,
            **cases.of(row.row_id),
            "proof": proofs.of(row.row_id, ready=row.level_id in scale.ready),
        }
        for row in rows
    ]
