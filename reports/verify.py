"""verify_history: whether everything stored still agrees with everything else."""

from collections.abc import Callable, Iterator
from itertools import count
from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from catalog.models import MaturityModel
from catalog.progress import Told, silent
from ozg_tracker.accounts.models import Municipality
from ozg_tracker.tracking.models import MunicipalService, StatusChange
from reports import canonical
from reports.differences import differences
from reports.figures import compute
from reports.models import Edition
from reports.row_check import verify_rows

# These follow from events and catalogue alone. Deadlines, departments and trainings have no history of their own.
_RECOMPUTED = ("totals", "rates", "by_topic", "movement", "trend")


def verify_history(told: Told = silent) -> dict[str, Any]:
    """Rows against their events; editions against their hash, their chain and their recomputed totals.

    `{"rows", "events", "editions", "differences"}`: how many were looked at, and a
    `{"municipality", "what", "id", "message"}` per thing that does not agree.
    """
    found: list[dict[str, Any]] = []
    steps = Municipality.objects.count() + Edition.objects.count()
    looked_at = count()

    def tick(what: object) -> None:
        told(next(looked_at), steps, str(what))

    for municipality in Municipality.objects.order_by("pk"):
        found += [{"municipality": municipality.ars, **each} for each in _differences_of(municipality, tick)]
    told(steps, steps)
    return {
        "rows": MunicipalService.objects.count(),
        "events": StatusChange.objects.count(),
        "editions": Edition.objects.count(),
        "differences": found,
    }


def _differences_of(municipality: Municipality, tick: Callable[[object], None]) -> Iterator[dict[str, Any]]:
    tick(municipality)
    for row_id, message in verify_rows(municipality.pk):
        yield {"what": "row", "id": row_id, "message": message}
    previous = ""
    for edition in _in_order(municipality):
        tick(edition)
        for message in (*_chain(edition, previous), *_figures(edition)):
            yield {"what": "edition", "id": edition.pk, "message": f"{edition}: {message}"}
        previous = edition.sha256


def _in_order(municipality: Municipality) -> QuerySet[Edition]:
    return Edition.objects.filter(municipality=municipality).select_related("municipality").order_by("pk")


def _chain(edition: Edition, previous: str) -> Iterator[str]:
    if canonical.digest(edition.figures) != edition.sha256:
        yield _("Die Prüfsumme gehört nicht zu den festgeschriebenen Zahlen.")
    if edition.previous_sha256 != previous:
        yield _("Die Kette ist unterbrochen: Der Vorgänger ist ein anderer als bei der Festschreibung.")


def _figures(edition: Edition) -> Iterator[str]:
    """What the figures would be today, had nothing more become known since."""
    try:
        frozen = canonical.loads(edition.figures)
        model = MaturityModel.objects.get(version=frozen["maturity_model"])
        fresh = compute(edition.municipality, edition.month, edition.known_at, model=model)
        kept = {key: frozen[key] for key in _RECOMPUTED}
    except (ValueError, KeyError, MaturityModel.DoesNotExist, ValidationError):
        yield _("Die festgeschriebenen Zahlen lassen sich nicht lesen oder nicht neu berechnen.")
        return
    for line in differences(kept, {key: fresh[key] for key in _RECOMPUTED}):
        yield _("Neu berechnet wäre: %s") % line
