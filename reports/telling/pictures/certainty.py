"""How sure the rate is while responsibilities are unclear: from the least it can be to the most, as a picture."""

from collections.abc import Mapping
from dataclasses import dataclass
from math import ceil
from typing import Any

from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from reports.telling import wording
from reports.telling.pictures import charts

STEP = 20  # per cent between two marks of the scale


@dataclass(frozen=True)
class Certainty:
    """`least` and `most`: the rate in tenths of a per cent, were all that is not ready ours, and were only what is."""

    least: int
    most: int
    range: str
    label: str
    caption: str

    def picture(self) -> SafeString:
        return charts.span(self.least / 10, self.most / 10, self._top(), STEP, label=self.label)

    def drawn(self) -> SafeString:
        """For a PDF, whose text beside it says the label."""
        return charts.span(self.least / 10, self.most / 10, self._top(), STEP, label="", width="720")

    def _top(self) -> int:
        """Where the scale ends: the next mark above half as much again, so that short bars can be told apart."""
        return min(100, STEP * ceil(self.most * 1.5 / 10 / STEP)) or STEP


def certainty(figures: Mapping[str, Any]) -> Certainty | None:
    """None where no responsibility is unclear, or nothing is ours and nothing could be."""
    unclear = figures.get("unclear", {"count": 0})
    if not unclear["count"]:
        return None
    ready, relevant = figures["totals"]["ready"], figures["totals"]["relevant"]
    least = wording.rate(ready, relevant + unclear["count"] - unclear["ready"])
    most = wording.rate(ready + unclear["ready"], relevant + unclear["ready"])
    if least is None or most is None:
        return None
    words = {
        "n": wording.number(unclear["count"]),
        "ready": wording.number(unclear["ready"]),
        "least": wording.percent_of(least),
        "most": wording.percent_of(most),
    }
    figures_only = {"least": wording.percent_figure(least), "most": wording.percent_of(most)}
    said = _without_ready(unclear["count"]) if not unclear["ready"] else _with_ready(unclear["ready"])
    return Certainty(
        least=least,
        most=most,
        range=_("%(least)s bis %(most)s") % figures_only,
        label=_("Quote zwischen %(least)s und %(most)s") % words,
        caption=said % words,
    )


def _without_ready(count: int) -> str:
    return ngettext(
        "%(least)s, wenn die ungeklärte Leistung zur Kommune gehört; %(most)s, wenn nicht. "
        "Sie ist nicht als fertig gemeldet.",
        "%(least)s, wenn alle %(n)s ungeklärten Leistungen zur Kommune gehören; %(most)s, wenn keine dazukommt. "
        "Keine der %(n)s ist als fertig gemeldet.",
        count,
    )


def _with_ready(ready: int) -> str:
    return ngettext(
        "Von %(n)s ungeklärten Leistungen ist %(ready)s als fertig gemeldet: %(most)s, wenn nur sie zur Kommune "
        "gehört; %(least)s, wenn nur die übrigen dazukommen.",
        "Von %(n)s ungeklärten Leistungen sind %(ready)s als fertig gemeldet: %(most)s, wenn nur sie zur Kommune "
        "gehören; %(least)s, wenn nur die übrigen dazukommen.",
        ready,
    )
