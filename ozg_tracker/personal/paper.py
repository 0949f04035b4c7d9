"""The own file as a PDF to read; of long tables it has the newest rows and says how many more the JSON file holds."""

from datetime import datetime
from pathlib import Path
from typing import Any

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from ozg_tracker.typesetting import typeset
from reports.telling.text import clean_all

TEMPLATE = Path(__file__).parent / "own_file.typ"
MOST_ROWS = 300


def paper(told: dict[str, Any]) -> bytes:
    """What `own_file` told, as PDF/UA-1."""
    made_at = datetime.fromisoformat(told["made_at"])
    data = {
        "language": get_language() or "de",
        "title": _("Auskunft über gespeicherte Daten (Art. 15 DSGVO)"),
        "meta": _("%(person)s · Stand %(day)s") % {"person": told["person"], "day": f"{made_at:%d.%m.%Y, %H:%M}"},
        "tables": [_table(table) for table in told["tables"]],
    }
    return typeset(TEMPLATE, clean_all(data), int(made_at.timestamp()))


def _table(table: dict[str, Any]) -> dict[str, Any]:
    rows, names = table["rows"], list(table["fields"])
    more = len(rows) - MOST_ROWS
    return {
        "title": table["title"],
        "facts": [
            [_("Wozu"), table["why"]],
            [_("Wer es sieht"), table["who"]],
            [_("Wie lange"), table["how_long"]],
            [_("Angaben"), ", ".join(table["fields"].values())],
        ],
        "rows": [
            [[table["fields"][name], _text(row[name])] for name in names if row[name]] for row in rows[:MOST_ROWS]
        ],
        "none": "" if rows else _("Über Sie steht hier nichts."),
        "more": _("Weitere Einträge in der JSON-Datei: %(count)d") % {"count": more} if more > 0 else "",
    }


def _text(value: Any) -> str:
    if value is True:
        return _("ja")
    if isinstance(value, dict):
        return ", ".join(f"{name}: {text}" for name, text in value.items())
    return str(value)
