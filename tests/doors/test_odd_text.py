"""Characters, numbers and days that nobody can mean are refused at the door with a sentence."""

import base64

import pytest
from django.test import Client

from ozg_tracker.api.parsers import DEEPEST, ParseError, Unreadable, read_json
from tests import make
from tests.api.programs import API, Program, fill
from tests.api.schema import SCHEMA

NULL = "a\x00b"


@pytest.fixture
def program(db):
    make.catalogue_import()
    return Program(make.user())


@pytest.fixture
def browser(db):
    make.row(level=1)
    browser = Client()
    browser.force_login(make.user())
    return browser


def refused(answer):
    assert answer.headers["Content-Type"] == "application/problem+json"
    return answer.status_code, [(each["field"], each["code"]) for each in answer.json()["errors"]]


@pytest.mark.parametrize(
    ("path", "key"),
    [("services/changes/", "since"), ("topics/", "cursor"), ("topics/", "q"), ("editions/1/export/", "format")],
)
def test_the_api_names_the_key_that_holds_a_null_character(program, path, key):
    assert refused(program.read(path, **{key: NULL})) == (400, [(key, "null_characters_not_allowed")])


def test_a_null_character_in_a_path_or_a_keys_name_is_refused_too(program):
    assert refused(program.get(f"{API}/topics/%00/")) == (400, [(None, "null_characters_not_allowed")])
    assert refused(program.read("topics/", **{NULL: "1"})) == (400, [("ab", "null_characters_not_allowed")])


@pytest.mark.parametrize(
    "address",
    [
        "leistungen/?q=%00",
        "leistungen/?ordering=%00",
        "katalog/suche/?q=a%00b",
        "katalog/buendel/%00/",
        "katalog/vergleich/?kind=%00",
        "leistungen/klaeren/?bundle=%00",
        "personen/?q=%00",
        "gibt/es/nicht/%00/",
    ],
)
def test_a_page_with_a_null_character_in_its_address_says_so_in_german(browser, address):
    answer = browser.get(f"/{address}")
    assert (answer.status_code, "Das konnten wir nicht lesen" in answer.text) == (400, True)


def test_a_form_with_a_null_character_saves_nothing(browser):
    row = make.row(make.service("99107000000001"))
    answer = browser.post(f"/leistungen/{row.pk}/", {"note": NULL, "version": "1", "effective_on": "2022-01-01"})
    assert (answer.status_code, "Gespeichert wurde nichts." in answer.text) == (400, True)
    assert row.events.count() == 1


def test_a_cookie_that_spells_a_null_character_is_no_session(db):
    stranger = Client()
    stranger.cookies.load(r'sessionid="abcdefgh\000"')
    assert stranger.get("/").status_code == 400


# JSON -----------------------------------------------------------------------------------------------------------------


def test_json_is_read_as_it_is():
    assert read_json(b'{"a": [1, 1.5, "\\u00e4\\ud83d\\ude00", null, true]}') == {"a": [1, 1.5, "ä😀", None, True]}


def test_json_may_have_as_many_levels_as_we_say_and_no_more():
    assert read_json("[" * DEEPEST + "]" * DEEPEST)
    for levels in (DEEPEST + 1, 2000, 200_000):
        with pytest.raises(Unreadable, match="zu tief geschachtelt"):
            read_json("[" * levels + "]" * levels)


@pytest.mark.parametrize("value", ["NaN", "Infinity", "-Infinity", "1e400"])
def test_what_is_no_number_is_none_in_json(value):
    with pytest.raises(Unreadable, match=f"„{value}“ ist kein Wert in JSON"):
        read_json(f'{{"level": {value}}}')


@pytest.mark.parametrize("text", ["", "{", "[1,]", "9" * 5000, b"\xff"])
def test_what_is_no_json_is_refused(text):
    with pytest.raises(ParseError):
        read_json(text)


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ('{"note": "\\u0000"}', ("note", "null_characters_not_allowed")),
        ('{"note": "\\ud800"}', ("note", "surrogate_characters_not_allowed")),
        ('{"changes": [{"id": 1}, {"note": "\\u0000"}]}', ("changes.1.note", "null_characters_not_allowed")),
        ('{"changes": [{"\\ud800": 1}]}', ("changes.0", "surrogate_characters_not_allowed")),
        ('"\\ud800"', (None, "surrogate_characters_not_allowed")),
    ],
)
def test_the_field_with_what_is_no_character_is_named(program, body, expected):
    answer = program.post(f"{API}/municipal-services/bulk/", body, content_type="application/json")
    assert refused(answer) == (400, [expected])


TAKES_JSON = [
    (method, path)
    for path, operations in SCHEMA["paths"].items()
    for method, operation in operations.items()
    if "application/json" in operation.get("requestBody", {}).get("content", {})
]


@pytest.mark.parametrize(("method", "path"), TAKES_JSON)
def test_a_body_nested_two_thousand_deep_is_told_so(program, method, path):
    fill(range(1))
    collection, of_one, _rest = path.partition("{id}")
    if of_one:
        path = path.replace("{id}", str(program.get(collection).json()["results"][0]["id"]))
    answer = program.generic(method, path, "[" * 2000 + "]" * 2000, "application/json", headers={"If-Match": '"1"'})
    assert (answer.status_code, answer.json()["detail"].startswith("Die Anfrage ist zu tief geschachtelt.")) == (
        400,
        True,
    )


# Page marks -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "value", ["NaN", "Infinity", "1e400", '"\\u0000"', "[" * 2000, "9" * 30, '"9999-12-31T23:59Z"']
)
def test_a_page_mark_that_we_did_not_write_is_refused(program, value):
    mark = base64.urlsafe_b64encode(f'["id",false,{value}]'.encode()).decode().rstrip("=")
    assert refused(program.read("topics/", cursor=mark)) == (400, [("cursor", "invalid")])


def test_a_page_mark_of_another_list_is_refused(program):
    fill(range(2))
    following = program.read("topics/", page_size=1).json()["next"]
    mark = program.get(following).wsgi_request.GET["cursor"]
    assert program.get(following).status_code == 200
    assert refused(program.read("situations/", cursor=mark)) == (400, [("cursor", "invalid")])


# Days and instants ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("path", "key"),
    [("municipal-services/", "changed_at"), ("status-changes/", "recorded_after")],
)
@pytest.mark.parametrize("instant", ["9999-12-31T23:59:59-23:59", "0001-01-01T00:00:00+23:59", "1899-12-31T23:59Z"])
def test_an_instant_beyond_what_can_be_meant_is_refused(program, path, key, instant):
    assert refused(program.read(path, **{key: instant})) == (400, [(key, "out_of_reach")])


def test_the_outermost_instants_are_taken(program):
    for instant in ("1900-01-01T00:00:00+23:59", "2199-12-31T23:59:59-23:59"):
        assert program.read("status-changes/", recorded_after=instant).status_code == 200


def test_a_training_rests_until_no_day_that_nobody_can_mean(program):
    fill(range(1))
    task = make.municipality().courses.get().tasks.get()
    sent = program.send(f"training-tasks/{task.pk}/suspend/", {"until": "9999-12-31", "reason": "absent"})
    assert refused(sent) == (400, [("until", "out_of_reach")])


def test_a_course_date_lies_in_reach(browser):
    course = make.municipality().courses.create(title="Datenschutz")
    moments = {"s-TOTAL_FORMS": "1", "s-INITIAL_FORMS": "0"}
    moments |= {"s-0-starts_at": "0001-01-01T00:00", "s-0-ends_at": "9999-12-31T23:59"}
    answer = browser.post(f"/schulungen/kurse/{course.pk}/termine/", moments)
    assert answer.status_code == 400
    assert answer.text.count("Bitte einen Tag zwischen 1900 und 2199 angeben.") == 2


# Searches -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("path", ["topics", "situations", "bundles", "services", "municipal-services"])
@pytest.mark.parametrize("text", ["x" * 50_001, "a " * 1500], ids=["long", "many words"])
def test_a_search_longer_than_any_name_is_refused(program, path, text):
    assert refused(program.read(f"{path}/", q=text)) == (400, [("q", "max_length")])


@pytest.mark.parametrize("text", ["x" * 50_001, "a " * 1500], ids=["long", "many words"])
def test_a_page_searched_for_more_than_any_name_shows_nothing_or_says_so(browser, text):
    own = make.own_row().service.own
    asked = {
        "katalog/suche/": "q",
        f"leistungen/eigene/{own.pk}/": "q",
        "leistungen/": "q",
        "personen/": "q",
    }
    got = {address: browser.get(f"/{address}", {key: text}).status_code for address, key in asked.items()}
    assert set(got.values()) <= {200, 400}, got


@pytest.mark.parametrize("path", ["topics", "bundles", "services", "municipal-services"])
def test_a_search_as_long_as_allowed_is_answered(program, path):
    for text in ("x" * 500, "a " * 249 + "a"):
        assert program.read(f"{path}/", q=text).json()["results"] == []
