"""Which kinds of events belong to which part of the feed: to that whose scope opens, by a key, what they are about."""

from collections.abc import Iterable

from ozg_tracker.accounts.models import Scope
from ozg_tracker.feed.logs import LOGS

# By the collection that an event is about; a test holds that a key with this scope, and no other, changes things there.
COLLECTIONS: dict[Scope, tuple[str, ...]] = {
    Scope.STATUS: (
        *("services", "municipal-services", "case-counts", "counting-weeks", "deadlines", "rounds", "handovers"),
        "maturity-model-changes",
    ),
    Scope.REPORTS: ("editions", "meetings"),
    Scope.CATALOGUE: ("catalogue-imports",),
    Scope.PEOPLE: (
        *("departments", "reorganisations", "memberships", "training-tasks", "training-exemptions", "journal"),
    ),
}


def kinds_of(parts: Iterable[str]) -> frozenset[str]:
    """The kinds of `LOGS` that belong to these parts."""
    collections = {each for part in parts for each in COLLECTIONS[Scope(part)]}
    return frozenset(kind for kind, log in LOGS.items() if log.about[0] in collections)
