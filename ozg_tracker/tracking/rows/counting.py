"""What the figures are made of, each named once: in the database's words (capitals) and in Python's, side by side.

Whatever shows, filters or freezes one of these reads it here; a test asks all of them of every row of a random
municipality. The Python ones want `service` and `level.model` read with the row. Both look at rows as they are today.
"""

from datetime import date
from typing import Protocol

from django.db.models import F, Q

from catalog.models import MaturityLevel
from ozg_tracker.tracking.models import MunicipalService, Responsibility

OURS = Q(responsibility=Responsibility.MUNICIPALITY)
UNCLEAR = Q(responsibility=Responsibility.UNCLEAR)
STANDS = Q(service__countable=True, service__retired_on=None)
COUNTS = OURS & STANDS
NOT_RATED = Q(level=None)
READY = Q(level__number__gte=F("level__model__conform_level"))
NOT_READY = NOT_RATED | Q(level__number__lt=F("level__model__conform_level"))
AWAITS_RATING = ~NOT_RATED & ~Q(level__model=F("municipality__maturity_model"))
PROMISED = COUNTS & NOT_READY & Q(planned_on__isnull=False)


def late(day: date) -> Q:
    """Promised for a day before `day`."""
    return PROMISED & Q(planned_on__lt=day)


def ready_levels() -> set[int]:
    """The ids of the levels that make ready: READY for states of earlier days, which hold ids alone; one query."""
    found = MaturityLevel.objects.filter(number__gte=F("model__conform_level"))
    return set(found.values_list("pk", flat=True))


class HasResponsibility(Protocol):
    """A row, an event, or the state of an earlier day."""

    @property
    def responsibility(self) -> str: ...


class HasLevel(Protocol):
    """The same, for what was rated."""

    @property
    def level_id(self) -> int | None: ...


def is_ours(row: HasResponsibility) -> bool:
    return row.responsibility == Responsibility.MUNICIPALITY


def is_unclear(row: HasResponsibility) -> bool:
    return row.responsibility == Responsibility.UNCLEAR


def stands(row: MunicipalService) -> bool:
    """Whether the catalogue has the service as one that can count: no heading, not retired."""
    return row.service.countable and row.service.retired_on is None


def counts(row: MunicipalService) -> bool:
    """Whether the service is relevant: one of the denominator of every rate."""
    return is_ours(row) and stands(row)


def is_rated(row: HasLevel) -> bool:
    """Whichever model it was rated with: a municipality that changes its model keeps what it reached."""
    return row.level_id is not None


def awaits_rating(row: MunicipalService) -> bool:
    """Whether the rating is of another model than the municipality has today, so that it waits to be made anew."""
    return row.level is not None and row.level.model_id != row.municipality.maturity_model_id


def makes_ready(level: MaturityLevel) -> bool:
    """Whether the model of the level calls a service ready from it on."""
    return level.number >= level.model.conform_level


def makes_online(level: MaturityLevel) -> bool:
    """The same for what makes a bundle count as online."""
    return level.number >= level.model.online_level


def is_ready(row: MunicipalService) -> bool:
    return row.level is not None and makes_ready(row.level)


def is_online(row: MunicipalService) -> bool:
    return row.level is not None and makes_online(row.level)


def is_promised(row: MunicipalService) -> bool:
    """Whether somebody said until when the service will be ready, and it is not."""
    return counts(row) and not is_ready(row) and row.planned_on is not None


def is_late(row: MunicipalService, day: date) -> bool:
    return is_promised(row) and row.planned_on is not None and row.planned_on < day
