"""run_catalogue_job(): a look at a release, or its application; safe to run twice, and taken up again if left."""

import logging
import pickle
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import DatabaseError, connection
from django.db.models import F
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from catalog.importing.import_catalogue import ImportOutcome
from catalog.models import CatalogueImport
from catalog.reading.differences import BundleDifference, Difference, bundles_of, differences
from catalog.told import Told, silent
from ozg_tracker.accounts.models import Deed, Municipality, User, who_may
from ozg_tracker.tracking.models.catalogue_jobs import MOST_ATTEMPTS, CatalogueJob, free
from ozg_tracker.tracking.releases.impact import (
    Decided,
    Impact,
    MunicipalityCounts,
    impact,
    impact_by_municipality,
    successions_of,
)
from ozg_tracker.tracking.releases.loading import MunicipalityImport, import_for_municipalities

SHRINKS = "shrinks_too_much"
FOR_PROGRAM = "for_program"  # the option of a job that a program ordered
_LOOK = ".angesehen"
log = logging.getLogger(__name__)
State, Kind = CatalogueJob.State, CatalogueJob.Kind


@dataclass
class Look:
    """What a file would change with its wrong rows left out, even if it shrinks more than is likely meant.

    `after` is the id of the last import it was compared with, `place` the municipality that looked and in which
    language. All below are empty where the file is refused.
    """

    outcome: ImportOutcome
    after: int | None
    place: tuple[int, str | None]
    shrinks: bool = False
    every: tuple[Difference, ...] = ()
    bundles: tuple[BundleDifference, ...] = ()
    impact: Impact | None = None
    successions: tuple[Decided, ...] = ()
    municipalities: tuple[MunicipalityCounts, ...] = ()


def order(
    kind: CatalogueJob.Kind, path: Path, by: User, municipality: Municipality, **options: Any
) -> tuple[CatalogueJob, bool]:
    """The job for the kept file `path`, and whether it is a new one: one that is not over is not ordered twice."""
    same = CatalogueJob.objects.filter(
        kind=kind, folder=path.parent.name, by=by, municipality=municipality, options=options
    )
    open_ = same.exclude(state__in=(State.DONE, State.FAILED)).last()
    if open_ is not None:
        return open_, False
    language = translation.get_language() or settings.LANGUAGE_CODE
    place = {"folder": path.parent.name, "name": path.name}
    return CatalogueJob.objects.create(
        kind=kind, by=by, municipality=municipality, options=options, language=language, **place
    ), True


def run_catalogue_job(job_id: int) -> None:
    """Do the job, unless another is at it or it is over. What goes wrong is logged, and said on the page."""
    job = _claimed(job_id, timezone.now())
    if job is None:
        return
    path = Path(settings.MEDIA_ROOT) / "uploads" / job.folder / job.name
    try:
        with translation.override(job.language), _heard_of(job) as told:
            result = _looked(job, path, told) if job.kind == Kind.PREVIEW else _applied(job, path, told)
    except Exception:
        log.exception("Catalogue job %s failed", job.pk)
        _end(job, State.FAILED, message=_("Dabei ist ein Fehler aufgetreten. Er steht im Protokoll."))
    else:
        _end(job, State.DONE, result=result)


def free_jobs(now: datetime) -> list[int]:
    """The ids of jobs to be taken up again; those that were begun too often are given up."""
    CatalogueJob.objects.filter(free(now), attempts__gte=MOST_ATTEMPTS).update(
        state=State.FAILED, message=_("Die Arbeit wurde mehrmals abgebrochen. Der Katalog ist, wie er war.")
    )
    return list(CatalogueJob.objects.filter(free(now)).values_list("pk", flat=True))


def _claimed(job_id: int, now: datetime) -> CatalogueJob | None:
    mine = CatalogueJob.objects.filter(free(now), pk=job_id, attempts__lt=MOST_ATTEMPTS)
    taken = mine.update(state=State.RUNNING, beat_at=now, attempts=F("attempts") + 1)
    return CatalogueJob.objects.select_related("by", "municipality").get(pk=job_id) if taken else None


def _end(job: CatalogueJob, state: CatalogueJob.State, **more: Any) -> None:
    CatalogueJob.objects.filter(pk=job.pk).update(state=state, beat_at=timezone.now(), **more)


@contextmanager
def _heard_of(job: CatalogueJob) -> Iterator[Told]:
    """Say once a second on a connection of its own how far the work is: the work's own is inside its transaction.

    Without a broker the page itself is at work, and nobody could look.
    """
    if settings.CELERY_TASK_ALWAYS_EAGER:
        yield silent
        return
    said: dict[str, Any] = {}
    over = threading.Event()

    def told(done: int, total: int, what: str = "") -> None:
        said.update(done=done, total=total, what=what[:200])

    def beat() -> None:
        while not over.wait(1):
            with suppress(DatabaseError):  # SQLite has one writer, which may be the work; then nothing is said
                CatalogueJob.objects.filter(pk=job.pk, state=State.RUNNING).update(beat_at=timezone.now(), **said)
        connection.close()

    thread = threading.Thread(target=beat, daemon=True)
    thread.start()
    try:
        yield told
    finally:
        over.set()
        thread.join(2)


def _looked(job: CatalogueJob, path: Path, told: Told) -> dict[str, Any]:
    found = Look(ImportOutcome("", ""), _last(), _place(job.municipality))

    def look(made: CatalogueImport, _outcome: ImportOutcome) -> None:
        found.every = tuple(differences(made))
        found.bundles = tuple(bundles_of(made))
        found.impact = impact(job.municipality, found.every)
        found.successions = tuple(successions_of(made, job.municipality))
        operates = job.by.memberships.filter(municipality=job.municipality, role__in=who_may(Deed.OPERATE)).exists()
        found.municipalities = tuple(impact_by_municipality(found.every)) if operates else ()

    options = {"dry_run": True, "skip_errors": True, "look": look, "told": told, **job.options}
    found.outcome = import_for_municipalities(path, **options).outcome
    found.shrinks = any(problem.code == SHRINKS for problem in found.outcome.problems)
    if found.shrinks:
        import_for_municipalities(path, allow_shrink=True, **options)
    kept = path.with_name(_LOOK)
    made = kept.with_suffix(".neu")
    made.write_bytes(pickle.dumps(found))
    made.replace(kept)
    return {}


def last_look(path: Path, municipality: Municipality) -> Look | None:
    """What `municipality` saw of the kept file; None where it has not looked, or the catalogue has changed since."""
    try:
        found = pickle.loads(path.with_name(_LOOK).read_bytes())  # noqa: S301 (written by us, where none else can)
    except (OSError, pickle.UnpicklingError, AttributeError, ImportError):  # of an earlier version of the program
        return None
    same = isinstance(found, Look) and (found.after, found.place) == (_last(), _place(municipality))
    return found if same else None


def _place(municipality: Municipality) -> tuple[int, str | None]:
    return municipality.pk, translation.get_language()


def _last() -> int | None:
    return CatalogueImport.objects.order_by("-pk").values_list("pk", flat=True).first()


def _applied(job: CatalogueJob, path: Path, told: Told) -> dict[str, Any]:
    """What the page says of it, and for a program the whole answer; for that one it may be a dry run."""
    options = dict(job.options)
    for_program = options.pop(FOR_PROGRAM, False)

    def result(found: MunicipalityImport) -> dict[str, Any]:
        outcome = found.outcome
        said = {"applied": outcome.applied, "import": outcome.import_id, "release": outcome.release}
        return {**said, "added": found.added, **({"answer": found.as_answer()} if for_program else {})}

    def recorded(found: MunicipalityImport) -> None:
        _end(job, State.DONE, result=result(found))  # with the import or not at all, so that no second run asks again

    options["recorded"] = None if options.get("dry_run") else recorded
    return result(import_for_municipalities(path, by=job.by, told=told, **options))
