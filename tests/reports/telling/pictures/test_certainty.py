"""How sure the rate is: the range holds every rate that can come of it, and its ends are rates that can."""

from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from reports.telling import wording
from reports.telling.pictures.certainty import certainty

SPACE = wording.NARROW


def figures(ready, relevant, count, unclear_ready):
    return {
        "totals": {"ready": ready, "relevant": relevant},
        "unclear": {"count": count, "ready": unclear_ready},
    }


@given(st.data())
def test_whichever_of_them_are_ours_the_rate_lies_in_the_range_and_both_ends_are_reached(data):
    relevant, count = data.draw(st.integers(0, 30)), data.draw(st.integers(1, 12))
    ready, unclear_ready = data.draw(st.integers(0, relevant)), data.draw(st.integers(0, count))
    found = certainty(figures(ready, relevant, count, unclear_ready))
    possible = [
        wording.rate(ready + of_ready, relevant + of_ready + of_rest)
        for of_ready in range(unclear_ready + 1)
        for of_rest in range(count - unclear_ready + 1)
        if relevant + of_ready + of_rest
    ]
    if found is None:  # nothing is ours, and either what is ready or the rest is nothing
        assert relevant == 0 and unclear_ready in (0, count)
    else:
        assert (found.least, found.most) == (min(possible), max(possible))


def test_it_says_what_makes_the_least_and_the_most():
    assert [certainty(figures(172, 507, 186, ready)).caption for ready in (0, 1, 6)] == [
        f"24,8{SPACE}%, wenn alle 186 ungeklärten Leistungen zur Kommune gehören; 33,9{SPACE}%, wenn keine dazukommt. "
        "Keine der 186 ist als fertig gemeldet.",
        f"Von 186 ungeklärten Leistungen ist 1 als fertig gemeldet: 34,1{SPACE}%, wenn nur sie zur Kommune gehört; "
        f"24,9{SPACE}%, wenn nur die übrigen dazukommen.",
        f"Von 186 ungeklärten Leistungen sind 6 als fertig gemeldet: 34,7{SPACE}%, wenn nur sie zur Kommune gehören; "
        f"25,0{SPACE}%, wenn nur die übrigen dazukommen.",
    ]


def test_of_nothing_unclear_there_is_no_picture():
    assert [certainty(figures(1, 2, 0, 0)), certainty({"totals": {"ready": 1, "relevant": 2}})] == [None, None]


def test_the_picture_says_both_ends_where_there_is_room_and_its_scale():
    texts = [
        [text.text for text in etree.fromstring(certainty(figures(*counts)).picture()).iter("{*}text")]
        for counts in ((172, 507, 186, 0), (1, 100, 5, 0), (95, 100, 5, 0))
    ]
    assert texts == [
        [f"24,8{SPACE}%", f"33,9{SPACE}%", *(f"{mark}{SPACE}%" for mark in (0, 20, 40, 60))],
        [f"1,0{SPACE}%", *(f"{mark}{SPACE}%" for mark in (0, 20))],
        [f"90,5{SPACE}%", *(f"{mark}{SPACE}%" for mark in (0, 20, 40, 60, 80, 100))],
    ]
