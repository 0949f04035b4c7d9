"""The maturity model a month is measured with: which levels it has and from which a service is ready."""

from typing import NamedTuple

from catalog.models import MaturityLevel, MaturityModel


class Level(NamedTuple):
    number: int
    name: str
    model_id: int
    ready: bool
    online: bool


class Scale(NamedTuple):
    """A town's model, and every level there is by its id.

    Ready and online are asked of the model that a rating was made with, so that a town that changes its model keeps
    what it reached. Only the levels of the town's own model are counted by number.
    """

    model: MaturityModel
    levels: dict[int, Level]

    def numbers(self) -> list[int]:
        return sorted(level.number for level in self.levels.values() if level.model_id == self.model.pk)

    def names(self) -> dict[str, str]:
        """What the levels of the town's own model are called, by number."""
        own = sorted(level for level in self.levels.values() if level.model_id == self.model.pk)
        return {str(level.number): level.name for level in own}

    def ready_ids(self) -> list[int]:
        return [pk for pk, level in self.levels.items() if level.ready]


def scale_of(model: MaturityModel) -> Scale:
    """Read every level with what it means; one query."""
    fields = ("pk", "number", "name", "model_id", "model__conform_level", "model__online_level")
    return Scale(
        model,
        {
            pk: Level(number, name, model_id, number >= conform, number >= online)
            for pk, number, name, model_id, conform, online in MaturityLevel.objects.values_list(*fields)
        },
    )
