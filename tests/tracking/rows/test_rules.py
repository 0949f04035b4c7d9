"""What may stand in a tracked row, asked of the rules alone, without a database."""

from datetime import UTC, date, datetime
from types import SimpleNamespace

import pytest

from ozg_tracker.tracking.rows.rules import (
    LONGEST_ADDRESS,
    MAX_CASES,
    Facts,
    Level,
    Tracked,
    after,
    check_day,
    check_reason,
    clean_text,
    reason_needed,
)

TODAY = date(2022, 11, 24)
NOON = datetime(2022, 11, 24, 12, tzinfo=UTC)
LONGEST = 4_000
# Department 1 is there: nothing unreadable may pass for it.
# Levels 0 to 4 of the municipality's model 1, in which 3 conforms, have the ids 10 to 14; level 5 of model 2 has 45.
LEVELS = {45: Level(2, 5, 4), **{10 + number: Level(1, number, 3) for number in range(5)}}
FACTS = Facts("Musterstadt", 1, LEVELS, departments=frozenset({1, 7}), people=frozenset({8}), today=TODAY)
RESPONSIBILITIES = ["unclear", "municipality", "district", "state", "federation", "not_offered"]
STATES = ["open", "planned", "in_progress", "blocked", "done"]
NO_PERSON = (
    "Diese Person kann nicht zuständig sein. Das können Koordination, Leitung und Sachbearbeitung von Musterstadt, "
    "die nicht ausgeschieden sind."
)
NO_DAY = "„Geplant bis“ ist kein Tag zwischen 2000 und 2100."
NO_NUMBER = "„Fälle pro Jahr“ ist eine ganze Zahl ab 0."
NO_LEVEL = "Diesen Reifegrad hat das Reifegradmodell von Musterstadt nicht."
NO_DEPARTMENT = "Diesen Fachbereich hat Musterstadt nicht."
TOO_LONG = "Der Text ist zu lang: höchstens 4000 Zeichen."
AHEAD = "„Gilt ab“ liegt in der Zukunft (25.11.2022). Bitte einen Tag bis heute angeben."
EARLY = "„Gilt ab“ liegt vor dem Jahr 2000 (31.12.1999). Bitte die Jahreszahl prüfen."


def told(errors):
    return {field: (error.code, error.message) for field, error in errors.items()}


def no_address(url):
    return f"„{url}“ ist keine Internetadresse. Sie beginnt mit https:// und hat höchstens 500 Zeichen."


NOT_PUBLIC = [
    "a.local",
    "10.0.0.7",
    "192.168.1.1:8080",
    "127.0.0.1",
    "[::1]",
    "kim:geheim@stadt.example",
    "amt.intranet",
]


def not_public(url):
    return f"„{url}“ erreicht von außen niemand, oder es stehen Zugangsdaten darin. Bitte die öffentliche Adresse."


def taken(**changes):
    result, errors = after(Tracked(), changes, FACTS)
    assert told(errors) == {}
    return result


def refused(before=Tracked(), **changes):  # noqa: B008 (a tuple)
    _result, errors = after(before, changes, FACTS)
    return told(errors)


def long_address(length):
    start = "https://stadt.example/"
    return start + "a" * (length - len(start))


@pytest.mark.parametrize(
    ("field", "value", "column", "kept"),
    [
        *[("responsibility", value, "responsibility", value) for value in RESPONSIBILITIES],
        *[("state", value, "state", value) for value in STATES if value != "done"],
        ("department", 7, "department_id", 7),
        ("department", SimpleNamespace(pk=7), "department_id", 7),
        ("department", None, "department_id", None),
        ("department", "", "department_id", None),
        ("owner", 8, "owner_id", 8),
        ("owner", SimpleNamespace(pk=8), "owner_id", 8),
        ("owner", "", "owner_id", None),
        ("level", 10, "level_id", 10),
        ("level", 14, "level_id", 14),
        ("level", None, "level_id", None),
        ("planned_on", date(2000, 1, 1), "planned_on", date(2000, 1, 1)),
        ("planned_on", date(2100, 12, 31), "planned_on", date(2100, 12, 31)),
        ("planned_on", "", "planned_on", None),
        ("planned_on", None, "planned_on", None),
        ("online_url", " http://stadt.example ", "online_url", "http://stadt.example"),
        ("online_url", long_address(500), "online_url", long_address(500)),
        ("online_url", None, "online_url", ""),
        ("cases_per_year", 0, "cases_per_year", 0),
        ("cases_per_year", 2_147_483_647, "cases_per_year", 2_147_483_647),
        ("cases_per_year", "", "cases_per_year", None),
        ("cases_per_year", None, "cases_per_year", None),
        ("note", "n" * LONGEST, "note", "n" * LONGEST),
        ("note", None, "note", ""),
    ],
)
def test_what_may_stand_in_a_field_is_taken_and_nothing_else_changes(field, value, column, kept):
    before = Tracked("municipality", 7, 8, "planned", 12, date(2023, 1, 1), "https://alt.example", 5, "alt")
    assert after(before, {field: value}, FACTS) == (before._replace(**{column: kept}), {})


@pytest.mark.parametrize(
    ("field", "value", "code", "sentence"),
    [
        ("colour", "rot", "unknown_field", "Ein Feld „colour“ hat eine Leistung nicht."),
        ("department", 9, "unknown_department", NO_DEPARTMENT),
        ("department", "7", "unknown_department", NO_DEPARTMENT),
        ("department", True, "unknown_department", NO_DEPARTMENT),
        ("owner", 9, "unknown_person", NO_PERSON),
        ("owner", "8", "unknown_person", NO_PERSON),
        ("level", 99, "unknown_level", NO_LEVEL),
        ("level", 45, "unknown_level", NO_LEVEL),
        ("level", "10", "unknown_level", NO_LEVEL),
        ("planned_on", date(1999, 12, 31), "invalid", NO_DAY),
        ("planned_on", date(2101, 1, 1), "invalid", NO_DAY),
        ("planned_on", NOON, "invalid", NO_DAY),
        ("planned_on", "2022-11-24", "invalid", NO_DAY),
        ("online_url", "stadt", "invalid_url", no_address("stadt")),
        ("online_url", "ftp://stadt.example/", "invalid_url", no_address("ftp://stadt.example/")),
        *(("online_url", f"https://{host}/", "invalid_url", not_public(f"https://{host}/")) for host in NOT_PUBLIC),
        ("online_url", long_address(501), "invalid_url", no_address(long_address(80))),
        ("cases_per_year", -1, "invalid_number", NO_NUMBER),
        ("cases_per_year", 2_147_483_648, "invalid_number", NO_NUMBER),
        ("cases_per_year", True, "invalid_number", NO_NUMBER),
        ("cases_per_year", "5", "invalid_number", NO_NUMBER),
        ("note", "n" * (LONGEST + 1), "too_long", TOO_LONG),
    ],
)
def test_what_may_not_is_refused_at_its_field_with_a_sentence(field, value, code, sentence):
    assert refused(**{field: value}) == {field: (code, sentence)}


@pytest.mark.parametrize(
    ("field", "words"),
    [
        ("responsibility", "ungeklärt, Kommune, Kreis, Land, Bund, nicht angeboten"),
        ("state", "offen, geplant, in Umsetzung, blockiert, fertig"),
    ],
)
@pytest.mark.parametrize("value", ["laut", 3, None, ["open"]])
def test_a_word_that_is_none_is_refused_with_those_that_are(field, words, value):
    (code, sentence) = refused(**{field: value})[field]
    shown, listed = sentence.removesuffix(".").split(" gibt es hier nicht. Möglich sind: ")
    assert (code, shown, sorted(listed.split(", "))) == ("invalid_choice", f"„{value}“", sorted(words.split(", ")))


def test_every_wrong_field_is_named_at_once_and_the_right_ones_stand():
    result, errors = after(Tracked(), {"note": "neu", "level": 99, "cases_per_year": -1}, FACTS)
    assert (result, sorted(errors)) == (Tracked(note="neu"), ["cases_per_year", "level"])


def test_who_is_responsible_already_stays_and_who_left_is_refused_where_nothing_else_is():
    before = Tracked(owner_id=9)
    assert after(before, {"note": "neu"}, FACTS, held={9}) == (Tracked(owner_id=9, note="neu"), {})
    assert refused(before, note="neu") == {"owner": ("unknown_person", NO_PERSON)}


@pytest.mark.parametrize("level", [13, 14])
def test_done_stands_from_the_conform_level_on(level):
    assert taken(state="done", level=level) == Tracked(state="done", level_id=level)


@pytest.mark.parametrize("level", [None, 10, 12])
def test_done_below_the_conform_level_is_refused(level):
    sentence = "„fertig“ braucht einen Reifegrad ab 3. Bitte Reifegrad oder Stand ändern."
    assert refused(state="done", level=level) == {"state": ("done_needs_level", sentence)}


def test_a_level_conforms_by_the_model_it_was_rated_with():
    facts = Facts("Musterstadt", 1, {45: Level(2, 4, 4), 44: Level(2, 3, 4)}, frozenset(), frozenset(), TODAY)
    assert after(Tracked(level_id=45), {"state": "done"}, facts)[1] == {}
    sentence = "„fertig“ braucht einen Reifegrad ab 4. Bitte Reifegrad oder Stand ändern."
    assert told(after(Tracked(level_id=44), {"state": "done"}, facts)[1]) == {"state": ("done_needs_level", sentence)}


def test_without_levels_of_the_own_model_done_needs_level_nought():
    facts = Facts("Musterstadt", 3, LEVELS, frozenset(), frozenset(), TODAY)
    sentence = "„fertig“ braucht einen Reifegrad ab 0. Bitte Reifegrad oder Stand ändern."
    assert told(after(Tracked(), {"state": "done"}, facts)[1]) == {"state": ("done_needs_level", sentence)}


def test_done_below_its_level_is_left_alone_where_nothing_changes_and_named_after_other_errors():
    before = Tracked(state="done", level_id=11)
    assert refused(before, state="done") == {}
    assert list(refused(before, note="neu")) == ["state"]
    assert list(refused(before, note="neu", cases_per_year=-1)) == ["cases_per_year"]


@pytest.mark.parametrize(
    ("before", "then", "needed"),
    [
        ({"level_id": 13}, {"level_id": 12}, True),
        ({"level_id": 12}, {"level_id": 13}, False),
        ({"level_id": 12}, {"level_id": 12}, False),
        ({"level_id": 10}, {"level_id": None}, True),
        ({"level_id": None}, {"level_id": 10}, False),
        ({"state": "done"}, {"state": "open"}, True),
        ({"state": "done"}, {"state": "done"}, False),
        ({"state": "open"}, {"state": "done"}, False),
        ({"state": "open"}, {"state": "planned"}, False),
        ({"state": "open"}, {"state": "blocked"}, True),
        ({"state": "blocked"}, {"state": "blocked"}, False),
        ({"state": "blocked"}, {"state": "open"}, False),
        ({"responsibility": "municipality"}, {"responsibility": "state"}, True),
        ({"responsibility": "municipality"}, {"responsibility": "municipality"}, False),
        ({"responsibility": "unclear"}, {"responsibility": "municipality"}, False),
        ({"responsibility": "unclear"}, {"responsibility": "state"}, False),
    ],
)
def test_a_step_back_what_is_blocked_and_what_is_given_away_need_a_reason(before, then, needed):
    stood, stands = Tracked(**before), Tracked(**then)
    assert reason_needed(stood, stands, FACTS) is needed
    sentence = (
        "Begründung fehlt: Ein niedrigerer Reifegrad, ein zurückgenommenes „fertig“, „blockiert“ und eine "
        "abgegebene Zuständigkeit brauchen eine."
    )
    missing = {"reason": ("reason_required", sentence)} if needed else {}
    assert told(check_reason(stood, stands, "", FACTS)) == missing
    assert check_reason(stood, stands, "Weil es so ist", FACTS) == {}


def test_a_reason_has_an_end():
    assert check_reason(Tracked(), Tracked(), "x" * LONGEST, FACTS) == {}
    assert told(check_reason(Tracked(), Tracked(), "x" * (LONGEST + 1), FACTS)) == {"reason": ("too_long", TOO_LONG)}


@pytest.mark.parametrize(
    ("day", "said"),
    [
        (TODAY, None),
        (date(2000, 1, 1), None),
        (date(2022, 11, 25), ("in_future", AHEAD)),
        (date(1999, 12, 31), ("too_early", EARLY)),
        (NOON, ("invalid", "„Gilt ab“ ist kein Tag.")),
        ("2022-11-24", ("invalid", "„Gilt ab“ ist kein Tag.")),
    ],
)
def test_a_change_holds_from_a_day_between_2000_and_today(day, said):
    assert told(check_day(day, TODAY)) == ({} if said is None else {"effective_on": said})


def test_text_loses_control_characters_and_outer_spaces_and_has_one_line_end():
    assert clean_text(" eins\r\nzwei\x00\x1f\x7f\tdrei \n") == "eins\nzwei\tdrei"
    assert (clean_text(None), clean_text(""), clean_text(12)) == ("", "", "12")


def test_the_longest_of_each_is_what_the_database_takes():
    assert (LONGEST_ADDRESS, MAX_CASES) == (500, 2**31 - 1)
