"""Deadlines change from a day on; months before keep what they said."""

from datetime import UTC, date, datetime

import pytest
import time_machine
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, connection, transaction
from django.urls import reverse
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ozg_tracker.accounts.departments.as_of import tree_as_of
from ozg_tracker.accounts.models import JournalEntry, Role
from ozg_tracker.tracking.deadlines.changing import Facts, end_deadline, facts_of, keep_deadline
from ozg_tracker.tracking.models import Deadline, DeadlineEvent, MunicipalService
from ozg_tracker.tracking.rows.overdue import in_scope
from reports.figures.deadlines import deadlines_of
from tests import make

pytestmark = pytest.mark.django_db
KITA = Facts("Kita online", date(2026, 12, 31), "Dienstanweisung 8/2026")
LATER = Facts("Kita online", date(2027, 3, 31), "Dienstanweisung 9/2026")


@pytest.fixture(autouse=True)
def _no_deadlines_of_the_law():
    Deadline.objects.all().delete()


def at(moment):
    return time_machine.travel(moment, tick=False)


def told(day, known_at=datetime(2199, 1, 1, tzinfo=UTC)):
    municipality = make.municipality()
    found = deadlines_of(municipality, day, known_at, tree_as_of(municipality.pk, day))
    return [(each.name, each.date) for each in found]


@pytest.fixture
def kita():
    with at("2026-05-04 10:00Z"):
        return keep_deadline(KITA, municipality=make.municipality(), by=make.user())


def test_a_deadline_stands_in_the_months_from_its_day_on(kita):
    assert told(date(2026, 5, 3)) == []
    assert told(date(2026, 5, 4)) == [("Kita online", date(2026, 12, 31))]
    entry = JournalEntry.objects.get()
    assert (entry.kind, entry.about, entry.after["date"]) == ("deadline", "Kita online", "2026-12-31")


def test_a_change_leaves_the_months_before_and_what_was_known(kita):
    with at("2026-11-20 10:00Z"):
        keep_deadline(
            LATER,
            municipality=kita.municipality,
            deadline=kita,
            effective_on=date(2026, 10, 1),
            reason="Lieferung",
            by=make.user("k2"),
        )
    kita.refresh_from_db()
    assert kita.date == LATER.date
    assert told(date(2026, 9, 30)) == [("Kita online", KITA.date)]
    assert told(date(2026, 10, 1)) == [("Kita online", LATER.date)]
    assert told(date(2026, 10, 1), datetime(2026, 11, 20, 9, tzinfo=UTC)) == [("Kita online", KITA.date)]


def test_what_is_ended_stays_in_the_months_before(kita):
    with at("2026-06-10 10:00Z"):
        end_deadline(kita, by=make.user("k2"))
    assert Deadline.objects.visible_to(make.user("k3")).count() == 0
    assert [len(told(day)) for day in (date(2026, 6, 9), date(2026, 6, 10))] == [1, 0]
    with pytest.raises(ValidationError, match="schon beendet"):
        end_deadline(kita, by=None)


def test_a_deadline_of_before_the_history_has_always_been(kita):
    law = Deadline.objects.create(name="OZG", date=date(2022, 12, 31), source="§ 1")
    assert told(date(2020, 1, 1)) == [("OZG", date(2022, 12, 31))]
    facts = Facts("OZG", date(2023, 12, 31), "§ 1")
    keep_deadline(facts, municipality=None, deadline=law, by=None)
    assert told(date(2020, 1, 1), datetime(2020, 1, 1, tzinfo=UTC)) == [("OZG", date(2022, 12, 31))]
    assert told(date(2199, 1, 1))[0] == ("OZG", date(2023, 12, 31))


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"effective_on": date(2030, 1, 1)}, "zwischen August 2017 und drei Jahren"),
        ({"effective_on": date(1999, 1, 1)}, "zwischen August 2017 und drei Jahren"),
        ({"facts": Facts("Amt", date(2027, 1, 1), "x", scope="department")}, "wählen Sie den Fachbereich"),
        ({"facts": Facts("Bündel", date(2027, 1, 1), "x", scope="bundles")}, "nennen Sie die OZG-Leistungen"),
        ({"facts": Facts("Kita online", date(2027, 1, 1), "x")}, "gibt es schon"),
        ({"facts": Facts("", date(2027, 1, 1), "x")}, "leer"),
        ({"facts": Facts("Quelle", date(2027, 1, 1), "")}, "leer"),
    ],
)
def test_nonsense_is_refused_and_changes_nothing(kita, change, sentence):
    given = {"facts": Facts("Neu", date(2027, 1, 1), "x")} | change
    with pytest.raises(ValidationError, match=sentence), transaction.atomic():
        keep_deadline(given.pop("facts"), municipality=kita.municipality, by=None, **given)
    assert (Deadline.objects.count(), DeadlineEvent.objects.count()) == (1, 1)


def test_a_department_of_another_municipality_is_refused(kita):
    elsewhere = make.department("Amt", municipality=make.municipality("Anderstadt", "159990020020"))
    facts = Facts("Amt", date(2027, 1, 1), "x", scope="department", department=elsewhere)
    with pytest.raises(ValidationError, match="wählen Sie den Fachbereich"):
        keep_deadline(facts, municipality=kita.municipality, by=None)


def test_who_may_not_is_refused(kita):
    for who in (make.user("amt", Role.STAFF), make.user("betrieb", Role.OPERATOR)):
        with pytest.raises(PermissionDenied):
            keep_deadline(LATER, municipality=kita.municipality, deadline=kita, by=who)
    with pytest.raises(PermissionDenied):
        keep_deadline(Facts("OZG 2", date(2027, 1, 1), "x"), municipality=None, by=make.user("k2"))
    with pytest.raises(ValidationError, match="nichts geändert"):
        keep_deadline(facts_of(kita), municipality=kita.municipality, deadline=kita, by=None)


def test_events_are_kept(kita):
    for statement in ("UPDATE tracking_deadlineevent SET name = 'anders'", "DELETE FROM tracking_deadlineevent"):
        with pytest.raises(IntegrityError, match="kann nicht geändert oder gelöscht"), transaction.atomic():
            connection.cursor().execute(statement)


def test_a_department_counts_with_all_below_it():
    top = make.department("Soziales")
    below = make.department("Kita", parent=top)
    rows = [make.row(make.service(f"9900000000000{n}"), department=each) for n, each in enumerate((top, below, None))]
    facts = Facts("Amt", date(2027, 1, 1), "x", scope="department", department=top)
    kept = keep_deadline(facts, municipality=make.municipality(), by=None)
    assert set(in_scope(MunicipalService.objects.all(), [kept])) == set(rows[:2])


DAYS = st.integers(0, 6)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.tuples(DAYS, st.integers(1, 9), st.booleans()), min_size=1, max_size=6), DAYS, DAYS)
def test_any_history_is_read_as_a_plain_search_finds_it(changes, day, known):
    with transaction.atomic():
        municipality, said = make.municipality(), []
        for number, (effective, due, ended) in enumerate(changes):
            moment, on = datetime(2026, 3, 1 + number, 12, tzinfo=UTC), date(2026, 2, 1 + effective)
            with at(moment):
                found = Deadline.objects.filter(municipality=municipality).first()
                facts = Facts("Rat", date(2027, 1, due), "x")
                try:
                    if ended and found:
                        end_deadline(found, effective_on=on, by=None)
                    else:
                        keep_deadline(facts, municipality=municipality, deadline=found, effective_on=on, by=None)
                        ended = False
                except ValidationError:
                    continue
            said.append((on, number, moment, None if ended else facts.date))
        instant, on = datetime(2026, 3, 1 + known, 13, tzinfo=UTC), date(2026, 2, 1 + day)
        last = max((each for each in said if each[0] <= on and each[2] <= instant), default=None)
        expected = [] if last is None or last[3] is None else [("Rat", last[3])]
        assert told(on, instant) == expected
        transaction.set_rollback(True)


def test_the_page_sets_changes_and_ends_a_deadline(client, kita):
    client.force_login(make.user("k2"))
    entered = {"name": "Rat", "date": "31.01.2027", "scope": "all", "source": "Beschluss", "effective_on": "2026-11-01"}
    with at("2026-11-24 10:00Z"):
        assert client.post(reverse("deadlines"), entered | {"date": "morgen"}).status_code == 400
        assert client.post(reverse("deadlines"), entered).headers["Location"] == reverse("deadlines")
        rat = Deadline.objects.get(name="Rat")
        page = client.get(reverse("deadlines")).text
        assert "noch 68 Tage" in page and "keine Leistung" in page and "0 von 0" not in page
        changed = entered | {"date": "2027-02-28", "reason": "später"}
        assert client.post(reverse("deadline", args=[rat.pk]), changed).status_code == 302
        assert "28.02.2027" in client.get(reverse("deadline", args=[rat.pk])).text
        unknown = entered | {"name": "B", "scope": "bundles", "bundles": "99999"}
        assert "steht nicht im Katalog" in client.post(reverse("deadlines"), unknown).text
        assert (
            client.post(reverse("end_deadline", args=[rat.pk]), {"ende-effective_on": "2026-11-24"}).status_code == 302
        )
        assert client.get(reverse("deadline", args=[rat.pk])).status_code == 404


def test_the_page_says_unknown_where_nobody_can_know(client):
    Deadline.objects.create(name="SDG", date=date(2023, 12, 12), source="SDG-VO", scope="sdg")
    client.force_login(make.user("amt", Role.STAFF))
    page = client.get(reverse("deadlines")).text
    assert "unbekannt" in page and "0 von 0" not in page and "Frist anlegen" not in page
