"""A row still holds: said by one press, kept as an event, taken back by another."""

from datetime import UTC, date, datetime

import pytest
import time_machine
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import DatabaseError, transaction

from ozg_tracker.accounts.models import Role
from ozg_tracker.tracking.models import Confirmation
from ozg_tracker.tracking.rows.confirming import confirm, last_said, unconfirm
from ozg_tracker.tracking.rows.rights import rights_in
from ozg_tracker.tracking.rows.status import change_status
from tests import make
from tests.api.programs import Program

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]
NOW = datetime(2026, 3, 10, 9, tzinfo=UTC)


@pytest.fixture
def clock():
    with time_machine.travel(NOW, tick=False) as traveller:
        yield traveller


@pytest.fixture
def row():
    return make.row(make.service(), department=make.department("Bauamt"))


def said(row, by, **seen):
    municipality = make.municipality()
    return confirm(municipality, seen or {row.pk: row.version}, by=by, rights=rights_in(municipality, by))


def test_what_is_confirmed_was_last_said_then_until_it_is_taken_back(row):
    person, municipality = make.user(), make.municipality()
    assert last_said(municipality, [row.pk]) == {}
    said(row, person)
    assert last_said(municipality, [row.pk]) == {row.pk: NOW}
    unconfirm(municipality, row.pk, by=person)
    assert last_said(municipality, [row.pk]) == {}
    assert Confirmation.objects.count() == 2
    with pytest.raises(ValidationError, match="keine Bestätigung von Ihnen"):
        unconfirm(municipality, row.pk, by=person)


def test_a_change_is_a_word_too_and_the_later_one_counts(row, clock):
    person, municipality = make.user(), make.municipality()
    said(row, person)
    clock.move_to(datetime(2026, 3, 11, 9, tzinfo=UTC))
    today = date(2026, 3, 11)
    change_status(row, {"note": "neu"}, seen_version=1, by=person, reason="", effective_on=today)
    assert last_said(municipality, [row.pk]) == {row.pk: datetime(2026, 3, 11, 9, tzinfo=UTC)}


def test_nothing_is_confirmed_that_was_changed_since_or_is_anothers(row):
    municipality, person = make.municipality(), make.user()
    with pytest.raises(ValidationError, match="inzwischen geändert"):
        confirm(municipality, {row.pk: 7}, by=person, rights=rights_in(municipality, person))
    with pytest.raises(ValidationError, match="mindestens eine Leistung"):
        confirm(municipality, {}, by=person, rights=rights_in(municipality, person))
    clerk = make.user("kim", Role.STAFF, department=row.department)
    with pytest.raises(PermissionDenied):
        said(row, clerk)
    assert Confirmation.objects.count() == 0


def test_what_was_confirmed_stays_said(row):
    said(row, make.user())
    for attempt in (lambda: Confirmation.objects.update(version=9), lambda: Confirmation.objects.all().delete()):
        with pytest.raises(DatabaseError), transaction.atomic():
            attempt()


def test_the_page_of_a_row_confirms_and_takes_back(client, row):
    client.force_login(make.user())
    page = client.get(f"/leistungen/{row.pk}/").text
    assert "Zuletzt bestätigt: nie" in page and "Meine Bestätigung zurücknehmen" not in page
    place = f"/leistungen/{row.pk}/bestaetigen/"
    assert client.post(place, {"version": row.version}).status_code == 302
    page = client.get(f"/leistungen/{row.pk}/").text
    assert "Zuletzt bestätigt: 10.03.2026" in page and "Meine Bestätigung zurücknehmen" in page
    assert "inzwischen geändert" in client.post(place, {"version": 7}, follow=True).text
    assert "zurückgenommen" in client.post(place, {"do": "back"}, follow=True).text
    assert "Zuletzt bestätigt: nie" in client.get(f"/leistungen/{row.pk}/").text


def test_many_are_confirmed_where_they_are_found(client, row):
    client.force_login(make.user())
    other = make.row(make.service("99102013104001"))
    page = client.get("/datenqualitaet/unconfirmed/").text
    assert f'name="version_{row.pk}" value="1"' in page and "Ausgewählte stimmen noch" in page
    sent = {"rows": [row.pk, other.pk], f"version_{row.pk}": 1, f"version_{other.pk}": 1}
    answer = client.post("/datenqualitaet/unconfirmed/bestaetigen/", sent, follow=True).text
    assert "2 Leistungen sind bestätigt." in answer and "Keine Leistung hat diesen Befund" in answer


def test_the_api_confirms_what_was_read(row):
    program = Program(make.user())
    sent = {"services": [{"id": row.pk, "version": 1}]}
    done = {"confirmed": 1, "recorded_at": "2026-03-10T10:00:00+01:00"}
    assert program.send("municipal-services/confirm/", sent).json() == done
    stale = program.send("municipal-services/confirm/", {"services": [{"id": row.pk, "version": 7}]})
    gone = program.send("municipal-services/confirm/", {"services": [{"id": 999999, "version": 1}]})
    assert (stale.status_code, gone.status_code) == (400, 400)
    assert last_said(make.municipality(), [row.pk]) == {row.pk: NOW}


def test_what_was_confirmed_in_one_go_is_taken_back_as_one_by_whoever_said_it(row, client):
    other = make.row(make.service("99102013104001"))
    program = Program(make.user())
    sent = {"services": [{"id": row.pk, "version": 1}, {"id": other.pk, "version": 1}]}
    made = program.send("municipal-services/confirm/", sent).json()
    back = {"municipality": make.municipality().pk, "recorded_at": made["recorded_at"]}
    stranger = Program(make.user("amtsleitung", "manager", department=make.department()))
    assert stranger.send("municipal-services/take-back/", back).status_code == 403
    assert program.send("municipal-services/take-back/", back).json() == {"results": [], "unconfirmed": 2}
    assert last_said(make.municipality(), [row.pk, other.pk]) == {}
    assert program.send("municipal-services/take-back/", back).status_code == 400
