"""What a process does inside an installation of its own, after `django.setup()`."""

import sys
from datetime import date
from pathlib import Path

from django.conf import settings
from django.core.files.base import ContentFile
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command
from django.db import connection
from django.utils import timezone

from catalog.models import CatalogueImport, Service, ServiceVersion
from ozg_tracker.tracking import tasks, uploads
from ozg_tracker.tracking.models import MunicipalService, StatusChange
from ozg_tracker.tracking.models.catalogue_jobs import SILENT, CatalogueJob
from ozg_tracker.tracking.rows.status import change_status
from ozg_tracker.training.models import Completion
from reports.editions.freeze import freeze_edition
from tests import make
from tests.catalog.files import csv_text, row
from tests.migrated import copy_to
from tests.training.made import task


def migrate():
    if connection.vendor == "sqlite":
        copy_to(connection.settings_dict["NAME"])
    else:
        call_command("migrate", verbosity=0)


def fill():
    """A municipality with rows, an edition, a training with its proof, and a person whose name is no plain text."""
    migrate()
    person = make.user(first_name="Zoë \t„Probe“\n", last_name="\U0001f600\\N")
    for number in range(3):
        row = make.row(make.service(f"9910201310{number}000", f"Leistung {number}"), level=number, owner=person)
        make.event(row, version=2, level=3, effective_on=date(2022, 1, number + 1), reason="weil\nes so ist")
        type(row).objects.filter(pk=row.pk).update(version=2, level=make.level(3))
    freeze_edition(make.municipality(), date(2022, 1, 1))
    made = Completion(task=task(person, completed_on=date(2022, 1, 1)), recorded_at=timezone.now())
    made.proof.save("nachweis.pdf", ContentFile(b"%PDF-1.7 \x00\xff"))


def write():
    """Change a row for ever, saying each change that is acknowledged; all of it stays in the write-ahead log."""
    row = MunicipalService.objects.order_by("pk").first()
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA wal_autocheckpoint=0")
    while True:
        changed = {"cases_per_year": row.version}
        change_status(row, changed, seen_version=row.version, by=None, reason="", effective_on=timezone.localdate())
        sys.stdout.write(f"{row.version}\n")
        sys.stdout.flush()


def first_version():
    """The version of the row that `write` changes."""
    return MunicipalService.objects.order_by("pk").values_list("version", flat=True).first()


def events():
    return StatusChange.objects.count()


def events_as_planned_for():
    """How many there are by what PostgreSQL's plans go by; -1 where it never looked."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT reltuples::int FROM pg_class WHERE relname = 'tracking_statuschange'")
        return cursor.fetchone()[0]


KEYLESS = ["Hunde-Zählung", "Hunde–Zählung", "STRASSENHUND"]


def fill_catalogue():
    """Services without key as they were loaded while each spelling was a service of its own."""
    migrate()
    *_others, hound = (make.service(key=None, name=name) for name in KEYLESS)
    first = hound.since
    second = CatalogueImport.objects.create(release=first.release, file_name="b", applied_at=timezone.now(), rows=3)
    ServiceVersion.objects.create(service=hound, name="Straßen–Hund", countable=True, since=first, until=second)


def write_catalogue():
    """The path of a file with two of them, spelled otherwise."""
    path = Path(settings.DATA_DIR) / "neu.csv"
    rows = [row("nicht im LeiKa", name, ozg_id="10041") for name in ("Hunde — Zählung".replace(" ", ""), "Straßenhund")]
    path.write_bytes(csv_text(rows))
    return str(path)


def identities():
    """Of the services, then of their earlier versions."""
    services, versions = Service.objects.order_by("pk"), ServiceVersion.objects.order_by("pk")
    return [each.identity for each in (*services, *versions)]


def ids():
    return list(Service.objects.order_by("pk").values_list("pk", flat=True))


def left():
    """The tables and functions there are."""
    found = connection.introspection.table_names()
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT proname FROM pg_proc WHERE pronamespace = current_schema()::regnamespace")
            found += [name for (name,) in cursor.fetchall()]
    return found


def order_a_release():
    """Have a worker apply a file of two services, as the button of the preview does."""
    migrate()
    person = make.user()
    file = SimpleUploadedFile("katalog.csv", csv_text([row(), row("99102013104001", "Hundesteuer Abmeldung")]))
    tasks.send_once(CatalogueJob.Kind.APPLY, uploads.store(file), person, make.municipality())


def state_of_work():
    job = CatalogueJob.objects.get()
    imports, services = CatalogueImport.objects.count(), Service.objects.count()
    return {"state": job.state, "attempts": job.attempts, "imports": imports, "services": services}


def take_up_again():
    """How many jobs were sent again."""
    return tasks.send_free_jobs()


def a_minute_later():
    """The same after the time in which a worker that lives is heard of."""
    job = CatalogueJob.objects.get()
    CatalogueJob.objects.update(beat_at=job.beat_at - SILENT)
    return take_up_again()


def hand_out_again():
    tasks.run_catalogue_job.delay(CatalogueJob.objects.get().pk)
