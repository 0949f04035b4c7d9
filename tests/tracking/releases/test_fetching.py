"""Fetching the catalogue, from a server on this machine that answers as the FIM-Portal's interface does."""

import json
import socket
from datetime import date, timedelta
from email.utils import format_datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from urllib.parse import parse_qs, urlsplit

import pytest
from django.core.exceptions import ValidationError
from django.core.management import CommandError, call_command
from django.utils import timezone

from catalog.importing import limits
from catalog.importing.formats import fetch
from catalog.importing.problems import Refused
from catalog.models import CatalogueImport, Service
from ozg_tracker.tracking.releases.fetching import fetch_for_municipalities
from tests.catalog.importing.formats.fim_files import envelope, steckbrief

ALL = [steckbrief(f"9910201310{n:04d}", f"Leistung {n}", ozg=[]) for n in range(450)]


class Portal(ThreadingHTTPServer):
    """Gives out pages of ALL; `before` holds answers, each given once instead of a page."""

    def __init__(self):
        super().__init__(("127.0.0.1", 0), Handler)
        self.items, self.asked, self.before = ALL, [], []


class Handler(BaseHTTPRequestHandler):
    def do_GET(self):
        address = urlsplit(self.path)
        query = {name: values[0] for name, values in parse_qs(address.query, strict_parsing=True).items()}
        self.server.asked.append((address.path, query))
        if self.server.before:
            return self.server.before.pop(0)(self)
        offset, limit = int(query["offset"]), int(query["limit"])
        assert limit <= 200
        items = self.server.items
        return self.answer(200, envelope(*items[offset : offset + limit], total=len(items), offset=offset))

    def answer(self, status, body, announced=None, **headers):
        content = body if isinstance(body, bytes) else json.dumps(body).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(announced or len(content)))
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *arguments):
        pass


@pytest.fixture
def portal(settings, monkeypatch):
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    with Portal() as server:
        settings.FIM_API_URL = f"http://127.0.0.1:{server.server_port}/api/v0/"
        thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield server
        server.shutdown()
        thread.join()


@pytest.fixture
def fetched(portal, tmp_path):
    """Fetch into a folder; returns how many Steckbriefe, and how long the portal made us wait."""

    def run(**options):
        waits = []
        return fetch.fetch_pages(tmp_path, wait=waits.append, **options), waits

    return run


def refused(fetched, **options):
    with pytest.raises(Refused) as answer:
        fetched(**options)
    return answer.value.problem


def test_pages_are_asked_for_in_the_order_of_keys_until_all_are_there(fetched, portal, tmp_path):
    assert fetched() == (450, [])
    asked = [(path, query["offset"], query["limit"], query["order_by"]) for path, query in portal.asked]
    assert asked == [
        ("/api/v0/leistung-steckbriefe", offset, "200", "leistungsschluessel_asc") for offset in ("0", "200", "400")
    ]
    assert sorted(each.name for each in tmp_path.iterdir()) == [f"seite-000{n}.json" for n in (1, 2, 3)]


def test_only_what_changed_since_the_start_of_a_day_in_berlin_is_asked_for(fetched, portal):
    fetched(updated_since=date(2026, 11, 1))
    assert portal.asked[0][1]["updated_since"] == "2026-10-31T23:00:00+00:00"


def patience(status, **headers):
    return lambda handler: handler.answer(status, {"detail": "zu viel"}, **headers)


def test_who_is_asked_for_patience_waits_as_long_as_asked_and_goes_on(fetched, portal):
    portal.before = [patience(429, Retry_After="7"), patience(503), patience(429, Retry_After="bald")]
    assert fetched() == (450, [7.0, 2.0, 4.0])


def test_patience_until_an_instant_is_understood(fetched, portal):
    portal.before = [patience(503, Retry_After=format_datetime(timezone.now() + timedelta(seconds=60), usegmt=True))]
    ((number, (waited,))) = fetched()
    assert number == 450 and 55 < waited <= 60


def test_who_is_asked_to_wait_for_long_comes_back_later(fetched, portal):
    portal.before = [patience(429, Retry_After="3600")]
    problem = refused(fetched)
    assert problem.code == "fetch_failed" and "bittet um Geduld" in problem.message
    assert len(portal.asked) == 1


def test_nobody_is_asked_for_ever(fetched, portal):
    portal.before = [patience(429, Retry_After="1")] * 10
    assert refused(fetched).code == "fetch_failed"
    assert len(portal.asked) == fetch.TRIES


def cut(handler):
    handler.answer(200, envelope(*ALL[:200], total=450), announced=10_000_000)
    handler.connection.shutdown(socket.SHUT_RDWR)


def reset(handler):
    handler.connection.shutdown(socket.SHUT_RDWR)


def test_a_connection_that_breaks_once_is_tried_again(fetched, portal):
    portal.before = [cut, reset]
    assert fetched() == (450, [1.0, 2.0])


def test_a_connection_that_keeps_breaking_is_a_sentence(fetched, portal):
    portal.before = [cut] * fetch.TRIES
    assert "Verbindung brach ab" in refused(fetched).message


def test_nobody_there_is_a_sentence(fetched, settings):
    settings.FIM_API_URL = "http://127.0.0.1:1/api"
    assert "127.0.0.1:1" in refused(fetched).message


@pytest.mark.parametrize(
    ("answer", "code"),
    [
        (lambda handler: handler.answer(404, {"detail": "Not Found"}), "fetch_failed"),
        (lambda handler: handler.answer(500, b"<h1>Oh</h1>"), "fetch_failed"),
        (lambda handler: handler.answer(200, b"<html>Wartung</html>"), "unreadable_file"),
        (lambda handler: handler.answer(200, b'{"items": ['), "unreadable_file"),
        (lambda handler: handler.answer(200, {"items": []}), "fetch_failed"),
        (lambda handler: handler.answer(200, envelope(total=5)), "fetch_failed"),
        (lambda handler: handler.answer(200, envelope(total=limits.ROWS + 1)), "too_large"),
        (lambda handler: handler.answer(200, b" " * (limits.JSON_FILE + 1)), "too_large"),
        (lambda handler: handler.answer(302, b"", Location="http://example.invalid/api"), "fetch_failed"),
        (lambda handler: handler.answer(302, b"", Location="file:///etc/passwd"), "fetch_failed"),
    ],
)
def test_a_wrong_answer_is_refused_with_a_code(fetched, portal, answer, code):
    portal.before = [answer]
    assert refused(fetched).code == code


def test_a_total_that_changes_on_the_way_is_refused(fetched, portal):
    portal.before = [lambda handler: handler.answer(200, envelope(*ALL[:200], total=451))]
    assert "während des Holens geändert" in refused(fetched).message


@pytest.mark.django_db
def test_what_was_fetched_is_imported_like_any_file(portal, tmp_path):
    found = fetch_for_municipalities(keep_in=tmp_path / "seiten")
    assert found.outcome.applied and found.outcome.services.new == 450
    made = CatalogueImport.objects.get()
    assert made.file_name == made.release.label == f"FIM-Portal {timezone.localdate():%Y-%m-%d}"
    assert len(list((tmp_path / "seiten").iterdir())) == 3
    again = fetch_for_municipalities(release="anders")
    assert (again.outcome.applied, again.outcome.services.unchanged) == (True, 450)


@pytest.mark.django_db
def test_what_changed_since_a_day_is_a_part_of_the_catalogue(portal):
    fetch_for_municipalities()
    portal.items = [ALL[0] | {"title": "Umbenannt"}]
    found = fetch_for_municipalities(updated_since=date(2026, 11, 1))
    assert (found.outcome.services.changed, found.outcome.services.retired) == (1, 0)
    assert CatalogueImport.objects.first().partial
    portal.items = []
    found = fetch_for_municipalities(updated_since=date(2026, 11, 1))
    assert (found.outcome.applied, found.outcome.problems, CatalogueImport.objects.count()) == (True, [], 2)


@pytest.mark.django_db
def test_an_empty_portal_retires_nothing(portal):
    fetch_for_municipalities()
    portal.items = []
    assert not fetch_for_municipalities().outcome.applied
    assert Service.objects.filter(retired_on=None).count() == 450


def test_pages_are_kept_in_a_folder_of_their_own(tmp_path):
    (tmp_path / "notiz.txt").write_text("meins")
    for place, code in ((tmp_path, "not_empty"), (tmp_path / "notiz.txt", "not_a_folder")):
        with pytest.raises(ValidationError) as error:
            fetch_for_municipalities(keep_in=place)
        assert error.value.code == code


@pytest.mark.django_db
def test_the_command_fetches_only_when_asked_to(portal, capsys):
    call_command("import_catalogue", "--fetch", "--dry-run", "--json")
    said = json.loads(capsys.readouterr().out)
    assert (said["services"]["new"], said["applied"], said["problems"]) == (450, False, [])
    for arguments in ([], ["datei.csv", "--updated-since", "2026-11-01"]):
        with pytest.raises(CommandError) as error:
            call_command("import_catalogue", *arguments)
        assert error.value.returncode == 2


@pytest.mark.django_db
def test_a_portal_that_does_not_answer_is_exit_1_and_a_sentence(portal, capsys):
    portal.before = [patience(404)]
    with pytest.raises(SystemExit) as stopped:
        call_command("import_catalogue", "--fetch")
    assert stopped.value.code == 1 and "HTTP 404" in capsys.readouterr().out
