"""One line of the grid or the form of one row: what is shown, what was entered, and saving it without overwriting."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from django.core.exceptions import PermissionDenied, ValidationError
from django.http import QueryDict
from django.utils import timezone

from ozg_tracker.accounts.models import User
from ozg_tracker.api.ids import id_in
from ozg_tracker.tracking.models import MunicipalService, Source, StatusChange
from ozg_tracker.tracking.pages.row_forms import Choices, RowForm
from ozg_tracker.tracking.rows.each import Became, change_each
from ozg_tracker.tracking.rows.merging import Clash, Values, merge, seen_values, values_of, values_on
from ozg_tracker.tracking.rows.planning import Change
from ozg_tracker.tracking.rows.rights import Rights


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
    wrong: frozenset[str] = frozenset()
    confirmed_at: datetime | None = None  # read where the column is shown
    left: bool = False  # cells pasted in were not taken; the rest waits to be saved

    @property
    def prefix(self) -> str:
        return f"r{self.row.pk}"

    @property
    def version(self) -> int:
        """The version that the values shown build on: the stored one, but after an error the one that was seen."""
        if self.form is not None and self.outcome == "error":
            return version_sent(self.form, self.row)
        return self.row.version

    @property
    def seen(self) -> int:
        """The version that the entries build on, also where others changed the row since."""
        return self.row.version if self.form is None else version_sent(self.form, self.row)


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
    """Save what was entered in each line that `data` speaks of, each row for itself; the outcome stands in the line.

    The same few statements for one line and for five hundred.
    """
    lines = list(lines)
    for line in lines:
        line.form = row_form(line, data, choices)
    versions = {line.row.pk: version_sent(line.form, line.row) for line in lines if line.form}
    seen = seen_values([line.row for line in lines], versions)
    _change(
        [(line, _changes(line, seen[line.row.pk], effective_on)) for line in lines],
        by=by,
        rights=rights,
        effective_on=effective_on,
    )
    _tell_last_events([line for line in lines if line.clashes and line.event is None])


def row_form(line: Line, data: QueryDict, choices: Choices) -> RowForm:
    return RowForm(choices, resolved(data), prefix=line.prefix, stored=values_of(line.row))


def save_line(line: Line, seen: Values, *, by: User, rights: Rights, effective_on: date) -> None:
    """Merge and save one line whose form is bound. Nothing that somebody else has stored since `seen` is overwritten.

    For an earlier day a form without any change says: what stands here has held since then.
    """
    _change([(line, _changes(line, seen, effective_on))], by=by, rights=rights, effective_on=effective_on)
    _tell_last_events([line] if line.clashes and line.event is None else [])


def _changes(line: Line, seen: Values, effective_on: date) -> Values:
    """What is to be changed in the line's row; nothing where the form is wrong or two people changed the same."""
    form = line.form
    assert form is not None  # noqa: S101 (the caller has bound it)
    if not form.is_valid():
        refuse(line, {name: list(map(str, errors)) for name, errors in form.errors.items()})
        return {}
    line.reason = form.cleaned_data.get("reason", "")
    mine, stored = form.entered(), values_of(line.row)
    changes, line.clashes = merge(mine, seen, stored)
    if not changes and not line.clashes and effective_on < timezone.localdate():
        then = values_on(line.row, effective_on)
        changes = {name: value for name, value in mine.items() if then[name] != value == stored[name]}
    if line.clashes:
        line.outcome, line.kept = "conflict", changes
        return {}
    return changes


def _change(entered: Iterable[tuple[Line, Values]], *, by: User, rights: Rights, effective_on: date) -> None:
    """Make the changes, each line for itself; the outcome stands in the line."""
    ready = []
    for line, changes in entered:
        try:
            rights.refuse_unless_allowed(line.row, changes)
        except PermissionDenied as error:
            refuse(line, {"": [str(error)]})
        else:
            ready += [(line, changes)] if changes else []
    if not ready:
        return
    wanted = [Change(line.row.pk, values, effective_on, line.reason, line.row.version) for line, values in ready]
    try:
        became = change_each(ready[0][0].row.municipality, wanted, by=by, source=Source.PAGE)
    except ValidationError as error:  # of no row by itself: the clock is wrong
        became = [Became(refused={"": ValidationError(error.messages)}) for _each in ready]
    for (line, changes), each in zip(ready, became, strict=True):
        _settle(line, changes, each)


def _settle(line: Line, changes: Values, became: Became) -> None:
    if became.conflict:
        line.row, line.event, line.outcome = became.conflict.stored, became.conflict.event, "conflict"
        line.clashes = {name: Clash(value, values_of(line.row)[name]) for name, value in changes.items()}
    elif became.refused is not None:
        line.needs_reason = any(error.code == "reason_required" for error in _each(became.refused.get("reason")))
        refuse(line, {name: error.messages for name, error in became.refused.items()})
    elif became.history:
        for name, value in (*became.history.states[-1]._asdict().items(), ("version", became.history.version)):
            setattr(line.row, name, value)
        line.outcome, line.changed, line.form = "saved", frozenset(changes), None


def _each(error: ValidationError | None) -> list[ValidationError]:
    return error.error_list if error else []


def _tell_last_events(lines: Sequence[Line]) -> None:
    """Who changed the rows of `lines` last, when and why; one query."""
    ids = {line.row.pk for line in lines}
    events = (
        StatusChange.objects.filter(row__in=ids).select_related("by", "on_behalf_of").order_by("version") if ids else ()
    )
    last = {event.row_id: event for event in events}
    for line in lines:
        line.event = last.get(line.row.pk)


def refuse(line: Line, by_field: Mapping[str, Iterable[str]]) -> None:
    """Keep `line` unsaved, with what is wrong by field ("": with the line as a whole)."""
    line.outcome, line.wrong = "error", frozenset(by_field)
    line.errors = [text for texts in by_field.values() for text in texts]


def version_sent(form: RowForm, row: MunicipalService) -> int:
    """The version of `row` that the page showed which sent `form`; the stored one where it says nothing readable."""
    sent = id_in(form.data.get(form.add_prefix("version")))
    return row.version if sent is None else sent
