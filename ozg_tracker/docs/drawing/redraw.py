"""redraw(): every picture in the documents as the code is now."""

import re
from collections.abc import Callable
from functools import partial
from pathlib import Path

from django.utils import translation

from ozg_tracker.docs.drawing import house, states

DOCUMENTS = Path(__file__).parent.parent
PICTURES: dict[str, Callable[[], str]] = {
    "house": house.house,
    **{room.rpartition(".")[2]: partial(house.inside, room) for room in house.ROOMS},
    "row": states.row,
    "edition": states.edition,
    "training task": states.training_task,
}
_DRAWN = re.compile(r"(?P<head><!-- drawn: (?P<name>[a-z ]+) -->\n```mermaid\n).*?(?P<foot>```\n)", re.DOTALL)


def redraw() -> dict[Path, str]:
    """What each document that shows a picture ought to say; KeyError where it asks for one that nobody draws."""
    documents = {path: path.read_text(encoding="utf-8") for path in sorted(DOCUMENTS.glob("*.md"))}
    return {path: _DRAWN.sub(_drawn, text) for path, text in documents.items() if _DRAWN.search(text)}


def _drawn(found: re.Match[str]) -> str:
    with translation.override("de"):
        return f"{found['head']}{PICTURES[found['name']]()}\n{found['foot']}"
