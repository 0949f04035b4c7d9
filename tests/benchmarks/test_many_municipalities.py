"""Among a thousand municipalities the grid reads no more than alone: counted in the pages of the database that each
statement touches, which no load of the machine changes; the time is printed beside it.
"""

import json
from contextlib import contextmanager

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from ozg_tracker.tracking.models import MunicipalService, StatusChange
from tests import make
from tests.benchmarks.clock import best_of
from tests.benchmarks.real_size import beside, catalogue, municipality

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.postgres]
EVENTS = 2500
ADDRESSES = {
    "das Raster": "/leistungen/?all=1",
    "die Suche": "/leistungen/suchen/?q=Nummer+7",
    "der Rückblick": "/leistungen/rueckblick/?day=2021-06-30&beside=2021-12-31&all=1",
    "das Journal": "/leistungen/journal/?all=1",
}
DEEPER = {"das Journal": 150}  # an index is a level deeper, for each event, row and service of fifty deeds


def tidied():
    """As the database leaves its tables by itself soon: an index is read without its table only after that."""
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")


def explained(client, address):
    """The pages of the database that the reads of one request touch, and the plans that walk a whole big table."""
    with CaptureQueriesContext(
        connection,
    ) as asked:
        assert client.get(address).status_code == 200
    touched, walks = 0, []
    with connection.cursor() as cursor:
        for query in asked.captured_queries:
            if query["sql"].startswith("SELECT"):
                cursor.execute(f"EXPLAIN (ANALYZE, BUFFERS, TIMING OFF, FORMAT JSON) {query['sql']}")
                found = cursor.fetchone()[0]
                plan = (json.loads(found) if isinstance(found, str) else found)[0]["Plan"]
                touched += plan["Shared Hit Blocks"] + plan["Shared Read Blocks"]
                walks += whole_tables(plan)
    return touched, walks


@contextmanager
def by_index():
    """A table of one municipality alone is quickest read whole, which tells nothing: the same ways are compared."""
    with connection.cursor() as cursor:
        cursor.execute("SET enable_seqscan = off")
        yield
        cursor.execute("RESET enable_seqscan")


def whole_tables(plan):
    big = {StatusChange._meta.db_table, MunicipalService._meta.db_table}
    if plan["Node Type"] == "Seq Scan" and plan.get("Relation Name") in big:
        yield plan["Relation Name"]
    for each in plan.get("Plans", ()):
        yield from whole_tables(each)


def test_the_grid_of_one_among_a_thousand_reads_at_most_a_fifth_more_than_alone():
    made = municipality(catalogue(services=500, bundles=60), rows=500, events=EVENTS)
    client = Client()
    client.force_login(make.user("koordination", municipality=made))
    tidied()
    with by_index():
        alone = {
            what: (explained(client, address), best_of(5, lambda a=address: client.get(a)))
            for what, address in ADDRESSES.items()
        }
    beside(made)
    tidied()
    assert StatusChange.objects.count() > 200_000
    worse = []
    for what, address in ADDRESSES.items():
        (touched, walks), seconds = explained(client, address), best_of(5, lambda a=address: client.get(a))
        (floor, _walks), before = alone[what]
        print(f"{what}: {touched} Seiten statt {floor}, {seconds * 1000:.0f} ms statt {before * 1000:.0f} ms")  # noqa: T201 (a benchmark prints its figure)
        worse += [(what, walks)] if walks or touched > 1.2 * floor + DEEPER.get(what, 50) else []
    assert worse == []
