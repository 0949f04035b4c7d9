"""The line of ready services so far, and where it leads at the same pace."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from reports import months
from reports.telling import wording
from reports.telling.pictures.charts import FIVE, LINE, STRONG_LINE, WIDTH, svg

LEFT, RIGHT, TOP, FLOOR = 56, 700, 30, 250
MOST_YEARS = 8  # that fit below the axis side by side


@dataclass(frozen=True)
class _Plane:
    """Where a month and a count lie in the picture."""

    first: str
    span: int
    most: int

    def x(self, month: str) -> float:
        return LEFT + (RIGHT - LEFT) * self._steps(month) / self.span

    def y(self, count: int) -> float:
        return FLOOR - (FLOOR - TOP) * count / self.most

    def _steps(self, month: str) -> int:
        return months.between(months.parse(self.first), months.parse(month))


def forecast_line(
    trend: Sequence[tuple[str, int]],
    relevant: int,
    p50: str | None,
    p85: str | None,
    *,
    label: str,
    faster: tuple[int, str] | None = None,
) -> SafeString:
    """`trend` is (month, ready), oldest first; the months of the forecast may be missing. `faster`: the services a
    month of another pace, and the month in which it is done.
    """
    first, (today, ready) = trend[0][0], trend[-1]
    last = max(p85 or p50 or today, today)
    plane = _Plane(first, max(months.between(months.parse(first), months.parse(last)), 1), max(relevant, ready, 1))
    ahead = _ahead(plane, today, ready, relevant, p50, p85) if p50 else ""
    if p50 and faster:
        ahead += _dotted(plane, today, ready, *faster)
    line = " ".join(f"{plane.x(name):.1f},{plane.y(count):.1f}" for name, count in trend)
    x, y = plane.x(today), plane.y(ready)
    now = _("Stichtag: %(n)s") % {"n": wording.number(ready)}
    # Where history fills the picture, the word would leave it on the right.
    at, anchor = (x + 10, "start") if x < RIGHT - 110 else (x - 4, "end")
    below = y + 24 if y + 24 < FLOOR - 4 else y - 12
    return svg(
        f"{_counts(plane, relevant)}{_years(plane, first, last)}{ahead}"
        f'<polyline fill="none" stroke="{FIVE[4]}" stroke-width="3.5" points="{line}"/>'
        f'<circle cx="{x:.1f}" cy="{y:.1f}" r="5" fill="{FIVE[4]}"/>'
        f'<text x="{at:.1f}" y="{below:.1f}" text-anchor="{anchor}" font-weight="600">{now}</text>',
        label=label,
        width=str(WIDTH),
        height=290,
        view=True,
    )


def _ahead(plane: _Plane, today: str, ready: int, relevant: int, p50: str, p85: str | None) -> str:
    start = f"{plane.x(today):.1f},{plane.y(ready):.1f}"
    half, most = plane.x(p50), plane.x(p85 or p50)
    words = _("alle %(n)s: wahrscheinlich %(month)s") % {"n": wording.number(relevant), "month": wording.month(p50)}
    return (
        f'<polygon points="{start} {half:.1f},{TOP} {most:.1f},{TOP}" fill="{FIVE[1]}"/>'
        f'<polyline points="{start} {half:.1f},{TOP}" fill="none" stroke="{FIVE[3]}" stroke-width="2" '
        'stroke-dasharray="7 5"/>'
        f'<text x="{max(half - 12, LEFT + 260):.1f}" y="{TOP - 10}" text-anchor="end" font-weight="600">{words}</text>'
    )


def _dotted(plane: _Plane, today: str, ready: int, per_month: int, month: str) -> str:
    x, words = plane.x(month), {"n": wording.number(per_month), "month": wording.month(month)}
    said = _("%(n)s je Monat: %(month)s") % words
    return (
        f'<polyline points="{plane.x(today):.1f},{plane.y(ready):.1f} {x:.1f},{TOP}" fill="none" '
        f'stroke="{STRONG_LINE}" stroke-width="2" stroke-dasharray="2 4"/>'
        f'<text x="{max(x - 12, LEFT + 200):.1f}" y="{TOP + 20}" text-anchor="end" paint-order="stroke" '
        f'stroke="#FFFFFF" stroke-width="5" stroke-linejoin="round">{said}</text>'
    )


def _counts(plane: _Plane, relevant: int) -> str:
    """Rules at round counts and at the whole."""
    pace = _round_step(plane.most)
    near = plane.most * 0.08  # a round count this close to the whole would print over it
    marks = [*(count for count in range(0, plane.most, pace) if plane.most - count > near or count == 0), plane.most]
    return "".join(
        f'<line x1="{LEFT}" x2="{RIGHT}" y1="{plane.y(count):.1f}" y2="{plane.y(count):.1f}" stroke="{LINE}"/>'
        f'<text x="{LEFT - 8}" y="{plane.y(count) + 5:.1f}" text-anchor="end">{wording.number(count)}</text>'
        for count in marks
    )


def _round_step(most: int) -> int:
    """The smallest of 1, 2, 5, 10, 20, 50 … that needs no more than four steps."""
    paces = (base * ten for ten in (1, 10, 100, 1_000, 10_000, 100_000) for base in (1, 2, 5))
    return next((pace for pace in paces if pace * 4 >= most), most)


def _years(plane: _Plane, first: str, last: str) -> str:
    """A mark at each January, or at every second, fifth … where they would crowd."""
    years = range(int(first[:4]) + (first[5:] != "01"), int(last[:4]) + 1)
    every = next((each for each in (1, 2, 5, 10, 20, 50) if len(years) <= each * MOST_YEARS), 100)
    shown = [year for year in years if year % every == 0]
    return "".join(
        f'<line x1="{x:.1f}" x2="{x:.1f}" y1="{FLOOR}" y2="{FLOOR + 6}" stroke="{STRONG_LINE}"/>'
        f'<text x="{x:.1f}" y="{FLOOR + 24}" text-anchor="middle">{year}</text>'
        for year in shown
        for x in [plane.x(f"{year}-01")]
    )
