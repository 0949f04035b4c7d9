"""What the databases themselves refuse, whoever writes."""

from datetime import date

import pytest
from django.core.management import CommandError, call_command
from django.db import IntegrityError, connection, transaction
from django.db.models import ProtectedError

from ozg_tracker.tracking.models import MunicipalService, StatusChange
from tests import make

pytestmark = pytest.mark.django_db
KEPT = "Statusänderungen können nicht geändert oder gelöscht werden"
ELSEWHERE = "gehören zu derselben Kommune"
DONE = "„fertig“ braucht einen Reifegrad"


@pytest.fixture
def row():
    return make.row(level=2)


@pytest.fixture
def elsewhere():
    return make.municipality("Anderstadt", "159990020020")


def refused(message):
    return pytest.raises(IntegrityError, match=message)


def test_an_event_cannot_be_changed(row):
    with refused(KEPT), transaction.atomic():
        StatusChange.objects.update(note="anders")
    with refused(KEPT), transaction.atomic():
        StatusChange.objects.update(recorded_at="2020-01-01T00:00:00Z")


def test_an_event_cannot_be_deleted(row):
    with refused(KEPT), transaction.atomic():
        StatusChange.objects.all()._raw_delete("default")


def test_a_row_with_events_cannot_be_deleted(row):
    with pytest.raises(ProtectedError):
        row.delete()


def test_done_below_the_conform_level_is_refused_on_row_and_event(row):
    with refused(DONE), transaction.atomic():
        MunicipalService.objects.update(state="done")
    with refused(DONE), transaction.atomic():
        make.event(row, state="done")
    with refused(DONE), transaction.atomic():
        make.row(make.service(key="99102013105000", name="Zweite"), state="done", level=2)
    make.event(row, state="done", level=3)


def test_an_event_belongs_to_the_municipality_of_its_row(row, elsewhere):
    row.municipality = elsewhere
    with refused(ELSEWHERE), transaction.atomic():
        make.event(row)


def test_a_department_belongs_to_the_municipality(row, elsewhere):
    strange = make.department("Amt dort", municipality=elsewhere)
    with refused(ELSEWHERE), transaction.atomic():
        MunicipalService.objects.update(department=strange)
    with refused(ELSEWHERE), transaction.atomic():
        make.event(row, department=strange)


@pytest.mark.parametrize("field", ["municipality", "service"])
def test_a_row_stays_the_same_service_of_the_same_municipality(row, elsewhere, field):
    other = elsewhere if field == "municipality" else make.service(key="99102013105000", name="Zweite")
    with refused("bleibt dieselbe Leistung derselben Kommune"), transaction.atomic():
        MunicipalService.objects.update(**{field: other})


def test_unknown_words_are_refused(row):
    with pytest.raises(IntegrityError), transaction.atomic():
        MunicipalService.objects.update(state="erledigt")


def test_a_version_has_one_event(row):
    with pytest.raises(IntegrityError), transaction.atomic():
        make.event(row, version=1)


def test_every_trigger_and_index_is_there_after_all_migrations():
    """A later migration that rebuilds a table loses them on SQLite, without a word."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SELECT count(*) FROM pg_trigger WHERE tgname ~ '^(event|row)_' AND NOT tgisinternal")
            triggers = cursor.fetchone()[0]
            cursor.execute("SELECT count(*) FROM pg_indexes WHERE indexname = 'event_as_of'")
        else:
            cursor.execute(
                "SELECT count(*) FROM sqlite_master WHERE type = 'trigger' AND tbl_name IN "
                "('tracking_statuschange', 'tracking_municipalservice')"
            )
            triggers = cursor.fetchone()[0]
            cursor.execute("SELECT count(*) FROM sqlite_master WHERE type = 'index' AND name = 'event_as_of'")
        assert (triggers, cursor.fetchone()[0]) == (7 if connection.vendor == "postgresql" else 11, 1)


@pytest.mark.postgres
def test_what_cannot_be_deleted_cannot_be_emptied_either():
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT tgrelid::regclass::text FROM pg_trigger WHERE NOT tgisinternal "
            "GROUP BY tgrelid HAVING bool_or(tgtype & 8 <> 0) AND NOT bool_or(tgtype & 32 <> 0)"
        )
        assert cursor.fetchall() == []


@pytest.mark.postgres
@pytest.mark.parametrize(
    "table",
    [
        *("tracking_statuschange", "tracking_municipalservice", "tracking_scoperule", "tracking_ownservicechange"),
        *("reports_edition", "reports_seal", "accounts_municipality", "catalog_service"),
    ],
)
def test_postgresql_refuses_to_empty_a_table_that_only_grows_also_by_cascade(row, table):
    with refused("Die Tabelle kann nicht geleert werden"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")  # nothing of this test's own stands in the way
        cursor.execute(f"TRUNCATE {table} CASCADE")


def test_flush_is_refused_and_leaves_everything(row, monkeypatch):
    operations = type(connection.ops)
    monkeypatch.setattr(operations, "sql_flush", operations.sql_flush.__wrapped__)  # as it is outside of tests
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE" if connection.vendor == "postgresql" else "SELECT 1")
    with pytest.raises(CommandError, match="Die Datenbank wird nicht geleert"):
        call_command("flush", interactive=False, verbosity=0)
    assert (StatusChange.objects.count(), MunicipalService.objects.count()) == (1, 1)


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("again", [1, 2])
def test_tests_that_commit_leave_nothing_behind_but_the_triggers(again):
    assert StatusChange.objects.count() == 0
    make.row(effective_on=date(2020, 1, 1))
    with refused(KEPT):
        StatusChange.objects.update(note="anders")
