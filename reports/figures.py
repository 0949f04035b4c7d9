"""The figures of a month, as an edition freezes them."""

from datetime import date, datetime
from typing import Any

from ozg_tracker.accounts.models import Municipality


def compute(municipality: Municipality, month: date, known_at: datetime) -> dict[str, Any]:
    """The figures of `month` (its first day) as known at `known_at`; whole numbers, texts and lists only."""
    raise NotImplementedError
