"""What a month's edition says of trainings. Once it is frozen, every correction of the month says the same: what
differs between the two would be about the few people whose trainings were entered late.
"""

from datetime import date, datetime
from typing import Any

from ozg_tracker.accounts.models import Municipality
from ozg_tracker.training.council.half_years import begin_of, training_figures
from reports import canonical, months
from reports.models import Edition


def trainings(municipality: Municipality, month: date, known_at: datetime) -> dict[str, Any]:
    """The figures of `month` (its first day), those of its first edition where it has one; one query more than
    `training_figures`.
    """
    cutoff = months.last_day(month)
    stood = Edition.objects.filter(municipality=municipality, month__gte=begin_of(cutoff), month__lte=month)
    editions = stood.filter(known_at__lt=known_at).order_by("known_at", "pk").only("month", "known_at", "figures")
    said = [(each, canonical.frozen(each.figures).get("training", {})) for each in editions]
    for edition, figures in said:
        if edition.month == month:
            return dict(figures)
    counted = [(edition, figures) for edition, figures in said if "group_day" in figures]
    return training_figures(
        municipality,
        cutoff,
        known_at,
        group_known_at=counted[0][0].known_at if counted else None,
        before=[figures for _edition, figures in counted],
    )
