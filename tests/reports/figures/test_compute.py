"""Every figure equals a plain Python count over random histories, and what surrounds the figures is true."""

from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta

import pytest
from django.core.exceptions import ValidationError
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ozg_tracker.accounts.models import Municipality
from ozg_tracker.tracking.models import Deadline, MunicipalService
from reports import canonical
from reports.figures.compute import compute
from reports.telling.content import preview
from tests import make
from tests.reports.described import undescribed
from tests.reports.figures.oracle import Event, Oracle, Tracked
from tests.reports.figures.recount import frozen_counts, recount
from tests.reports.sample import sample

NOVEMBER = date(2022, 11, 1)
LATE = datetime(2030, 1, 1, tzinfo=UTC)
RECORDED = datetime(2022, 10, 20, tzinfo=UTC)
DAYS = [
    date(2020, 12, 31),
    date(2021, 12, 1),
    date(2022, 9, 30),
    date(2022, 10, 31),
    date(2022, 11, 1),
    date(2022, 11, 30),
    date(2022, 12, 1),
]
BUNDLES = {"10041": "Bauen", "10042": "Bauen", "10043": "Steuern"}
TOPS = {"Bürgerbüro": "Bürgerdienste", "Bürgerdienste": "Bürgerdienste", "Bauamt": "Bauen", None: None}


@st.composite
def events(draw):
    level = draw(st.sampled_from([None, 0, 1, 2, 3, 4]))
    states = ["done", "in_progress"] if level in (3, 4) else ["open", "planned", "in_progress", "blocked"]
    return {
        "effective_on": draw(st.sampled_from(DAYS)),
        "responsibility": draw(
            st.sampled_from(["municipality", "municipality", "municipality", "district", "unclear"])
        ),
        "department": draw(st.sampled_from(list(TOPS))),
        "level": level,
        "state": draw(st.sampled_from(states)),
        "planned_on": draw(st.sampled_from([None, *DAYS])),
        "cases_per_year": draw(st.sampled_from([None, 0, 7, 1000])),
        "reason": draw(st.sampled_from(["", "Onlinedienst läuft", "gestört"])),
        "online_url": draw(st.sampled_from(["", "https://musterstadt.example/antrag"])),
    }


rows_of_a_municipality = st.lists(
    st.fixed_dictionaries(
        {
            "bundles": st.lists(st.sampled_from(sorted(BUNDLES)), max_size=3, unique=True),
            "countable": st.sampled_from([True, True, True, False]),
            "retired_on": st.sampled_from([None, None, None, *DAYS]),
            "sdg": st.booleans(),
            "keyless": st.booleans(),
            "events": st.lists(events(), max_size=5),
        }
    ),
    max_size=5,
)


@contextmanager
def rolled_back():
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def stored(municipality, drawn):
    """Write the drawn rows and events; returns them as the oracle sees them."""
    Deadline.objects.all().delete()  # those of the law come with the database
    departments = {name: make.department(name, municipality=municipality) for name in ("Bürgerdienste", "Bauen")}
    departments["Bürgerbüro"] = make.department("Bürgerbüro", departments["Bürgerdienste"], municipality)
    departments["Bauamt"] = make.department("Bauamt", departments["Bauen"], municipality)
    bundles = {ozg_id: make.bundle(ozg_id, topic=topic, situation=topic) for ozg_id, topic in BUNDLES.items()}
    rows = []
    for number, each in enumerate(drawn):
        facts = {"countable": each["countable"], "retired_on": each["retired_on"], "sdg": "21" if each["sdg"] else ""}
        key, name = None if each["keyless"] else f"{99000000000000 - number}", f"Leistung {number}"
        service = make.service(key, name, bundles=[bundles[i] for i in each["bundles"]], **facts)
        row = MunicipalService.objects.create(municipality=municipality, service=service)
        tracked = Tracked(
            key,
            name,
            {i: BUNDLES[i] for i in each["bundles"]},
            facts["countable"],
            facts["retired_on"],
            each["sdg"],
        )
        for event in each["events"]:
            at = RECORDED + timedelta(days=len(tracked.events))
            made = make.event(row, recorded_at=at, **event | {"department": departments.get(event["department"])})
            tracked.events.append(_seen(made.pk, at, event))
        rows.append(tracked)
    return rows


def _seen(pk, recorded_at, event):
    return Event(
        id=pk,
        effective_on=event["effective_on"],
        recorded_at=recorded_at,
        ours=event["responsibility"] == "municipality",
        unclear=event["responsibility"] == "unclear",
        department=TOPS[event["department"]],
        state=event["state"],
        level=event["level"],
        planned_on=event["planned_on"],
        cases=event["cases_per_year"],
        reason=event["reason"],
        online_url=event["online_url"],
    )


@pytest.mark.django_db
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(drawn=rows_of_a_municipality, month=st.sampled_from([10, 11, 12]), known=st.sampled_from([0, 1, 2, 9]))
def test_figures_equal_a_plain_count_over_any_history(drawn, month, known):
    with rolled_back():
        municipality = make.municipality()
        rows = stored(municipality, drawn)
        law = Deadline.objects.create(name="OZG", date=date(2022, 11, 30), source="§ 1")
        sdg = Deadline.objects.create(name="SDG", date=date(2023, 12, 12), source="SDG", scope="sdg")
        own = Deadline.objects.create(
            name="Rat", date=date(2022, 6, 30), source="Rat", scope="bundles", municipality=municipality
        )
        own.bundles.set([make.bundle("10041"), make.bundle("10043")])
        known_at = RECORDED + timedelta(days=known)
        oracle = Oracle(rows, 2022, month, known_at)

        figures = compute(municipality, date(2022, month, 1), known_at)

        assert figures["totals"] == oracle.totals()
        assert figures["rates"] == oracle.rates()
        assert figures["by_topic"] == oracle.by_topic()
        assert figures["by_department"] == oracle.by_department()
        assert figures["movement"] == oracle.movement()
        assert figures["trend"] == oracle.trend(len(figures["trend"]))
        assert figures["forecast"]["throughput"] == oracle.throughput()
        assert {**figures["promises"], "rows": _outcomes(figures), "next": None} == oracle.promises() | {"next": None}
        assert _named(figures["promises"]["next"]) == oracle.next()
        assert tuple(_named(figures["late"][name]) for name in ("planned_passed", "blocked")) == oracle.late()
        assert figures["unclear"] == oracle.unclear()
        assert [_without(each, "office", "proof") for each in figures["services"]] == oracle.services()
        assert recount(figures) == frozen_counts(figures)
        assert figures["deadlines"] == [
            oracle.deadline("Rat", own.date, "bundles", {"10041", "10043"}),
            oracle.deadline("OZG", law.date, "all", set()),
            oracle.deadline("SDG", sdg.date, "sdg", set()),
        ]
        assert figures["questions"] == {"deadline": {"name": "OZG", "date": "2022-11-30"}} | oracle.questions(law.date)
        assert {each["code"]: each["count"] for each in figures["quality"]} == oracle.quality()
        assert undescribed(canonical.loads(canonical.dumps(figures))) == []


def _without(entry, *names):
    return {name: value for name, value in entry.items() if name not in names}


def _named(entries):
    return [{name: each[name] for name in ("key", "ozg_id", "name")} for each in entries]


def _outcomes(figures):
    rows = figures["promises"]["rows"]
    return [(service, each["outcome"]) for service, each in zip(_named(rows), rows, strict=True)]


@pytest.fixture
def municipality(db):
    Deadline.objects.all().delete()
    return make.municipality()


def test_a_service_in_several_topics_counts_in_each_and_in_the_totals_once(municipality):
    bundles = [make.bundle("10042", topic="Steuern"), make.bundle("10041", topic="Bauen")]
    make.row(make.service(bundles=bundles), level=3)
    figures = compute(municipality, NOVEMBER, LATE)
    assert [(each["topic"], each["relevant"]) for each in figures["by_topic"]] == [("Bauen", 1), ("Steuern", 1)]
    assert (figures["totals"]["relevant"], figures["rates"]["bundles_online"]["denominator"]) == (1, 2)
    assert figures["questions"]["online_now"][0]["ozg_id"] == "10041"


def test_a_sub_departments_rows_stand_with_its_fachbereich(municipality):
    top = make.department("Bürgerdienste")
    make.row(department=make.department("Meldestelle", make.department("Bürgerbüro", top)))
    make.row(make.service("99000000000001"))
    named = [(each["department"], each["relevant"]) for each in compute(municipality, NOVEMBER, LATE)["by_department"]]
    assert named == [("Bürgerdienste", 1), (None, 1)]


def test_a_municipality_without_rows_has_figures_of_nought(municipality):
    make.catalogue_import()
    figures = compute(municipality, NOVEMBER, LATE)
    assert figures["totals"]["relevant"] == 0
    assert figures["rates"]["cases_ready"] == {"numerator": 0, "denominator": 0, "known_rows": 0}
    assert figures["trend"] == [{"month": "2022-11", "relevant": 0, "ready": 0}]
    assert figures["forecast"]["status"] == "not_enough_data"
    assert canonical.loads(canonical.dumps(figures)) == figures


def test_a_month_before_any_event_has_figures_of_nought(municipality):
    make.row(level=3, effective_on=date(2023, 1, 1))
    figures = compute(municipality, NOVEMBER, LATE)
    assert (figures["totals"]["relevant"], figures["trend"]) == (0, [{"month": "2022-11", "relevant": 0, "ready": 0}])


def test_without_a_catalogue_there_are_no_figures(municipality):
    with pytest.raises(ValidationError, match="Katalog") as refused:
        compute(municipality, NOVEMBER, LATE)
    assert refused.value.code == "no_catalogue"


def test_february_of_a_leap_year_ends_on_its_last_day(municipality):
    make.row(level=3, effective_on=date(2024, 2, 29))
    figures = compute(municipality, date(2024, 2, 1), LATE)
    assert (figures["cutoff"], figures["totals"]["ready"]) == ("2024-02-29", 1)


def test_the_trend_goes_24_months_back_and_no_further_than_the_first_event(municipality):
    make.row(effective_on=date(2022, 9, 3))
    row = make.row(make.service("99000000000001"), effective_on=date(2022, 10, 1))
    make.event(row, effective_on=date(2022, 11, 30), level=4, state="done")
    assert compute(municipality, NOVEMBER, LATE)["trend"] == [
        {"month": "2022-09", "relevant": 1, "ready": 0},
        {"month": "2022-10", "relevant": 2, "ready": 0},
        {"month": "2022-11", "relevant": 2, "ready": 1},
    ]
    later = compute(municipality, date(2026, 10, 1), LATE)["trend"]
    assert (len(later), later[0]) == (24, {"month": "2024-11", "relevant": 2, "ready": 1})


def test_a_municipality_that_changes_its_model_keeps_what_was_ready(municipality):
    make.row(level=3)
    make.row(make.service("99000000000001"), level=2)
    municipality.maturity_model = make.maturity_model("2.0", levels=8)
    figures = compute(municipality, NOVEMBER, LATE)
    assert figures["maturity_model"] == "2.0"
    assert (figures["totals"]["ready"], figures["totals"]["rated"]) == (1, 2)
    assert figures["totals"]["levels"] == dict.fromkeys("01234567", 0)
    assert {"code": "other_model", "count": 2} in figures["quality"]
    make.row(make.service("99000000000002"))
    figures = compute(municipality, NOVEMBER, LATE)
    parts = [figures["totals"], *figures["by_topic"], *figures["by_department"]]
    assert [(part["relevant"], part["ready"], part["not_rated"]) for part in parts] == [(3, 1, 1)] * 3
    shown = preview(figures)
    assert [shown.bar.label, *(part.not_rated for part in (shown.whole, *shown.topics, *shown.departments))] == [
        "Insgesamt, 3 Leistungen: 0 Reifegrad 0, 0 Reifegrad 1, 0 Reifegrad 2, 1 nach anderem Modell, nicht fertig, "
        "0 Reifegrad 3, 0 Reifegrad 4, 0 Reifegrad 5, 0 Reifegrad 6, 0 Reifegrad 7, 1 nach anderem Modell, fertig, "
        "1 nicht bewertet",
        *["1"] * 3,
    ]


def test_the_questions_ask_for_the_next_deadline_of_all_services_else_for_the_last(municipality):
    make.row(planned_on=date(2022, 12, 1))
    Deadline.objects.create(name="OZG", date=date(2022, 12, 31), source="§ 1")
    Deadline.objects.create(name="Rat", date=date(2023, 6, 30), source="Rat", municipality=municipality)
    Deadline.objects.create(name="SDG", date=date(2023, 12, 12), source="SDG", scope="sdg")
    asked = {
        month: compute(municipality, month, LATE)["questions"]
        for month in (NOVEMBER, date(2023, 1, 1), date(2023, 7, 1))
    }
    assert [each["deadline"]["name"] for each in asked.values()] == ["OZG", "Rat", "Rat"]
    assert [len(each["by_deadline"]) for each in asked.values()] == [1, 1, 0]
    assert [len(each["not_by_deadline"]) for each in asked.values()] == [0, 0, 1]


def test_a_scope_that_nobody_can_know_is_unknown_and_never_0_of_0(municipality):
    Deadline.objects.create(name="SDG", date=date(2023, 12, 12), source="SDG", scope="sdg")
    make.row()
    told = compute(municipality, NOVEMBER, LATE)
    assert [(each["in_scope"], each["open"]) for each in told["deadlines"]] == [(None, None)]
    assert told["forecast"].get("needed_per_month", []) == []
    make.service("99000000000001", sdg="21")  # somebody else's, but now the marks are known
    told = compute(municipality, NOVEMBER, LATE)
    assert [(each["in_scope"], each["open"]) for each in told["deadlines"]] == [(0, 0)]


def test_without_a_deadline_nothing_comes_by_it(municipality):
    make.row()
    questions = compute(municipality, NOVEMBER, LATE)["questions"]
    assert (questions["deadline"], questions["by_deadline"], questions["not_by_deadline"]) == (None, [], [])


@pytest.mark.parametrize("rows", [1, 3])
def test_the_number_of_queries_is_the_same_for_any_number_of_rows(municipality, rows):
    for number in range(rows):
        row = make.row(make.service(f"{99000000000000 + number}"), effective_on=date(2022, 10, 1))
        make.event(row, effective_on=date(2022, 11, 3), level=3)
    with CaptureQueriesContext(connection) as queries:
        compute(Municipality.objects.select_related("maturity_model").get(pk=municipality.pk), NOVEMBER, LATE)
    assert len(queries) == 28


def test_the_sample_for_exports_has_the_shape_of_the_figures(municipality):
    row = make.row(effective_on=date(2022, 10, 1), level=2)
    make.event(row, effective_on=date(2022, 11, 3), level=3)
    make.row(make.service("99000000000001"), state="planned", planned_on=date(2022, 12, 1))
    make.row(make.service("99000000000002"))
    Deadline.objects.create(name="OZG", date=date(2022, 12, 31), source="§ 1")
    assert shape(sample()) == shape(compute(municipality, NOVEMBER, LATE) | {"training": sample()["training"]})


SHAPELESS = (
    "definitions",
    "quality",
    "movement",
    "late",
    "promises",
    "services",
    "throughput",
    "faster",
    "track_record",
)


def shape(value):
    """Names all the way down; of a list its first entry, where both have one."""
    if isinstance(value, dict):
        return {name: shape(each) for name, each in value.items() if name not in SHAPELESS}
    return shape(value[0]) if isinstance(value, list) and value else None
