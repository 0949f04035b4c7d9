"""The report's charts as SVG, the same for page and PDF.

Colours stand in presentation attributes, which a page that forbids inline styles allows and a PDF needs as figures.
They are KERN's: darkblue 100 … 950 for the levels, darkblue-600 for outlines, neutral for lines.
Each chart is `role="img"` with all its values in the label; without a label (in a PDF, where the alternative text
belongs to the figure) it carries none.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from itertools import accumulate

from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from reports.telling import wording

FIVE = ("#D8E1F4", "#A2B8E4", "#6788CF", "#2044AA", "#06005D")
EIGHT = ("#D8E1F4", "#B3C5E9", "#8FA9DE", "#6788CF", "#476BBD", "#2044AA", "#1B198A", "#06005D")
OUTLINE, NONE_OUTLINE, HATCH = "#3B5DA9", "#585E7E", "#6E7597"
OTHER = "#E4E5EC"  # rated with another model, whose levels these shades do not show
TEXT, LINE, STRONG_LINE = "#171A2B", "#C3C8DC", "#51577A"
WIDTH = 720  # of a chart with axes, in its own units
LEAST = 0.8  # per cent of the bar that the smallest segment takes, so that one service of 1,300 can be seen


@dataclass(frozen=True)
class Segment:
    """A level's part of a bar; `step` None is "nicht bewertet", or rated `elsewhere`, with another model."""

    step: int | None
    count: int
    ready: bool = False
    elsewhere: bool = False

    @property
    def hatched(self) -> bool:
        return self.step is None and not self.elsewhere

    def fill(self, steps: int) -> str:
        if self.step is None:
            return OTHER if self.elsewhere else "#FFFFFF"
        return colour(self.step, steps)


def colour(step: int, steps: int) -> str:
    """The fill of a level in a model with `steps` levels: one hue, falling luminance."""
    scale = FIVE if steps <= len(FIVE) else EIGHT
    return scale[min(step, len(scale) - 1)]


def svg(inner: str, *, label: str, width: str, height: int, view: bool = False) -> SafeString:
    """`inner` as an SVG picture; with `view` it scales as a whole, else its height stays and percentages stretch."""
    size = f'viewBox="0 0 {width} {height}"' if view else ""
    named = f'role="img" aria-label="{escape(label)}"' if label else 'aria-hidden="true"'
    return mark_safe(  # noqa: S308 (numbers and our own words; the label is escaped)
        f'<svg xmlns="http://www.w3.org/2000/svg" {size} width="{width}" height="{height}" {named} focusable="false" '
        f'font-family="Fira Sans" font-size="15" fill="{TEXT}">{inner}</svg>'
    )


def level_bar(
    segments: Sequence[Segment], *, steps: int, label: str, height: int, width: str = "100%", bracket: bool = False
) -> SafeString:
    """The stacked bar of the levels; with `bracket` the ready part is marked below. Of nothing there is no picture."""
    shown = [each for each in segments if each.count]
    if not shown:
        return SafeString("")
    widths = _widths([each.count for each in shown])
    starts = [0.0, *accumulate(widths)]
    fills = [_segment(each, x, w, height, steps) for each, x, w in zip(shown, starts, widths, strict=False)]
    below = _bracket(shown, starts, height) if bracket else ""
    inner = "".join(fills) + _edges(shown, starts, height) + below
    return svg(inner, label=label, width=width, height=height + (32 if bracket else 0))


def _widths(counts: Sequence[int]) -> list[float]:
    """Per cent of the bar for each count; no count is too small to be seen."""
    total = sum(counts)
    wide = [max(100 * count / total, LEAST) for count in counts]
    return [100 * each / sum(wide) for each in wide]


def _segment(segment: Segment, x: float, width: float, height: int, steps: int) -> str:
    """The fill with its outline above and below; the sides are drawn by `_edges`."""
    place = f'x="{x:.3f}%" width="{width:.3f}%"'
    return (
        f'<rect {place} y=".5" height="{height - 1}" fill="{segment.fill(steps)}" stroke="{_outline(segment)}"/>'
        f"{_hatch(place, width, height) if segment.hatched else ''}"
        f"{_number(segment, x + width / 2, width, height, steps)}"
    )


def _outline(segment: Segment) -> str:
    return NONE_OUTLINE if segment.step is None else OUTLINE


def _edges(shown: Sequence[Segment], starts: Sequence[float], height: int) -> str:
    """The sides of the segments (1 px) and the gaps between them (2 px), which keep their size however wide the bar."""
    drawn = [_line(0, 0.5, 1, _outline(shown[0]), height), _line(100, -0.5, 1, _outline(shown[-1]), height)]
    for left, right, x in zip(shown, shown[1:], starts[1:], strict=False):
        drawn.append(_line(x, 0, 4, "#FFFFFF", height))
        drawn += [_line(x, -1.5, 1, _outline(left), height), _line(x, 1.5, 1, _outline(right), height)]
    return "".join(drawn)


def _line(x: float, shift: float, thick: int, stroke: str, height: int) -> str:
    """An upright line at `x` per cent, moved by `shift` px."""
    return (
        f'<line x1="{x:.3f}%" x2="{x:.3f}%" y1="0" y2="{height}" transform="translate({shift:g} 0)" '
        f'stroke="{stroke}" stroke-width="{thick}"/>'
    )


def _hatch(place: str, width: float, height: int) -> str:
    """Diagonal lines as one path: a pattern would need a name that is unique in the page."""
    reach = int(width * 11) + height  # a bar is at most 1,100 px wide
    lines = "".join(f"M{x} 0l{-height} {height}" for x in range(4, reach, 7))
    path = f'<path d="{lines}" stroke="{HATCH}" stroke-width="1.5" fill="none"/>'
    return f'<svg {place} y="1" height="{height - 2}">{path}</svg>'


def _number(segment: Segment, middle: float, width: float, height: int, steps: int) -> str:
    """The level's number in its segment: eight shades are too close to be told apart by eye."""
    if segment.step is None or steps <= len(FIVE) or height < 24 or width < 3:
        return ""
    ink = TEXT if segment.step < steps // 2 else "#FFFFFF"
    place = f'x="{middle:.3f}%" y="{height / 2 + 5:g}" text-anchor="middle"'
    return f'<text {place} font-weight="600" fill="{ink}">{segment.step}</text>'


def _bracket(shown: Sequence[Segment], starts: Sequence[float], height: int) -> str:
    ready = [index for index, each in enumerate(shown) if each.ready]
    if not ready:
        return ""
    left, right = starts[ready[0]], starts[ready[-1] + 1]
    count = sum(shown[index].count for index in ready)
    at, anchor = (left, "start") if left < 60 else (right, "end")
    words = _("fertig: %(n)s") % {"n": wording.number(count)}
    y = height + 6
    return (
        f'<line x1="{left:.3f}%" x2="{right:.3f}%" y1="{y}" y2="{y}" stroke="{TEXT}" stroke-width="2"/>'
        f'<text x="{at:.3f}%" y="{height + 25}" text-anchor="{anchor}" font-size="16" font-weight="600">{words}</text>'
    )


def span(least: float, most: float, top: int, step: int, *, label: str, width: str = "100%") -> SafeString:
    """A bar from 0 to `least`, hatched on to `most` (per cent), on a scale to `top` with a mark at each `step`."""
    height = 28
    sure, unsure = 100 * least / top, 100 * (most - least) / top
    place = f'x="{sure:.3f}%" width="{unsure:.3f}%"'
    bar = [
        f'<rect x="0" width="100%" y=".5" height="{height - 1}" fill="#FFFFFF" stroke="{LINE}"/>',
        f'<rect x="0" width="{sure:.3f}%" y=".5" height="{height - 1}" fill="{FIVE[3]}" stroke="{OUTLINE}"/>',
        _hatch(place, unsure, height),
        f'<rect {place} y=".5" height="{height - 1}" fill="none" stroke="{OUTLINE}"/>',
    ]
    if sure >= 25:  # narrower, the number would not stand in it on a small screen; the caption says it
        bar.append(
            _said(sure, -8, "end", 19, wording.percent_of(round(least * 10)), 'font-weight="600" fill="#FFFFFF"')
        )
    if sure + unsure <= 75:
        bar.append(_said(sure + unsure, 8, "start", 19, wording.percent_of(round(most * 10)), 'font-weight="600"'))
    for mark in range(0, top + 1, step):
        at, anchor = 100 * mark / top, "start" if mark == 0 else "end" if mark == top else "middle"
        bar.append(f'<line x1="{at:.3f}%" x2="{at:.3f}%" y1="{height}" y2="{height + 6}" stroke="{STRONG_LINE}"/>')
        bar.append(_said(at, 0, anchor, height + 23, f"{mark}{wording.NARROW}%", f'fill="{STRONG_LINE}"'))
    return svg("".join(bar), label=label, width=width, height=height + 28)


def _said(x: float, shift: int, anchor: str, y: int, words: str, more: str) -> str:
    return f'<text x="{x:.3f}%" dx="{shift}" y="{y}" text-anchor="{anchor}" {more}>{words}</text>'


def swatch(segment: Segment, steps: int) -> SafeString:
    """The sample of a segment in a legend; it says nothing that does not stand beside it."""
    hatch = f'<path d="M6 1L1 6M11 1L1 11M15 3L3 15M15 9L9 15" stroke="{HATCH}" stroke-width="1.5"/>'
    box = (
        f'<rect x=".5" y=".5" width="15" height="15" rx="2" fill="{segment.fill(steps)}" stroke="{_outline(segment)}"/>'
    )
    return svg(box + (hatch if segment.hatched else ""), label="", width="16", height=16, view=True)


def growth_columns(changes: Sequence[tuple[str, int]], *, label: str) -> SafeString:
    """A column for each month's change of ready services, (month, change), oldest first; the last one is ours."""
    highest = max([change for _name, change in changes] + [0])
    lowest = min([change for _name, change in changes] + [0])
    unit = 120 / max(highest - lowest, 1)
    zero = 30 + highest * unit
    foot = zero + max(-lowest * unit, 0) + (22 if lowest < 0 else 0)
    pitch = WIDTH / max(len(changes), 1)
    columns = [
        _column(pitch * (index + 0.5), zero, unit, name, change, index == len(changes) - 1, foot)
        for index, (name, change) in enumerate(changes)
    ]
    axis = f'<line x1="0" x2="{WIDTH}" y1="{zero:.1f}" y2="{zero:.1f}" stroke="{STRONG_LINE}"/>'
    return svg("".join(columns) + axis, label=label, width=str(WIDTH), height=round(foot + 30), view=True)


def _column(x: float, zero: float, unit: float, name: str, change: int, ours: bool, foot: float) -> str:
    top, tall = (zero - change * unit, change * unit) if change >= 0 else (zero, -change * unit)
    fill, weight = (FIVE[3], 600) if ours else (FIVE[1], 400)
    above = top - 8 if change >= 0 else zero + tall + 18
    box = (
        f'<rect x="{x - 21:.1f}" y="{top:.1f}" width="42" height="{tall:.1f}" rx="2" fill="{fill}" stroke="{OUTLINE}"/>'
    )
    return (
        f"{box if change else ''}"
        f'<text x="{x:.1f}" y="{above:.1f}" text-anchor="middle" font-weight="{weight}">{wording.signed(change)}</text>'
        f'<text x="{x:.1f}" y="{foot + 22:.1f}" text-anchor="middle">{wording.month_short(name)}</text>'
    )
