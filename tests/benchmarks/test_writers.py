"""Fifty writers at once: nothing lost, no error but honest conflicts, an event for every acknowledged change.

Through the HTTP door of a real server, each over a connection of its own, for a few seconds (WRITERS_SECONDS).
"""

import json
import os
import random
import re
import socket
import sqlite3
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from http.client import HTTPConnection
from urllib.parse import urlencode

import pytest
from django.contrib.sessions.backends.db import SessionStore
from django.db import connection

from ozg_tracker.accounts.signing_in.tokens import create_token
from ozg_tracker.tracking.models import MunicipalService, StatusChange
from tests import make

WRITERS, ROWS = 50, 20
SECONDS = float(os.environ.get("WRITERS_SECONDS", "4"))
BUSY = 503
SECRET = "only for this run" * 4
HEADERS = {"Content-Type": "application/json", "X-Forwarded-Proto": "https"}


@pytest.mark.django_db(transaction=True)
def test_fifty_writers_lose_nothing(tmp_path):
    rows = [make.row(make.service(key=f"99102013{100 + at}000", name=f"Leistung {at}")).pk for at in range(ROWS)]
    headers = HEADERS | {"Authorization": f"Bearer {create_token(make.user())}"}
    url, name = database(tmp_path)
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    with serving(url, port) as server, ThreadPoolExecutor(WRITERS) as pool:
        try:
            wait_for(port)
            end = time.monotonic() + SECONDS
            told = list(pool.map(lambda seed: write(port, headers, rows, seed, end), range(WRITERS)))
        finally:
            server.terminate()
    written, conflicts = sum(each[0] for each in told), sum(each[1] for each in told)
    errors = [error for each in told for error in each[2]]
    print(f"{connection.vendor}: {written / SECONDS:.0f} Änderungen/s, {conflicts} Konflikte, {len(errors)} Fehler")  # noqa: T201 (a benchmark prints its figure)
    assert errors == []
    assert counts(name) == (ROWS + written, ROWS + written)
    assert min(each[0] for each in told) > 0  # nobody is shut out


@pytest.mark.django_db(transaction=True)
def test_fifty_people_in_one_grid_lose_no_edit(tmp_path, settings):
    """Each as a browser does it: what it last saw goes along; what others changed meanwhile is decided, then sent."""
    rows = [make.row(make.service(key=f"99102013{100 + at}000", name=f"Leistung {at}")).pk for at in range(ROWS)]
    settings.SECRET_KEY = SECRET  # signs the sessions
    sessions = [session(make.user(f"person.{n}")) for n in range(WRITERS)]
    url, name = database(tmp_path)
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    with serving(url, port) as server, ThreadPoolExecutor(WRITERS) as pool:
        try:
            wait_for(port)
            end = time.monotonic() + SECONDS
            people = enumerate(sessions)
            told = list(pool.map(lambda each: work(port, each[1], rows, each[0], end), people))
        finally:
            server.terminate()
    saved, conflicts = [edit for each in told for edit in each[0]], sum(each[1] for each in told)
    print(f"{connection.vendor}: {len(saved) / SECONDS:.0f} Zellen/s, {conflicts} Konflikte")  # noqa: T201 (a benchmark prints its figure)
    assert [error for each in told for error in each[2]] == []
    assert counts(name) == (ROWS + len(saved), ROWS + len(saved))
    history = notes(name)
    assert [(history[row, version - 1], history[row, version]) for row, version, _seen, _note in saved] == [
        (seen, note) for _row, _version, seen, note in saved
    ]
    assert min(len(each[0]) for each in told) > 0


def session(person):
    made = SessionStore()
    made["_auth_user_id"] = str(person.pk)
    made["_auth_user_backend"] = "allauth.account.auth_backends.AuthenticationBackend"
    made["_auth_user_hash"] = person.get_session_auth_hash()
    made.save()
    return made.session_key


def work(port, key, rows, seed, end):
    """One person: what was saved as (row, version, the note seen, the note written), conflicts, errors."""
    chance, saved, conflicts, errors = random.Random(seed), [], 0, []
    token = "t" * 32
    cookies = f"__Host-sessionid={key}; __Host-csrftoken={token}"  # their names without DEBUG
    headers = {"Cookie": cookies, "X-Forwarded-Proto": "https", "Origin": f"https://127.0.0.1:{port}"}
    headers |= {"Content-Type": "application/x-www-form-urlencoded", "Accept": "application/json"}
    server = HTTPConnection("127.0.0.1", port, timeout=60)
    known = {}

    def send(row, **fields):
        sent = {"row": row, "names": "note", "csrfmiddlewaretoken": token} | {
            f"r{row}-{k}": v for k, v in fields.items()
        }
        status = BUSY
        while status == BUSY:  # nothing was saved, it says so, and who works on sends it again
            status, _etag, answer = ask(server, "POST", "/leistungen/zellen/", headers, urlencode(sent))
        return json.loads(answer) if status == 200 else errors.append((status, answer[:300]))

    while (time.monotonic() < end or not saved) and not errors:
        row = chance.choice(rows)
        if row not in known:
            drawn = send(row)
            if not drawn:
                break
            known[row] = seen_in(drawn)
        version, seen = known[row]
        note = f"{seed}-{len(saved)}"
        answer = send(row, version=version, note=note)
        if answer and answer["made"]:
            known[row] = int(answer["made"].partition(":")[2]), note
            saved.append((row, known[row][0], seen, note))
        elif answer:
            conflicts += 1
            del known[row]
    server.close()
    return saved, conflicts, errors


def seen_in(answer):
    """The version and the note of the one line that the server drew."""
    [version] = re.findall(r'name="r\d+-version" value="(\d+)"', answer["lines"])
    [note] = re.findall(r'<span class="t[^"]*">([^<]*)</span>', answer["lines"])
    return int(version), "" if note == "–" else note


def notes(name):
    """By row and version: the note after it, in the database the server wrote to."""
    asked = "SELECT row_id, version, note FROM {}tracking_statuschange"
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("ATTACH DATABASE %s AS written", [name])
            cursor.execute(asked.format("written."))
        else:
            cursor.execute(asked.format(""))
        found = {(row, version): note for row, version, note in cursor.fetchall()}
        if connection.vendor == "sqlite":
            cursor.execute("DETACH DATABASE written")
    return found


def database(tmp_path):
    """Where the server finds the rows: its address and name; a copy where they live in the memory of this process."""
    held = connection.settings_dict
    if connection.vendor == "sqlite":
        name = str(tmp_path / "writers.sqlite3")
        with connection.cursor() as cursor:
            cursor.execute("VACUUM INTO %s", [name])
        with closing(sqlite3.connect(name)) as copied:  # as every installation's is, from its first migration on
            copied.execute("PRAGMA journal_mode=WAL")
        return f"sqlite:///{name}", name
    who = f"{held['USER']}@{held['HOST']}:{held['PORT'] or 5432}"
    return f"postgres://{who}/{held['NAME']}", held["NAME"]


def serving(url, port):
    chosen = {
        "DATABASE_URL": url,
        "DEBUG": "False",
        "SECRET_KEY": SECRET,
        "ALLOWED_HOSTS": "127.0.0.1",
    }
    command = [sys.executable, "-m", "gunicorn", "ozg_tracker.wsgi", "--workers=2", f"--threads={WRITERS // 2}"]
    command += [f"--bind=127.0.0.1:{port}", "--keep-alive=60", "--log-level=error"]
    return subprocess.Popen(command, env=os.environ | chosen)


def wait_for(port):
    for _attempt in range(200):
        try:
            socket.create_connection(("127.0.0.1", port)).close()
        except OSError:
            time.sleep(0.1)
        else:
            return
    raise TimeoutError("the server does not answer")


def write(port, headers, rows, seed, end):
    """One writer: reads a row, changes it if nobody did since. What was acknowledged: changes, conflicts, errors."""
    chance, written, conflicts, errors = random.Random(seed), 0, 0, []
    server = HTTPConnection("127.0.0.1", port, timeout=60)
    while time.monotonic() < end or not (written or errors):
        path = f"/api/v1/municipal-services/{chance.choice(rows)}/"
        status, etag, answer = ask(server, "GET", path, headers)
        if status != 200:
            errors.append((status, answer))
            continue
        body = json.dumps({"note": f"{seed}-{written}"})
        status, _etag, answer = ask(server, "PATCH", path, headers | {"If-Match": etag}, body)
        if status == 200:
            written += 1
        elif status in {409, 412}:
            conflicts += 1
        else:
            errors.append((status, answer))
    server.close()
    return written, conflicts, errors


def ask(server, method, path, headers, body=None):
    server.request(method, path, body, headers)
    answer = server.getresponse()
    return answer.status, answer.headers.get("ETag", ""), answer.read()


def counts(name):
    """Events, and what the versions of the rows count, in the database the server wrote to."""
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute("ATTACH DATABASE %s AS written", [name])
            cursor.execute("SELECT count(*) FROM written.tracking_statuschange")
            events = cursor.fetchone()[0]
            cursor.execute("SELECT sum(version) FROM written.tracking_municipalservice")
            versions = cursor.fetchone()[0]
            cursor.execute("DETACH DATABASE written")
        return events, versions
    return StatusChange.objects.count(), sum(MunicipalService.objects.values_list("version", flat=True))
