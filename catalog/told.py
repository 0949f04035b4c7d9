"""How long work says how far it is, to whoever asks: a command draws it, most callers do not care."""

from typing import Protocol


class Told(Protocol):
    def __call__(self, done: int, total: int, what: str = "") -> None:
        """`done` of `total` are done; now comes `what`."""


def silent(done: int, total: int, what: str = "") -> None:
    """For callers that do not care."""
