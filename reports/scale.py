"""The maturity model a month is measured with: which levels it has and from which a service is ready."""

from typing import NamedTuple

from catalog.models import MaturityModel
from reports.sql import query


class Level(NamedTuple):
    number: int
    name: str
    model_id: int
    ready: bool


class Scale(NamedTuple):
    """A town's model, every level there is by its id, and the ids of those that are ready, and online.

    Ready and online are asked of the model that a rating was made with, so that a town that changes its model keeps
    what it reached. Only the levels of the town's own model are counted by number.
    """

    model: MaturityModel
    levels: dict[int, Level]
    ready: frozenset[int]
    online: frozenset[int]

    def own(self) -> dict[int, Level]:
        """The levels of the town's own model by id, from the lowest up."""
        own = [(level, pk) for pk, level in self.levels.items() if level.model_id == self.model.pk]
        return {pk: level for level, pk in sorted(own)}

    def names(self) -> dict[str, str]:
        """What the levels of the town's own model are called, by number."""
        return {str(level.number): level.name for level in self.own().values()}


def scale_of(model: MaturityModel) -> Scale:
    """Read every level with what it means; one query."""
    found = query("""
        SELECT level.id, level.number, level.name, model.id, model.conform_level, model.online_level
        FROM catalog_maturitylevel level JOIN catalog_maturitymodel model ON model.id = level.model_id""")
    return Scale(
        model,
        {pk: Level(number, name, of, number >= conform) for pk, number, name, of, conform, _online in found},
        frozenset(pk for pk, number, _name, _of, conform, _online in found if number >= conform),
        frozenset(pk for pk, number, _name, _of, _conform, online in found if number >= online),
    )
