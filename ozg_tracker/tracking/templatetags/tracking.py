"""How tracked rows are written for people."""

from typing import NamedTuple

from django import template

from ozg_tracker.tracking.pages.lines import Line
from ozg_tracker.tracking.pages.row_forms import ChangeForm, Choices, text_of

register = template.Library()


class ShownClash(NamedTuple):
    field: str
    label: str
    mine_raw: str
    mine: str
    stored: str


@register.filter
def clashes(line: Line, choices: Choices) -> list[ShownClash]:
    """The fields of `line` that two people changed, both values in words."""
    return [
        ShownClash(
            field,
            str(ChangeForm.base_fields[field].label),
            text_of(clash.mine),
            choices.words(field, clash.mine),
            choices.words(field, clash.stored),
        )
        for field, clash in line.clashes.items()
    ]
