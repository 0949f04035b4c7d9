"""The cells of the grid as HTML. Five hundred rows have thousands of cells and tens of thousands of options, for which
templates would take a second; here what is the same in many cells is made once.

A cell is its words. The field that changes it stands in `<noscript>`, where it costs a browser with scripts nothing.
"""

from collections.abc import Mapping, Sequence
from functools import cached_property

from django.utils import timezone
from django.utils.html import escape
from django.utils.safestring import SafeString

from ozg_tracker.api.ids import id_in
from ozg_tracker.tracking.models import MunicipalService
from ozg_tracker.tracking.pages.grid.columns import Column
from ozg_tracker.tracking.pages.lines import Line
from ozg_tracker.tracking.pages.row_forms import Choices, shown, text_of
from ozg_tracker.tracking.rows.counting import is_late

_TYPES = {
    "day": 'type="date"',
    "number": 'type="text" inputmode="numeric"',
    "text": 'type="text"',
}


class Drawing:
    """Draws the cells of many lines. `tops`: the department at the top of the tree above each, by id, with its name."""

    def __init__(self, columns: Sequence[Column], choices: Choices, tops: Mapping[int, str]) -> None:
        self._columns, self._choices, self._tops = columns, choices, tops
        self._today = timezone.localdate()
        self._labels = {column.name: escape(str(column.label)) for column in columns}
        self._words: dict[tuple[str, str], str] = {}
        self._fields: dict[tuple[str, str], str] = {}

    def cells(self, line: Line) -> SafeString:
        return SafeString("".join(self._cell(line, column) for column in self._columns))

    def stays(self, line: Line) -> list[tuple[str, str]]:
        """For each field of `line` that was refused: its label, and what is stored still."""
        columns = (column for column in self._columns if column.field in line.wrong)
        return [(str(column.label), self._said(column, _stored(line.row, column.field))) for column in columns]

    def _cell(self, line: Line, column: Column) -> str:
        if not column.field:
            return self._plain(line, column)
        stored = _stored(line.row, column.field)
        value = self._entered(line, column, stored)
        words = escape(self._said(column, value))
        marks = self._marks(line, column)
        if column.kind == "choice" or not value:
            marks += f' data-v="{escape(value)}"'
        if value != stored:
            wore = escape(self._said(column, stored))
            was = escape(stored) if column.kind == "choice" or not stored else wore
            marks += f' data-was="{was}" data-wore="{wore}"'
        unread = column.kind == "day" and _day(value) == value  # a picker would show nothing, and delete what is stored
        field = self._field(line, column, stored if unread else value) if column.field in line.may else ""
        drawn = f"{self._swatch(value)}{words}" if column.name == "level" else words
        kind = "t lv" if column.name == "level" else "t none" if not value else "t"
        return (
            f'<td data-field="{column.field}" data-l="{self._labels[column.name]}"{marks}>'
            f'<span class="{kind}">{drawn}</span>{field}</td>'
        )

    def _plain(self, line: Line, column: Column) -> str:
        """A column that is only shown."""
        words = self._tops.get(line.row.department_id or 0, "")
        if column.name == "confirmed":
            words = f"{timezone.localtime(line.confirmed_at):%d.%m.%Y}" if line.confirmed_at else ""
        kind = "t" if words else "t none"
        return (
            f'<td data-field="" data-l="{self._labels[column.name]}" aria-readonly="true">'
            f'<span class="{kind}">{escape(words or "–")}</span></td>'
        )

    def _marks(self, line: Line, column: Column) -> str:
        late = column.name == "planned_on" and is_late(line.row, self._today)
        named = {
            "r": column.kind == "number",
            "late": late,
            "set": column.field in line.changed,
            "no": line.outcome == "error" and column.field in line.wrong,
            "two": column.field in line.clashes,
        }
        kinds = " ".join(name for name, holds in named.items() if holds)
        marks = f' class="{kinds}"' if kinds else ""
        if named["no"]:
            marks += f' aria-invalid="true" aria-describedby="{line.prefix}-say"'
        return marks if column.field in line.may else f'{marks} aria-readonly="true"'

    def _entered(self, line: Line, column: Column, stored: str) -> str:
        """What was entered where it is not saved yet, else what is stored."""
        name = column.field
        if line.outcome == "conflict" and name in line.kept:
            return text_of(line.kept[name])
        sent = None if line.form is None else line.form.data.get(f"{line.prefix}-{name}")
        if line.form is None or sent is None or line.outcome != "error":
            return stored
        if name in line.form.errors:
            return stored if column.kind == "choice" else sent  # a list shows nothing for what it cannot read
        return text_of(line.form.cleaned_data.get(name)) if column.kind == "day" else sent

    def _said(self, column: Column, value: str) -> str:
        """A field's value in words; a number and a day as people write them."""
        key = (column.field, value)
        if key not in self._words:
            self._words[key] = self._say(column, value)
        return self._words[key]

    def _say(self, column: Column, value: str) -> str:
        if column.kind == "choice":
            return str(dict(self._choices.of(column.field, id_in(value) or value)).get(value, value))
        if not value:
            return "–"
        if column.kind == "number" and (number := id_in(value)) is not None:
            return shown(number)
        return _day(value) if column.kind == "day" else value

    def _swatch(self, value: str) -> str:
        number = self._numbers.get(id_in(value) or 0)
        return f'<b class="{"ln" if number is None else f"l{number}"}" aria-hidden="true"></b>'

    @cached_property
    def _numbers(self) -> dict[int, int]:
        return self._choices.numbers

    def _field(self, line: Line, column: Column, value: str) -> str:
        name = f'name="{line.prefix}-{column.field}"'
        marks = f'aria-label="{self._labels[column.name]}, {escape(line.row.service.name)}"'
        if line.outcome == "error" and column.field in line.wrong:
            marks += ' aria-invalid="true"'
        if column.kind == "choice":
            return f"<noscript><select {name} {marks}>{self._options(column.field, value)}</select></noscript>"
        typed = value
        if column.kind == "number" and (number := id_in(value)) is not None:
            typed = f"{number:,}".replace(",", ".")
        return f'<noscript><input {_TYPES[column.kind]} {name} value="{escape(typed)}" {marks}></noscript>'

    def _options(self, field: str, value: str) -> str:
        key = (field, value)
        if key not in self._fields:
            self._fields[key] = "".join(
                f'<option value="{escape(each)}"{" selected" if each == value else ""}>{escape(str(words))}</option>'
                for each, words in self._choices.of(field, id_in(value) or value)
            )
        return self._fields[key]


def _stored(row: MunicipalService, field: str) -> str:
    return text_of(getattr(row, f"{field}_id" if field in ("level", "department", "owner") else field))


def _day(value: str) -> str:
    """An ISO day as people write it; what is none is shown as it was typed."""
    year, _dash, rest = value.partition("-")
    month, _dash, day = rest.partition("-")
    return f"{day}.{month}.{year}" if len(value) == 10 and day else value
