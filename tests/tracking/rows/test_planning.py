"""Changes worked out in memory, each upon those before it: asked of the planning alone, without a database."""

from datetime import date, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from ozg_tracker.tracking.rows.planning import Change, History, Plan, Planned, plan
from ozg_tracker.tracking.rows.rules import Facts, Level, Tracked, after

TODAY = date(2022, 11, 24)
# Levels 0 to 4 of model 1, in which 3 conforms, have the ids 10 to 14.
LEVELS = {10 + number: Level(1, number, 3) for number in range(5)}
FACTS = Facts("Musterstadt", 1, LEVELS, departments=frozenset({7}), people=frozenset({8}), today=TODAY)
MARCH, MAY, JULY = date(2022, 3, 1), date(2022, 5, 1), date(2022, 7, 1)
NOTED = Tracked(note="im März")
RATED = Tracked(note="im Juli", level_id=13)


def history():
    """A row with an event in March and one in July, at its third version."""
    return History(3, [MARCH, JULY], [NOTED, RATED])


def planned(*changes, histories=None):
    return plan({1: history()} if histories is None else histories, changes, FACTS)


def told(made):
    return {at: {field: error.code for field, error in errors.items()} for at, errors in made.errors.items()}


def test_a_change_builds_on_the_state_of_its_day_and_stands_between_the_events_around_it():
    made = planned(Change(1, {"cases_per_year": 4}, MAY, "gezählt", seen_version=3))
    state = NOTED._replace(cases_per_year=4)
    assert made == Plan(
        {1: History(4, [MARCH, MAY, JULY], [NOTED, state, RATED])},
        events=[Planned(0, 1, 4, MAY, "gezählt", state, NOTED)],
    )


def test_a_change_for_the_day_of_an_event_builds_on_it_and_follows_it():
    made = planned(Change(1, {"cases_per_year": 4}, MARCH))
    state = NOTED._replace(cases_per_year=4)
    assert made.histories == {1: History(4, [MARCH, MARCH, JULY], [NOTED, state, RATED])}


def test_a_change_before_the_first_event_builds_on_an_unclear_open_row():
    made = planned(Change(1, {"cases_per_year": 4}, MARCH - timedelta(days=1)))
    assert [(event.before, event.state) for event in made.events] == [(Tracked(), Tracked(cases_per_year=4))]


def test_each_change_builds_on_those_before_it_and_names_its_place():
    made = planned(
        Change(1, {"cases_per_year": 4}, MAY, seen_version=3),
        Change(2, {"cases_per_year": 1}, MAY),
        Change(1, {"note": "im Mai"}, MAY, seen_version=4),
        histories={1: history(), 2: History(0)},
    )
    first = NOTED._replace(cases_per_year=4)
    assert made.events == [
        Planned(0, 1, 4, MAY, "", first, NOTED),
        Planned(1, 2, 1, MAY, "", Tracked(cases_per_year=1), Tracked()),
        Planned(2, 1, 5, MAY, "", first._replace(note="im Mai"), first),
    ]


def test_what_changes_nothing_makes_no_event_and_keeps_the_version():
    made = planned(Change(1, {"note": "im März"}, MAY), Change(1, {"note": " im Juli "}, TODAY, seen_version=3))
    assert made == Plan({1: history()})


def test_another_version_than_the_one_seen_is_stale_and_stops_no_other_change():
    made = planned(
        Change(1, {"note": "alt"}, MAY, seen_version=2),
        Change(1, {"note": "neu"}, MAY, seen_version=4),
        Change(1, {"note": "neu"}, MAY, seen_version=None),
        Change(1, {"note": "danach"}, MAY, seen_version=4),
    )
    assert (made.stale, [event.at for event in made.events], made.errors) == ([0, 1], [2, 3], {})


def test_a_row_the_municipality_does_not_have_is_named_and_stops_no_other_change():
    made = planned(Change(9, {"note": "x"}, MAY, seen_version=1), Change(1, {"note": "x"}, MAY))
    assert (told(made), made.stale, [event.at for event in made.events]) == ({0: {"row": "unknown_row"}}, [], [1])
    assert made.errors[0]["row"].message == "Diese Leistung führt Musterstadt nicht."


def test_a_change_for_a_day_to_come_is_refused_with_all_else_that_is_wrong():
    made = planned(Change(1, {"cases_per_year": -1}, TODAY + timedelta(days=1)), Change(1, {"state": "weg"}, MAY))
    assert told(made) == {
        0: {"effective_on": "in_future", "cases_per_year": "invalid_number"},
        1: {"state": "invalid_choice"},
    }
    assert (made.events, made.histories) == ([], {1: history()})


def test_a_day_that_is_none_builds_on_nothing_and_asks_no_history():
    made = planned(
        Change(1, {"note": "x"}, "bald"),
        Change(2, {"note": "x"}, TODAY + timedelta(days=1)),
        Change(1, {"level": 12}, TODAY + timedelta(days=1)),
        histories={1: history(), 2: History(0)},
    )
    assert told(made) == {
        0: {"effective_on": "invalid"},
        1: {"effective_on": "in_future"},
        2: {"effective_on": "in_future"},
    }


def test_a_step_back_needs_a_reason_and_white_space_is_none():
    made = planned(Change(1, {"level": 12}, TODAY, " \n"), Change(1, {"level": 12}, TODAY, " Prüfung \n"))
    assert told(made) == {0: {"reason": "reason_required"}}
    assert [(event.at, event.reason) for event in made.events] == [(1, "Prüfung")]


def test_a_file_s_own_reason_stands_only_where_one_is_needed_and_none_is_given():
    def reasons(*changes):
        return [event.reason for event in planned(*changes).events]

    back, on = {"level": 12}, {"cases_per_year": 4}
    assert reasons(Change(1, back, TODAY, fallback_reason="aus der Datei")) == ["aus der Datei"]
    assert reasons(Change(1, back, TODAY, "Prüfung", fallback_reason="aus der Datei")) == ["Prüfung"]
    assert reasons(Change(1, on, TODAY, fallback_reason="aus der Datei")) == [""]


def test_a_reason_is_asked_for_only_where_all_else_is_right():
    made = planned(Change(1, {"level": 12, "cases_per_year": -1}, TODAY, fallback_reason="aus der Datei"))
    assert told(made) == {0: {"cases_per_year": "invalid_number"}}


def test_who_was_responsible_on_that_day_or_is_now_stays_though_they_could_not_be_chosen_any_more():
    then, now = NOTED._replace(owner_id=5), RATED._replace(owner_id=6)
    kept = History(3, [MARCH, JULY], [then, now])
    made = planned(
        Change(1, {"note": "x"}, MAY), Change(1, {"owner": 6}, MAY), Change(1, {"owner": 4}, MAY), histories={1: kept}
    )
    assert ([event.state.owner_id for event in made.events], told(made)) == ([5, 6], {2: {"owner": "unknown_person"}})


DAYS = st.integers(0, 8).map(lambda n: TODAY - timedelta(days=n))
CHANGES = st.lists(
    st.builds(
        Change,
        row_id=st.sampled_from([1, 2]),
        changes=st.fixed_dictionaries(
            {}, optional={"note": st.sampled_from(["a", "b"]), "cases_per_year": st.integers(0, 2)}
        ),
        effective_on=DAYS,
    ),
    max_size=12,
)


@settings(max_examples=60, deadline=None)
@given(CHANGES)
def test_however_changes_are_entered_each_day_shows_the_last_entry_of_the_last_day_up_to_it(changes):
    made = planned(*changes, histories={1: History(0), 2: History(0)})
    entered = {1: [], 2: []}  # (day, state) in the order of entry

    def as_of(row_id, day):
        upto = [each for each in entered[row_id] if each[0] <= day]
        return max(enumerate(upto), key=lambda each: (each[1][0], each[0]))[1][1] if upto else Tracked()

    for change in changes:
        before = as_of(change.row_id, change.effective_on)
        result, _errors = after(before, change.changes, FACTS)
        if result != before:
            entered[change.row_id].append((change.effective_on, result))
    for row_id, kept in made.histories.items():
        assert (kept.version, kept.days) == (len(entered[row_id]), sorted(day for day, _state in entered[row_id]))
        for day in {*kept.days, TODAY}:
            assert (kept.states[kept.place(day) - 1] if kept.place(day) else Tracked()) == as_of(row_id, day)
