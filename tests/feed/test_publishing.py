"""Places are given in the order of commits: nobody who reads misses what is committed late."""

from datetime import UTC, datetime, timedelta
from threading import Event, Thread

import pytest
from django.db import connection, transaction

from ozg_tracker.accounts.models import JournalEntry
from ozg_tracker.feed.models import Followed, Place, Waiting
from ozg_tracker.feed.publishing import publish, publish_after_restore
from tests import make

NOON = datetime(2026, 11, 30, 12, tzinfo=UTC)


def entry(about, at=NOON):
    return JournalEntry(
        municipality=make.municipality(), kind=JournalEntry.Kind.RULE, way="command", about=about, recorded_at=at
    )


def places():
    """What stands in the feed, of the journal: what each part says, in the order of places."""
    publish()
    about = dict(JournalEntry.objects.values_list("pk", "about"))
    parts = Place.objects.filter(kind="journal-entry").values_list("first", "last")
    return [" ".join(about[each] for each in range(first, last + 1)) for first, last in parts]


@pytest.mark.django_db
def test_what_comes_later_stands_behind_what_has_a_place():
    entry("eins").save()
    assert places() == ["eins"]
    entry("zwei", NOON - timedelta(days=1)).save()
    assert places() == ["eins", "zwei"]


@pytest.mark.django_db
def test_reading_twice_gives_nothing_a_second_place():
    entry("eins").save()
    assert [places(), places()] == [["eins"], ["eins"]]


@pytest.mark.django_db
def test_many_of_one_statement_are_one_place():
    JournalEntry.objects.bulk_create([entry("eins"), entry("zwei"), entry("drei")])
    assert places() == ["eins zwei drei"]


@pytest.mark.django_db
def test_of_two_municipalities_each_has_its_own_places():
    other = make.municipality("Nebenstadt", ars="159990010002")
    foreign = [entry("zwei"), entry("vier")]
    for each in foreign:
        each.municipality = other
    JournalEntry.objects.bulk_create([entry("eins"), foreign[0], entry("drei"), foreign[1]])
    assert sorted(places()) == ["drei", "eins", "vier", "zwei"]
    assert list(Place.objects.filter(municipality=other.pk).values_list("kind", flat=True)) == ["journal-entry"] * 2


@pytest.mark.django_db
def test_what_was_taken_back_has_no_place():
    with transaction.atomic():
        entry("zurück").save()
        transaction.set_rollback(True)
    entry("bleibt").save()
    assert places() == ["bleibt"]


@pytest.mark.django_db(transaction=True)
@pytest.mark.postgres
def test_what_is_written_first_and_committed_last_stands_last():
    first = Interleaved("früh geschrieben, spät gespeichert")
    with transaction.atomic():
        entry("spät geschrieben, früh gespeichert").save()
    seen = places()
    first.commit()
    assert [seen, places()] == [
        ["spät geschrieben, früh gespeichert"],
        ["spät geschrieben, früh gespeichert", "früh geschrieben, spät gespeichert"],
    ]


@pytest.mark.django_db(transaction=True)
@pytest.mark.postgres
def test_read_only_after_both_the_order_is_still_that_of_the_commits():
    first = Interleaved("früh geschrieben, spät gespeichert")
    with transaction.atomic():
        entry("spät geschrieben, früh gespeichert").save()
    first.commit()
    assert places() == ["spät geschrieben, früh gespeichert", "früh geschrieben, spät gespeichert"]


@pytest.mark.django_db(transaction=True)
@pytest.mark.postgres
def test_while_one_gives_places_another_reads_what_there_is():
    with transaction.atomic():
        entry("eins").save()
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_lock(%s)", [0x666565])
        try:
            other = Thread(target=publish_elsewhere)
            other.start()
            other.join()
            assert [Waiting.objects.count(), Place.objects.count()] == [1, 0]
        finally:
            cursor.execute("SELECT pg_advisory_unlock(%s)", [0x666565])
    assert places() == ["eins"]


@pytest.mark.django_db
def test_a_backup_of_sqlite_that_nobody_had_read_gets_its_places_in_whichever_database():
    entry("eins").save()
    Waiting.objects.all().delete()  # triggers rest while a backup is put in
    publish_after_restore("sqlite")
    assert places() == ["eins"]


@pytest.mark.django_db
def test_a_backup_of_postgresql_gets_places_for_what_waited():
    entry("eins").save()
    publish()
    Followed.objects.all().delete()  # PostgreSQL does not need to know
    kept = JournalEntry.objects.bulk_create([entry("zwei")])[0].pk
    Waiting.objects.all().delete()
    Waiting.objects.create(kind="journal-entry", municipality=make.municipality().pk, first=kept, last=kept)
    publish_after_restore("postgresql")
    assert places() == ["eins", "zwei"]


def publish_elsewhere():
    try:
        publish()
    finally:
        connection.close()


class Interleaved:
    """A transaction beside this one, that has written its entry and waits to be told to commit."""

    def __init__(self, about):
        self.written, self.told = Event(), Event()
        municipality = make.municipality()
        self.thread = Thread(target=self.run, args=(about, municipality))
        self.thread.start()
        assert self.written.wait(30)

    def run(self, about, municipality):
        try:
            with transaction.atomic():
                JournalEntry.objects.create(
                    municipality=municipality, kind="rule", way="command", about=about, recorded_at=NOON
                )
                self.written.set()
                self.told.wait(30)
        finally:
            connection.close()

    def commit(self):
        self.told.set()
        self.thread.join(30)
