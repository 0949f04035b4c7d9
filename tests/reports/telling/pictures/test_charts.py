"""The charts carry all their values, keep to the page's rules, and are sound XML at every size."""

from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from reports.telling.content import report
from reports.telling.pictures import charts
from reports.telling.pictures.charts import Segment
from reports.telling.pictures.forecast_chart import forecast_line
from tests.reports.made_editions import crowded, edition, empty

COUNTS = st.lists(st.integers(min_value=0, max_value=2000), min_size=1, max_size=9)


def parsed(svg):
    return etree.fromstring(str(svg).encode())


def numbers(tree, name):
    return [float(each.get(name).rstrip("%")) for each in tree.iter("{*}rect") if each.get(name)]


def test_every_picture_of_the_report_says_its_values():
    content = report(edition())
    assert content.bar.label == (
        "Insgesamt, 60 Leistungen: 9 Reifegrad 0, 12 Reifegrad 1, 10 Reifegrad 2, 14 Reifegrad 3, 7 Reifegrad 4, "
        "8 nicht bewertet"
    )
    assert content.growth.label == (
        "Veränderung der fertigen Leistungen je Monat, Dezember 2021 bis November 2022: Dez +1, Jan +1, Feb ±0, "
        "Mär +1, Apr +1, Mai +1, Jun +1, Jul +1, Aug ±0, Sep +1, Okt +1, Nov +2"
    )
    assert content.forecast.label.startswith("Fertige Leistungen am Monatsende: November 2021 10, Dezember 2021 11,")
    assert content.forecast.label.endswith(
        "Vorausschau, alle 60 fertig: 50\u202f% März 2026, 85\u202f% September 2026. Mit 2 je Monat: Juli 2024."
    )


def test_pictures_are_named_images_without_style_or_script():
    content = report(edition(crowded()))
    for svg in (
        content.certainty.picture(),
        content.bar.large(),
        content.bar.small(),
        content.growth.picture(),
        content.forecast.picture(),
    ):
        tree = parsed(svg)
        assert (tree.get("role"), bool(tree.get("aria-label"))) == ("img", True)
        assert [each.tag for each in tree.iter("{*}style", "{*}script", "{*}a", "{*}image")] == []
        assert [each.tag for each in tree.iter() if each.get("style") or each.get("onload")] == []


def test_a_name_is_text_in_the_label():
    bar = charts.level_bar([Segment(0, 1)], steps=5, label='<b> & "Amt"', height=16)
    assert parsed(bar).get("aria-label") == '<b> & "Amt"'


@settings(deadline=None)
@given(counts=COUNTS)
def test_the_bar_is_filled_in_order_and_every_count_is_seen(counts):
    segments = [Segment(index if index < 8 else None, count, index >= 3) for index, count in enumerate(counts)]
    bar = charts.level_bar(segments, steps=8, label="x", height=48, bracket=True)
    assert bool(bar) == any(counts)
    tree = parsed(bar or "<svg/>")
    widths = numbers(tree, "width")
    assert len(widths) == sum(count > 0 for count in counts)
    assert not widths or abs(sum(widths) - 100) < 0.01
    assert all(width > 0.7 for width in widths)
    assert numbers(tree, "x") == sorted(numbers(tree, "x"))


def test_the_bracket_counts_what_is_ready():
    segments = [Segment(2, 375), Segment(3, 142, True), Segment(4, 37, True), Segment(None, 58)]
    tree = parsed(charts.level_bar(segments, steps=5, label="x", height=48, bracket=True))
    assert [each.text for each in tree.iter("{*}text")] == ["fertig: 179"]


def test_eight_levels_have_eight_colours_and_carry_their_number():
    segments = [Segment(step, 10, step >= 3) for step in range(8)]
    tree = parsed(charts.level_bar(segments, steps=8, label="x", height=48))
    assert [each.text for each in tree.iter("{*}text")] == [str(step) for step in range(8)]
    assert len({charts.colour(step, 8) for step in range(8)}) == 8


@settings(deadline=None)
@given(changes=st.lists(st.integers(min_value=-900, max_value=900), min_size=1, max_size=12))
def test_columns_stay_in_the_picture(changes):
    named = [(f"2022-{number:02d}", change) for number, change in enumerate(changes, start=1)]
    tree = parsed(charts.growth_columns(named, label="x"))
    height = float(tree.get("height"))
    ends = [float(each.get("y")) + float(each.get("height")) for each in tree.iter("{*}rect")]
    assert all(0 <= end <= height for end in ends)
    assert all(0 <= float(each.get("y")) <= height for each in tree.iter("{*}text"))


@settings(deadline=None)
@given(
    ready=st.lists(st.integers(min_value=0, max_value=1300), min_size=2, max_size=13),
    more=st.integers(min_value=0, max_value=500),
    ahead=st.none() | st.integers(min_value=1, max_value=1500),
)
def test_the_line_stays_in_the_picture(ready, more, ahead):
    trend = [(f"{2021 + n // 12}-{n % 12 + 1:02d}", count) for n, count in enumerate(ready)]
    end = f"{2023 + ahead // 12}-{ahead % 12 + 1:02d}" if ahead else None
    tree = parsed(forecast_line(trend, max(ready) + more, end, end, label="x"))
    for each in tree.iter("{*}polyline", "{*}polygon"):
        for point in each.get("points").split():
            x, y = map(float, point.split(","))
            assert 56 <= x <= 700.1 and 29.9 <= y <= 250.1


def test_where_nothing_is_known_there_is_no_picture():
    content = report(edition(empty()))
    assert (content.growth, content.forecast.picture(), content.forecast.paces) == (None, "", [])
