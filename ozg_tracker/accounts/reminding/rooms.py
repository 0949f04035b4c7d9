"""What the rooms remind people of. Rooms above this one add theirs to `ROOMS` when they start."""

from abc import ABC, abstractmethod
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import ClassVar, NamedTuple

from django.db.models import Model, Q
from django.utils import timezone

from ozg_tracker.accounts.models import Municipality

CLAIM_HOLDS = timedelta(hours=1)  # after it whoever claimed has died, and the letter is anybody's again


class Line(NamedTuple):
    """What a letter says to a person; `claim`: the id of the room's note that it is being said."""

    person: int
    claim: int
    words: str


class Room(ABC):
    """What one room reminds of, during one run. `claims` notes each thing once, with `claimed_at`, `sent_at` and
    `failed_at`; which are sent, failed or nobody's again is written by whoever sends.
    """

    claims: ClassVar[type[Model]]

    def __init__(self, moment: datetime) -> None:
        self.moment, self.today = moment, timezone.localdate(moment)

    @abstractmethod
    def people(self, municipality: Municipality | None) -> Q:
        """Of `User`: who may have something to hear (of the municipality); who has not costs a look."""

    @abstractmethod
    def claim(self, people: list[int], municipalities: list[Municipality]) -> Iterable[Line]:
        """What is now to be said to these people, all of whom want to hear, in the order of the letter. Called in a
        transaction that holds the municipalities, which are all those of the people.
        """

    @abstractmethod
    def subject(self, count: int) -> str:
        """Of a letter that tells of this room alone."""

    @abstractmethod
    def opening(self) -> str:
        """What stands before the lines."""

    @abstractmethod
    def closing(self) -> str:
        """What stands after them: where it is done."""


ROOMS: list[type[Room]] = []
