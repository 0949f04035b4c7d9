"""import_catalogue: read → check → plan → apply. The dry run is the same code without the last step."""

from collections.abc import Callable
from contextlib import nullcontext
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, BinaryIO

from django.contrib.auth.base_user import AbstractBaseUser
from django.db import transaction
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from catalog.importing import repeat
from catalog.importing.apply import apply_plan, keep_problems
from catalog.importing.check import check
from catalog.importing.database import lock
from catalog.importing.formats import opening
from catalog.importing.outcome import Counts, ImportOutcome
from catalog.importing.plan import Plan, make_plan
from catalog.importing.problems import Problem, Refused
from catalog.importing.read import read_all
from catalog.importing.records import Source, Table
from catalog.importing.successors import keep_successions
from catalog.importing.types import Types
from catalog.models import CatalogueImport, CatalogueRelease, ServiceType
from catalog.told import Told, silent

__all__ = ["Counts", "ImportOutcome", "Problem", "import_catalogue"]

_STEPS = 3  # reading, comparing, writing
After = Callable[[ImportOutcome], None]
Look = Callable[[CatalogueImport, ImportOutcome], None]


def import_catalogue(
    path: str | Path,
    *,
    release: str | None = None,
    dry_run: bool = False,
    partial: bool = False,
    skip_errors: bool = False,
    allow_shrink: bool = False,
    by: AbstractBaseUser | None = None,
    name: str | None = None,
    after: After | None = None,
    look: Look | None = None,
    told: Told = silent,
) -> ImportOutcome:
    """Load the catalogue file `path`, which may be known to people by another `name`. Raises nothing for a bad file.

    Without `partial` the file is the whole catalogue: what it lacks is retired, but more than a fifth only if
    `allow_shrink`. With an error nothing is applied, unless `skip_errors` leaves those rows out. `release` is the label
    of the Katalogstand; without it, the one the file names itself, else the name of the file.
    `after` is called with the outcome inside the transaction of an applied import, then `look` with the import too. A
    dry run that shall be looked at is applied and taken back: `look` sees what it would find after the real one.
    Two imports at once: one waits. `told` hears how far the work is.
    """
    path = Path(path).absolute()  # so that a folder named "." has a name
    outcome = ImportOutcome(release or _label(name or path.name), sha256="")
    job = _Job(outcome, name or path.name, release, dry_run, partial, skip_errors, allow_shrink, by, after, look, told)
    # Problems of an applied file are kept with the import, so German; a dry run speaks to whoever asks.
    language = nullcontext() if dry_run else translation.override("de")
    try:
        with language, opening.opened(path) as file:
            job.run(file)
    except Refused as refused:
        outcome.problems, outcome.refused = [refused.problem], True
    return outcome


def _label(file_name: str) -> str:
    """The name of a file without its ending, as a person would name the release; at most 100 characters."""
    return Path(file_name).stem[:100] or file_name[:100]


@dataclass
class _Job:
    outcome: ImportOutcome
    name: str
    release: str | None
    dry_run: bool
    partial: bool
    skip_errors: bool
    allow_shrink: bool
    by: Any  # a person of the tracker, whom the catalogue does not know
    after: After | None
    look: Look | None
    told: Told

    def run(self, file: BinaryIO) -> None:
        """Say what is known of the very file, else read it, and plan and apply it alone."""
        types = Types(ServiceType.objects.order_by().values_list("code", "countable"))
        self.outcome.sha256 = opening.checksum(file)
        last = self.last(types)
        if last and last.sha256 == self.outcome.sha256 and self.release in {None, last.release.label}:
            repeat.answer(self.outcome, last)
            self.outcome.release, self.outcome.applied = last.release.label, not self.dry_run
            return
        self.told(0, _STEPS, _("lesen"))
        source = opening.read(file)
        self.outcome.release = self.release or source.release or self.outcome.release
        tables, content = read_all(source)
        self.told(1, _STEPS, _("prüfen und vergleichen"))
        with transaction.atomic():
            lock.hold()
            last = self.last(types)
            if last and last.content == content:
                repeat.answer(self.outcome, last, source.problems)
                plan = Plan()
            else:
                plan = self.plan(tables, types)
                self.outcome.problems = source.problems + self.outcome.problems
            if self.outcome.would_apply and (self.look is not None or not self.dry_run):
                self.told(2, _STEPS, _("schreiben"))
                self.apply(plan, self.record(source, content, types))
        self.told(_STEPS, _STEPS)

    def last(self, types: Types) -> CatalogueImport | None:
        return repeat.last_import(types.rules, partial=self.partial, skip_errors=self.skip_errors)

    def plan(self, tables: list[Table], types: Types) -> Plan:
        checked = check(tables, types)
        plan = make_plan(checked, types, partial=self.partial, allow_shrink=self.allow_shrink)
        outcome = self.outcome
        outcome.rows, outcome.services, outcome.bundles = checked.rows, plan.services, plan.bundles.counts
        outcome.counting, outcome.problems = plan.counting, checked.problems + plan.problems
        outcome.touched = [each.id for each in plan.known if each.id is not None] + plan.retired
        outcome.would_apply = not plan.problems and (self.skip_errors or not outcome.has_errors)
        return plan

    def apply(self, plan: Plan, made: CatalogueImport) -> None:
        new = apply_plan(plan, made, timezone.localdate())
        keep_problems(self.outcome.problems, made)
        keep_successions(plan, made, new)
        self.outcome.applied, self.outcome.import_id = True, made.pk
        self.outcome.appeared = [new[each.identity] for each in plan.new if each.countable] + plan.appeared
        if self.after is not None:
            self.after(self.outcome)
        if self.look is not None:
            self.look(made, self.outcome)
        if self.dry_run:
            transaction.set_rollback(True)
            self.outcome.applied, self.outcome.import_id = False, None

    def record(self, source: Source, content: str, types: Types) -> CatalogueImport:
        release, _made = CatalogueRelease.objects.get_or_create(
            label=self.outcome.release[:100], defaults={"source": source.origin}
        )
        figures = {
            f"{what}_{name}": getattr(counts, name)
            for what, counts in (("services", self.outcome.services), ("bundles", self.outcome.bundles))
            for name in ("new", "changed", "unchanged", "returned", "retired")
        }
        figures |= {f"counting_{name}": number for name, number in asdict(self.outcome.counting).items()}
        return CatalogueImport.objects.create(
            release=release,
            file_name=self.name[:255],
            sha256=self.outcome.sha256,
            content=content,
            rules=types.rules,
            partial=self.partial,
            applied_at=timezone.now(),
            by=self.by,
            rows=self.outcome.rows,
            **figures,
        )
