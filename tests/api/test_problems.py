"""Whatever goes wrong, the API answers with a problem document, in German unless asked otherwise."""

import logging

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError
from django.test import Client

from ozg_tracker.api.problem_documents import handle
from ozg_tracker.tracking.api.rows import MunicipalServices
from tests import make
from tests.api.problem_documents import errors, problem
from tests.api.programs import API, Program

pytestmark = pytest.mark.django_db


def test_without_sign_in_the_way_to_sign_in_is_named():
    refused = Client().get(f"{API}/topics/")
    assert problem(refused, 401)["title"] == "Nicht angemeldet"
    assert refused["WWW-Authenticate"] == "Bearer"


@pytest.mark.parametrize("header", ["Bearer falsch", "Bearer", "Bearer zu viel", "bearer \xff"])
def test_a_wrong_key_is_401_and_not_anonymous(header):
    problem(Client().get(f"{API}/topics/", headers={"Authorization": header}), 401)


@pytest.mark.parametrize(
    "path", ["/api/", "/api/v1/", "/api/v2/topics/", "/api/v1/nichts/", "/api/v1/topics", "/api/x"]
)
@pytest.mark.parametrize("method", ["get", "post", "patch", "options"])
def test_an_address_that_is_not_there_is_404(path, method):
    assert "enden mit „/“" in problem(getattr(Client(), method)(path), 404)["detail"]


def test_an_unknown_query_key_is_named_with_those_that_are_known(program):
    refused = program.read("topics/", page="2", q="Bauen")
    assert problem(refused, 400)["errors"] == [
        {
            "field": "page",
            "code": "unknown_key",
            "message": "Diesen Schlüssel gibt es hier nicht. Möglich sind: cursor, fields, ordering, page_size, q.",
        }
    ]
    assert errors(program.read("topics/1/", q="Bauen")) == [("q", "unknown_key")]


@pytest.mark.parametrize(
    ("path", "query", "expected"),
    [
        ("topics/", {"ordering": "topic"}, ("ordering", "invalid")),
        ("topics/", {"ordering": "id,"}, ("ordering", "invalid")),
        ("topics/", {"page_size": "0"}, ("page_size", "invalid")),
        ("topics/", {"page_size": "501"}, ("page_size", "invalid")),
        ("topics/", {"page_size": "9" * 5000}, ("page_size", "invalid")),
        ("topics/", {"page_size": "²"}, ("page_size", "invalid")),
        ("topics/", {"cursor": "irgendwas"}, ("cursor", "invalid")),
        ("topics/", {"cursor": "WyJpZCIsZmFsc2UsMSwyXQ"}, ("cursor", "invalid")),  # ["id",false,1,2]
        ("topics/", {"cursor": "WyJpZCIsZmFsc2UsIngiXQ"}, ("cursor", "invalid")),  # ["id",false,"x"]
        ("topics/", {"cursor": "ÿ"}, ("cursor", "invalid")),
        ("topics/", {"q": "\x00"}, ("q", "null_characters_not_allowed")),
        ("municipal-services/", {"state": "fast"}, ("state", "invalid_choice")),
        ("municipal-services/", {"department": "9" * 30}, ("department", "invalid_choice")),
        ("municipal-services/", {"overdue": "ja"}, ("overdue", "invalid_choice")),
        ("municipal-services/", {"planned_until": "2022-13-01"}, ("planned_until", "invalid")),
        ("status-changes/", {"recorded_after": "gestern"}, ("recorded_after", "invalid")),
    ],
)
def test_a_wrong_value_is_400_and_says_which(path, query, expected, program):
    assert errors(program.read(path, **query)) == [expected]


def test_a_cursor_of_another_order_is_refused(program):
    for number in range(3):
        make.bundle(f"1000{number}")
    following = program.read("bundles/", page_size=1).json()["next"]
    assert errors(program.get(f"{following}&ordering=name")) == [("cursor", "invalid")]


def test_other_methods_formats_and_contents_are_problems_too(program):
    assert program.post(f"{API}/topics/")["Allow"] == "GET, HEAD, OPTIONS"
    problem(program.post(f"{API}/topics/"), 405)
    problem(program.delete(f"{API}/topics/"), 405)
    problem(program.get(f"{API}/topics/", headers={"Accept": "application/xml"}), 406)
    problem(program.post(f"{API}/municipal-services/bulk/", {"a": "b"}), 415)
    broken = program.post(f"{API}/municipal-services/bulk/", "{", content_type="application/json")
    assert "kein gültiges JSON" in problem(broken, 400)["detail"]


def test_messages_are_german_unless_english_is_asked_for(program):
    def told(**headers):
        return problem(program.get(f"{API}/municipal-services/?planned_until=bald", headers=headers), 400)

    [german], [english] = told()["errors"], told(**{"Accept-Language": "en"})["errors"]
    assert german["message"] == "Bitte ein gültiges Datum eingeben."
    assert english["message"] == "Enter a valid date."
    assert program.get(f"{API}/topics/", headers={"Accept-Language": "fr"})["Content-Language"] == "de"


def handled(error):
    """What the API answers when a deed or the database raises `error`."""
    return handle(error, {"request": None, "view": None}).data


def test_a_deeds_refusal_becomes_400_with_its_sentence_code_and_field():
    own = handled(ValidationError("Der Tag liegt in der Zukunft.", "in_the_future"))
    assert own["errors"] == [{"field": None, "code": "in_the_future", "message": "Der Tag liegt in der Zukunft."}]
    fields = handled(
        ValidationError({"level": ValidationError("Fehlt: %(n)s.", "needed", {"n": 3}), "__all__": "Nein."})
    )
    assert fields["errors"] == [
        {"field": "level", "code": "needed", "message": "Fehlt: 3."},
        {"field": None, "code": "invalid", "message": "Nein."},
    ]


def test_what_the_database_refuses_is_said_in_the_constraints_words():
    refused = handled(IntegrityError("CHECK constraint failed: ars_has_twelve_digits"))
    assert refused["errors"] == [
        {
            "field": None,
            "code": "ars_has_twelve_digits",
            "message": "Ein Regionalschlüssel (ARS) hat genau zwölf Ziffern.",
        }
    ]
    assert handled(IntegrityError("was anderes"))["errors"][0]["code"] == "refused"


def test_the_unexpected_is_500_logged_and_tells_nothing(program, monkeypatch, caplog):
    def broken(self):
        raise RuntimeError("geheim")

    monkeypatch.setattr(MunicipalServices, "get_queryset", broken)
    program.raise_request_exception = False
    with caplog.at_level(logging.ERROR, "django.request"):
        answer = program.read("municipal-services/")
    assert problem(answer, 500)["errors"] == []
    assert "geheim" not in answer.content.decode()
    assert "geheim" in caplog.text


def test_a_session_without_csrf_token_changes_nothing(coordinator):
    row = make.row()
    browser = Client(enforce_csrf_checks=True)
    browser.force_login(coordinator)
    refused = browser.patch(
        f"{API}/municipal-services/{row.pk}/",
        {"note": "x"},
        content_type="application/json",
        headers={"If-Match": '"1"'},
    )
    problem(refused, 403)


def test_somebody_without_any_role_is_told_so():
    refused = Program(make.user("neu", role=None)).read("topics/")
    assert problem(refused, 403)["detail"].startswith("Dafür fehlt Ihnen die Rolle.")


def test_a_body_that_is_too_large_is_refused_before_it_is_read(program, settings):
    settings.UPLOAD_MAX_MB = 1
    refused = program.send("municipal-services/bulk/", {"reason": "x" * (2 * 1024 * 1024 + 1)})
    assert "höchstens 1 MB" in problem(refused, 413)["detail"]
