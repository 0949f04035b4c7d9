"""Municipalities of a real size, written set-wise: 1,300 rows with 8,800 events on a catalogue of 5,200 services."""

from datetime import UTC, date, datetime, timedelta
from random import Random

from django.db import connection

from catalog.models import Bundle, Service, ServiceBundle, Situation, Topic
from ozg_tracker.accounts.models import Municipality
from ozg_tracker.tracking.models import Deadline, MunicipalService, Responsibility, Source, State, StatusChange
from tests import make

START = date(2017, 8, 18)
FIRST = datetime(2020, 11, 1, 9, tzinfo=UTC)


def catalogue(services=5221, bundles=557, topics=14):
    """A catalogue; returns its services."""
    first = make.catalogue_import()
    fields = Topic.objects.bulk_create(Topic(name=f"Themenfeld {n:02d}") for n in range(topics))
    places = Situation.objects.bulk_create(Situation(topic=field, name=f"Lage {field.name}") for field in fields)
    made = Bundle.objects.bulk_create(
        Bundle(ozg_id=f"{10000 + n}", name=f"OZG-Leistung {n}", situation=places[n % topics], since=first, digest="")
        for n in range(bundles)
    )
    found = Service.objects.bulk_create(
        Service(
            key=f"99{n // 900:03d}{n % 900 + 1:03d}001000",
            identity=f"99{n // 900:03d}{n % 900 + 1:03d}001000",
            name=f"Leistung Nummer {n} des Kataloges, Erteilung",
            types="5",
            legal_basis="§ 1 des Gesetzes über Beispiele " * 6,
            countable=n % 10 > 0,
            since=first,
            digest="",
        )
        for n in range(services)
    )
    ServiceBundle.objects.bulk_create(
        ServiceBundle(service=each, bundle=made[n % bundles], since=first) for n, each in enumerate(found)
    )
    return found


def municipality(services, number=0, rows=1300, events=8800):
    """A municipality that tracks the first `rows` services; returns it. One seed a municipality."""
    random = Random(number)
    made = Municipality.objects.create(
        name=f"Stadt {number:05d}",
        ars=f"15999001{number:04d}",
        kind=Municipality.Kind.KREISANGEHOERIG,
        maturity_model=make.maturity_model(),
    )
    Deadline.objects.get_or_create(
        municipality=None, name="Onlinezugangsgesetz 2017", defaults={"date": date(2022, 12, 31), "source": "§ 1 OZG"}
    )
    tops = [make.department(f"Fachbereich {n}", municipality=made) for n in range(3)]
    departments = [make.department(f"Amt {n}", tops[n % 3], made) for n in range(9)]
    levels = list(make.maturity_model().levels.all())
    tracked = MunicipalService.objects.bulk_create(
        MunicipalService(
            municipality=made,
            service=service,
            department=random.choice(departments),
            responsibility=random.choice((Responsibility.MUNICIPALITY, Responsibility.DISTRICT)),
        )
        for service in services[:rows]
    )
    history = [_event(row, 1, START, FIRST) for row in tracked]
    versions = dict.fromkeys(tracked, 1)
    for n in range(events - rows):
        row = random.choice(tracked)
        versions[row] += 1
        recorded = FIRST + timedelta(minutes=118 * n)
        effective = recorded.date() - timedelta(days=random.choice((0, 0, 0, 20)))
        row.level = random.choice([None, *levels[: 1 + 5 * n // (events - rows)]])
        ready = row.level is not None and row.level.number >= 3
        row.state = State.DONE if ready else random.choice((State.OPEN, State.PLANNED, State.IN_PROGRESS))
        row.planned_on = random.choice((None, recorded.date() + timedelta(days=90)))
        row.cases_per_year = random.choice((None, 100, 2000))
        history.append(_event(row, versions[row], effective, recorded, f"Änderung {n}"))
    StatusChange.objects.bulk_create(history, batch_size=2000)
    MunicipalService.objects.bulk_update(tracked, ["level", "state", "planned_on", "cases_per_year"], batch_size=400)
    return made


def _event(row, version, effective_on, recorded_at, reason=""):
    return StatusChange(
        municipality_id=row.municipality_id,
        row=row,
        version=version,
        effective_on=effective_on,
        recorded_at=recorded_at,
        reason=reason,
        source=Source.SETUP,
        responsibility=row.responsibility,
        department_id=row.department_id,
        state=row.state,
        level_id=row.level_id,
        planned_on=row.planned_on,
        cases_per_year=row.cases_per_year,
    )


def beside(one, number=1000, rows=60):
    """So many more municipalities with the first `rows` rows of `one` and their events, written by two statements."""
    Municipality.objects.bulk_create(
        Municipality(
            name=f"Nachbarstadt {n:05d}",
            ars=f"16999{n:07d}",
            kind=Municipality.Kind.KREISANGEHOERIG,
            maturity_model=one.maturity_model,
        )
        for n in range(number)
    )
    with connection.cursor() as cursor:
        cursor.execute(_ROWS_BESIDE, {"one": one.pk, "rows": rows})
        cursor.execute(_EVENTS_BESIDE, {"one": one.pk})


_STATE = "responsibility, state, level_id, planned_on, online_url, cases_per_year, note, version"
_ROWS_BESIDE = f"""
INSERT INTO tracking_municipalservice (municipality_id, service_id, {_STATE})
SELECT m.id, s.service_id, {", ".join(f"s.{name}" for name in _STATE.split(", "))}
FROM accounts_municipality m, (
  SELECT * FROM tracking_municipalservice WHERE municipality_id = %(one)s ORDER BY id LIMIT %(rows)s) s
WHERE m.name LIKE 'Nachbarstadt %%'"""
_EVENTS_BESIDE = f"""
INSERT INTO tracking_statuschange (municipality_id, row_id, effective_on, recorded_at, reason, source, {_STATE})
SELECT r.municipality_id, r.id, e.effective_on, e.recorded_at, e.reason, e.source,
  {", ".join(f"e.{name}" for name in _STATE.split(", "))}
FROM tracking_statuschange e
JOIN tracking_municipalservice o ON o.id = e.row_id
JOIN tracking_municipalservice r ON r.service_id = o.service_id AND r.municipality_id <> o.municipality_id
WHERE e.municipality_id = %(one)s"""
