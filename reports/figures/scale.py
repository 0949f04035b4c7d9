"""The maturity model a month is measured with: which levels it has and from which a service is ready."""

from typing import NamedTuple

from catalog.models import MaturityLevel, MaturityModel
from ozg_tracker.tracking.rows.counting import makes_online, makes_ready


class Level(NamedTuple):
    number: int
    name: str
    model_id: int
    model: str
    ready: bool


class Scale(NamedTuple):
    """A municipality's model, every level there is by its id, and the ids of those that are ready, and online.

    Ready and online are asked of the model that a rating was made with, so that a municipality that changes its model
    keeps what it reached. Only the levels of the municipality's own model are counted by number.
    """

    model: MaturityModel
    levels: dict[int, Level]
    ready: frozenset[int]
    online: frozenset[int]

    def own(self) -> dict[int, Level]:
        """The levels of the municipality's own model by id, from the lowest up."""
        own = [(level, pk) for pk, level in self.levels.items() if level.model_id == self.model.pk]
        return {pk: level for level, pk in sorted(own)}

    def names(self) -> dict[str, str]:
        """What the levels of the municipality's own model are called, by number."""
        return {str(level.number): level.name for level in self.own().values()}


def scale_of(model: MaturityModel) -> Scale:
    """Read every level with what it means; one query."""
    found = list(MaturityLevel.objects.select_related("model"))
    return Scale(
        model,
        {
            level.pk: Level(level.number, level.name, level.model_id, level.model.version, makes_ready(level))
            for level in found
        },
        frozenset(level.pk for level in found if makes_ready(level)),
        frozenset(level.pk for level in found if makes_online(level)),
    )
