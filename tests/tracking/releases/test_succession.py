"""A new service takes over what the municipalities knew of the old one; checked against an account in plain Python."""

from datetime import UTC, date, datetime, timedelta

import pytest
import time_machine
from django.core.exceptions import ValidationError
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ozg_tracker.accounts.models import Municipality
from ozg_tracker.tracking.models import MunicipalService, Responsibility, Source, StatusChange
from ozg_tracker.tracking.releases.succession import take_over
from ozg_tracker.tracking.rows.status import change_status
from reports.editions.verifying.rows import verify_rows
from tests import make

pytestmark = pytest.mark.django_db
OLD, NEW = "99102013104000", "99102013104001"
DAY = date(2026, 3, 2)
FIELDS = ("responsibility", "department", "owner", "state", "level", "planned_on", "online_url", "cases_per_year")
FIELDS = (*FIELDS, "note")


@pytest.fixture(autouse=True)
def _today():
    make.catalogue_import()
    make.catalogue_import(label="2026-03", applied_at=datetime(2026, 3, 1, 23, 30, tzinfo=UTC))
    with time_machine.travel("2026-04-10 10:00:00+00:00", tick=False):
        yield


def new_row(service, municipality=None, responsibility="unclear", **state):
    """A row as an import adds it: from the day of the import on, by the catalogue."""
    row = MunicipalService.objects.create(
        municipality=municipality or make.municipality(), service=service, responsibility=responsibility, **state
    )
    StatusChange.objects.create(
        municipality=row.municipality,
        row=row,
        version=1,
        responsibility=responsibility,
        effective_on=DAY,
        recorded_at=datetime(2026, 3, 1, 23, 30, tzinfo=UTC),
        source=Source.CATALOGUE,
        **state,
    )
    return row


def services():
    return make.service(OLD, "Hundesteuer"), make.service(NEW, "Hundesteuer neu")


def pairs_of(old, new):
    return [(old.pk, new.pk)]


def test_the_new_row_takes_over_the_whole_state_by_an_event_that_says_why():
    old, new = services()
    person, office = make.user("kim"), make.department("Steueramt")
    state = {"state": "done", "level": make.level(3), "planned_on": date(2026, 1, 1), "note": "läuft"}
    make.row(old, department=office, owner=person, online_url="https://a.example", cases_per_year=700, **state)
    row = new_row(new)
    assert take_over(pairs_of(old, new), municipalities=None, by=person, reason=" umbenannt ") == 1
    row.refresh_from_db()
    event = row.events.get(version=2)
    assert (row.version, row.responsibility, row.department, row.owner) == (2, "municipality", office, person)
    assert (row.online_url, row.cases_per_year) == ("https://a.example", 700)
    assert {name: getattr(row, name) for name in state} == state
    assert {name: getattr(event, name) for name in FIELDS} == {name: getattr(row, name) for name in FIELDS}
    assert (event.effective_on, event.by, event.source) == (DAY, person, Source.CATALOGUE)
    assert event.reason == f"Nachfolge von {OLD} Hundesteuer (Katalogstand 2026-03): umbenannt"
    assert event.recorded_at == datetime(2026, 4, 10, 10, tzinfo=UTC)


def test_a_second_run_does_nothing():
    old, new = services()
    make.row(old)
    new_row(new)
    given = {"municipalities": None, "by": None, "reason": "umbenannt"}
    assert [take_over(pairs_of(old, new), **given) for _ in range(2)] == [1, 0]


def test_a_row_somebody_has_decided_stays_even_where_it_is_unclear():
    old, new = services()
    make.row(old)
    row = new_row(new)
    change_status(row, {"note": "noch offen"}, seen_version=1, by=None, reason="", effective_on=DAY)
    assert take_over(pairs_of(old, new), municipalities=None, by=None, reason="umbenannt") == 0


def test_what_changed_since_the_import_holds_from_its_own_day():
    old, new = services()
    row = make.row(old)
    change_status(row, {"level": make.level(3)}, seen_version=1, by=None, reason="", effective_on=date(2026, 3, 20))
    taken = new_row(new)
    take_over(pairs_of(old, new), municipalities=None, by=None, reason="umbenannt")
    assert taken.events.get(version=2).effective_on == date(2026, 3, 20)


def test_a_municipality_without_a_row_gets_one_where_it_had_decided_the_old_one():
    old, new = services()
    make.row(old, state="planned")
    make.row(old, municipality=make.municipality("Anderswo", "159990020020"), responsibility="unclear")
    assert take_over(pairs_of(old, new), municipalities=None, by=None, reason="umbenannt") == 1
    made = MunicipalService.objects.get(service=new)
    assert (made.municipality.name, made.state, made.version, made.events.count()) == ("Musterstadt", "planned", 1, 1)
    assert list(verify_rows(made.municipality_id)) == []


def test_of_two_old_services_ours_comes_first():
    old, new = services()
    other = make.service("99102013104002", "Hundemarke")
    make.row(old, responsibility="district")
    make.row(other, state="planned")
    row = new_row(new)
    assert take_over([(old.pk, new.pk), (other.pk, new.pk)], municipalities=None, by=None, reason="vereint") == 1
    row.refresh_from_db()
    assert (row.responsibility, row.state) == ("municipality", "planned")


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"reason": " "}, "reason_required"),
        ({"reason": "x" * 2001}, "too_long"),
        ({"effective_on": date(2026, 4, 11)}, "in_future"),
        ({"effective_on": date(1999, 1, 1)}, "too_early"),
    ],
)
def test_without_a_reason_or_for_a_strange_day_it_is_refused(changed, code):
    with pytest.raises(ValidationError) as refused:
        take_over([], **{"municipalities": None, "by": None, "reason": "umbenannt"} | changed)
    assert refused.value.error_list[0].code == code


states = st.fixed_dictionaries(
    {
        "responsibility": st.sampled_from(Responsibility.values),
        "state": st.sampled_from(["open", "planned"]),
        "level": st.sampled_from([None, 0, 3]),
        "cases_per_year": st.sampled_from([None, 5]),
    }
)
# of each municipality: the old row, the new row, whether a person touched the new one, and the old one's day after the
# import's
any_municipalities = st.lists(
    st.tuples(st.none() | states, st.none() | states, st.booleans(), st.integers(0, 30)), min_size=1
)


def oracle(old, new, touched, late):
    """By the words of the rule: the state of the new row afterwards (None: no row), and the day of a new event."""
    if old is None or old == new:
        return new, None
    takes = old["responsibility"] != "unclear" if new is None else new["responsibility"] == "unclear" and not touched
    return (old, DAY + timedelta(late)) if takes else (new, None)


def laid_out(drawn, old, new):
    """The municipalities with these rows, by id."""
    found = {}
    for number, (before, after, touched, late) in enumerate(drawn):
        municipality = make.municipality(f"Stadt {number}", f"1599900{number:05d}")
        found[municipality.pk] = (before, after, touched, late)
        if before is not None:
            make.row(old, municipality=municipality, effective_on=DAY + timedelta(late), **before)
        if after is not None:
            level = None if after["level"] is None else make.level(after["level"])
            row = new_row(new, municipality, **after | {"level": level})
            if touched:
                changes = {"note": "gesehen"}, {"note": ""}
                for version, change in enumerate(changes, start=1):
                    change_status(row, change, seen_version=version, by=None, reason="", effective_on=DAY)
    return found


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(drawn=any_municipalities, some=st.none() | st.sets(st.integers(0, 3)))
def test_any_municipalities_come_out_as_the_rule_says(drawn, some):
    with transaction.atomic():
        old, new = services()
        municipalities = laid_out(drawn, old, new)
        chosen = None if some is None else {pk for number, pk in enumerate(municipalities) if number in some}
        expected = {
            pk: oracle(*given) if chosen is None or pk in chosen else (given[1], None)
            for pk, given in municipalities.items()
        }
        written = take_over(pairs_of(old, new), municipalities=chosen, by=None, reason="umbenannt")
        assert written == sum(day is not None for _state, day in expected.values())
        for pk, (state, day) in expected.items():
            assert told(pk, new, day) == (state, day)
            assert list(verify_rows(pk)) == []
        transaction.set_rollback(True)


def told(municipality, service, day):
    row = MunicipalService.objects.filter(municipality=municipality, service=service).first()
    if row is None:
        return None, None
    state = {
        "responsibility": row.responsibility,
        "state": row.state,
        "level": row.level and row.level.number,
        "cases_per_year": row.cases_per_year,
    }
    return state, day and row.events.order_by("-version").first().effective_on


def test_three_municipalities_ask_the_database_as_often_as_one():
    old, new = services()
    counts = []
    for number in range(3):
        make.row(old, municipality=make.municipality(f"Stadt {number}", f"15999001000{number}"))
        if number in (0, 2):
            with CaptureQueriesContext(connection) as caught:
                take_over(pairs_of(old, new), municipalities=None, by=None, reason="umbenannt")
            counts.append(len(caught))
    assert counts[0] == counts[1]
    assert StatusChange.objects.filter(source=Source.CATALOGUE).count() == Municipality.objects.count() == 3
