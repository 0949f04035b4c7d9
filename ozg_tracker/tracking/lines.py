"""One line of the grid or the form of one row: what is shown, what was entered, and saving it without overwriting."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.http import QueryDict
from django.utils import timezone

from ozg_tracker.accounts.models import User
from ozg_tracker.tracking.forms import GRID_FIELDS, Choices, RowForm, shown, text_of
from ozg_tracker.tracking.merging import Clash, Values, merge, seen_values, values_of, values_on
from ozg_tracker.tracking.models import MunicipalService, Responsibility, Source, StatusChange
from ozg_tracker.tracking.rights import Rights
from ozg_tracker.tracking.status import Conflict, change_status


@dataclass
class Cell:
    """One field of a line as the template draws it."""

    name: str
    field: str
    label: str
    value: str
    shown: str
    options: Any
    may: bool
    changed: bool
    number: int | None = None
    late: bool = False


@dataclass
class Line:
    """A row with what a person entered (`form`) and what became of it (`outcome`: "", saved, error or conflict)."""

    row: MunicipalService
    may: frozenset[str]
    form: RowForm | None = None
    outcome: str = ""
    errors: list[str] = field(default_factory=list)
    clashes: dict[str, Clash] = field(default_factory=dict)
    kept: Values = field(default_factory=dict)
    event: StatusChange | None = None
    changed: frozenset[str] = frozenset()
    reason: str = ""
    needs_reason: bool = False

    @property
    def prefix(self) -> str:
        return f"r{self.row.pk}"

    @property
    def version(self) -> int:
        """The version that the values shown build on: the stored one, but after an error the one that was seen."""
        if self.form is not None and self.outcome == "error":
            return version_sent(self.form, self.row)
        return self.row.version


def resolved(data: QueryDict) -> QueryDict:
    """`data` with each conflict that a person decided for the own value: that value stands in the field again."""
    copy = data.copy()
    for name in data:
        start, pick, last = name.rpartition("pick-")
        if pick and data[name] == "mine":
            copy[f"{start}{last}"] = data.get(f"{start}mine-{last}", "")
    return copy


def save_lines(
    lines: Iterable[Line], data: QueryDict, choices: Choices, *, by: User, rights: Rights, effective_on: date
) -> None:
    """Save what was entered in each line that `data` speaks of, each row for itself; the outcome stands in the line."""
    lines = list(lines)
    for line in lines:
        line.form = RowForm(choices, resolved(data), prefix=line.prefix)
    versions = {line.row.pk: version_sent(line.form, line.row) for line in lines if line.form}
    seen = seen_values([line.row for line in lines], versions)
    for line in lines:
        save_line(line, seen[line.row.pk], by=by, rights=rights, effective_on=effective_on)


def save_line(line: Line, seen: Values, *, by: User, rights: Rights, effective_on: date) -> None:
    """Merge and save one line. Nothing that somebody else has stored since `seen` is overwritten.

    For an earlier day a form without any change says: what stands here has held since then.
    """
    form = line.form
    assert form is not None  # noqa: S101 (the caller has bound it)
    if not form.is_valid():
        _refuse(line, form.errors.values())
        return
    line.reason = form.cleaned_data.get("reason", "")
    mine, stored = form.entered(), values_of(line.row)
    changes, line.clashes = merge(mine, seen, stored)
    if not changes and not line.clashes and effective_on < timezone.localdate():
        then = values_on(line.row, effective_on)
        changes = {name: value for name, value in mine.items() if then[name] != value == stored[name]}
    if line.clashes:
        line.outcome, line.kept = "conflict", changes
        line.event = line.row.events.select_related("by").order_by("-version").first()
    elif changes:
        _change(line, changes, by=by, rights=rights, effective_on=effective_on)


def _change(line: Line, changes: Values, *, by: User, rights: Rights, effective_on: date) -> None:
    try:
        rights.refuse_unless_allowed(line.row, changes)
        change_status(
            line.row,
            changes,
            seen_version=line.row.version,
            by=by,
            reason=line.reason,
            effective_on=effective_on,
            source=Source.PAGE,
        )
    except Conflict as conflict:
        line.row, line.event, line.outcome = conflict.stored, conflict.event, "conflict"
        line.clashes = {name: Clash(value, values_of(line.row)[name]) for name, value in changes.items()}
    except PermissionDenied as error:
        _refuse(line, [[str(error)]])
    except ValidationError as error:
        by_field = error.error_dict if hasattr(error, "error_dict") else {"": error.error_list}
        line.needs_reason = any(each.code == "reason_required" for each in by_field.get("reason", ()))
        _refuse(line, [[message for each in errors for message in each.messages] for errors in by_field.values()])
    else:
        line.outcome, line.changed, line.form = "saved", frozenset(changes), None


def _refuse(line: Line, messages: Iterable[Iterable[object]]) -> None:
    line.outcome = "error"
    line.errors = [str(message) for group in messages for message in group]


def version_sent(form: RowForm, row: MunicipalService) -> int:
    """The version of `row` that the page showed which sent `form`; the stored one where it says nothing readable."""
    text = form.data.get(form.add_prefix("version"), "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else row.version


def cells(line: Line, choices: Choices) -> list[Cell]:
    """The fields of the grid for one line: what was entered where it is not saved yet, else what is stored."""
    return [_cell(line, name, choices) for name in GRID_FIELDS]


def _cell(line: Line, name: str, choices: Choices) -> Cell:
    stored = values_of(line.row)[name]
    value = text_of(stored)
    if line.outcome == "conflict" and name in line.kept:
        value = text_of(line.kept[name])
    elif line.form is not None and line.outcome == "error":
        value = line.form.data.get(f"{line.prefix}-{name}", value)
    options = choices.of(name)
    number = choices.numbers.get(int(value)) if name == "level" and value.isdecimal() else None
    return Cell(
        name=f"{line.prefix}-{name}",
        field=name,
        label=str(RowForm.base_fields[name].label),
        value=value,
        shown=str(dict(options).get(value, shown(stored))),
        options=options,
        may=name in line.may,
        changed=name in line.changed,
        number=number,
        late=name == "planned_on" and plan_passed(line.row, choices.conform, choices.numbers),
    )


def plan_passed(row: MunicipalService, conform: int, numbers: Mapping[int, int]) -> bool:
    """Whether the planned date of a row of ours has passed and the row is not ready."""
    ready = row.level_id is not None and numbers.get(row.level_id, -1) >= conform
    ours = row.responsibility == Responsibility.MUNICIPALITY
    return ours and not ready and row.planned_on is not None and row.planned_on < timezone.localdate()
