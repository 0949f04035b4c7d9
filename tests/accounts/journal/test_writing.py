"""The journal only grows, says nothing secret, and is read by whom it concerns."""

from datetime import UTC, datetime, timedelta

import pytest
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from ozg_tracker.accounts import journal
from ozg_tracker.accounts.journal import Kind
from ozg_tracker.accounts.journal.retention import delete_old_entries
from ozg_tracker.accounts.journal.telling import changed_fields, in_one_line
from ozg_tracker.accounts.models import JournalEntry, Role
from tests import make

pytestmark = pytest.mark.django_db
KEPT = "Einträge im Journal können nicht geändert werden"


def written(**more):
    return journal.write(Kind.ROLE, **{"municipality": None, "by": None} | more)


def test_an_entry_holds_only_what_differs():
    by, person = make.user(), make.user("amt", Role.STAFF)
    found = JournalEntry.objects.get(
        pk=written(
            municipality=make.municipality(),
            by=by,
            person=person,
            about="Rolle",
            before={"role": "staff", "department": None, "name": "Ada"},
            after={"role": "manager", "department": "", "name": "Ada"},
            reason="Stellenbesetzung",
        ).pk
    )
    assert (found.before, found.after) == ({"role": "staff"}, {"role": "manager"})
    assert (found.by, found.person, found.way) == (by, person, "command")


@pytest.mark.parametrize("name", ["password", "token", "new_passwort", "digest", "api_key", "Name", "", "key_hash"])
def test_what_looks_like_a_secret_is_refused(name):
    with pytest.raises(ValueError, match="no place in the journal"):
        written(after={name: "x"})


def test_what_is_too_long_is_cut():
    found = written(about="ä" * 400, reason="ö" * 3000, after={"name": "ü" * 900})
    assert (len(found.about), len(found.reason), len(found.after["name"])) == (300, 2000, 500)


def test_an_entry_cannot_be_changed_or_deleted():
    written()
    with pytest.raises(IntegrityError, match=KEPT), transaction.atomic():
        JournalEntry.objects.update(reason="anders")
    with pytest.raises(IntegrityError, match=KEPT), transaction.atomic():
        JournalEntry.objects.all()._raw_delete("default")
    assert JournalEntry.objects.count() == 1


@pytest.mark.postgres
def test_the_table_cannot_be_emptied():
    written()
    with pytest.raises(IntegrityError, match="bleibt"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE; TRUNCATE accounts_journalentry CASCADE")


def aged(days, municipality=None):
    made = journal.entry(Kind.PERSON, municipality=municipality, by=None)
    made.recorded_at = timezone.now() - timedelta(days=days)
    journal.write_all([made])
    return JournalEntry.objects.latest("pk")


def test_entries_go_when_their_time_is_over(settings):
    settings.JOURNAL_RETENTION_MONTHS = 12
    municipality, elsewhere = make.municipality(), make.municipality("Anderstadt", "159990020020")
    kept = [aged(days, place) for days in (0, 200, 360) for place in (municipality, None)] + [aged(4000, elsewhere)]
    assert [aged(400, municipality), aged(400)] and delete_old_entries(municipality=municipality) == 2
    assert set(JournalEntry.objects.all()) == set(kept)
    assert delete_old_entries() == 1


def test_a_wrong_clock_deletes_nothing_young():
    aged(0)
    with pytest.raises(IntegrityError, match="bleiben mindestens 180 Tage"), transaction.atomic():
        delete_old_entries(datetime(2199, 1, 1, tzinfo=UTC))
    assert JournalEntry.objects.count() == 1


def test_who_may_see_an_entry():
    municipality, elsewhere = make.municipality(), make.municipality("Anderstadt", "159990020020")
    coordinator, operator = make.user(), make.user("betrieb", Role.OPERATOR)
    staff, stranger = make.user("amt", Role.STAFF), make.user("fremd", Role.COORDINATOR, elsewhere)
    left = make.user("weg", Role.COORDINATOR)
    left.is_active = False
    left.save()
    entries = {
        "here": written(municipality=municipality),
        "of staff": written(municipality=municipality, person=staff),
        "by staff": written(municipality=municipality, by=staff),
        "installation": written(),
        "elsewhere": written(municipality=elsewhere),
        "of staff elsewhere": written(municipality=elsewhere, person=staff),
    }

    def seen(user):
        found = set(JournalEntry.objects.visible_to(user).values_list("pk", flat=True))
        return {name for name, each in entries.items() if each.pk in found}

    assert seen(coordinator) == {"here", "of staff", "by staff"}
    assert seen(operator) == {"here", "of staff", "by staff", "installation"}
    assert seen(staff) == {"of staff", "by staff", "of staff elsewhere"}
    assert seen(stranger) == {"elsewhere", "of staff elsewhere"}
    assert seen(left) == set()


def test_an_entry_in_words():
    entry = written(
        before={"role": "staff", "department": "2026-02-31"},
        after={"role": "manager", "department": "", "effective_on": "2026-12-01", "own": "yes"},
    )
    told = [(each.label, each.before, each.after) for each in changed_fields(entry)]
    assert told == [
        ("Rolle", "Sachbearbeitung", "Leitung"),
        ("Fachbereich", "2026-02-31", ""),
        ("gilt ab", "", "01.12.2026"),
        ("own", "", "ja"),
    ]
    assert in_one_line(entry).startswith("Rolle: Sachbearbeitung → Leitung; Fachbereich: 2026-02-31 → ")
