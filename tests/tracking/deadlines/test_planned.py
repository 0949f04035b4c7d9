"""A deadline may be set, changed and ended from a day to come, and called off before; a list of services is a scope."""

from datetime import UTC, date, datetime

import pytest
import time_machine
from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection, transaction
from django.urls import reverse
from django.utils import timezone

from ozg_tracker.accounts.departments.as_of import tree_as_of
from ozg_tracker.jobs.due import JOBS
from ozg_tracker.tracking.deadlines.changing import Facts, call_off, come_due, end_deadline, keep_deadline, planned
from ozg_tracker.tracking.models import Deadline, DeadlineEvent, MunicipalService
from ozg_tracker.tracking.rows.naming import rows_named
from ozg_tracker.tracking.rows.overdue import Hits, hits, in_scope
from reports.figures.deadlines import deadlines_of
from tests import make

pytestmark = pytest.mark.django_db
KITA = Facts("Kita online", date(2026, 12, 31), "Dienstanweisung 8/2026")
LATER = Facts("Kita online", date(2027, 3, 31), "Dienstanweisung 9/2026")
TODAY, FIRST = date(2026, 11, 24), date(2027, 1, 1)


@pytest.fixture(autouse=True)
def _today():
    Deadline.objects.all().delete()
    with time_machine.travel("2026-11-24 10:00Z", tick=False):
        yield


def keep(facts, deadline=None, day=None, by=None):
    return keep_deadline(facts, municipality=make.municipality(), deadline=deadline, effective_on=day, by=by)


def standing():
    return [(each.name, each.date) for each in Deadline.objects.standing()]


def told(day):
    municipality = make.municipality()
    found = deadlines_of(municipality, day, datetime(2199, 1, 1, tzinfo=UTC), tree_as_of(municipality.pk, day))
    return [each.date for each in found]


def test_a_new_one_of_a_day_to_come_begins_on_it_by_the_job():
    keep(KITA, day=FIRST)
    assert (standing(), told(TODAY), told(FIRST)) == ([], [], [KITA.date])
    with time_machine.travel("2027-01-01 01:00Z"):
        assert JOBS["effective"](make.municipality(), timezone.now()) == 1
        assert standing() == [("Kita online", KITA.date)]
        assert come_due(make.municipality(), FIRST) == 0


def test_a_change_and_an_end_of_days_to_come_wait_and_can_be_called_off():
    kita = keep(KITA)
    keep(LATER, kita, FIRST)
    end_deadline(kita, effective_on=date(2027, 6, 1), by=None)
    assert standing() == [("Kita online", KITA.date)]
    change, end = planned(kita)
    assert (change.date, change.effective_on, end.ended) == (LATER.date, FIRST, True)
    call_off(change, by=None)
    with pytest.raises(ValidationError, match="schon abgesagt"):
        call_off(change, by=None)
    assert [event.pk for event in planned(kita)] == [end.pk]
    assert (told(FIRST), told(date(2027, 6, 1))) == ([KITA.date], [])
    call_off(end, by=None)
    assert planned(kita) == [] and told(date(2027, 6, 1)) == [KITA.date]


def test_a_new_one_that_is_called_off_never_begins_and_may_be_set_again():
    kita = keep(KITA, day=FIRST)
    call_off(planned(kita)[0], by=None)
    assert told(FIRST) == []
    with time_machine.travel("2027-01-02 10:00Z"):
        come_due(make.municipality(), date(2027, 1, 2))
        assert standing() == []
        assert keep(LATER).pk == kita.pk
        assert standing() == [("Kita online", LATER.date)]


def test_one_that_has_ended_goes_on_under_its_name_with_its_history():
    kita = keep(KITA)
    end_deadline(kita, effective_on=TODAY, by=None)
    again = keep(LATER)
    assert (again.pk, again.events.count(), standing()) == (kita.pk, 3, [("Kita online", LATER.date)])


def test_a_name_that_is_planned_is_taken():
    rat = keep(Facts("Rat", date(2027, 1, 1), "x"))
    keep(Facts("Stadtrat", date(2027, 1, 1), "x"), rat, FIRST)
    with pytest.raises(ValidationError, match="gibt es schon"):
        keep(Facts("Stadtrat", date(2028, 1, 1), "y"))


@pytest.fixture
def rows():
    return [make.row(make.service(f"9900000000000{n}", f"Leistung {n}"), level=3 * (n == 1)) for n in (1, 2, 3)]


def listed(rows, name="Meldewesen"):
    return Facts("Melden", date(2027, 6, 30), "Beschluss", "list", list_name=name, rows=[row.pk for row in rows])


def test_a_list_of_services_is_a_scope_of_pages_and_figures(rows):
    found = keep(listed(rows[:2]))
    assert list(in_scope(MunicipalService.objects.order_by("pk"), [found])) == rows[:2]
    assert hits(make.municipality(), found) == hits(make.municipality(), listed(rows[:2])) == Hits(2, 1)
    due = deadlines_of(make.municipality(), TODAY, datetime(2199, 1, 1, tzinfo=UTC), {})
    assert [each.rows for each in due] == [{row.pk for row in rows[:2]}]
    with pytest.raises(IntegrityError, match="nicht geändert"), transaction.atomic():
        connection.cursor().execute("DELETE FROM tracking_deadlineevent_rows")


def test_a_list_needs_a_name_and_services(rows):
    for facts in (listed([]), listed(rows, name=" ")):
        with pytest.raises(ValidationError, match="geben Sie der Liste einen Namen"):
            keep(facts)


def test_a_text_names_rows_by_key_name_or_several_keys_a_line(rows):
    make.own_row("Bürgerbus, Linie 2")
    text = "99 000 000 000 001\nleistung 2; 99000000000003, 99000000000002\nBürgerbus, Linie 2\nNichts"
    named = rows_named(make.municipality(), text)
    assert (len(named.rows), named.unknown) == (4, ["Nichts"])


ENTERED = {"name": "Melden", "date": "2027-06-30", "source": "Beschluss", "effective_on": "2026-11-24"}


def test_the_page_previews_what_a_deadline_hits_and_changes_nothing(client, rows):
    client.force_login(make.user())
    sent = ENTERED | {"scope": "list", "list_name": "Meldewesen", "services": "99000000000001\n99000000000002"}
    page = client.post(reverse("deadlines"), sent | {"preview": "1"})
    assert page.status_code == 200 and "Betrifft 2 Leistungen, davon 1 noch offen." in page.text
    assert "Frühere Monate bleiben" in page.text and Deadline.objects.count() == 0
    early = client.post(reverse("deadlines"), sent | {"preview": "1", "effective_on": "2026-10-01"}).text
    assert "Monate, die am 01.10.2026 oder später enden" in early
    nobody = client.post(reverse("deadlines"), ENTERED | {"scope": "sdg", "preview": "1"}).text
    assert "unbekannt: Keine trägt das SDG-Merkmal" in nobody
    assert client.post(reverse("deadlines"), sent).status_code == 302
    assert "Liste „Meldewesen“: 2 Leistungen" in client.get(reverse("deadlines")).text
    form = client.get(reverse("deadline", args=[Deadline.objects.get().pk])).context["form"]
    assert form["services"].value() == "99000000000001\n99000000000002"
    assert "nicht eindeutig oder nicht bekannt: X" in client.post(reverse("deadlines"), sent | {"services": "X"}).text


def test_the_page_shows_what_is_planned_and_calls_it_off(client):
    client.force_login(make.user())
    sent = ENTERED | {"scope": "all", "effective_on": "2027-01-01"}
    assert client.post(reverse("deadlines"), sent).status_code == 302
    page = client.get(reverse("deadlines")).text
    assert "Vorgesehen" in page and "ab 01.01.2027: Melden" in " ".join(page.split())
    event = DeadlineEvent.objects.get()
    page = client.post(reverse("call_off_deadline", args=[event.pk]), {"reason": "doch nicht"}, follow=True).text
    assert "Abgesagt" in page and "Vorgesehen" not in page
    assert "schon abgesagt" in client.post(reverse("call_off_deadline", args=[event.pk]), follow=True).text
