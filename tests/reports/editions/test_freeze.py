"""A month is frozen once, corrected with a reason, chained, approved, and then kept by the database itself."""

from datetime import UTC, date, datetime

import pytest
import time_machine
from django.core.exceptions import ValidationError
from django.core.management import CommandError, call_command
from django.db import IntegrityError, connection, transaction

from ozg_tracker.accounts.models import Role
from ozg_tracker.tracking.models import Evidence, MunicipalService, Source
from reports import canonical
from reports.editions.approving import approve_edition
from reports.editions.freeze import (
    freeze_edition,
    freeze_ended_months,
    months_without_events,
    would_differ,
)
from reports.models import LONGEST_CORRECTION, Edition
from tests import make

NOVEMBER = date(2022, 11, 1)
KNOWN = datetime(2022, 11, 3, tzinfo=UTC)


@pytest.fixture
def now():
    with time_machine.travel(datetime(2022, 12, 2, 8, tzinfo=UTC), tick=False) as traveller:
        yield traveller


@pytest.fixture
def row(db, now):
    return make.row(level=2, effective_on=date(2022, 10, 1), recorded_at=KNOWN)


def late_entry(row, **state):
    make.event(row, effective_on=date(2022, 11, 5), recorded_at=datetime(2022, 12, 2, 7, tzinfo=UTC), **state)


def test_an_edition_holds_the_canonical_figures_and_their_hash(row):
    coordinator = make.user()
    edition = freeze_edition(row.municipality, NOVEMBER, by=coordinator)
    assert (edition.number, edition.state, edition.previous_sha256) == (1, "draft", "")
    assert canonical.dumps(canonical.loads(edition.figures)) == edition.figures
    assert canonical.digest(edition.figures) == edition.sha256
    assert canonical.loads(edition.figures)["known_at"] == "2022-12-02T08:00:00.000000Z"
    assert (edition.known_at, edition.frozen_by) == (datetime(2022, 12, 2, 8, tzinfo=UTC), coordinator)


def test_the_same_month_with_nothing_new_is_the_same_edition(row, now):
    first = freeze_edition(row.municipality, NOVEMBER)
    now.shift(86400)
    assert freeze_edition(row.municipality, date(2022, 11, 17)) == first
    assert freeze_edition(row.municipality, NOVEMBER, correct="Es hieß, etwas sei neu") == first
    assert Edition.objects.count() == 1


def test_something_new_is_refused_with_what_would_differ(row):
    first = freeze_edition(row.municipality, NOVEMBER)
    late_entry(row, level=3)
    with pytest.raises(ValidationError) as refused:
        freeze_edition(row.municipality, NOVEMBER)
    assert refused.value.code == "differs"
    assert "November 2022 ist als Ausgabe 1 festgeschrieben" in refused.value.message
    assert "– fertig: 1 statt 0" in refused.value.message
    assert would_differ(first)[:3] == [
        "„Hundesteuer Anmeldung“: Reifegrad 3 statt 2, fertig ja statt nein",
        "fertig: 1 statt 0",
        "Reifegrad 2: 0 statt 1",
    ]
    assert Edition.objects.count() == 1


def test_a_correction_is_the_next_number_with_reason_and_differences(row):
    first = freeze_edition(row.municipality, NOVEMBER)
    late_entry(row, level=3)
    second = freeze_edition(row.municipality, NOVEMBER, correct=" Nachgemeldet ")
    assert (second.number, second.correction_reason, second.previous_sha256) == (2, "Nachgemeldet", first.sha256)
    assert "neu fertig, „Hundesteuer Anmeldung“ kommt hinzu" in second.differences.split("\n")
    assert freeze_edition(row.municipality, NOVEMBER) == second


def test_the_chain_follows_the_order_of_freezing_within_the_municipality(row):
    other = make.municipality("Nachbarstadt", "159990010020")
    november = freeze_edition(row.municipality, NOVEMBER)
    neighbour = freeze_edition(other, NOVEMBER)
    october = freeze_edition(row.municipality, date(2022, 10, 1))
    assert (neighbour.previous_sha256, october.previous_sha256) == ("", november.sha256)


def test_a_reason_that_is_too_long_is_refused_at_every_door(row, client):
    too_long = "x" * (LONGEST_CORRECTION + 1)
    freeze_edition(row.municipality, NOVEMBER)
    late_entry(row, level=3)
    for door in (
        lambda: freeze_edition(row.municipality, NOVEMBER, correct=too_long),
        lambda: call_command("freeze_report", f"--municipality={make.ARS}", "--month=2022-11", f"--correct={too_long}"),
    ):
        with pytest.raises((ValidationError, CommandError), match="höchstens 1000 Zeichen"):
            door()
    client.force_login(make.user())
    answer = client.post("/berichte/2022/11/berichtigen/", {"reason": too_long})
    assert (answer.status_code, Edition.objects.count()) == (400, 1)
    assert freeze_edition(row.municipality, NOVEMBER, correct="x" * LONGEST_CORRECTION).number == 2


def test_a_reason_where_nothing_is_frozen_is_refused(row):
    with pytest.raises(ValidationError) as refused:
        freeze_edition(row.municipality, NOVEMBER, correct="Berichtigung")
    assert refused.value.code == "nothing_to_correct"


@pytest.mark.parametrize(
    ("moment", "ended"),
    [
        (datetime(2022, 11, 30, 22, 59, tzinfo=UTC), False),
        (datetime(2022, 11, 30, 23, 0, tzinfo=UTC), True),  # midnight in Berlin
    ],
)
def test_a_month_ends_at_midnight_in_berlin(row, now, moment, ended):
    now.move_to(moment)
    if ended:
        assert freeze_edition(row.municipality, NOVEMBER).number == 1
        return
    with pytest.raises(
        ValidationError, match=r"November 2022 ist noch nicht zu Ende\. .* ab dem 01\.12\.2022"
    ) as refused:
        freeze_edition(row.municipality, NOVEMBER)
    assert refused.value.code == "month_not_ended"


@pytest.mark.parametrize(("month", "midnight"), [(date(2022, 3, 1), (31, 22)), (date(2022, 10, 1), (31, 23))])
def test_the_months_of_the_clock_change_end_at_berlins_midnight_too(db, now, month, midnight):
    day, hour = midnight
    row = make.row(level=2)
    now.move_to(datetime(2022, month.month, day, hour - 1, 59, tzinfo=UTC))
    with pytest.raises(ValidationError):
        freeze_edition(row.municipality, month)
    now.move_to(datetime(2022, month.month, day, hour, 0, tzinfo=UTC))
    assert freeze_edition(row.municipality, month).number == 1


def test_the_coordinator_approves_once(row, now):
    coordinator = make.user()
    edition = freeze_edition(row.municipality, NOVEMBER)
    approved = approve_edition(edition, coordinator)
    assert (approved.state, approved.approved_by) == ("approved", coordinator)
    now.shift(60)
    again = approve_edition(Edition.objects.get(), make.user("vertretung"))
    assert (again.approved_by, again.approved_at) == (coordinator, datetime(2022, 12, 2, 8, tzinfo=UTC))


@pytest.mark.parametrize("role", [Role.OPERATOR, Role.MANAGER, Role.STAFF, Role.COUNCIL])
def test_nobody_else_approves(row, role):
    edition = freeze_edition(row.municipality, NOVEMBER)
    department = make.department() if role in (Role.MANAGER, Role.STAFF) else None
    with pytest.raises(ValidationError) as refused:
        approve_edition(edition, make.user("andere", role, department=department))
    assert refused.value.code == "not_allowed"
    assert Edition.objects.get().state == "draft"


def test_with_the_setting_an_edition_is_approved_at_once(row, settings):
    settings.REPORT_AUTO_APPROVE = True
    edition = freeze_edition(row.municipality, NOVEMBER)
    assert (edition.state, edition.approved_at) == ("approved", edition.known_at)


def test_the_council_sees_approved_editions_only(row):
    coordinator, council = make.user(), make.user("rat", Role.COUNCIL)
    edition = freeze_edition(row.municipality, NOVEMBER)
    assert [list(Edition.objects.visible_to(user)) for user in (coordinator, council)] == [[edition], []]
    approve_edition(edition, coordinator)
    assert list(Edition.objects.visible_to(council)) == [edition]


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE reports_edition SET figures = '{}'",
        "UPDATE reports_edition SET sha256 = 'x'",
        "UPDATE reports_edition SET previous_sha256 = 'x'",
        "UPDATE reports_edition SET month = '2022-10-01'",
        "UPDATE reports_edition SET known_at = '2022-12-24'",
        "UPDATE reports_edition SET differences = 'keine'",
        "DELETE FROM reports_edition",
    ],
)
def test_the_database_keeps_what_is_frozen(row, change):
    freeze_edition(row.municipality, NOVEMBER)
    with pytest.raises(IntegrityError, match="Ausgaben sind festgeschrieben"), transaction.atomic():
        connection.cursor().execute(change)


def test_the_database_keeps_an_approval(row):
    approve_edition(freeze_edition(row.municipality, NOVEMBER), make.user())
    with pytest.raises(IntegrityError, match="bleibt genehmigt"), transaction.atomic():
        Edition.objects.update(state="draft", approved_at=None, approved_by=None)


@pytest.fixture
def told(row):
    """A month in which people first told something: October 2022."""
    event = make.event(row, effective_on=date(2022, 10, 4), recorded_at=datetime(2022, 10, 4, tzinfo=UTC))
    type(event).objects.bulk_create(
        [make_copy(event, source=Source.PAGE, version=event.version + 1)],
    )
    return row.municipality


def make_copy(event, **fields):
    copy = type(event)(**{field.attname: getattr(event, field.attname) for field in event._meta.concrete_fields})
    copy.pk = None
    for name, value in fields.items():
        setattr(copy, name, value)
    return copy


def test_ended_months_are_caught_up_once(told, now):
    assert [each.month for each in freeze_ended_months(told)] == [date(2022, 10, 1), NOVEMBER]
    assert freeze_ended_months(told) == []
    now.move_to(datetime(2023, 3, 1, tzinfo=UTC))
    assert freeze_ended_months(told) == []  # since November nothing was recorded
    make.event(MunicipalService.objects.get(), recorded_at=datetime(2023, 2, 20, tzinfo=UTC))
    later = [each.month for each in freeze_ended_months(told)]
    assert later == [date(2022, 12, 1), date(2023, 1, 1), date(2023, 2, 1)]


FEBRUARY = datetime(2023, 2, 20, tzinfo=UTC)


def signs_in(municipality):
    make.user("rat", Role.COUNCIL, last_login=FEBRUARY)


def another_municipality_tells(municipality):
    make.row(
        make.service("99102013060000"),
        municipality=make.municipality("Nachbarstadt", "159990010020"),
        recorded_at=FEBRUARY,
    )


def a_release_is_loaded(municipality):
    make.catalogue_import("2023-02", applied_at=FEBRUARY)


def proof_is_found(municipality):
    found = {"kind": Evidence.Kind.DIRECTORY, "found_on": FEBRUARY.date(), "recorded_at": FEBRUARY, "online": True}
    Evidence.objects.create(row=MunicipalService.objects.get(), **found)


@pytest.mark.parametrize("sign", [signs_in, another_municipality_tells, a_release_is_loaded, proof_is_found])
def test_a_quiet_month_is_frozen_once_anything_shows_that_it_has_passed(told, now, sign):
    freeze_ended_months(told)
    now.move_to(datetime(2023, 3, 1, tzinfo=UTC))
    assert "3 Monate ab Dezember 2022" in months_without_events(told)
    sign(told)
    assert [each.month for each in freeze_ended_months(told)] == [
        date(2022, 12, 1),
        date(2023, 1, 1),
        date(2023, 2, 1),
    ]
    assert months_without_events(told) == ""


def test_however_alive_the_installation_no_more_than_half_a_year_is_frozen_without_a_word_of_the_municipality(
    told, now
):
    now.move_to(datetime(2024, 1, 10, tzinfo=UTC))
    make.user("rat", Role.COUNCIL, last_login=datetime(2024, 1, 9, tzinfo=UTC))
    assert [each.month for each in freeze_ended_months(told)][-1] == date(2023, 5, 1)
    assert "7 Monate ab Juni 2023" in months_without_events(told)
    make.event(MunicipalService.objects.get(), recorded_at=datetime(2024, 1, 10, tzinfo=UTC))
    assert (len(freeze_ended_months(told)), months_without_events(told)) == (7, "")


def test_a_municipality_that_told_nothing_yet_waits(row):
    assert freeze_ended_months(row.municipality) == []


def test_a_municipality_that_first_told_this_month_begins_with_the_last(told, now):
    now.move_to(datetime(2022, 10, 5, tzinfo=UTC))
    assert [each.month for each in freeze_ended_months(told)] == [date(2022, 9, 1)]


def of_schema_1(edition):
    """`edition` as it was frozen before its forecast had another rule, in its place."""
    figures = canonical.loads(edition.figures)
    for name in ("gained", "services", "late", "promises", "unclear", "proven"):
        del figures[name]
    figures["movement"].pop("first_rated")
    for each in figures["deadlines"]:  # what nobody knew was told as nothing
        each |= {name: each[name] or 0 for name in ("in_scope", "open")}
    figures |= {"schema": 1, "forecast": {"status": "ok", "p50": "2026-05", "p85": None, "months": 12, "growth": 9}}
    figures["forecast"]["needed_per_month"] = []
    text = canonical.dumps(figures)
    fields = {name: getattr(edition, name) for name in ("municipality", "month", "known_at", "catalogue_import")}
    return Edition.objects.create(
        **fields, number=9, correction_reason="von früher", figures=text, sha256=canonical.digest(text)
    )


def test_an_edition_of_the_first_schema_stands_while_nothing_is_new(row):
    old = of_schema_1(freeze_edition(row.municipality, NOVEMBER))
    assert would_differ(old) == []
    assert freeze_edition(row.municipality, NOVEMBER) == old
    late_entry(row, level=3)
    assert would_differ(old)[:2] == ["fertig: 1 statt 0", "Reifegrad 2: 0 statt 1"]
    assert canonical.loads(freeze_edition(row.municipality, NOVEMBER, correct="Neues").figures)["schema"] == 2
