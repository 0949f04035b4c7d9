"""What an edition of schema 1 is compared with: figures of today by the rules it was frozen by.

Such editions stay as they are, byte for byte. What has another rule since is told by the old one here; what is new
since, or follows from figures that are compared anyway (the forecast), is left out.
"""

from typing import Any

_NEW_SINCE = ("forecast", "gained", "services", "late", "promises", "unclear", "proven", "take_up", "asked", "goal")


def as_schema_1(figures: dict[str, Any]) -> dict[str, Any]:
    """`figures` of the present schema, or some of its parts, as far as schema 1 speaks of the same."""
    told = {key: value for key, value in figures.items() if key not in _NEW_SINCE}
    if "movement" in told:
        told["movement"] = _movement(told["movement"])
    if "deadlines" in told:
        told["deadlines"] = [_counted(each) for each in told["deadlines"]]
    return told


def _movement(lists: dict[str, list[dict[str, Any]]]) -> dict[str, list[dict[str, Any]]]:
    """What was rated for the first time was newly ready, or improved from nothing."""
    told = {name: list(moved) for name, moved in lists.items() if name != "first_rated"}
    for each in lists["first_rated"]:
        entry = {key: value for key, value in each.items() if key != "ready"}
        told["newly_ready" if each["ready"] else "improved"].append(entry)
    return told


def _counted(deadline: dict[str, Any]) -> dict[str, Any]:
    """A scope that nobody knows was told as 0 of 0."""
    return deadline | {key: deadline[key] or 0 for key in ("in_scope", "open")}
