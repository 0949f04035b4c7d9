"""The main job from an empty folder: database, catalogue, demo municipality, frozen months, report in every format."""

from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.management import call_command
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from catalog.importing.formats.shipped import CATALOGUE
from catalog.importing.import_catalogue import import_catalogue
from catalog.models import CatalogueImport
from catalog.told import Told, silent
from ozg_tracker.accounts.demo_keys import DEMO_ARS
from ozg_tracker.accounts.models import Municipality, User
from ozg_tracker.demo.musterstadt import make_musterstadt
from ozg_tracker.demo.trainings import make_trainings
from ozg_tracker.demo.two_years import tell
from ozg_tracker.tracking.models import MunicipalService, Source, State
from ozg_tracker.tracking.rows.status import change_status
from reports.editions.approving import approve_edition
from reports.editions.freeze import freeze_edition
from reports.exporting.export_edition import export_edition
from reports.models import Edition

FORMATS = ("html", "pdf", "xlsx", "csv", "json")
Tell = Callable[[str], None]


def last_full_month(today: date) -> date:
    """The first day of the last month that has ended on `today` (Europe/Berlin)."""
    return (today.replace(day=1) - timedelta(days=1)).replace(day=1)


def months_back(month: date, count: int) -> date:
    """The first day of the month `count` months before `month`."""
    index = month.year * 12 + month.month - 1 - count
    return date(index // 12, index % 12 + 1, 1)


def end_of(month: date) -> date:
    return (month.replace(day=28) + timedelta(days=4)).replace(day=1) - timedelta(days=1)


def quickstart(month: date, output: Path, tell_person: Tell, told: Told = silent) -> dict[str, Any]:
    """Do what is not done yet, up to `month` (its first day), and write that month's report to `output`.

    Returns what stands and whether anything was changed. `tell_person` hears what is done, `told` how far the rest is.
    Refused outside DEBUG, since the demo sign-ins are published.
    """
    if not settings.DEBUG:
        raise ValidationError(_("Die Musterstadt hat veröffentlichte Zugänge und entsteht nur mit DEBUG=True."))
    if month > last_full_month(timezone.localdate()):
        sentence = _("Der Monat %s ist noch nicht zu Ende. Bitte einen früheren nennen.")
        raise ValidationError(sentence % f"{month:%Y-%m}")
    call_command("migrate", verbosity=0)
    tell_person(_("Datenbank eingerichtet"))
    changed = _load_catalogue(tell_person, told)
    municipality = Municipality.objects.filter(ars=DEMO_ARS).first()
    if municipality is None:
        municipality, changed = _make_demo(month, tell_person, told), True
    editions = Edition.objects.filter(municipality=municipality)
    edition = editions.filter(month=month).first() or editions.first()
    if edition is None:
        sentence = _("Die Musterstadt hat keinen Bericht. Bitte den Ordner .data löschen und neu beginnen.")
        raise ValidationError(sentence)
    written = _write(edition, output)
    if written:
        words = {"month": f"{edition.month:%m/%Y}", "files": ", ".join(path.name for path in written)}
        tell_person(_("Bericht %(month)s geschrieben: %(files)s") % words)
    return {
        "municipality": municipality.name,
        "month": f"{edition.month:%Y-%m}",
        "editions": editions.count(),
        "output": str(output),
        "files": [f"sachstandsbericht-{edition.month:%Y-%m}.{name}" for name in FORMATS],
        "changed": bool(changed or written),
    }


def _load_catalogue(tell_person: Tell, told: Told) -> bool:
    if CatalogueImport.objects.exists():
        return False
    outcome = import_catalogue(CATALOGUE, told=told)
    tell_person(_("Katalog geladen: %d Zeilen") % outcome.rows)
    return True


@transaction.atomic
def _make_demo(month: date, tell_person: Tell, told: Told) -> Municipality:
    """The demo municipality whole or not at all, so that a stopped first run can simply be started again."""
    first = months_back(month, 23)
    municipality = make_musterstadt()
    words = {
        "municipality": municipality.name,
        "rows": MunicipalService.objects.filter(municipality=municipality).count(),
    }
    tell_person(_("%(municipality)s angelegt: %(rows)d Leistungen") % words)
    tell_person(_("Zwei Jahre Verlauf erzählt: %d Änderungen") % tell(municipality, first, month))
    tasks = make_trainings(municipality, first, end_of(month))
    tell_person(_("Schulungen zugewiesen: %(assigned)d") % {"assigned": tasks})
    coordinator = User.objects.get(username="koordination")
    for back in range(23, -1, -1):
        told(23 - back, 24, _("Monate festschreiben"))
        approve_edition(freeze_edition(municipality, months_back(month, back), by=coordinator), coordinator)
    _correct(municipality, month, coordinator)
    tell_person(_("24 Monate eingefroren und genehmigt, einer davon berichtigt"))
    return municipality


def _correct(municipality: Municipality, month: date, coordinator: User) -> None:
    """A late finding for the last month, so that the archive shows how a correction looks."""
    done = MunicipalService.objects.filter(municipality=municipality, state=State.DONE, service__key__isnull=False)
    row = done.order_by("service__key").first()
    if row is None or row.level is None:
        return
    counted, lower = row.level.number, municipality.maturity_model.levels.get(number=2)
    change_status(
        row,
        {"level": lower, "state": State.IN_PROGRESS},
        seen_version=row.version,
        by=coordinator,
        reason="Nachweise lassen sich nicht hochladen, wie die Prüfung ergab",
        effective_on=end_of(month),
        source=Source.SETUP,
    )
    reason = f"„{row.service.name}“ war mit Reifegrad {counted} gezählt, erreicht aber 2."
    approve_edition(freeze_edition(municipality, month, by=coordinator, correct=reason), coordinator)


def _write(edition: Edition, output: Path) -> list[Path]:
    """Write the files that are missing or belong to another edition; the JSON tells which edition they belong to."""
    paths = {name: output / f"sachstandsbericht-{edition.month:%Y-%m}.{name}" for name in FORMATS}
    frozen = edition.figures.encode()
    same = paths["json"].is_file() and paths["json"].read_bytes() == frozen
    due = {name: path for name, path in paths.items() if not (same and path.is_file())}
    if due:
        output.mkdir(parents=True, exist_ok=True)
    for name, path in due.items():
        path.write_bytes(export_edition(edition, name))
    return list(due.values())
