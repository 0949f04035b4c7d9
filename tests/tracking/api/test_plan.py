"""How PostgreSQL reads a page of tracked rows where there are many municipalities: by an index, and no more than it
shows; people are looked up one by one for the rows of the page, never all of them.
"""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests import make
from tests.api.programs import Program

pytestmark = [pytest.mark.django_db, pytest.mark.postgres]
MUNICIPALITIES, ROWS, PEOPLE, PAGE = 150, 300, 10_000, 20


@pytest.fixture
def program(db):
    """Of the first of 150 municipalities with 300 rows each, among 10,000 people."""
    first, person, municipality = make.service(), make.user(), make.municipality()
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")  # what the rows refer to is there
        key = "'98' || lpad(n::text, 12, '0')"
        _copy(cursor, "catalog_service", first, ROWS - 1, key=key, identity=key, name="'Leistung ' || n")
        _copy(cursor, "accounts_municipality", municipality, MUNICIPALITIES - 1, ars="lpad(n::text, 12, '0')")
        _copy(cursor, "accounts_user", person, PEOPLE - 1, username="'person' || n")
        cursor.execute(
            "INSERT INTO tracking_municipalservice (municipality_id, service_id, responsibility, owner_id, state, "
            "level_id, planned_on, online_url, note, version) SELECT t.id, s.id, "
            "CASE WHEN random() < .4 THEN 'municipality' ELSE 'state' END, p.first + (random() * %s)::int, 'open', "
            "l.id, date '2023-01-01' + (random() * 900)::int, '', '', 1 "
            "FROM catalog_service s, accounts_municipality t, (SELECT min(id) AS first FROM accounts_user) p, "
            "(SELECT min(id) AS id FROM catalog_maturitylevel) l ORDER BY random()",
            [PEOPLE - 1],
        )
        cursor.execute("ANALYZE")
    return Program(person)


def _copy(cursor, table, model, number, **changed):
    """Add `number` copies of a row, with other values in some columns: an expression of the number `n` each."""
    columns = [field.column for field in model._meta.concrete_fields if field.column != "id"]
    values = ", ".join(changed.get(name, name) for name in columns)
    numbers = f"generate_series(1, {number}) n"
    cursor.execute(
        f"INSERT INTO {table} ({', '.join(columns)}) SELECT {values} FROM {table}, {numbers} WHERE id = {model.pk}"
    )


def nodes(plan):
    yield plan
    for below in plan.get("Plans", ()):
        yield from nodes(below)


def read_by(program, **query):
    """The steps of the one statement that reads the page, as they ran."""
    with CaptureQueriesContext(connection) as asked:
        answer = program.read("municipal-services/", page_size=PAGE, **query)
    assert (answer.status_code, len(answer.json()["results"])) == (200, PAGE)
    (sql,) = [each["sql"] for each in asked if 'FROM "tracking_municipalservice"' in each["sql"]]
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN (ANALYZE, FORMAT JSON) {sql}")
        return list(nodes(cursor.fetchone()[0][0]["Plan"]))


def most_rows(steps, table=None):
    """The most rows that one of the steps gave, and threw away, or only of those that read `table`."""
    return max(
        (step["Actual Rows"] + step.get("Rows Removed by Filter", 0)) * step["Actual Loops"]
        for step in steps
        if table in (None, step.get("Relation Name"))
    )


@pytest.mark.parametrize("query", [{}, {"responsibility": "municipality"}, {"state": "open"}])
def test_a_page_in_order_of_the_rows_is_walked_along_their_index_and_ends_with_the_page(program, query):
    steps = read_by(program, **query)
    assert "row_in_order" in {step.get("Index Name") for step in steps}
    assert most_rows(steps) <= 5 * PAGE  # 4 in 10 rows are ours, and the walk ends with the last of the page


@pytest.mark.parametrize(
    "query",
    [
        {"ordering": "planned_on"},
        {"ordering": "-cases_per_year"},
        {"ordering": "service_name"},
        {"ordering": "service_key"},
        {"q": "Leistung 7"},
        {"overdue": "false"},
    ],
)
def test_whatever_the_order_and_the_filter_only_the_people_of_the_page_are_read(program, query):
    steps = read_by(program, **query)
    assert most_rows(steps, "accounts_user") <= PAGE + 1
    assert most_rows(steps, "tracking_municipalservice") <= ROWS
