"""Every refusal is a page with a sentence and a way on."""

import sqlite3

import pytest
from django.db import OperationalError
from django.test import Client

from tests import make


@pytest.fixture
def signed_in(client, db):
    client.force_login(make.user())
    return client


def test_an_unknown_address_says_so_and_leads_home(client, db):
    answer = client.get("/gibt-es-nicht/")
    assert answer.status_code == 404
    assert "Diese Seite gibt es nicht" in answer.text and 'href="/"' in answer.text


def test_an_address_without_its_slash_is_completed(client, db):
    assert client.get("/hilfe").headers["Location"] == "/hilfe/"


def test_a_wrong_role_is_told_which_role_may(client, db):
    client.force_login(make.user("rat", role="council"))
    answer = client.get("/schulungen/")
    assert answer.status_code == 403
    assert "Diese Seite ist für eine andere Rolle" in answer.text


def test_a_form_without_our_mark_is_refused_kindly(db):
    answer = Client(enforce_csrf_checks=True).post("/anmelden/", {"login": "a", "password": "b"})
    assert answer.status_code == 403
    assert "Cookies" in answer.text and "Gespeichert wurde nichts" in answer.text


def test_a_body_beyond_the_limit_is_refused_unread(signed_in, settings):
    settings.UPLOAD_MAX_MB = 1
    answer = signed_in.generic("POST", "/konto/kommune/", b"", CONTENT_LENGTH=str(3 * 1024 * 1024))
    assert answer.status_code == 413
    assert "bis zu 1 MB" in answer.text


def test_a_failure_is_told_too_where_no_page_can_be_shown_as_it_should(client, monkeypatch, caplog):
    def missing(self, path, *more):
        raise ValueError("Missing staticfiles manifest entry")

    monkeypatch.setattr("django.contrib.staticfiles.storage.StaticFilesStorage.url", missing)
    client.raise_request_exception = False
    answer = client.get("/hilfe/")
    assert (answer.status_code, "Das ist uns misslungen" in answer.text) == (500, True)
    assert f"<b>{answer.headers['X-Request-ID']}</b>" in answer.text and "Minuten noch einmal" in answer.text
    assert [each.getMessage() for each in caplog.records if each.levelname == "ERROR"] == [
        "The page of a failure failed too",
        "Internal Server Error: /hilfe/",
    ]


@pytest.mark.parametrize("broken", [False, True])
@pytest.mark.parametrize("path", ["/leistungen/", "/api/v1/municipal-services/"])
def test_a_busy_database_is_no_failure_and_says_that_it_may_be_tried_again(signed_in, monkeypatch, path, broken):
    def locked(*args, **named):
        locked = sqlite3.OperationalError("database is locked")
        locked.sqlite_errorname = "SQLITE_BUSY"
        raise OperationalError("database is locked") from locked

    def missing(self, path, *more):
        raise ValueError("Missing staticfiles manifest entry")

    monkeypatch.setattr("ozg_tracker.tracking.models.MunicipalService.objects.visible_to", locked)
    if broken:
        monkeypatch.setattr("django.contrib.staticfiles.storage.StaticFilesStorage.url", missing)
    answer = signed_in.get(path)
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "5")
    assert "Die Datenbank ist gerade belegt. Es wurde nichts geändert." in answer.content.decode()
    assert "sagen Sie es dem Betrieb" not in answer.content.decode()


def test_a_broken_page_shows_no_traceback_and_asks_no_database(client, monkeypatch, django_assert_num_queries):
    def broken(request):
        raise RuntimeError("geheim")

    monkeypatch.setattr("ozg_tracker.legal.render", lambda *args: broken(None))
    client.raise_request_exception = False
    answer = client.get("/hilfe/")
    assert answer.status_code == 500
    assert "Das ist uns misslungen" in answer.text and "geheim" not in answer.text
