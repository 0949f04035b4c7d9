"""What a correction changes, for people: the one cause first, the four figures before and after, then the rest."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from reports.models import Edition
from reports.telling import wording
from reports.telling.key_figures import KeyFigure, key_figures
from reports.telling.text import clean, cleaned

_SERVICE = "„"  # a line of the differences that begins with the name of a service
_COUNTED = (" zählt ", " Reifegrad ", " fertig ja ", " fertig nein ")  # a line that the month's count follows from


@dataclass(frozen=True)
class Beside:
    """One of the four figures, before and after."""

    question: str
    before: str
    after: str

    @property
    def same(self) -> bool:
        return self.before == self.after

    def sentence(self) -> str:
        """ "33,9 % (172 von 507) statt 34,1 % (173 von 507)"."""
        if self.same:
            return _("%(now)s, unverändert") % {"now": self.after}
        return _("%(now)s statt %(before)s") % {"now": self.after, "before": self.before}


@dataclass(frozen=True)
class Change:
    """`cause` is the service all else follows from, "" where it is none; `figures` is empty where the two editions
    answer different questions."""

    cause: str
    figures: list[Beside]
    rest: list[str]

    def lines(self) -> list[str]:
        """Every difference, the cause first."""
        return [self.cause, *self.rest] if self.cause else self.rest


@dataclass(frozen=True)
class Correction:
    """Why this edition replaces the one before, and what is told otherwise."""

    sentence: str
    reason: str
    change: Change


def correction(edition: Edition) -> Correction | None:
    """Of a correction in force or to be; None for the first edition of a month. One query."""
    if edition.number == 1:
        return None
    replaced = edition.replaced()
    sentence = _("Ausgabe %(new)s ersetzt Ausgabe %(old)s.") % {"new": edition.number, "old": edition.number - 1}
    figures = beside(cleaned(replaced.figures), cleaned(edition.figures)) if replaced else []
    return Correction(sentence, clean(edition.correction_reason), change(edition.differences.splitlines(), figures))


def change(differences: list[str], figures: list[Beside]) -> Change:
    """`differences` as `what_differs` gives them. What is counted otherwise comes before what is told otherwise."""
    lines = [clean(line).strip() for line in differences if line.strip()]
    causes = [line for line in lines if line.startswith(_SERVICE)]
    causes.sort(key=lambda line: not any(word in f" {line.rpartition('“: ')[2]}" for word in _COUNTED))
    rest = [*causes[1:], *(line for line in lines if not line.startswith(_SERVICE))]
    return Change(causes[0] if causes else "", figures, rest)


def beside(old: Mapping[str, Any], new: Mapping[str, Any]) -> list[Beside]:
    """The four figures of both; nothing where they answer different questions, as an older edition may."""
    pairs = list(zip(key_figures(old), key_figures(new), strict=True))
    if any(before.question != after.question for before, after in pairs):
        return []
    return [Beside(after.question, _said(before, old), _said(after, new)) for before, after in pairs]


def _said(each: KeyFigure, figures: Mapping[str, Any]) -> str:
    said = f"{each.figure}{wording.NARROW if each.unit == '%' else ' '}{each.unit}".strip()
    if each.unit == "%":  # one service of five hundred may hide in a rate
        counted = {key: wording.number(figures["totals"][key]) for key in ("ready", "relevant")}
        said += _(" (%(ready)s von %(relevant)s)") % counted
    return said
