"""The maturity model of a municipality changes from a day on; the days before keep theirs."""

from datetime import UTC, date, datetime, timedelta

import pytest
import time_machine
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.management import CommandError, call_command
from django.db import DatabaseError, IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from ozg_tracker.accounts.maturity import call_off, change_model, come_due, model_on, planned_changes
from ozg_tracker.accounts.models import JournalEntry, MaturityModelEvent, Municipality
from ozg_tracker.jobs.due import JOBS
from tests import make

pytestmark = pytest.mark.django_db
DAY = date(2026, 3, 1)


@pytest.fixture
def newer():
    return make.maturity_model("2.0")


@pytest.fixture
def changed(municipality, coordinator, newer):
    with time_machine.travel(datetime(2026, 3, 10, 12, tzinfo=UTC), tick=False):
        change_model(municipality, newer, effective_on=DAY, reason="Beschluss des Rates", by=coordinator)
    return municipality


def on(municipality, day, known_at=None):
    return model_on(Municipality.objects.get(pk=municipality.pk), day, known_at).version


def test_the_days_before_keep_their_model(changed):
    assert [on(changed, day) for day in (date(2020, 1, 1), date(2026, 2, 28), DAY, date(2026, 12, 31))] == [
        *("1.1", "1.1", "2.0", "2.0")
    ]
    assert (changed.maturity_model.version, changed.maturity_model_since) == ("2.0", DAY)


def test_before_it_was_recorded_nobody_knew_it(changed):
    before, after = datetime(2026, 3, 10, 11, 59, tzinfo=UTC), datetime(2026, 3, 10, 12, tzinfo=UTC)
    assert [on(changed, DAY, known_at) for known_at in (before, after)] == ["1.1", "2.0"]


def test_it_can_change_back_and_the_day_from_which_it_holds_follows(changed, coordinator):
    older = make.maturity_model()
    change_model(changed, older, effective_on=date(2026, 6, 1), reason="Zurück", by=coordinator)
    assert [on(changed, day) for day in (date(2026, 2, 1), date(2026, 5, 31), date(2026, 6, 1))] == [
        *("1.1", "2.0", "1.1")
    ]
    change_model(changed, older, effective_on=DAY, reason="Nie eingeführt", by=coordinator)
    changed.refresh_from_db()
    assert (changed.maturity_model, changed.maturity_model_since, on(changed, date(2026, 4, 1))) == (
        *(older, date(2017, 8, 18)),
        "1.1",
    )


def test_who_did_it_and_why_stands_in_the_journal(changed, coordinator):
    entry = JournalEntry.objects.get()
    assert (entry.kind, entry.by, entry.reason) == ("municipality", coordinator, "Beschluss des Rates")
    assert (entry.before, entry.after) == (
        {"maturity_model": "1.1"},
        {"maturity_model": "2.0", "effective_on": "2026-03-01"},
    )


@pytest.mark.parametrize(
    ("said", "field", "code"),
    [
        ({"effective_on": date(2099, 1, 1)}, "effective_on", "too_far"),
        ({"effective_on": date(2017, 8, 17)}, "effective_on", "too_early"),
        ({"effective_on": date(2025, 6, 30)}, "effective_on", "before_the_model"),
        ({"reason": "  "}, "reason", "reason_required"),
        ({"reason": "x" * 501}, "reason", "reason_too_long"),
        ({"version": "1.1"}, "model", "nothing_to_do"),
    ],
)
def test_nonsense_is_refused_with_a_sentence_and_changes_nothing(municipality, coordinator, said, field, code):
    given = {"effective_on": DAY, "reason": "Beschluss"} | said
    model = make.maturity_model(given.pop("version", "2.0"))
    with pytest.raises(ValidationError) as refused:
        change_model(municipality, model, **given, by=coordinator)
    assert {name: [each.code for each in errors] for name, errors in refused.value.error_dict.items()} == {
        field: [code]
    }
    assert MaturityModelEvent.objects.count() == 0


def test_a_change_of_a_day_to_come_waits_and_holds_on_its_day(municipality, coordinator, newer):
    with time_machine.travel("2026-02-10 12:00Z", tick=False):
        change_model(municipality, newer, effective_on=DAY, reason="Beschluss", by=coordinator)
        municipality.refresh_from_db()
        assert (municipality.maturity_model.version, on(municipality, DAY)) == ("1.1", "2.0")
        assert [each.effective_on for each in planned_changes(municipality)] == [DAY]
        assert come_due(municipality, date(2026, 2, 28)) == 0
    with time_machine.travel("2026-03-01 01:00Z", tick=False):
        assert planned_changes(municipality) == []
        assert JOBS["effective"](municipality, timezone.now()) == 1
        municipality.refresh_from_db()
        assert (municipality.maturity_model.version, municipality.maturity_model_since) == ("2.0", DAY)
        assert come_due(municipality, DAY) == 0


def test_what_is_called_off_never_holds_and_what_holds_is_not_called_off(municipality, coordinator, manager, newer):
    with time_machine.travel("2026-02-10 12:00Z", tick=False):
        planned = change_model(municipality, newer, effective_on=DAY, reason="Beschluss", by=coordinator)
        with pytest.raises(PermissionDenied):
            call_off(planned, by=manager)
        call_off(planned, by=coordinator, reason="vertagt")
        assert planned_changes(municipality) == [] and on(municipality, DAY) == "1.1"
        with pytest.raises(ValidationError, match="schon abgesagt"):
            call_off(planned, by=coordinator)
        assert MaturityModelEvent.objects.latest("pk").reason == "Abgesagt: vertagt"
        again = change_model(municipality, newer, effective_on=DAY, reason="doch", by=coordinator)
    with time_machine.travel("2026-03-02 12:00Z", tick=False):
        come_due(municipality, date(2026, 3, 2))
        with pytest.raises(ValidationError, match="gilt schon"):
            call_off(again, by=coordinator)


def test_only_the_coordination_changes_it(municipality, manager, newer):
    with pytest.raises(PermissionDenied):
        change_model(municipality, newer, reason="Beschluss", by=manager)


def test_a_municipality_that_never_changed_it_costs_no_query(municipality):
    with CaptureQueriesContext(connection) as queries:
        assert model_on(municipality, DAY).version == "1.1"
    assert len(queries) == 0


@pytest.mark.parametrize("deed", ["update", "delete"])
def test_what_held_can_be_neither_changed_nor_deleted(changed, deed):
    events = MaturityModelEvent.objects.all()
    with pytest.raises(DatabaseError, match="kann nicht geändert oder gelöscht werden"), transaction.atomic():
        events.update(reason="anders") if deed == "update" else events._raw_delete(events.db)


def test_the_database_refuses_a_day_before_the_law(municipality, newer):
    with pytest.raises(IntegrityError), transaction.atomic():
        MaturityModelEvent.objects.create(
            municipality=municipality, model=newer, effective_on=date(2017, 8, 17), recorded_at="2026-01-01T00:00Z"
        )


def test_by_command(municipality, capsys):
    call_command(
        "change_maturity_model", "2.0", municipality=municipality.ars, effective_on="01.03.2026", reason="Beschluss"
    )
    assert "Ab 2026-03-01 gilt das Reifegradmodell 2.0. Umgerechnet wurde nichts." in capsys.readouterr().out
    assert on(municipality, DAY) == "2.0"


@pytest.mark.parametrize(
    ("model", "day", "said"),
    [
        ("9.9", "", "Ein Reifegradmodell „9.9“ gibt es nicht. Bekannt sind: 1.1, 2.0."),
        ("2.0", "gestern", "„gestern“ ist kein Tag"),
    ],
)
def test_a_command_that_cannot_be_is_refused(municipality, model, day, said):
    with pytest.raises(CommandError, match=said) as refused:
        call_command(
            "change_maturity_model", model, municipality=municipality.ars, effective_on=day, reason="Beschluss"
        )
    assert refused.value.returncode == 1


def test_a_command_calls_a_planned_change_off(municipality, newer, capsys):
    soon = timezone.localdate() + timedelta(days=30)
    change_model(municipality, newer, effective_on=soon, reason="Beschluss", by=None)
    said = {"municipality": municipality.ars, "call_off": soon.isoformat(), "reason": "vertagt"}
    call_command("change_maturity_model", **said)
    assert capsys.readouterr().out == f"Der Wechsel zum Reifegradmodell 2.0 am {soon} ist abgesagt.\n"
    assert (planned_changes(municipality), on(municipality, soon)) == ([], "1.1")
    with pytest.raises(CommandError, match=f"Für den {soon} ist kein Wechsel geplant. Geplant ist: –."):
        call_command("change_maturity_model", **said)


@pytest.mark.parametrize(
    "given", [[], ["2.0", "--call-off", "01.03.2030"], ["--call-off", "1.3.2030", "--effective-on", "2.3.2030"]]
)
def test_a_command_changes_the_model_or_calls_a_change_off(municipality, given):
    with pytest.raises(CommandError, match="Bitte nennen Sie ein Reifegradmodell, oder mit --call-off allein den Tag"):
        call_command("change_maturity_model", *given, "--municipality", municipality.ars, "--reason", "Beschluss")
    assert planned_changes(municipality) == []
