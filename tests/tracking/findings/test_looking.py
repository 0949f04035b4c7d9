from datetime import UTC, date, datetime

import pytest
import time_machine
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import DatabaseError, connection, transaction
from django.test.utils import CaptureQueriesContext

from ozg_tracker.accounts.models import Role
from ozg_tracker.tracking.findings.looking import findings, with_finding
from ozg_tracker.tracking.findings.snoozing import put_off, take_up
from ozg_tracker.tracking.findings.trend import trend
from ozg_tracker.tracking.models import Confirmation, MunicipalService, Snooze
from ozg_tracker.tracking.rows.rights import rights_in
from tests import make

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]
TODAY = date(2026, 11, 30)


@pytest.fixture
def clock():
    with time_machine.travel(datetime(2026, 11, 30, 9, tzinfo=UTC), tick=False) as traveller:
        yield traveller


@pytest.fixture
def office():
    return make.department("Bauamt", parent=make.department("Bauen"))


@pytest.fixture
def rows(office):
    """Three services that nobody has rated, two of them in an office; and a fourth that another carries out."""
    places = (office, office, None)
    made = [make.row(make.service(f"9910201310400{at}"), department=place) for at, place in enumerate(places)]
    make.row(make.service("99102013104009"), responsibility="district")
    return made


def told(code="not_rated"):
    found = findings(MunicipalService.objects.all(), TODAY)
    return next(each for each in found.found if each.rule.code == code), found


def off(rows, by, until=date(2026, 12, 31), reason="neues Amt ab Januar", code="not_rated"):
    municipality = make.municipality()
    ids = [row.pk for row in rows]
    return put_off(municipality, code, ids, until=until, reason=reason, by=by, rights=rights_in(municipality, by))


def test_each_finding_says_how_many_and_where_most_are(rows, django_assert_num_queries):
    with django_assert_num_queries(5):
        finding, found = told()
    assert (finding.count, finding.most, found.rows) == (3, ("Bauen", 2), 3)
    assert [name.rule.severity.value for name in found.present] == sorted(
        (each.rule.severity.value for each in found.present), reverse=True
    )
    assert found.total == sum(found.places.values())


def test_what_is_put_off_rests_until_its_day_and_no_longer(rows, clock):
    before = told()[1].total
    assert off(rows[:2], make.user()) == 2
    finding, found = told()
    assert (finding.count, finding.snoozed, found.total) == (1, 2, before - 2)
    assert list(MunicipalService.objects.filter(with_finding("not_rated", TODAY, MunicipalService.objects.all()))) == [
        rows[2]
    ]
    assert (
        MunicipalService.objects.filter(
            with_finding("not_rated", date(2026, 12, 31), MunicipalService.objects.all())
        ).count()
        == 1
    )
    assert (
        MunicipalService.objects.filter(
            with_finding("not_rated", date(2027, 1, 1), MunicipalService.objects.all())
        ).count()
        == 3
    )


def test_what_rests_can_be_taken_up_before(rows):
    coordinator, municipality = make.user(), make.municipality()
    off(rows, coordinator)
    rights = rights_in(municipality, coordinator)
    assert take_up(municipality, "not_rated", [rows[0].pk], by=coordinator, rights=rights) == 1
    assert (told()[0].count, told()[0].snoozed) == (1, 2)


@pytest.mark.parametrize(
    ("said", "field"),
    [
        ({"until": TODAY}, "until"),
        ({"until": date(2028, 1, 1)}, "until"),
        ({"reason": "  "}, "reason"),
        ({"reason": "x" * 501}, "reason"),
        ({"code": "done_below"}, "rows"),
        ({"code": "nichts"}, "code"),
    ],
)
def test_nothing_is_put_off_without_day_reason_and_finding(rows, said, field):
    with pytest.raises(ValidationError) as refused:
        off(rows, make.user(), **said)
    assert list(refused.value.error_dict) == [field]
    assert Snooze.objects.count() == 0


def test_others_rows_are_not_put_off(rows, office):
    leader = make.user("leitung", Role.MANAGER, department=office)
    assert off(rows[:2], leader) == 2
    with pytest.raises(PermissionDenied):
        off(rows[2:], leader)


def test_what_was_put_off_stays_said(rows):
    off(rows[:1], make.user())
    for attempt in (lambda: Snooze.objects.update(reason="anders"), lambda: Snooze.objects.all().delete()):
        with pytest.raises(DatabaseError), transaction.atomic():
            attempt()
    other = make.municipality("Nachbarstadt", "159990010020")
    kept = Snooze.objects.get()
    with pytest.raises(DatabaseError), transaction.atomic():
        Snooze.objects.create(
            municipality=other, row=kept.row, code="x", reason="x", by=kept.by, recorded_at=kept.recorded_at
        )


def test_the_months_behind_are_counted_by_the_rules_of_today(rows):
    make.event(rows[0], effective_on=date(2026, 10, 1), recorded_at=datetime(2026, 10, 1, tzinfo=UTC), level=1)
    MunicipalService.objects.filter(pk=rows[0].pk).update(level=make.level(1))
    points = trend(make.municipality(), TODAY)
    assert [f"{point.day:%d.%m.}" for point in points] == ["30.06.", "31.07.", "31.08.", "30.09.", "31.10.", "30.11."]
    assert points[-1].number == told()[1].total
    assert points[3].number - points[4].number == 1


def test_a_municipality_without_services_has_no_months():
    assert trend(make.municipality(), TODAY) == []


def test_what_lies_behind_is_counted_anew_only_where_something_else_is_known_of_it(rows):
    before = [point.number for point in trend(make.municipality(), TODAY)]
    municipality = make.municipality()
    with CaptureQueriesContext(connection) as asked:
        assert [point.number for point in trend(municipality, TODAY)] == before
    assert len(asked) == 8
    make.event(rows[0], effective_on=date(2026, 9, 1), recorded_at=datetime(2026, 11, 30, tzinfo=UTC), level=1)
    after = [point.number for point in trend(make.municipality(), TODAY)]
    changed = [old - new for old, new in zip(before, after, strict=True)]
    assert changed == [0, 0, 0, 1, 1, 1]


@pytest.mark.parametrize("what", ["evidence", "confirmed", "taken_back", "left"])
def test_whatever_is_learnt_later_of_a_day_is_told(rows, what):
    clerk = make.user("kim", Role.STAFF)
    row, then = make.row(make.service("99102013104008"), level=3, owner=clerk), datetime(2026, 9, 15, tzinfo=UTC)
    said = {"municipality": row.municipality, "row": row, "version": 1, "by": clerk, "recorded_at": then}
    first = Confirmation.objects.create(**said) if what == "taken_back" else None
    before = [point.number for point in trend(make.municipality(), TODAY)]
    if what == "evidence":
        make.evidence(rows[0], True, found_on=date(2026, 9, 15))
    elif what == "left":
        event = clerk.membership_events.order_by("-pk").first()
        event.pk, event.role, event.effective_on = None, "", date(2026, 9, 15)
        event.save(force_insert=True)
    else:
        Confirmation.objects.create(**said, withdraws=first)
    after = [point.number for point in trend(make.municipality(), TODAY)]
    assert [old == new for old, new in zip(before, after, strict=True)][:4] == [True, True, True, False]
