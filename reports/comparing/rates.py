"""The rates of editions as their frozen figures tell them, read by the database without the rest of the figures."""

from collections.abc import Iterator
from dataclasses import dataclass

from django.db.models import JSONField
from django.db.models.fields.json import KT
from django.db.models.functions import Cast

from reports.models import ComparedFigure, EditionQuerySet

Pool = tuple[str, str, int]  # catalogue release, maturity model, conform level
Figure = ComparedFigure.Figure

_PARTS = ("numerator", "denominator")
_RATES = {f"{figure}_{part}": KT(f"told__rates__{figure}__{part}") for figure in Figure for part in _PARTS}
_COUNTED = {
    "release": KT("told__catalogue_release"),
    "model": KT("told__maturity_model"),
    "conform": KT("told__conform_level"),
    "relevant": KT("told__totals__relevant"),
}


@dataclass(frozen=True)
class Rates:
    """`of`: numerator and denominator by figure. `pool`: what two editions must have in common to be compared."""

    municipality: int
    kind: str
    edition: int
    pool: Pool
    relevant: int
    of: dict[str, tuple[int, int]]


def read_rates(editions: EditionQuerySet) -> Iterator[Rates]:
    """Of each of `editions` whose figures know all of it, by number; one query."""
    paths = {**_RATES, **_COUNTED}
    read = editions.order_by("number", "pk").annotate(told=Cast("figures", JSONField()), **paths)
    for told in read.values("pk", "municipality", "municipality__kind", *paths):
        if any(told[name] is None for name in paths):
            continue
        yield Rates(
            told["municipality"],
            told["municipality__kind"],
            told["pk"],
            (told["release"], told["model"], int(told["conform"])),
            int(told["relevant"]),
            {each: (int(told[f"{each}_numerator"]), int(told[f"{each}_denominator"])) for each in Figure},
        )
